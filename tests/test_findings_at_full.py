"""Findings of open exercises at the full scale: narrow bounds measured at quick do not hold there."""

import pytest

from course_utils.exercises import Wrong
from course_utils.exercises.exercise import find_exercise

# a finding that is credible at full, and refused at quick
FINDINGS = {
    "205-4": {"counts": 2.25, "GRU": 1.95, "averaged": 1.92},
    "206-4": {"faint": 0.25, "clear": 0.3, "loud": 0.39},
    "302-4": {1: 8.0, 5: 4.0, 20: 2.0, 40: 1.5},
    "303-4": {"first off": 2.5, "second off": 3.1, "both off": 4.2},
    "304-4": {"agreement": 0.98, "shuffled agreement": 0.1, "distance": 0.4, "shuffled distance": 2.0},
    "305-4": {"L1_3": 0.12, "contrast_3": 0.75, "L1_300": 0.115, "contrast_300": 0.6},
    "308-4": {"temperature": 1.4, "good": 0.25, "covered": 0.6},
}


@pytest.mark.parametrize("key", FINDINGS)
def test_bounds_measured_at_quick_hold_at_quick_alone(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_SCALE", "quick")
    with pytest.raises(Wrong):
        find_exercise(key).judge(FINDINGS[key])
    monkeypatch.setenv("COURSE_SCALE", "full")
    find_exercise(key).judge(FINDINGS[key])
    with pytest.raises(Wrong):
        find_exercise(key).judge({name: float("nan") for name in FINDINGS[key]})
