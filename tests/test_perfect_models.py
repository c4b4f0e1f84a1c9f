"""Cells that look for mistakes run on where a model makes none, and where it gets nothing right."""

from types import SimpleNamespace

import nbformat
import numpy as np
from notebook_functions import NOTEBOOKS

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
from keras import ops  # noqa: E402

from course_utils.viz import image_grid  # noqa: E402


def run_cell(lesson, containing, **names):
    """Execute the one cell of a lesson that contains a text, with made-up values for what it takes from the page."""
    path = next(NOTEBOOKS.glob(f"*/{lesson}_*.ipynb"))
    (source,) = [cell.source for cell in nbformat.read(path, as_version=4).cells if containing in cell.source]
    exec(compile(source, f"{lesson}: {containing}", "exec"), names)
    return names


def answering(logits):
    return SimpleNamespace(predict=lambda inputs, **options: logits)


def test_407_reads_every_digit(capsys):
    labels = np.arange(10)
    right = answering(50 * np.eye(10, dtype="float32"))
    run_cell(
        "407", "surest = wrong[", transformer=right, models={"CNN": right}, test_images=np.zeros((10, 28, 28, 1)),
        test_labels=labels, np=np, ops=ops, keras=keras, image_grid=image_grid,
    )  # fmt: skip
    printed = capsys.readouterr().out
    assert "0 mistakes, of which the CNN misreads 0" in printed and "There is no picture to show here." in printed
