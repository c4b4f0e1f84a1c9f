"""The longer runs of lesson 103: its own networks, trained for 20 epochs from two starts; about five minutes of one core.

It needs the packages of the course. One thread, so that a run repeats on the same kind of processor.
"""

import ast
import json
import math
import os
import sys
from pathlib import Path

from files import new_file

os.environ["TF_NUM_INTRAOP_THREADS"] = "1"  # read when TensorFlow starts
os.environ["TF_NUM_INTEROP_THREADS"] = "1"

ROOT = Path(__file__).parents[2]
EPOCHS = 20
SEEDS = (1, 2)

NETWORKS = ((25, False, 0.02), (25, True, 0.01))  # convolutions, shortcuts, rate


def page() -> dict:
    """The imports, functions and constants of the lesson's page, by name. Nothing else of it runs."""
    path = next((ROOT / "notebooks" / "1_cnn").glob("103_*.ipynb"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    sources = [source for source in sources if "%pip" not in source]
    nodes = [node for source in sources for node in ast.parse(source).body if is_kept(node)]
    names: dict = {}
    exec(compile(ast.Module(nodes, []), path.name, "exec"), names)
    return names


def is_kept(node: ast.stmt) -> bool:
    """Whether a statement of the page is an import, a function, the number of channels or the loss."""
    if isinstance(node, ast.Assign):
        return getattr(node.targets[0], "id", "") in ("channels", "loss")
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))


def build() -> Path:
    """A row for each training. Takes the seeds one after the other, so that a run that is stopped shows whole rounds."""
    sys.path.insert(0, str(ROOT))
    from course_utils import set_up
    from course_utils.datasets import load_digits

    set_up(seed=1)
    names, digits = page(), load_digits()
    steps = EPOCHS * math.ceil(len(digits.train.inputs) / 64)
    names.update(epochs=EPOCHS, steps=steps, train_images=digits.train.inputs, train_labels=digits.train.targets)
    trials = []
    for seed in SEEDS:
        for depth, shortcut, rate in NETWORKS:
            trials.append(trial(names, digits, depth, shortcut, rate, seed))
            print(trials[-1], flush=True)
    rows = ",\n  ".join(json.dumps(row) for row in trials)
    path = new_file("depths.json")
    path.write_text(f'{{"command": "python data/build depths", "trials": [\n  {rows}\n]}}\n', encoding="utf-8")
    return path


def trial(names: dict, digits, depth: int, shortcut: bool, rate: float, seed: int) -> dict:
    """One training of one network: its loss after each epoch, and what it names wrongly at the end."""
    import keras

    keras.utils.set_random_seed(seed)
    network = names["train"](names["build"](depth, normalized=True, shortcut=shortcut), rate)
    wrong = {part: names["share_wrong"](network, *getattr(digits, part)) for part in ("train", "validation", "test")}
    return {
        "depth": depth,
        "shortcut": shortcut,
        "rate": rate,
        "steps": names["steps"],
        "seed": seed,
        "losses": [round(value, 4) for value in network.history.history["loss"]],
        **{f"wrong on {part}": round(share, 4) for part, share in wrong.items()},
    }
