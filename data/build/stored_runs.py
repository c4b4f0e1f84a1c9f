"""What the builders of stored trainings need: the definitions of a lesson's page, and the file of the trials.

Imported before TensorFlow, it sets one thread, so that a run repeats on the same kind of processor.
"""

import ast
import json
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from files import new_file

os.environ["TF_NUM_INTRAOP_THREADS"] = "1"  # read when TensorFlow starts
os.environ["TF_NUM_INTEROP_THREADS"] = "1"

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))


def definitions_of(lesson: str, values: Collection[str], built_here: str = "") -> dict[str, Any]:
    """The imports and functions of a lesson's page and these of its values, by name. Nothing else of the page runs.

    `built_here` is the module that reads the file about to be built: the page imports it, the builder must not.
    """
    path = next((ROOT / "notebooks").glob(f"*/{lesson}_*.ipynb"))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    nodes = [node for source in sources if "%pip" not in source for node in ast.parse(source).body]
    kept = [node for node in nodes if is_kept(node, values, built_here)]
    names: dict[str, Any] = {}
    exec(compile(ast.Module(kept, []), path.name, "exec"), names)
    return names


def is_kept(node: ast.stmt, values: Collection[str], built_here: str) -> bool:
    """Whether a statement of the page is an import, a function, or sets one of the values."""
    if isinstance(node, ast.Assign):
        return getattr(node.targets[0], "id", "") in values
    if isinstance(node, ast.ImportFrom) and node.module == built_here:
        return False
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))


def write_trials(name: str, trials: list[dict[str, Any]]) -> Path:
    """A new file `name`.json with the command that makes it and a line for each trial."""
    rows = ",\n  ".join(json.dumps(row) for row in trials)
    path = new_file(f"{name}.json")
    path.write_text(f'{{"command": "python data/build {name}", "trials": [\n  {rows}\n]}}\n', encoding="utf-8")
    return path
