"""Lesson 520: bins, costs and thresholds of the page are those of the package and of a search."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

from course_utils.metrics.calibration import (  # noqa: E402
    error_by_chance,
    expected_calibration_error,
    fit_temperature,
)
from course_utils.viz import show_reliability  # noqa: E402

LESSON = functions_of("520")


def some_answers(count=400, seed=0):
    random = np.random.default_rng(seed)
    confidence = random.uniform(0.1, 1, count)
    return confidence, random.random(count) < confidence**2


@pytest.mark.parametrize("bins", [1, 3, 10, 15])
def test_page_and_package_find_the_same_error(bins):
    confidence, right = some_answers()
    by_page = LESSON["calibration_error"](confidence, right, bins)
    assert expected_calibration_error(confidence, right, bins) == pytest.approx(by_page)


def test_the_error_of_perfect_and_of_boasting_answers():
    assert expected_calibration_error([1.0, 1.0], [True, True]) == 0
    assert expected_calibration_error([1.0, 1.0], [True, False]) == pytest.approx(0.5)
    assert expected_calibration_error([0.0], [False]) == 0


def test_by_chance_falls_with_the_number_of_answers_and_never_reaches_zero():
    few, many = (error_by_chance(np.full(count, 0.8)) for count in (50, 5000))
    assert 0 < many < few / 5


@pytest.mark.parametrize("true_temperature", [0.4, 1.0, 3.0])
def test_the_temperature_that_made_the_labels_is_found(true_temperature):
    random = np.random.default_rng(1)
    logits = random.normal(0, 3, (20_000, 5))
    noise = random.gumbel(size=logits.shape)  # the largest of logit + noise is a draw from the softmax
    labels = (logits / true_temperature + noise).argmax(axis=1)
    assert fit_temperature(logits, labels) == pytest.approx(true_temperature, rel=0.05)


def test_the_temperature_of_the_page_is_that_of_the_package():
    from course_utils.datasets import Split

    random = np.random.default_rng(2)
    logits = random.normal(0, 3, (300, 10))
    labels = (logits / 2 + random.gumbel(size=logits.shape)).argmax(axis=1)
    page = functions_of("520")
    page["best_temperature"].__globals__.update(temperatures=np.arange(0.3, 5.0, 0.05), validation=Split(None, labels))
    assert page["best_temperature"](logits) == pytest.approx(fit_temperature(logits, labels), abs=0.03)


def test_the_temperature_changes_how_sure_and_no_answer():
    logits = np.random.default_rng(3).normal(0, 2, (50, 10))
    labels = np.arange(50) % 10
    sure, right = LESSON["sure_and_right"](logits, labels)
    softer, still_right = LESSON["sure_and_right"](logits, labels, 3.0)
    assert (softer < sure).all() and (right == still_right).all()


def test_no_other_threshold_is_cheaper_if_the_confidences_are_true():
    random = np.random.default_rng(4)
    confidence = random.uniform(0.5, 1, 200_000)
    right = random.random(confidence.size) < confidence
    cost = LESSON["cost"]
    costs = [cost(confidence, right, threshold) for threshold in (0.5, 0.8, 0.9, 0.95, 1.01)]
    assert min(costs) == costs[2] and costs[-1] == 1
    assert costs[2] == pytest.approx(LESSON["foretold_cost"](confidence), rel=0.02)


def test_a_threshold_is_chosen_where_the_mistakes_end():
    confidence = np.array([0.6, 0.7, 0.95, 0.96])
    right = np.array([False, False, True, True])
    assert 0.7 < LESSON["chosen_threshold"](confidence, right) <= 0.95


@pytest.mark.parametrize(("confidence", "right"), [([0.5], [True, False]), ([], []), ([1.2], [True]), ([-0.1], [True])])
def test_what_is_no_confidence_is_refused(confidence, right):
    with pytest.raises(ValueError, match="confidence|Confidences"):
        expected_calibration_error(confidence, right)
    with pytest.raises(ValueError, match="confidence"):
        show_reliability({"model": (np.array(confidence), np.array(right))}, alt="A picture that is never drawn")


def test_a_diagram_needs_a_model_and_logits_need_labels():
    with pytest.raises(ValueError, match="at least one"):
        show_reliability({}, alt="A picture that is never drawn")
    with pytest.raises(ValueError, match="labels"):
        fit_temperature(np.zeros((3, 2)), np.zeros(2, int))


def test_the_diagram_writes_its_numbers(monkeypatch):
    shown = {}
    monkeypatch.setattr("course_utils.viz.reliability.show", lambda figure, alt, numbers: shown.update(numbers=numbers))
    show_reliability({"a": (np.array([0.95, 0.95, 0.55]), np.array([True, False, True]))}, alt="One model, two bars")
    assert shown["numbers"] == ["a: 1 answers, says 0.55, right 1.00", "a: 2 answers, says 0.95, right 0.50"]
