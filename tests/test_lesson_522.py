"""Lesson 522: its costs, thresholds and coverage, on answers whose confidence is true and on a few by hand."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

from course_utils.datasets import Split  # noqa: E402

LESSON = functions_of("522")


def true_answers(count=200_000):
    random = np.random.default_rng(4)
    confidence = random.uniform(0.5, 1, count)
    return confidence, random.random(count) < confidence


@pytest.mark.parametrize("price", [3, 10, 50])
def test_no_other_threshold_is_cheaper_if_the_confidences_are_true(price):
    confidence, right = true_answers()
    formula = 1 - 1 / price
    costs = [LESSON["cost"](confidence, right, threshold, price) for threshold in (0.5, 0.6, 0.8, 0.95, 1.01)]
    best = LESSON["cost"](confidence, right, formula, price)
    assert best < min(costs) and costs[-1] == 1
    assert best == pytest.approx(LESSON["expected_cost"](confidence, formula, price), rel=0.02)


def test_each_tried_threshold_has_its_cost():
    confidence, right = np.array([0.6, 0.9]), np.array([False, True])
    assert LESSON["costs_of_thresholds"](confidence, right, np.array([0.0, 0.7, 1.0]), 10) == [5, 0.5, 1]


def test_the_cheapest_threshold_is_one_of_the_confidences_or_refuses_all():
    page = functions_of("522")
    find = page["cheapest_threshold"]
    logits = np.log(np.array([[0.6, 0.4], [0.9, 0.1], [0.8, 0.2]]))
    for labels, cheapest in (([1, 0, 0], 0.8), ([1, 1, 1], 1.1), ([0, 0, 0], 0.6)):
        find.__globals__.update(on_validation={1: logits}, validation=Split(None, np.array(labels)))
        assert find(1, price=10) == pytest.approx(cheapest)


def test_the_average_is_of_probabilities_not_of_logits():
    one, other = np.log([[0.9, 0.1]]), np.log([[0.3, 0.7]])
    np.testing.assert_allclose(np.exp(LESSON["average"]({1: one, 2: other})), [[0.6, 0.4]], atol=1e-5)


def test_answering_all_and_refusing_all():
    confidence, right = np.array([0.6, 0.9, 0.99]), np.array([False, True, True])
    assert LESSON["cost"](confidence, right, 0, 6) == 2
    assert LESSON["cost"](confidence, right, 1, 6) == 1
    assert LESSON["expected_cost"](confidence, 0, 6) == pytest.approx((2.4 + 0.6 + 0.06) / 3)


def test_the_surest_come_first():
    confidence, right = np.array([0.7, 0.9, 0.8]), np.array([False, True, False])
    np.testing.assert_allclose(LESSON["right_among_surest"](confidence, right), [1, 1 / 2, 1 / 3])
