"""Lesson 515: what a front sees, what it makes, and that the networks compared are equally large."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils import bout  # noqa: E402
from course_utils.exercises import Wrong  # noqa: E402
from course_utils.exercises.exercise import errors_of_starts  # noqa: E402
from course_utils.exercises.lesson_515 import gated  # noqa: E402

LESSON = functions_of("515")
ARMS = (
    ("cut", "attention", 32),
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


@pytest.mark.parametrize("front", ["cut", "deep_cut", "stem"])
def test_all_fronts_make_ten_places_of_forty_steps(front):
    inputs = keras.Input((40, 1))
    assert LESSON[front](inputs, 8).shape == (None, 10, 8)


@pytest.mark.parametrize("front", ["cut", "stem"])
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


def test_the_gate_is_that_of_keras_layers():
    random = np.random.default_rng(2)
    maps = random.normal(size=(3, 5, 4))
    first, second = random.normal(size=(4, 2)), random.normal(size=(2, 4))
    squeezed = keras.layers.GlobalAveragePooling1D()(maps)
    excited = keras.ops.sigmoid(keras.ops.relu(squeezed @ first.astype("float32")) @ second.astype("float32"))
    by_keras = keras.layers.Multiply()([maps, keras.ops.expand_dims(excited, 1)])
    np.testing.assert_allclose(gated(maps, first, second), np.asarray(by_keras), atol=1e-5)


def test_errors_of_starts_takes_shares_of_the_examples_alone():
    (found,) = errors_of_starts({"cut": [0.25, 0.5, 0.125]}, "cut", of=8)
    assert list(found) == [0.25, 0.5, 0.125]
    wrong = ({}, {"cut": ...}, {"cut": 0.25}, {"cut": [0.25, 0.5]}, {"cut": [25, 50, 12]}, {"cut": [0.2, 0.5, 0.25]})
    for answer in (*wrong, {"cut": [0.5, 0.5, 0.5]}, {"cut": [0.25, np.nan, 0.5]}):
        with pytest.raises(Wrong):
            errors_of_starts(answer, "cut", of=8)
