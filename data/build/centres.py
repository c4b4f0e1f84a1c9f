"""The trials of lesson 115: its own network, trained with one change to the loss at a time; about fifteen minutes of one core.

It needs the packages of the course. One thread, so that a run repeats on the same kind of processor.
"""

import ast
import json
import os
import sys
from pathlib import Path

from files import new_file

os.environ["TF_NUM_INTRAOP_THREADS"] = "1"  # read when TensorFlow starts
os.environ["TF_NUM_INTEROP_THREADS"] = "1"

ROOT = Path(__file__).parents[2]
EPOCHS = 5
# loss, bias at the start, weight of the heat, rate; each of the first group from three starts, the others from one
ARMS = (
    ("cross_entropy", -4.0, 2.0, 0.004),
    ("cross_entropy", -4.0, 0.5, 0.004),
    ("focal_loss", -4.0, 2.0, 0.004),
    ("focal_loss", -4.0, 0.5, 0.004),
    ("mean_cross_entropy", -4.0, 2.0, 0.004),
    ("mean_cross_entropy", -4.0, 2000.0, 0.004),
    ("cross_entropy", 0.0, 2.0, 0.004),
)
OTHER_RATES = (
    ("cross_entropy", -4.0, 2.0, 0.002),
    ("cross_entropy", -4.0, 2.0, 0.008),
    ("focal_loss", -4.0, 2.0, 0.002),
    ("focal_loss", -4.0, 2.0, 0.008),
)


def page() -> dict:
    """The imports, functions and constants of the lesson's page, by name. Nothing else of it runs."""
    path = next((ROOT / "notebooks" / "1_cnn").glob("115_*.ipynb"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    sources = [source for source in sources if "%pip" not in source]
    nodes = [node for source in sources for node in ast.parse(source).body if is_kept(node)]
    names: dict = {}
    exec(compile(ast.Module(nodes, []), path.name, "exec"), names)
    return names


def is_kept(node: ast.stmt) -> bool:
    """Whether a statement of the page is an import, a function, or the size of the grid."""
    if isinstance(node, ast.Assign):
        return getattr(node.targets[0], "id", "") in ("cell_size", "grid")
    if isinstance(node, ast.ImportFrom) and node.module == "course_utils.datasets.centres":
        return False  # what is built here
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))


def build() -> Path:
    """A row for each training, measured on the validation scenes."""
    sys.path.insert(0, str(ROOT))
    from course_utils import set_up
    from course_utils.datasets import load_scenes

    set_up(seed=1)
    names, scenes = page(), load_scenes()
    names.update(
        epochs=EPOCHS, train_images=scenes.train.inputs, train_targets=names["targets_of"](scenes.train.targets)
    )
    plan = [(1, arm) for arm in (*ARMS, *OTHER_RATES)] + [(seed, arm) for seed in (2, 3) for arm in ARMS]
    trials = []
    for seed, arm in plan:
        trials.append(trial(names, scenes.validation, seed, *arm))
        print(trials[-1], flush=True)
    rows = ",\n  ".join(json.dumps(row) for row in trials)
    path = new_file("centres.json")
    path.write_text(f'{{"command": "python data/build centres", "trials": [\n  {rows}\n]}}\n', encoding="utf-8")
    return path


def trial(names: dict, validation, seed: int, loss: str, bias: float, weight: float, rate: float) -> dict:
    """One training, and the average precision of its answers."""
    import keras

    from course_utils.metrics import COCO_THRESHOLDS, coco_map

    keras.utils.set_random_seed(seed)
    network = names["build"](bias)
    names["train"](network, names[loss], weight, rate)
    found = names["detect"](network, validation.inputs)
    truth = validation.targets[:2]
    curve = [coco_map(*truth, found, threshold) for threshold in COCO_THRESHOLDS]
    return {
        "loss": loss,
        "bias": bias,
        "weight": weight,
        "rate": rate,
        "epochs": EPOCHS,
        "seed": seed,
        "AP": round(sum(curve) / len(curve), 3),
        "AP50": round(curve[0], 3),
        "AP75": round(curve[5], 3),
        "AP90": round(curve[8], 3),
    }
