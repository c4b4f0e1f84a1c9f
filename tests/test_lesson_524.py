"""Lesson 524: the measure of the page, the lead of a chosen start, and the exercises' own cases."""

import numpy as np
import pytest
from notebook_functions import functions_of
from sklearn.metrics import average_precision_score

from course_utils.environment import import_quietly
from course_utils.exercises import lesson_524

import_quietly()

from course_utils.datasets import Split  # noqa: E402

LESSON = functions_of("524")


@pytest.mark.parametrize("seed", range(5))
def test_average_precision_is_scikit_learns(seed):
    random = np.random.default_rng(seed)
    targets, answers = random.integers(2, size=40), random.random(40)
    targets[0] = 1
    assert LESSON["average_precision"](targets, answers) == pytest.approx(average_precision_score(targets, answers))


def test_the_best_and_the_worst_order():
    precision = LESSON["average_precision"]
    assert precision(np.array([1, 1, 0, 0]), np.array([4, 3, 2, 1])) == 1
    assert precision(np.array([1, 1, 0, 0]), np.array([1, 2, 3, 4])) == pytest.approx((1 / 3 + 2 / 4) / 2)


def test_the_lead_is_of_the_best_here_and_of_the_same_one_elsewhere():
    page = functions_of("524")
    page["scores_on"].__globals__.update(page, validation=Split(None, np.array([1, 0, 1, 0])))
    eight = np.array([[4.0, 1, 1, 4], [1.0, 4, 4, 1]])  # two of them, each good on one half
    first = np.array([True, True, False, False])
    np.testing.assert_allclose(page["scores_on"](first, eight), [1, 0.5])
    for half in (first, ~first):
        leads = page["leads_of"](eight, half)
        assert leads == {"where it was chosen": pytest.approx(0.25), "elsewhere": pytest.approx(-0.25)}


def test_the_cases_of_the_leak_part_all_named_mistakes():
    right = [lesson_524.leaking_share(*case) for case in lesson_524.CASES]
    for mistake in lesson_524.MISTAKES:
        assert not np.allclose([mistake(*case) for case in lesson_524.CASES], right), mistake.__name__


def test_the_points_of_exercise_4_are_lines_of_the_rubric():
    from clones import ROOT

    rubric = (ROOT / "projects" / "RUBRIC.md").read_text(encoding="utf-8")
    for line, most in lesson_524.MOST.items():
        assert f"| {line} | {most} |" in rubric and lesson_524.POINTS[line] in (0, most)
