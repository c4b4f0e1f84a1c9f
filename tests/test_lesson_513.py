"""Lesson 513: the centre of mass of the page is that of SciPy, and recentring undoes a push."""

import numpy as np
import pytest
from notebook_functions import functions_of
from scipy import ndimage

from course_utils.datasets import load_digits

LESSON = functions_of("513")


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
    pushed = LESSON["pushed"](margin, 3)
    np.testing.assert_array_equal(pushed[:, 3:, 3:], margin[:, :-3, :-3])
    for before, after in zip(margin, pushed):
        np.testing.assert_array_equal(LESSON["recentred"](after), LESSON["recentred"](before))
