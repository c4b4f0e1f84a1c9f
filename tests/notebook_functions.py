"""The functions that a lesson defines on its page, for tests that call them."""

import ast
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
KEPT = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def functions_of(lesson: str, **given: Any) -> dict[str, Any]:
    """The functions and classes that a lesson's code cells define, by name. Nothing of the lesson runs but its imports.

    `given` are values of the page that the functions take as default arguments.
    """
    path = next(NOTEBOOKS.glob(f"*/{lesson}_*.ipynb"))
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    nodes = [node for source in cells for node in ast.parse(TransformerManager().transform_cell(source)).body]
    namespace: dict[str, Any] = dict(given)
    exec(compile(ast.Module([node for node in nodes if isinstance(node, KEPT)], []), path.name, "exec"), namespace)
    return {node.name: namespace[node.name] for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
