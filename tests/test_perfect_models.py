"""Cells that look for mistakes run on where a model makes none, and where it gets nothing right."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from notebook_functions import NOTEBOOKS, functions_of

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


@pytest.mark.parametrize("count", [0, 1, 3])
def test_104_explains_as_many_scenes_as_there_are(count, monkeypatch):
    draw = functions_of("104")["draw_explanations"]
    shown = []
    draw.__globals__.update(
        test_images=np.zeros((5, 48, 48, 3)), names=["a", "b"], test_labels=np.zeros(5, int), said=np.ones(5, int),
        test_boxes=np.tile([4, 4, 20, 20], (5, 1)), show=lambda figure, alt: shown.append(figure),
    )  # fmt: skip
    draw(np.arange(count), np.zeros((5, 6, 6)), alt="Some scenes with the places that spoke for the answer")
    assert len(shown[0].axes) == 2 * max(count, 1)
    plt.close("all")


def test_205_writes_no_word(capsys):
    names = run_cell(
        "205", "known_words = ", plays=SimpleNamespace(train="to be or not"), models={"GRU": None}, np=np,
        write=lambda *arguments, **options: ["?!", "..."],
    )  # fmt: skip
    assert set(names["real_words"].values()) == set(names["different_words"].values()) == {0}
    assert capsys.readouterr().out.count("0% of the words") == 4
