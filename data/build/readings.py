"""The longer trainings of lesson 205: its own GRU, trained to read the plays more often; about seven minutes of one core.

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
READINGS = (1, 2, 4, 10)  # one training each, its learning rate falling to 0 at its own end
CONSTANTS = ("UNITS", "STREAMS", "plays", "alphabet")


def page() -> dict:
    """The imports, functions and constants of the lesson's page, by name. Nothing else of it runs."""
    path = next((ROOT / "notebooks" / "2_rnn").glob("205_*.ipynb"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    sources = [source for source in sources if "%pip" not in source]
    nodes = [node for source in sources for node in ast.parse(source).body if is_kept(node)]
    names: dict = {}
    exec(compile(ast.Module(nodes, []), path.name, "exec"), names)
    return names


def is_kept(node: ast.stmt) -> bool:
    """Whether a statement of the page is an import, a function, or one of CONSTANTS."""
    if isinstance(node, ast.Assign):
        return getattr(node.targets[0], "id", "") in CONSTANTS
    if isinstance(node, ast.ImportFrom) and node.module == "course_utils.datasets.readings":
        return False  # what is built here
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))


def build() -> Path:
    """A row for each training: bits per character of *The Tempest*."""
    sys.path.insert(0, str(ROOT))
    from course_utils import set_up

    set_up(seed=1)
    names = page()
    rows = []
    for readings in READINGS:
        rows.append({"readings": readings, "seed": 1, "bits": bits_after(names, readings, seed=1)})
        print(rows[-1], flush=True)
    lines = ",\n  ".join(json.dumps(row) for row in rows)
    path = new_file("readings.json")
    path.write_text(f'{{"command": "python data/build readings", "trainings": [\n  {lines}\n]}}\n', encoding="utf-8")
    return path


def bits_after(names: dict, readings: int, seed: int) -> float:
    """Train as the page does, and judge as the page does."""
    import keras

    keras.utils.set_random_seed(seed)
    train = names["encode"](names["plays"].train, names["alphabet"])
    test = names["encode"](names["plays"].test, names["alphabet"])
    trained = names["train_model"](readings, *names["in_streams"](train, names["STREAMS"], 32))
    reader = names["language_model"]()
    reader.set_weights(trained.get_weights())
    return round(float(names["bits_of"](reader, *names["windows"](test, 2000)).mean()), 3)
