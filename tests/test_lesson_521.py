"""Lesson 521: its tests of drift are those of SciPy and the package, and these keep their level."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

from scipy.stats import ks_2samp  # noqa: E402

from course_utils.metrics.drift import (  # noqa: E402
    discrepancy_p_value,
    maximum_mean_discrepancy,
    median_width,
    squared_distances,
)

LESSON = functions_of("521")


@pytest.mark.parametrize("seed", range(3))
def test_the_largest_gap_is_that_of_scipy(seed):
    random = np.random.default_rng(seed)
    first, second = random.integers(0, 20, 50), random.integers(3, 25, 30)  # many equal values
    assert LESSON["largest_gap"](first, second) == pytest.approx(ks_2samp(first, second).statistic)


def test_page_and_package_find_the_same_discrepancy():
    random = np.random.default_rng(1)
    first, second = random.normal(0, 1, (30, 7)), random.normal(0.3, 1, (12, 7))
    width = median_width(first)
    by_page = LESSON["discrepancy"](first, second, width)
    assert maximum_mean_discrepancy(first, second, width) == pytest.approx(by_page)
    assert maximum_mean_discrepancy(first, first, width) == pytest.approx(0, abs=1e-12)


def test_squares_are_means_of_four_by_four_pixels():
    images = np.random.default_rng(2).random((3, 28, 28, 1))
    found = LESSON["squares"](images)
    assert found.shape == (3, 49)
    assert found[1, 7 * 2 + 5] == pytest.approx(images[1, 8:12, 20:24].mean())


def test_moving_a_digit_inside_the_page_keeps_its_ink_and_moves_its_squares():
    image = np.zeros((1, 28, 28, 1))
    image[0, 10:18, 10:14] = 1
    moved = np.roll(image, 2, axis=2)
    assert moved.mean() == image.mean()
    assert not np.allclose(LESSON["squares"](moved), LESSON["squares"](image))


def test_a_step_falls_with_the_root_of_the_number():
    away = LESSON["steps_away"]
    assert away(1.1, 1, 1, 400, 10**12) == pytest.approx(2 * away(1.1, 1, 1, 100, 10**12))


def test_the_shuffles_keep_their_level_and_find_a_change():
    random = np.random.default_rng(3)
    alike, different = [], []
    for _ in range(200):
        reference, batch = random.normal(size=(60, 3)), random.normal(size=(20, 3))
        width = median_width(reference)
        alike.append(discrepancy_p_value(reference, batch, width, shuffles=19))
        different.append(discrepancy_p_value(reference, batch + 1.5, width, shuffles=19))
    assert 0.01 <= np.mean(np.array(alike) <= 0.05) <= 0.11
    assert np.mean(np.array(different) <= 0.05) > 0.95
    assert min(different) == pytest.approx(1 / 20)


def test_equal_sets_give_the_largest_p_value():
    same = np.ones((5, 2))
    assert discrepancy_p_value(same, same[:3], 1.0) == 1


def test_distances_are_those_of_a_loop():
    random = np.random.default_rng(4)
    first, second = random.normal(size=(4, 3)), random.normal(size=(5, 3))
    by_loop = [[((one - other) ** 2).sum() for other in second] for one in first]
    np.testing.assert_allclose(squared_distances(first, second), by_loop)


@pytest.mark.parametrize("wrong", [np.zeros(3), np.zeros((0, 2)), np.zeros((4, 3))])
def test_sets_of_other_shapes_are_refused(wrong):
    with pytest.raises(ValueError, match="equally many numbers"):
        maximum_mean_discrepancy(np.zeros((4, 2)), wrong, 1.0)


def test_a_width_must_be_positive_and_a_distance_needs_two():
    with pytest.raises(ValueError, match="positive"):
        discrepancy_p_value(np.zeros((4, 2)), np.zeros((2, 2)), 0.0)
    with pytest.raises(ValueError, match="two examples"):
        median_width(np.zeros((1, 2)))
