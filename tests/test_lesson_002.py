"""Lesson 002: the forward pass, the loss and the gradients written by hand are those of Keras."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly
from course_utils.exercises.lesson_002 import colleague_gradients
from course_utils.gradient_check import all_close, slopes_by_differences

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

LESSON = functions_of("002")
SIZES = [(1, 2, 3, 2), (6, 5, 4, 3), (32, 20, 16, 10)]  # batch, features, units, classes


def example(batch, features, units, classes, seed=0, dtype="float32"):
    generator = np.random.default_rng(seed)
    shapes = [(features, units), (units,), (units, classes), (classes,)]
    parameters = [generator.normal(size=shape).astype(dtype) for shape in shapes]
    return generator.normal(size=(batch, features)).astype(dtype), generator.integers(classes, size=batch), parameters


def keras_model(parameters):
    features, units = parameters[0].shape
    layers = [keras.layers.Dense(units, activation="relu"), keras.layers.Dense(parameters[2].shape[1])]
    model = keras.Sequential([keras.Input((features,)), *layers])
    model.set_weights(parameters)
    return model


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_forward_loss_and_gradients_equal_keras(sizes, seed):
    inputs, labels, parameters = example(*sizes, seed=seed)
    model = keras_model(parameters)
    with tf.GradientTape() as tape:
        keras_logits = model(inputs)
        keras_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, keras_logits)
    hidden, logits = LESSON["forward"](inputs, parameters)
    assert hidden.min() >= 0 and hidden.shape == (sizes[0], sizes[2])
    np.testing.assert_allclose(logits, keras_logits, atol=1e-5)
    np.testing.assert_allclose(LESSON["cross_entropy"](logits, labels), keras_loss, atol=1e-5)
    for by_hand, by_tape in zip(
        LESSON["gradients"](inputs, labels, parameters), tape.gradient(keras_loss, model.trainable_weights), strict=True
    ):
        np.testing.assert_allclose(by_hand, by_tape, atol=1e-5)


@pytest.mark.parametrize("bend", [True, False])
@pytest.mark.parametrize("sizes", SIZES[:2])
def test_gradients_equal_small_differences(sizes, bend):
    inputs, labels, parameters = example(*sizes, dtype="float64")

    def loss():
        return LESSON["cross_entropy"](LESSON["forward"](inputs, parameters, bend)[1], labels)

    by_hand = LESSON["gradients"](inputs, labels, parameters, bend)
    assert all_close(by_hand, slopes_by_differences(loss, parameters), tolerance=1e-6)


def test_without_the_bend_two_layers_are_one_matrix():
    inputs, labels, parameters = example(6, 5, 4, 3)
    learned, _ = LESSON["train"](parameters, inputs, labels, 0.1, 3, bend=False)
    hidden, logits = LESSON["forward"](inputs, learned, bend=False)
    assert hidden.min() < 0
    one_matrix, one_bias = learned[0] @ learned[2], learned[1] @ learned[2] + learned[3]
    np.testing.assert_allclose(logits, inputs @ one_matrix + one_bias, atol=1e-5)


def test_huge_logits_stay_finite():
    logits = np.array([[1000.0, -1000.0, 0.0], [1e4, 1e4, 1e4]])
    probabilities = np.exp(LESSON["log_softmax"](logits))
    np.testing.assert_allclose(probabilities, [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]])
    np.testing.assert_allclose(LESSON["cross_entropy"](logits, np.array([1, 0])), (2000 + np.log(3)) / 2)


def test_the_gradient_is_a_mean_over_the_batch():
    inputs, labels, parameters = example(8, 5, 4, 3)
    once = LESSON["gradients"](inputs, labels, parameters)
    twice = LESSON["gradients"](np.concatenate([inputs, inputs]), np.concatenate([labels, labels]), parameters)
    for single, double in zip(once, twice):
        np.testing.assert_allclose(single, double, atol=1e-6)


def test_training_can_learn_one_batch_by_heart_and_leaves_the_start_alone():
    inputs, labels, parameters = example(16, 20, 32, 5)
    parameters = [array / 5 for array in parameters]
    before = [array.copy() for array in parameters]
    learned, curve = LESSON["train"](parameters, inputs, labels, rate=0.3, epochs=400, batch_size=16)
    assert len(curve) == 400 and curve[-1] < 0.01 < curve[0]
    assert (LESSON["forward"](inputs, learned)[1].argmax(axis=1) == labels).all()
    assert all(np.array_equal(now, then) for now, then in zip(parameters, before))


@pytest.mark.parametrize("batch_size", [4, 5, 12])
def test_training_takes_the_steps_of_keras(batch_size):
    inputs, labels, parameters = example(12, 6, 5, 3)
    model = keras_model(parameters)
    model.compile(keras.optimizers.SGD(0.05), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(inputs, labels, batch_size=batch_size, epochs=3, shuffle=False, verbose=0)
    learned, curve = LESSON["train"](parameters, inputs, labels, 0.05, 3, batch_size)
    for by_hand, by_keras in zip(learned, model.get_weights(), strict=True):
        np.testing.assert_allclose(by_hand, by_keras, atol=1e-5)
    if 12 % batch_size == 0:  # Keras weighs the batches by their size
        np.testing.assert_allclose(curve, history.history["loss"], atol=1e-5)


@pytest.mark.parametrize("rate, arrives", [(0.01, True), (0.1, True), (0.24, True), (0.26, False)])
def test_descent_on_the_parabola_arrives_below_a_quarter(rate, arrives):
    path = LESSON["descend"](1.0, rate, 400)
    assert path.shape == (401,) and (abs(path[-1] - 3) < 1e-6) == arrives


def test_the_colleague_forgot_the_closed_units_and_nothing_else():
    inputs, labels, parameters = example(6, 5, 4, 3, dtype="float64")
    right = LESSON["gradients"](inputs, labels, parameters)
    suspects = colleague_gradients(inputs, labels, parameters)
    agree = [np.allclose(one, other, atol=1e-6) for one, other in zip(right, suspects, strict=True)]
    assert agree == [False, False, True, True]
    parameters[1] += 100  # with every unit open nothing is forgotten
    assert all_close(LESSON["gradients"](inputs, labels, parameters), colleague_gradients(inputs, labels, parameters))
