"""Points of several kinds: all are drawn, and what the axis cannot show is named."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils.viz import scatter_chart, show_strokes

ALT = "Points made by a small test"
KINDS = {"chance": ([0.001, 0.1], [0.3, 0.6]), "library": ([0.01, 0.02, 1.0], [0.6, 0.7, 0.1])}


@pytest.fixture
def kept(monkeypatch):
    """The figures themselves, kept open, and the lines in numbers below them."""
    figures = []
    for name in ("scatter", "strokes"):
        module = sys.modules[f"course_utils.viz.{name}"]
        monkeypatch.setattr(module, "show", lambda figure, alt, numbers=(): figures.append((figure, list(numbers))))
    yield figures
    plt.close("all")


def test_each_kind_has_its_points_and_its_marker(kept):
    scatter_chart(KINDS, x_label="rate", y_label="score", alt=ALT, log_x=True)
    figure, numbers = kept[0]
    axis = figure.axes[0]
    assert [list(line.get_ydata()) for line in axis.get_lines()] == [[0.3, 0.6], [0.6, 0.7, 0.1]]
    assert len({line.get_marker() for line in axis.get_lines()}) == 2
    assert {line.get_linestyle() for line in axis.get_lines()} == {"None"} and axis.get_xscale() == "log"
    figure.canvas.draw()
    assert {"0.01", "1"} <= {label.get_text() for label in axis.get_xticklabels()}  # no powers
    assert axis.get_legend().get_window_extent().x0 >= axis.get_window_extent().x1, "its markers are no points"
    assert numbers[1] == "library: 3 points, greatest score 0.7 at rate 0.02"


def test_whole_numbers_get_whole_ticks(kept):
    ranks = range(1, 21)
    scatter_chart({"one": (ranks, np.linspace(0.5, 0.7, 20))}, x_label="rank", y_label="score", alt=ALT)
    ticks = kept[0][0].axes[0].get_xticks()
    assert len(ticks) > 2 and all(float(tick).is_integer() for tick in ticks)


def test_wrong_points_are_named():
    with pytest.raises(ValueError, match="Name at least one"):
        scatter_chart({}, x_label="rate", y_label="score", alt=ALT)
    with pytest.raises(ValueError, match="one: as many x as y"):
        scatter_chart({"one": ([1, 2], [1])}, x_label="rate", y_label="score", alt=ALT)
    with pytest.raises(ValueError, match="above 0"):
        scatter_chart({"one": ([0, 2], [1, 2])}, x_label="rate", y_label="score", alt=ALT, log_x=True)


def test_strokes_are_ten_panels_each_with_a_thick_part(kept):
    show_strokes(alt=ALT)
    panels = kept[0][0].axes
    assert len(panels) == 10
    for panel in panels:
        signal, stroke = panel.get_lines()
        assert stroke.get_linewidth() > signal.get_linewidth()
        drawn = np.isfinite(stroke.get_ydata())
        assert 5 < drawn.sum() < 15
        np.testing.assert_array_equal(stroke.get_ydata()[drawn], signal.get_ydata()[drawn])
