"""The picture of explanations: a scene and its map a column, the map where it belongs, and its refusals."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils.viz import explanations
from course_utils.viz.explanations import covered, one_of_each, patches, show_maps

ALT = "Some scenes with the places that spoke for the answer"


@pytest.mark.parametrize("channels", [1, 3])
def test_a_column_for_each_image(monkeypatch, channels):
    shown = []
    monkeypatch.setattr(explanations, "show", lambda figure, alt: shown.append(figure))
    images, maps = np.zeros((3, 48, 48, channels)), np.zeros((3, 12, 12))
    show_maps(images, maps, np.tile([4, 4, 20, 20], (3, 1)), ["a", "b", "c"], first=3, step=4, alt=ALT)
    upper, lower = np.reshape(shown[0].axes, (2, 3))
    assert [axis.get_title() for axis in upper] == ["a", "b", "c"]
    assert lower[0].images[1].get_extent() == [1, 49, 49, 1]
    assert lower[0].get_xlim() == (-0.5, 47.5) and lower[0].get_ylim() == (47.5, -0.5)
    plt.close("all")


def test_without_images_a_line_says_so(capsys):
    show_maps(np.zeros((0, 8, 8, 1)), np.zeros((0, 2, 2)), np.zeros((0, 4)), [], first=1, step=4, alt=ALT)
    assert "There is no picture to show here." in capsys.readouterr().out


@pytest.mark.parametrize("images, titles", [(2, 3), (9, 9)])
def test_other_numbers_are_refused(images, titles):
    with pytest.raises(ValueError, match="as many of each, up to 8"):
        show_maps(
            np.zeros((images, 8, 8, 1)), np.zeros((images, 2, 2)), np.zeros((images, 4)), ["a"] * titles, first=1, step=4,
            alt=ALT,
        )  # fmt: skip


def test_one_of_each_takes_the_first_of_each_class():
    classes = np.array([3, 3, 1, 1, 7, 2, 9])
    assert one_of_each(classes, np.ones(7, dtype=bool)).tolist() == [0, 2, 4, 5]
    assert one_of_each(classes, classes != 3, most=2).tolist() == [2, 4]
    assert one_of_each(classes, classes == 3).tolist() == [0]
    assert one_of_each(classes, classes > 9).tolist() == []


def test_covered_paints_one_box_each_and_leaves_the_images_alone():
    images = np.ones((2, 8, 8, 1))
    found = covered(images, [(1, 2, 4, 8), (0, 0, 1, 1)])
    assert images.min() == 1
    assert (found[0, 2:8, 1:4] == 0.25).all() and (found == 0.25).sum() == 18 + 1


def test_patches_row_by_row():
    assert patches(8, size=4, step=4) == [(0, 0, 4, 4), (4, 0, 8, 4), (0, 4, 4, 8), (4, 4, 8, 8)]
    assert len(patches(48, size=8, step=4)) == 121 and patches(48, size=8, step=4)[-1] == (40, 40, 48, 48)
