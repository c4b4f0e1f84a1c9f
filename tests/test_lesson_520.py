"""Lesson 520: the centre of mass is that of SciPy, recentring undoes a push, and strokes are prepared as the page does it."""

import numpy as np
import pytest
from notebook_functions import functions_of
from scipy import ndimage

from course_utils.browser import prepare_in_node
from course_utils.browser.drawings import slanted_digits
from course_utils.browser.node import find_node
from course_utils.datasets import load_digits

LESSON = functions_of("520")
rows, columns = np.indices((28, 28))
for function in LESSON.values():
    if hasattr(function, "__globals__"):
        function.__globals__.update(LINE=2.4, PLACES=np.stack([columns, rows], axis=-1))


@pytest.fixture(scope="module")
def images():
    return load_digits().test.inputs[:50]


def test_the_centre_is_that_of_scipy(images):
    for image in images:
        assert LESSON["centre_of_mass"](image) == pytest.approx(ndimage.center_of_mass(image)[:2], abs=1e-4)


def test_a_pushed_digit_comes_back(images):
    for image in images:
        row, column = LESSON["centre_of_mass"](LESSON["recentred"](image))
        assert abs(row - 14) <= 0.51 and abs(column - 14) <= 0.51
    margin = np.pad(images[:, 6:22, 6:22], ((0, 0), (6, 6), (6, 6), (0, 0)))  # nothing near the border
    pushed = LESSON["pushed"](margin, 3, 2)
    np.testing.assert_array_equal(pushed[:, :-3, :-2], margin[:, 3:, 2:])
    for before, after in zip(margin, pushed):
        np.testing.assert_array_equal(LESSON["recentred"](after), LESSON["recentred"](before))


def test_a_line_is_as_wide_as_it_should_be():
    line = [np.array([(4.0, 14), (24, 14)])]
    for width in (1.2, 2.4, 5):
        image = LESSON["inked"](line, width)[..., 0]
        assert image[:, 14].sum() == pytest.approx(width, abs=0.3) and image.max() == 1
        assert image[14, 0] == 0 and image[14, 14] == 1


def test_boxed_strokes_keep_their_shape_and_fit():
    drawings, digits = slanted_digits()
    assert len(drawings) == len(digits) == 60 and set(digits) == set(range(10))
    for drawing in drawings:
        boxed = np.concatenate(LESSON["boxed"](drawing))
        before = np.concatenate(drawing)
        assert np.ptp(boxed, axis=0).max() == pytest.approx(17.6)
        ratio = np.ptp(boxed, axis=0) / np.ptp(before, axis=0)
        assert ratio[0] == pytest.approx(ratio[1]), "one factor for both directions"
        assert (boxed.min(axis=0) + boxed.max(axis=0)) / 2 == pytest.approx([14, 14])


@pytest.mark.skipif(find_node() is None, reason="no Node here: `make ship` installs it")
def test_by_hand_as_the_page():
    drawings, _ = slanted_digits((0, 0.3))
    by_hand = [LESSON["inked"](LESSON["centred"](drawing), 2.4) for drawing in drawings]
    np.testing.assert_allclose(by_hand, prepare_in_node(drawings), atol=1e-5)
