"""Dots beside names: all are drawn, the first row on top, and numbers that the axis cannot show are named."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from course_utils.viz import dot_chart

ALT = "Dots made by a small test"
TIMES = pd.DataFrame({"one": [125.0, 0.03], "many": [0.25, 0.02]}, index=["predict", "LiteRT"])


@pytest.fixture
def kept(monkeypatch):
    """The figures themselves, kept open, and the lines in numbers below them."""
    figures = []
    module = sys.modules["course_utils.viz.dots"]
    monkeypatch.setattr(module, "show", lambda figure, alt, numbers=(): figures.append((figure, list(numbers))))
    yield figures
    plt.close("all")


def test_each_column_has_its_dots_and_the_first_row_is_on_top(kept):
    dot_chart(TIMES, x_label="ms", alt=ALT, log_x=True)
    figure, numbers = kept[0]
    axis = figure.axes[0]
    assert [list(line.get_xdata()) for line in axis.get_lines()] == [[125.0, 0.03], [0.25, 0.02]]
    assert len({line.get_marker() for line in axis.get_lines()}) == 2
    figure.canvas.draw()
    assert axis.get_legend().get_window_extent().x0 >= axis.get_window_extent().x1, "its markers are no dots of a row"
    assert axis.get_xscale() == "log" and axis.yaxis_inverted()
    figure.canvas.draw()
    assert {"0.1", "10"} <= {label.get_text() for label in axis.get_xticklabels()}  # no powers
    assert [label.get_text() for label in axis.get_yticklabels()] == ["predict", "LiteRT"]
    assert numbers == ["predict: one 125, many 0.25", "LiteRT: one 0.03, many 0.02"]


def test_dots_of_equal_numbers_can_lie_apart(kept):
    equal = pd.DataFrame({"one": [0.5, 0.2], "two": [0.5, 0.3], "three": [0.5, 0.4]}, index=["a", "b"])
    dot_chart(equal, x_label="share", alt=ALT)
    dot_chart(equal, x_label="share", alt=ALT, apart=True)
    heights = [[list(line.get_ydata()) for line in figure.axes[0].get_lines()] for figure, _ in kept]
    assert heights[0] == [[0, 1], [0, 1], [0, 1]]
    np.testing.assert_allclose(heights[1], [[-0.2, 0.8], [0, 1], [0.2, 1.2]], atol=1e-9)
    assert list(kept[1][0].axes[0].get_yticks()) == [0, 1]
    dot_chart(equal[["one"]], x_label="share", alt=ALT, apart=True)
    assert list(kept[2][0].axes[0].get_lines()[0].get_ydata()) == [0, 1]


def test_dots_that_are_alike_need_no_legend(kept):
    dot_chart(TIMES, x_label="ms", alt=ALT, log_x=True, alike=True)
    figure, numbers = kept[0]
    lines = figure.axes[0].get_lines()
    assert [list(line.get_xdata()) for line in lines] == [[125.0, 0.03], [0.25, 0.02]]
    assert len({(line.get_marker(), line.get_color()) for line in lines}) == 1
    assert figure.axes[0].get_legend() is None and numbers[0] == "predict: one 125, many 0.25"


def test_a_short_logarithmic_axis_has_ticks_between_the_powers(kept):
    dot_chart(pd.DataFrame({"one": [1.1, 40.0]}, index=["a", "b"]), x_label="ms", alt=ALT, log_x=True)
    figure = kept[0][0]
    figure.canvas.draw()
    shown = {label.get_text() for label in figure.axes[0].get_xticklabels()}
    assert {"2", "5", "10", "20"} <= shown


def test_wrong_numbers_are_named():
    with pytest.raises(ValueError, match="above 0"):
        dot_chart(TIMES - 0.02, x_label="ms", alt=ALT, log_x=True)
    with pytest.raises(ValueError, match="no number"):
        dot_chart(TIMES[:0], x_label="ms", alt=ALT)
