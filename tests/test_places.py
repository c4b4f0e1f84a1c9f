"""Where the course is started and what lies there: the wrong kernel, JupyterLab's root, outputs in another encoding."""

import sys

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from course_utils.command.lessons import find_lessons


def set_up_cell():
    """The code of the first code cell, the same in all lessons."""
    cell = next(cell for cell in find_lessons("001")[0].read().cells if cell.cell_type == "code")
    return TransformerManager().transform_cell(cell.source)


def test_a_kernel_without_the_package_is_told_what_to_choose(monkeypatch):
    monkeypatch.setitem(sys.modules, "course_utils", None)  # the import then fails, as where it is not installed
    with pytest.raises(ModuleNotFoundError, match=r"choose the kernel \.venv of the course or run the line with %pip"):
        exec(set_up_cell(), {})
