"""Lesson 401: attention, heads, normalization and positions by hand are those of Keras and of the paper."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("401")
attend, heads, normalize = LESSON["scaled_dot_product_attention"], LESSON["multi_head_attention"], LESSON["layer_norm"]
randomness = np.random.default_rng(0)


def numbers(*shape):
    return randomness.normal(size=shape).astype("float32")


def random_layer(head_count, key_dim, query, value):
    layer = keras.layers.MultiHeadAttention(head_count, key_dim)
    layer(query, value)
    layer.set_weights([numbers(*array.shape) for array in layer.get_weights()])
    return layer


@pytest.mark.parametrize(("head_count", "key_dim", "width"), [(1, 3, 3), (2, 4, 3), (4, 16, 64)])
@pytest.mark.parametrize("causal", [False, True])
def test_multi_head_attention_equals_keras(head_count, key_dim, width, causal):
    inputs = numbers(2, 6, width) / np.sqrt(width)
    layer = random_layer(head_count, key_dim, inputs, inputs)
    mask = np.tril(np.ones((6, 6), bool)) if causal else None
    by_hand, weights = heads(inputs, inputs, inputs, layer.get_weights(), mask)
    by_keras, scores = layer(inputs, inputs, use_causal_mask=causal, return_attention_scores=True)
    np.testing.assert_allclose(by_hand, by_keras, atol=1e-4, rtol=1e-4)
    np.testing.assert_allclose(weights, scores, atol=1e-5)


def test_cross_attention_with_its_own_key_and_length():
    query, value, key = numbers(2, 5, 8), numbers(2, 7, 8), numbers(2, 7, 8)
    layer = random_layer(2, 4, query, value)
    by_hand, weights = heads(query, key, value, layer.get_weights(), None)
    np.testing.assert_allclose(by_hand, layer(query, value, key=key), atol=1e-4, rtol=1e-4)
    assert weights.shape == (2, 2, 5, 7)


def test_weights_are_shares_and_a_masked_key_gets_none():
    query, key, value = numbers(3, 4, 8), numbers(3, 6, 8), numbers(3, 6, 2)
    mask = np.ones((4, 6), bool)
    mask[:, 2] = False
    output, weights = attend(query, key, value, mask)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-6)
    assert output.shape == (3, 4, 2) and weights[..., 2].max() == 0
    without = np.delete(key, 2, axis=1), np.delete(value, 2, axis=1)
    np.testing.assert_allclose(output, attend(query, *without, None)[0], atol=1e-6)


def test_the_future_does_not_reach_the_past():
    inputs, mask = numbers(1, 6, 4), np.tril(np.ones((6, 6), bool))
    layer = random_layer(2, 2, inputs, inputs)
    changed = inputs.copy()
    changed[:, 4:] += 10
    before, after = (heads(values, values, values, layer.get_weights(), mask)[0] for values in (inputs, changed))
    assert np.array_equal(before[:, :4], after[:, :4]) and np.abs(before[:, 4:] - after[:, 4:]).max() > 0.1


def test_huge_scores_stay_finite():
    output, weights = attend(np.array([[1e4]]), np.array([[1e4], [0.0]]), np.array([[1.0], [2.0]]), None)
    assert weights.tolist() == [[1.0, 0.0]] and output.tolist() == [[1.0]]


@pytest.mark.parametrize("epsilon", [1e-3, 1e-6])
def test_layer_norm_equals_keras(epsilon):
    inputs, layer = numbers(2, 5, 9), keras.layers.LayerNormalization(epsilon=epsilon)
    layer(inputs)
    layer.set_weights([numbers(9), numbers(9)])
    np.testing.assert_allclose(normalize(inputs, *layer.get_weights(), epsilon), layer(inputs), atol=1e-5)


def test_positions_follow_the_paper():
    positions = LESSON["sinusoidal_positions"](50, 8)
    assert positions.shape == (50, 8)
    for place in (0, 1, 49):
        for pair in range(4):
            angle = place / 10000 ** (2 * pair / 8)
            np.testing.assert_allclose(positions[place, 2 * pair : 2 * pair + 2], [np.sin(angle), np.cos(angle)])


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match="same width, not 3 and 4"):
        attend(numbers(2, 3), numbers(2, 4), numbers(2, 4), None)
    with pytest.raises(ValueError, match="one value a key"):
        attend(numbers(2, 3), numbers(2, 3), numbers(5, 3), None)
    with pytest.raises(ValueError, match="mask must be boolean"):
        attend(numbers(2, 3), numbers(2, 3), numbers(2, 3), np.ones((2, 2)))
    with pytest.raises(ValueError, match="8 arrays"):
        heads(numbers(2, 3), numbers(2, 3), numbers(2, 3), [], None)
    with pytest.raises(ValueError, match="must have the shape"):
        normalize(numbers(2, 3), numbers(4), numbers(3), 1e-3)
