"""Lesson 523: its largest gap is that of SciPy and of the picture; its alarms hear a change, and rarely none."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

from scipy.stats import ks_2samp  # noqa: E402

from course_utils.viz import show_largest_gap  # noqa: E402

LESSON = functions_of("523")


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
    page = functions_of("523")
    random = np.random.default_rng(2)
    kinds = {
        "same": {"ink": random.normal(0, 1, 1500), "confidence": random.normal(0, 1, 1500)},
        "other": {"ink": random.normal(0, 1, 1500), "confidence": random.normal(1, 1, 1500)},
    }
    reference = {"ink": random.normal(0, 1, 500), "confidence": random.normal(0, 1, 500)}
    images = {"same": np.zeros(1500), "other": np.zeros(1500)}
    page["alarm_sounds"].__globals__.update(of_reference=reference, of_kind=kinds, arriving=images, LEVEL=0.005)
    share = page["share_of_alarms"]
    assert share(["confidence"], "other", 50, 20) > 0.9
    assert share(["ink", "confidence"], "other", 50, 20) > 0.9
    assert share(["ink"], "other", 50, 100) < 0.06
    assert share(["ink", "confidence"], "same", 50, 100) < 0.06
