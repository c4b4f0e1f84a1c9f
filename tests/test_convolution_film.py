"""The film of the sliding window and the picture of what each weight meets."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_utils.viz import show_kernel_positions, show_sliding_window

ALT = "A small picture made by a test"
IMAGE = np.arange(12).reshape(3, 4)
KERNEL = np.array([[1, 0], [0, -2]])


@pytest.fixture
def drawn(monkeypatch):
    """The figures: those of a film one a frame, drawn by its own function."""
    kept = []

    def keep_film(draw, frames, *, alt, seconds_per_frame):
        for frame in range(frames):
            figure = plt.figure()
            draw(figure, frame)
            kept.append(figure)

    module = sys.modules["course_utils.viz.convolution"]
    monkeypatch.setattr(module, "show_animation", keep_film)
    monkeypatch.setattr(module, "show", lambda figure, alt: kept.append(figure))
    yield kept
    plt.close("all")


def numbers(axis):
    return {
        (round(text.get_position()[1]), round(text.get_position()[0])): float(
            text.get_text().replace("\N{MINUS SIGN}", "-")
        )
        for text in axis.texts
    }


def frame(axis):
    """Row, column, height and width of the frame."""
    (patch,) = axis.patches
    return patch.get_y() + 0.5, patch.get_x() + 0.5, patch.get_height(), patch.get_width()


def test_each_stop_of_the_window_writes_one_number(drawn):
    show_sliding_window(IMAGE, KERNEL, alt=ALT)
    assert len(drawn) == 6
    for number, figure in enumerate(drawn):
        image, output = figure.axes
        row, column = divmod(number, 3)
        assert frame(image) == (row, column, 2, 2)
        assert numbers(image)[2, 3] == 11
        window = IMAGE[row : row + 2, column : column + 2]
        assert numbers(output)[row, column] == window[0, 0] - 2 * window[1, 1]
        assert len(numbers(output)) == number + 1


def test_each_weight_is_shown_with_the_pixels_it_meets(drawn):
    show_kernel_positions(IMAGE, KERNEL, alt=ALT)
    axes = drawn[0].axes
    assert [axis.get_title() for axis in axes] == ["weight 1", "weight 0", "weight 0", "weight \N{MINUS SIGN}2"]
    assert [frame(axis) for axis in axes] == [(0, 0, 2, 3), (0, 1, 2, 3), (1, 0, 2, 3), (1, 1, 2, 3)]


@pytest.mark.parametrize("picture", [show_sliding_window, show_kernel_positions])
@pytest.mark.parametrize("image, kernel", [((4, 4, 1), (2, 2)), ((4, 4), (3,)), ((2, 4), (3, 3)), ((4, 4), (0, 2))])
def test_what_does_not_fit_is_named(drawn, picture, image, kernel):
    with pytest.raises(ValueError, match="matrices|does not fit"):
        picture(np.zeros(image), np.zeros(kernel), alt=ALT)
    assert drawn == []
