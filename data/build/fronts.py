"""The longer runs of lesson 505: its own networks, trained for 32 epochs from three starts; about six minutes of one core.

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
EPOCHS = 32
SEEDS = (1, 2, 3)
RATES = {  # those that the bout chose for about as many steps, nearly; the page's are for six epochs
    "attention": 0.0025,
    "recurrent": 0.03,
    "convolution": 0.01,
}


def page() -> dict:
    """The imports, functions and `arms` of the lesson's page, by name. Nothing else of it runs."""
    path = next((ROOT / "notebooks" / "5_choosing").glob("505_*.ipynb"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    sources = [source for source in sources if "%pip" not in source]
    nodes = [node for source in sources for node in ast.parse(source).body if is_kept(node)]
    names: dict = {}
    exec(compile(ast.Module(nodes, []), path.name, "exec"), names)
    return names


def is_kept(node: ast.stmt) -> bool:
    """Whether a statement of the page is an import, a function or the table of the networks."""
    if isinstance(node, ast.Assign):
        return getattr(node.targets[0], "id", "") in ("before_attention", "others", "arms")
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))


def build() -> Path:
    """A row for each training. Takes the seeds one after the other, so that a run that is stopped shows whole rounds."""
    sys.path.insert(0, str(ROOT))
    from course_utils import bout, set_up

    set_up(seed=1)
    names = page()
    signals = bout.signals()
    trials = []
    for seed in SEEDS:
        for name, arm in names["arms"].items():
            trials.append(trial(names, signals, name, arm, seed))
            print(trials[-1], flush=True)
    rows = ",\n  ".join(json.dumps(row) for row in trials)
    path = new_file("fronts.json")
    path.write_text(f'{{"command": "python data/build fronts", "trials": [\n  {rows}\n]}}\n', encoding="utf-8")
    return path


def trial(names: dict, signals, name: str, arm: tuple, seed: int) -> dict:
    """One training of one network, judged on the validation and the test part."""
    import keras

    from course_utils import bout

    front, reader, width, _ = arm
    rate = RATES[reader.__name__]
    network = names["prepared"](signals, (front, reader, width, rate), EPOCHS)
    keras.utils.set_random_seed(seed)
    names["restart"](network, lambda: names["build"](signals, front, reader, width))
    network.fit(*signals.train, epochs=EPOCHS, batch_size=bout.BATCH, verbose=0)
    on_validation = 1 - bout.test_accuracy(network, signals._replace(test=signals.validation))
    on_test = 1 - bout.test_accuracy(network, signals)
    return {
        "name": name,
        "rate": rate,
        "steps": EPOCHS * -(-len(signals.train.targets) // bout.BATCH),
        "seed": seed,
        "wrong on validation": round(on_validation, 4),
        "wrong on test": round(on_test, 4),
    }
