"""Lesson 001: the nearest mean of the page, and an exercise that compares with the page's data."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.exercises.lesson_001 import NEAREST_MISTAKES, nearest_cases, nearest_image_label

LESSON = functions_of("001")


def test_nearest_mean_finds_the_mean_beside_the_image():
    generator = np.random.default_rng(0)
    means = generator.random((10, 784))
    nearest = LESSON["nearest_mean_label"]
    nearest.__globals__["mean_images"] = means
    for digit in range(10):
        assert nearest(means[digit] + 0.1 * generator.standard_normal(784)) == digit


@pytest.mark.parametrize("mistake", [mistake for mistake, _ in NEAREST_MISTAKES], ids=lambda mistake: mistake.__name__)
def test_each_case_of_the_exercise_tells_the_mistakes_from_the_right_function(mistake):
    answers = [(nearest_image_label(*case), mistake(*case)) for case in nearest_cases()]
    assert sum(right != wrong for right, wrong in answers) >= 3
