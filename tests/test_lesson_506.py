"""Lesson 506: the slots keep the shape of the places, see what the page says, and are as large as it says."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.exercises.lesson_506 import gate_filters  # noqa: E402
from course_utils.viz import show_row  # noqa: E402

LESSON = functions_of("506")
SLOTS = ("window", "filter_gate", "mean_of_all", "attention")


def slot_network(name):
    LESSON[name].__globals__["width"] = 24
    places = keras.Input((4, 24))
    return keras.Model(places, LESSON[name](places))


@pytest.mark.parametrize("name", SLOTS)
def test_each_slot_keeps_the_shape_and_its_last_place_sees_the_whole_row(name):
    network = slot_network(name)
    some = np.random.default_rng(1).normal(size=(1, 4, 24)).astype("float32")
    before = np.asarray(network(some))
    assert before.shape == (1, 4, 24)
    for place in range(4):
        changed = some.copy()
        changed[:, place] += 1
        assert abs(np.asarray(network(changed)) - before)[0, 3].max() > 1e-5, place


def test_the_window_has_the_most_weights_and_the_others_are_level():
    counts = {name: slot_network(name).count_params() for name in SLOTS}
    assert counts["window"] > 1.5 * max(counts[name] for name in SLOTS[1:])
    assert min(counts.values()) > 0.95 * counts["attention"]


def test_the_gate_of_the_page_is_that_of_the_exercise():
    places = keras.Input((5, 6))
    network = keras.Model(places, LESSON["gate"](places, hidden=3))
    random = np.random.default_rng(2)
    maps, first, second = random.normal(size=(4, 5, 6)), random.normal(size=(6, 3)), random.normal(size=(3, 6))
    network.set_weights([first, np.zeros(3), second, np.zeros(6)])
    np.testing.assert_allclose(np.asarray(network(maps)), gate_filters(maps, first, second), atol=1e-5)


def test_attention_with_queries_of_zero_is_the_mean():
    values = np.random.default_rng(3).normal(size=(4, 2))
    found, weights = LESSON["attend"](np.zeros((4, 3)), np.ones((4, 3)), values)
    np.testing.assert_allclose(weights, 0.25)
    np.testing.assert_allclose(found, np.tile(values.mean(axis=0), (4, 1)))


def test_a_row_of_signals_has_a_name_for_each(capsys):
    show_row(np.zeros((4, 40)), ["tag 0", "tag 1", "tag 2", "?"], alt="Four flat signals in a row")
    assert "Four flat signals in a row" in capsys.readouterr().out
    with pytest.raises(ValueError, match="2 signals and 1 names"):
        show_row(np.zeros((2, 40)), ["one"], alt="Two flat signals in a row")
