"""Lesson 112: what is frozen stays, what is reused is the letters' weights, and the examples are as few as said."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.datasets import Split  # noqa: E402

LESSON = functions_of("112")
build = LESSON["build"]


def drawings(count=20, seed=0):
    return np.random.default_rng(seed).random((count, 28, 28, 1)).astype("float32")


def test_features_are_flat_and_the_head_reads_them():
    network, features = build(10)
    images = drawings(3)
    assert network(images).shape == (3, 10)
    assert features(images).shape == (3, 2352)
    weights, biases = network.get_weights()[-2:]
    assert np.allclose(features(images) @ weights + biases, network(images), atol=1e-4)


def test_the_network_overfits_one_batch():
    keras.utils.set_random_seed(1)
    network, _ = build(10)
    images, labels = drawings(20), np.arange(20) % 10
    LESSON["compile_for"](network, 0.003, steps=60)
    learn_by_heart(network, images, labels, steps=60)
    assert np.mean(np.argmax(network(images, training=True), axis=1) == labels) > 0.9


def test_a_step_on_paper():
    assert LESSON["after_one_step"](frozen=True) == pytest.approx(2.4)
    assert LESSON["after_one_step"](frozen=False) == pytest.approx(2.52)


def test_from_letters_keeps_all_but_the_head():
    keras.utils.set_random_seed(2)
    learned = build(26)[0].get_weights()
    from_letters = LESSON["from_letters"]
    from_letters.__globals__["learned"] = learned
    weights = from_letters().get_weights()
    assert all(np.array_equal(mine, its) for mine, its in zip(weights[:-2], learned[:-2]))
    assert weights[-2].shape == (2352, 10) and weights[-1].shape == (10,)
    fresh = LESSON["from_nothing"]().get_weights()
    assert not np.array_equal(fresh[0], learned[0])


def test_standardised_by_the_few():
    few = Split(np.array([[0.0, 1], [2, 1]]), np.array([0, 1]))
    part = Split(np.array([[3.0, 1], [1, 2]]), np.array([1, 0]))
    found = LESSON["standardised"](few, part)
    assert np.allclose(found.inputs, [[2, 0], [0, 1000]])
    assert found.targets.tolist() == [1, 0]


def test_error_is_the_share_of_wrong_answers():
    class Fixed:
        def predict(self, images, batch_size, verbose):
            return np.eye(10)[[3, 1, 4, 1]]

    assert LESSON["error"](Fixed(), Split(drawings(4), np.array([3, 1, 4, 5]))) == 0.25
