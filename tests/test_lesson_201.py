"""Lesson 201: the recurrent layer by hand, its gradients, and the windows of the forecast."""

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
    for gradient, weight, tape_gradient in zip(
        LESSON["simple_rnn_gradients"](inputs, *weights, upstream), weights, expected
    ):
        assert gradient.shape == weight.shape
        np.testing.assert_allclose(gradient, tape_gradient, rtol=1e-5, atol=1e-5)


def test_wrong_shapes_are_named() -> None:
    inputs, (kernel, recurrent_kernel, bias) = inputs_of(2, 3, 4), weights_of(4, 5)
    simple_rnn, gradients = LESSON["simple_rnn"], LESSON["simple_rnn_gradients"]
    with pytest.raises(ValueError, match="shapes do not fit"):
        simple_rnn(inputs[0], kernel, recurrent_kernel, bias)
    with pytest.raises(ValueError, match="shapes do not fit"):
        simple_rnn(inputs, kernel.T, recurrent_kernel, bias)
    with pytest.raises(ValueError, match="shapes do not fit"):
        simple_rnn(inputs, kernel, recurrent_kernel[:, :1], bias)
    for wrong_bias in (bias[:1], bias[np.newaxis], np.float32(0)):
        with pytest.raises(ValueError, match="shapes do not fit"):
            simple_rnn(inputs, kernel, recurrent_kernel, wrong_bias)
    with pytest.raises(ValueError, match="upstream has the shape"):
        gradients(inputs, kernel, recurrent_kernel, bias, np.ones((2, 5), "float32"))


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


def test_features_use_no_later_reading() -> None:
    from course_utils.datasets import load_weather

    part = load_weather().test
    features = LESSON["features_of"](part)
    airport, hour = np.argwhere(part.missing[:, :, 6])[0]
    last_read = np.flatnonzero(~part.missing[airport, :hour, 6])[-1]
    assert features.shape == (*part.values.shape[:2], 7)
    assert features[airport, hour, 2] == part.values[airport, last_read, 6]
    later = part._replace(values=part.values.copy())
    later.values[:, hour + 1 :][~part.missing[:, hour + 1 :]] += 5
    np.testing.assert_array_equal(LESSON["features_of"](later)[:, : hour + 1], features[:, : hour + 1])
