"""Lesson 521: bins, error and temperature of the page are those of the package."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

from course_utils.metrics.calibration import (  # noqa: E402
    error_by_chance,
    expected_calibration_error,
    fit_temperature,
    sure_and_right,
)
from course_utils.viz import show_reliability  # noqa: E402

LESSON = functions_of("521")


def some_answers(count=400, seed=0):
    random = np.random.default_rng(seed)
    confidence = random.uniform(0.1, 1, count)
    return confidence, random.random(count) < confidence**2


@pytest.mark.parametrize("seed", range(3))
def test_page_and_package_find_the_same_error(seed):
    confidence, right = some_answers(seed=seed)
    by_page = LESSON["calibration_error"](confidence, right)
    assert expected_calibration_error(confidence, right) == pytest.approx(by_page)


def test_each_answer_stands_in_one_bin_those_on_an_edge_too():
    confidence = np.append(np.arange(1, 11) / 10, [0.05, 1.0])
    table = LESSON["reliability_table"](confidence, np.ones(12))
    assert table["answers"].tolist() == [2, 1, 1, 1, 1, 1, 1, 1, 1, 2]


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
    page = functions_of("521")
    page["best_temperature"].__globals__.update(temperatures=np.arange(0.3, 5.0, 0.05), validation=Split(None, labels))
    assert page["best_temperature"](logits) == pytest.approx(fit_temperature(logits, labels), abs=0.03)


def test_the_temperature_changes_how_sure_and_no_answer():
    logits = np.random.default_rng(3).normal(0, 2, (50, 10))
    labels = np.arange(50) % 10
    sure, right = LESSON["sure_and_right"](logits, labels)
    softer, still_right = LESSON["sure_and_right"](logits / 3.0, labels)
    assert (softer < sure).all() and (right == still_right).all()


def test_page_and_package_agree_on_how_sure_and_how_right():
    logits = np.random.default_rng(4).normal(0, 300, (50, 10))  # large ones: no power may overflow
    labels = np.arange(50) % 10
    for by_page, by_package in zip(LESSON["sure_and_right"](logits, labels), sure_and_right(logits, labels)):
        np.testing.assert_allclose(by_package, by_page)


@pytest.mark.parametrize(("confidence", "right"), [([0.5], [True, False]), ([], []), ([1.2], [True]), ([-0.1], [True])])
def test_what_is_no_confidence_is_refused(confidence, right):
    with pytest.raises(ValueError, match="confidence|Confidences"):
        expected_calibration_error(confidence, right)
    with pytest.raises(ValueError, match="confidence"):
        show_reliability({"model": (np.array(confidence), np.array(right))}, alt="A picture that is never drawn")


def test_a_diagram_needs_a_model_and_logits_need_labels():
    with pytest.raises(ValueError, match="at least one"):
        show_reliability({}, alt="A picture that is never drawn")
    for function in (fit_temperature, sure_and_right):
        with pytest.raises(ValueError, match="labels"):
            function(np.zeros((3, 2)), np.zeros(2, int))


def test_the_diagram_writes_its_numbers(monkeypatch):
    shown = {}
    monkeypatch.setattr("course_utils.viz.reliability.show", lambda figure, alt, numbers: shown.update(numbers=numbers))
    show_reliability({"a": (np.array([0.95, 0.95, 0.55]), np.array([True, False, True]))}, alt="One model, two bars")
    assert shown["numbers"] == ["a: 1 answers, says 0.55, right 1.00", "a: 2 answers, says 0.95, right 0.50"]


def test_a_bar_is_what_is_right_a_line_what_is_said_and_few_answers_are_pale(monkeypatch):
    figures = []
    monkeypatch.setattr("course_utils.viz.reliability.show", lambda figure, alt, numbers: figures.append(figure))
    confidence = np.array([0.55] + [0.92] * 10)
    right = np.array([True] + [True] * 5 + [False] * 5)
    show_reliability({"a": (confidence, right)}, alt="A full bar and a pale one")
    axis = figures[0].axes[0]
    assert [bar.get_height() for bar in axis.patches] == [1.0, 0.5]
    assert [bar.get_alpha() for bar in axis.patches] == [0.3, 1.0]
    assert [line.get_ydata()[0] for line in axis.get_lines()] == pytest.approx([0.55, 0.92])
