"""Lesson 211: the walk back through an LSTM, the measured gradient, clipping, and the two tasks of memory_tasks."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.architectures.rnn import lstm_record
from course_utils.datasets.memory_tasks import fading_sums, one_bit_messages
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

LESSON = functions_of("211")


def test_messages_are_those_of_lesson_201() -> None:
    ours, theirs = one_bit_messages(30, 12, seed=5), functions_of("201")["make_messages"](30, 12, seed=5)
    np.testing.assert_array_equal(ours[0], theirs[0])
    np.testing.assert_array_equal(ours[1], theirs[1])
    assert ((ours[0][:, 0, 0] > 0) == ours[1]).all(), "the sign of the first number is the message"


def test_fading_sums() -> None:
    numbers, sums = fading_sums(4, seed=0, length=3, fade=0.5)
    expected = numbers[:, :, 0] @ np.array([0.25, 0.5, 1])
    assert numbers.shape == (4, 3, 1) and sums.shape == (4, 1)
    np.testing.assert_allclose(sums[:, 0], expected, rtol=1e-5)


@pytest.mark.parametrize("units, time", [(1, 3), (5, 8)])
def test_the_record_ends_in_the_states_of_keras(units: int, time: int) -> None:
    numbers = np.random.default_rng(0).normal(size=(4, time, 2)).astype("float32")
    layer = keras.layers.LSTM(units, return_state=True, bias_initializer="random_normal")
    _, hidden, cell = layer(numbers)
    record = lstm_record(numbers, *layer.get_weights())
    assert len(record) == time and all(array.shape == (4, units) for array in record[0])
    np.testing.assert_allclose(record[-1][5], cell, atol=1e-5)
    np.testing.assert_allclose(record[-1][3] * np.tanh(record[-1][5]), hidden, atol=1e-5)
    np.testing.assert_array_equal(record[1][4], record[0][5])


@pytest.mark.parametrize("units", [1, 6])
def test_the_walk_back_equals_the_tape(units: int) -> None:
    numbers = tf.random.stateless_normal((3, 9, 1), seed=(1, 2))
    layer = keras.layers.LSTM(units, bias_initializer="random_normal")
    direction = np.random.default_rng(1).normal(size=(3, units))
    with tf.GradientTape() as tape:
        tape.watch(numbers)
        answer = keras.ops.sum(layer(numbers) * direction.astype("float32"))
    automatic = tape.gradient(answer, numbers).numpy()[:, :, 0]
    by_hand = LESSON["lstm_gradient"](numbers.numpy(), layer.get_weights(), direction)
    np.testing.assert_allclose(by_hand, automatic, rtol=1e-3, atol=1e-6)


def test_the_conveyor_alone_is_the_product_of_the_forget_gates() -> None:
    numbers = np.random.default_rng(2).normal(size=(2, 6, 1))
    weights = [np.random.default_rng(3).normal(size=shape) for shape in ((1, 4), (1, 4), (4,))]
    record = lstm_record(numbers, *weights)
    to_cell = np.ones((2, 1))
    for step_record in reversed(record):
        _, to_cell = LESSON["one_step_back"](np.zeros((2, 1)), to_cell, step_record)
    np.testing.assert_allclose(to_cell, np.prod([step[1] for step in record], axis=0))
    both = LESSON["lstm_gradient"](numbers, weights, np.ones((2, 1)))
    conveyor = LESSON["lstm_gradient"](numbers, weights, np.ones((2, 1)), second_way=False)
    np.testing.assert_allclose(both[:, -1], conveyor[:, -1])
    assert np.abs(both[:, 0] - conveyor[:, 0]).max() > 1e-6


@pytest.mark.parametrize("limit, expected", [(1, [0.6, 0.8]), (10, [3, 4]), (np.inf, [3, 4])])
def test_clip_gradients(limit: float, expected: list[float]) -> None:
    np.testing.assert_allclose(LESSON["clip_gradients"]([3.0, 4.0], limit), expected)
    assert LESSON["length_of"]([np.ones((2, 2)), np.zeros(3)]) == pytest.approx(2)


def test_clipping_many_arrays_equals_keras() -> None:
    random = np.random.default_rng(0)
    gradients = [random.normal(size=shape).astype("float32") for shape in ((3, 4), (4,))]
    variables = [keras.Variable(np.zeros_like(gradient)) for gradient in gradients]
    optimizer = keras.optimizers.SGD(1.0, global_clipnorm=0.5)
    optimizer.apply([tf.constant(gradient) for gradient in gradients], variables)
    for ours, theirs in zip(LESSON["clip_gradients"](gradients, 0.5), variables):
        np.testing.assert_allclose(ours, -theirs.numpy(), atol=1e-6)


def test_gradient_by_lag_of_a_network_that_sees_two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    function = LESSON["gradient_by_lag"]
    monkeypatch.setitem(function.__globals__, "some_sequences", tf.ones((2, 5, 1)))
    numbers = keras.Input((None, 1))
    model = keras.Model(numbers, numbers[:, -1] - 0.25 * numbers[:, -3])
    np.testing.assert_allclose(function(model), [1, 0, 0.25, 0, 0])
