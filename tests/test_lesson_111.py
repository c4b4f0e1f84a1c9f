"""Lesson 111: moves and dropout are those of Keras, remedies change nothing at test time, mistakes are counted right."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("111")
build = LESSON["build"]


def turns(limit):
    return keras.layers.RandomRotation(limit, fill_mode="constant")


def images_of(count, seed=0):
    return np.random.default_rng(seed).random((count, 28, 28, 1)).astype("float32")


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_a_picture_moves_down_and_zeros_come_in(rows):
    picture = np.arange(1.0, 37).reshape(6, 6)
    result = LESSON["moved_down"](picture, rows)
    assert (result[:rows] == 0).all() and np.array_equal(result[rows:], picture[:-rows])


def test_dropout_keeps_the_mean_over_all_masks():
    values = np.array([1.0, 2, 3])
    masks = [np.array([first, second, third]) for first in (0, 1) for second in (0, 1) for third in (0, 1)]
    assert np.allclose(np.mean([LESSON["dropped"](values, mask, 0.5) for mask in masks], axis=0), values)


@pytest.mark.parametrize("remedy", [{"front": 0.04}, {"dropout": 0.3}], ids=str)
def test_remedies_work_in_training_alone_and_have_no_weights(remedy):
    remedy = {name: turns(value) if name == "front" else value for name, value in remedy.items()}
    network, images = build(**remedy), images_of(4)
    assert network.count_params() == build().count_params()
    quiet = network.predict(images, verbose=0)
    assert np.array_equal(quiet, network.predict(images, verbose=0))
    assert np.allclose(quiet, network(images, training=False), atol=1e-5)
    assert not np.allclose(network(images, training=True), network(images, training=True))


def test_errors_are_shares_of_digits_and_of_letters():
    wrong = np.array([True, False, True, True, False])
    assert LESSON["by_kind"](wrong, np.array([0, 9, 10, 35, 12])) == {"digits": 0.5, "letters": 2 / 3}


def test_the_fullest_cells_are_the_36_largest():
    counts = np.zeros((36, 36), int)
    counts[0] = 2
    assert LESSON["share_of_fullest"](counts) == 1
    counts[1] = 1
    assert np.isclose(LESSON["share_of_fullest"](counts), 72 / 108)


def test_the_network_can_learn_one_batch_by_heart():
    keras.utils.set_random_seed(1)
    network = build()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(0.003), loss, jit_compile=False)
    images, labels = images_of(36), np.arange(36)
    learn_by_heart(network, images, labels, steps=150)
    assert np.mean(np.asarray(network(images)).argmax(axis=1) == labels) > 0.9
