"""Lesson 201: the recurrent layer by hand, its gradients, and the message task."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

LESSON = functions_of("201")
SIZES = [(1, 1, 1, 1), (4, 6, 3, 5), (2, 20, 7, 8)]


def weights_of(features: int, units: int, seed: int = 0) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(seed)
    shapes = (features, units), (units, units), (units,)
    return tuple(random.normal(scale=0.4, size=shape).astype("float32") for shape in shapes)


def inputs_of(batch: int, time: int, features: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(batch, time, features)).astype("float32")


def keras_layer(inputs: np.ndarray, weights: tuple[np.ndarray, ...]) -> keras.layers.SimpleRNN:
    layer = keras.layers.SimpleRNN(len(weights[2]), return_sequences=True)
    layer.build(inputs.shape)
    layer.set_weights(weights)
    return layer


@pytest.mark.parametrize("batch, time, features, units", SIZES)
def test_states_equal_keras(batch: int, time: int, features: int, units: int) -> None:
    inputs, weights = inputs_of(batch, time, features), weights_of(features, units)
    states = LESSON["simple_rnn"](inputs, *weights)
    assert states.shape == (batch, time, units)
    np.testing.assert_allclose(states, keras_layer(inputs, weights)(inputs), atol=1e-5)


@pytest.mark.parametrize("batch, time, features, units", SIZES)
@pytest.mark.parametrize("last_only", [False, True])
def test_gradients_equal_the_tape(batch: int, time: int, features: int, units: int, last_only: bool) -> None:
    inputs, weights = inputs_of(batch, time, features), weights_of(features, units)
    upstream = np.random.default_rng(2).normal(size=(batch, time, units)).astype("float32")
    if last_only:
        upstream[:, :-1] = 0
    layer = keras_layer(inputs, weights)
    with tf.GradientTape() as tape:
        loss = keras.ops.sum(layer(inputs) * upstream)
    expected = tape.gradient(loss, layer.trainable_variables)
    by_hand = LESSON["simple_rnn_gradients"](inputs, *weights, upstream)
    for gradient, weight, tape_gradient in zip(by_hand, weights, expected):
        assert gradient.shape == weight.shape
        np.testing.assert_allclose(gradient, tape_gradient, rtol=1e-4, atol=1e-4)


def test_wrong_shapes_are_refused() -> None:
    inputs, (kernel, recurrent_kernel, bias) = inputs_of(2, 3, 4), weights_of(4, 5)
    with pytest.raises(ValueError):
        LESSON["simple_rnn"](inputs[0], kernel, recurrent_kernel, bias)
    with pytest.raises(ValueError):
        LESSON["simple_rnn"](inputs, kernel.T, recurrent_kernel, bias)


def test_the_future_does_not_change_the_past_and_the_past_changes_the_future() -> None:
    inputs, weights = inputs_of(2, 9, 3), weights_of(3, 4)
    changed = inputs.copy()
    changed[:, 4] += 1
    before, after = (LESSON["simple_rnn"](x, *weights) for x in (inputs, changed))
    np.testing.assert_array_equal(before[:, :4], after[:, :4])
    assert (np.abs(before[:, 4:] - after[:, 4:]).max(axis=(0, 2)) > 1e-6).all()


def test_sequences_of_a_batch_do_not_mix() -> None:
    inputs, weights = inputs_of(3, 5, 2), weights_of(2, 4)
    alone = [LESSON["simple_rnn"](inputs[i : i + 1], *weights) for i in range(3)]
    np.testing.assert_allclose(LESSON["simple_rnn"](inputs, *weights), np.concatenate(alone), atol=1e-6)


def test_messages_differ_only_in_the_first_number() -> None:
    sequences, is_plus = LESSON["make_messages"](count=4000, length=12, seed=5)
    assert sequences.shape == (4000, 12, 1) and sequences.dtype == "float32"
    np.testing.assert_array_equal(sequences[:, 0, 0], np.where(is_plus, 1, -1))
    assert 0.45 < is_plus.mean() < 0.55
    noise = sequences[:, 1:, 0]
    assert abs(noise.std() - 0.3) < 0.01
    difference = noise[is_plus].mean(axis=0) - noise[~is_plus].mean(axis=0)
    assert np.abs(difference).max() < 0.05, "the noise says nothing about the message"
    again, _ = LESSON["make_messages"](count=4000, length=12, seed=5)
    np.testing.assert_array_equal(again, sequences)


def test_gradient_by_lag_is_that_of_the_tape() -> None:
    kernel, recurrent_kernel, _ = weights_of(1, 16, seed=3)
    bias = np.zeros(16, "float32")  # as at the start
    inputs = inputs_of(1, 6, 1)
    states = LESSON["simple_rnn"](inputs, kernel, recurrent_kernel, bias)
    lengths = LESSON["gradient_by_lag"](inputs, kernel, recurrent_kernel)
    assert lengths.shape == (6,) and np.isclose(lengths[0], 1)
    for lag in range(1, 6):
        old = tf.constant(states[:, -1 - lag].astype("float32"))
        with tf.GradientTape() as tape:
            tape.watch(old)
            state = old
            for step in range(6 - lag, 6):
                state = tf.tanh(inputs[:, step] @ kernel + state @ recurrent_kernel + bias)
            last = tf.reduce_sum(state) / 4  # the gradient at the last state has length 1
        assert np.isclose(np.linalg.norm(tape.gradient(last, old)), lengths[lag], rtol=1e-4)


def test_readers_differ_only_in_the_factor(monkeypatch) -> None:
    drawn = LESSON["build_reader"]().get_weights()
    monkeypatch.setitem(LESSON["start_reader"].__globals__, "START", drawn)
    keeps, halves = (LESSON["start_reader"](factor) for factor in (1.0, 0.5))
    kernel, recurrent_kernel, bias = keeps.layers[0].get_weights()
    np.testing.assert_allclose(recurrent_kernel.T @ recurrent_kernel, np.eye(16), atol=1e-5)
    assert kernel.shape == (1, 16) and not bias.any()
    np.testing.assert_allclose(halves.get_weights()[1], 0.5 * recurrent_kernel)
    for index in (0, 2, 3, 4):
        np.testing.assert_array_equal(keeps.get_weights()[index], halves.get_weights()[index])
    for length in (3, 40):
        assert keeps(np.zeros((2, length, 1), "float32")).shape == (2, 1)


def test_share_right_counts_right_answers() -> None:
    def first_number(sequences):
        return keras.ops.convert_to_tensor((sequences[:, 0] + 1) / 2)

    def its_opposite(sequences):
        return 1 - first_number(sequences)

    assert LESSON["share_right"](first_number, 7) == 1
    assert LESSON["share_right"](its_opposite, 7) == 0
