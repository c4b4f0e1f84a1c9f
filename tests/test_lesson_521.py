"""Lesson 521: its largest gap is that of SciPy and of the picture; the package's many numbers at once keep their level."""

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
from course_utils.viz import show_largest_gap  # noqa: E402

LESSON = functions_of("521")


@pytest.mark.parametrize("seed", range(3))
def test_the_largest_gap_is_that_of_scipy(seed):
    random = np.random.default_rng(seed)
    first, second = random.integers(0, 20, 50), random.integers(3, 25, 30)  # many equal values
    assert LESSON["largest_gap"](first, second) == pytest.approx(ks_2samp(first, second).statistic)


def test_the_picture_marks_the_gap_that_scipy_finds(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "course_utils.viz.distributions.show", lambda figure, alt, numbers: shown.append((figure, numbers))
    )
    random = np.random.default_rng(1)
    first, second = random.normal(0, 1, 80), random.normal(0.7, 1, 50)
    labels = {"x_label": "number", "y_label": "share", "alt": "Two curves and their largest gap"}
    show_largest_gap(first, second, names=("a", "b"), **labels)
    figure, numbers = shown[0]
    low, high = figure.axes[0].get_lines()[-1].get_ydata()
    found = ks_2samp(first, second)
    assert high - low == pytest.approx(found.statistic)
    assert numbers == [f"largest gap {found.statistic:.3f} at {found.statistic_location:.3f}"]
    with pytest.raises(ValueError, match="Two rows"):
        show_largest_gap(first, np.zeros((3, 2)), names=("a", "b"), **labels)


def test_an_alarm_is_set_off_by_other_numbers_and_rarely_by_the_same():
    page = functions_of("521")
    random = np.random.default_rng(2)
    stream = {"same": {"ink": random.normal(0, 1, 1500)}, "other": {"ink": random.normal(1, 1, 1500)}}
    reference = {"ink": random.normal(0, 1, 500)}
    page["alarm_sounds"].__globals__.update(
        of_reference=reference, of_kind=stream, LEVEL=0.01, ks_2samp=ks_2samp, np=np
    )
    assert page["share_of_alarms"]("ink", "other", 50, 20) > 0.9
    assert page["share_of_alarms"]("ink", "same", 50, 100) < 0.06


def test_the_discrepancy_is_that_of_a_loop_over_pairs():
    random = np.random.default_rng(1)
    first, second = random.normal(0, 1, (30, 7)), random.normal(0.3, 1, (12, 7))
    width = median_width(first)

    def similarity(some, others):
        pairs = [np.exp(-((one - other) ** 2).sum() / width) for one in some for other in others]
        return np.mean(pairs)

    by_loop = similarity(first, first) + similarity(second, second) - 2 * similarity(first, second)
    assert maximum_mean_discrepancy(first, second, width) == pytest.approx(by_loop)
    assert maximum_mean_discrepancy(first, first, width) == pytest.approx(0, abs=1e-12)


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
