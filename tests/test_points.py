"""Panels of points: which are drawn where, and what is refused."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils.viz.points import show_points

ALT = "Crosses of generated points over dots of real ones"


@pytest.fixture
def figures(monkeypatch):
    kept = []
    monkeypatch.setattr(sys.modules["course_utils.viz.points"], "show", lambda figure, alt: kept.append(figure))
    yield kept
    plt.close("all")


def test_each_panel_shows_the_real_points_and_its_own(figures):
    real = np.random.default_rng(0).normal(size=(900, 2))
    panels = {f"round {number}": np.full((number, 2), float(number)) for number in range(1, 6)}
    show_points(real, panels, alt=ALT, columns=4)
    axes = figures[0].axes
    assert [axis.get_title() for axis in axes] == [*panels, "", "", ""]
    for axis, points in zip(axes, panels.values()):
        dots, crosses = (collection.get_offsets() for collection in axis.collections)
        np.testing.assert_array_equal(dots, real[:400])
        np.testing.assert_array_equal(crosses, points)
    assert len({axis.get_xlim() for axis in axes[:5]}) == 1


def test_without_generated_points_the_real_ones_stand_alone(figures):
    show_points(np.ones((5, 2)), alt=ALT)
    dots, crosses = (collection.get_offsets() for collection in figures[0].axes[0].collections)
    assert len(dots) == 5 and len(crosses) == 0


@pytest.mark.parametrize(
    "real, generated", [(np.ones((5, 3)), {"a": np.ones((5, 2))}), (np.ones((5, 2)), {"a": np.ones(5)})]
)
def test_names_what_is_wrong(real, generated):
    with pytest.raises(ValueError, match=r"shape \(n, 2\)"):
        show_points(real, generated, alt=ALT)


def test_something_must_be_named():
    with pytest.raises(ValueError, match="at least one"):
        show_points(np.ones((5, 2)), {}, alt=ALT)
