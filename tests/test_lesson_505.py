"""Lesson 505: what a front sees, what it makes, and that the networks compared are equally large."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils import bout  # noqa: E402
from course_utils.datasets.fronts import errors_of_bout, load_fronts  # noqa: E402
from course_utils.exercises import Wrong  # noqa: E402
from course_utils.exercises.exercise import errors_of_starts  # noqa: E402
from course_utils.metrics.reach import steps_seen  # noqa: E402

LESSON = functions_of("505")
ARMS = (
    ("cut", "attention", 32),
    ("cut_relu", "attention", 32),
    ("wide", "attention", 32),
    ("wide_relu", "attention", 32),
    ("deep_cut", "attention", 32),
    ("stem", "attention", 28),
    ("cut", "recurrent", 39),
    ("stem", "recurrent", 33),
    ("stem", "convolution", 44),
)


@pytest.fixture(scope="module")
def signals():
    return bout.signals()


@pytest.mark.parametrize(("front", "reader", "width"), ARMS)
def test_each_width_is_the_one_nearest_to_20_000_weights(signals, front, reader, width):
    def distance(of_width):
        model = LESSON["build"](signals, LESSON[front], LESSON[reader], of_width)
        return abs(model.count_params() - bout.WEIGHTS)

    step = 4 if reader == "attention" else 1
    assert distance(width) <= min(distance(width - step), distance(width + step))


@pytest.mark.parametrize("front", ["cut", "cut_relu", "wide", "wide_relu", "deep_cut", "stem"])
def test_all_fronts_make_ten_places_of_forty_steps(front):
    inputs = keras.Input((40, 1))
    assert LESSON[front](inputs, 8).shape == (None, 10, 8)


@pytest.mark.parametrize("front", ["cut", "wide", "stem"])
def test_four_steps_to_the_side_are_one_place_to_the_side(front):
    inputs = keras.Input((40, 1))
    network = keras.Model(inputs, LESSON[front](inputs, 8))
    signal = np.random.default_rng(0).normal(size=(1, 40, 1))
    here = np.asarray(network(signal))[0, 3:6]
    there = np.asarray(network(np.roll(signal, 4, axis=1)))[0, 4:7]
    assert np.allclose(here, there, atol=1e-5)


def test_the_order_of_the_places_matters_to_attention_and_to_the_gru():
    for reader in ("attention", "recurrent"):
        places = keras.Input((10, 8))
        network = keras.Model(places, LESSON[reader](places, 8))
        some = np.random.default_rng(1).normal(size=(1, 10, 8))
        assert abs(np.asarray(network(some)) - np.asarray(network(some[:, ::-1]))).max() > 1e-4


def test_attention_and_convolution_end_alike():
    places = keras.Input((10, 8))
    for reader in ("attention", "convolution"):
        network = keras.Model(places, LESSON[reader](places, 8))
        assert isinstance(network.layers[-1], keras.layers.GlobalMaxPooling1D)


def test_the_longer_runs_are_of_all_networks_and_as_long():
    longer = load_fronts()
    assert longer["name"].nunique() == len(ARMS) and (longer.groupby("name")["seed"].nunique() == 3).all()
    assert longer["steps"].nunique() == 1 and longer["steps"][0] > 5 * 378, "378 are the page's six epochs"
    shares = longer[["wrong on validation", "wrong on test"]]
    assert ((shares > 0) & (shares < 0.3)).all().all()


def test_the_runs_of_the_bout_are_those_of_two_readers_with_and_without_patches():
    table = errors_of_bout()
    assert set(table.index.droplevel("steps")) == {(name, patch) for name in ("GRU", "transformer") for patch in (1, 4)}
    assert table.notna().all().all() and table["wrong on validation"].between(0, 1).all()
    assert table.loc["GRU", 1]["milliseconds a step"].min() > 2 * table.loc["GRU", 4]["milliseconds a step"].max()


def test_errors_of_starts_takes_shares_of_the_examples_alone():
    (found,) = errors_of_starts({"cut": [0.25, 0.5, 0.125]}, "cut", of=8)
    assert list(found) == [0.25, 0.5, 0.125]
    wrong = ({}, {"cut": ...}, {"cut": 0.25}, {"cut": [0.25, 0.5]}, {"cut": [25, 50, 12]}, {"cut": [0.2, 0.5, 0.25]})
    for answer in (*wrong, {"cut": [0.5, 0.5, 0.5]}, {"cut": [0.25, np.nan, 0.5]}):
        with pytest.raises(Wrong):
            errors_of_starts(answer, "cut", of=8)


@pytest.mark.parametrize(
    ("window", "stride", "place", "seen"), [(1, 1, 0, 1), (3, 1, 4, 3), (5, 2, 1, 5), (4, 4, 2, 4)]
)
def test_a_place_sees_the_steps_under_its_window(window, stride, place, seen):
    inputs = keras.Input((12, 2))
    network = keras.Model(inputs, keras.layers.Conv1D(3, window, strides=stride)(inputs))
    assert steps_seen(network, np.zeros((12, 2), "float32"), place) == seen


def test_a_place_that_is_not_there_is_refused():
    inputs = keras.Input((12, 1))
    network = keras.Model(inputs, keras.layers.Conv1D(3, 4, strides=4)(inputs))
    with pytest.raises(IndexError):
        steps_seen(network, np.zeros((12, 1), "float32"), 3)
