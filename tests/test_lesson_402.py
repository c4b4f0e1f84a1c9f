"""Lesson 402: positions, heads, normalization and the block by hand are those of Keras; the model cannot look ahead."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures.attention import scaled_dot_product_attention  # noqa: E402
from course_utils.architectures.transformer import sinusoidal_positions  # noqa: E402
from course_utils.exercises import load_exercises  # noqa: E402
from course_utils.metrics.linear_reading import linear_reading  # noqa: E402
from course_utils.metrics.reach import weight_by_distance  # noqa: E402
from course_utils.viz.heads import show_heads  # noqa: E402

LESSON = functions_of("402")
LESSON["transformer_block"].__globals__.update(context=12, width=8)
heads, normalize, positions = (LESSON[name] for name in ("multi_head_attention", "layer_norm", "sinusoidal_positions"))


@pytest.fixture
def random():
    return np.random.default_rng(0)


def small_model():
    model = LESSON["one_block_model"](positions(12, 8))
    random = np.random.default_rng(1)
    model.set_weights([random.normal(0, 0.5, array.shape) for array in model.get_weights()])
    return model


def block_by_hand(model, stream):
    """The block of a model on a stream (12, 8), by the functions of the page."""
    weights = {layer.name: layer.get_weights() for layer in model.layers}
    mask = np.tril(np.ones((12, 12), bool))
    stream = stream + heads(normalize(stream, *weights["norm_1"]), weights["attention"], mask)
    kernel, bias = weights["dense_in"]
    inside = np.maximum(normalize(stream, *weights["norm_2"]) @ kernel + bias, 0)
    kernel, bias = weights["dense_out"]
    return stream + inside @ kernel + bias


@pytest.mark.parametrize(("head_count", "key_dim", "width"), [(1, 3, 3), (2, 4, 3), (4, 16, 64)])
@pytest.mark.parametrize("causal", [False, True])
def test_multi_head_attention_equals_keras(random, head_count, key_dim, width, causal):
    vectors = random.normal(size=(6, width)).astype("float32") / np.sqrt(width)
    layer = keras.layers.MultiHeadAttention(head_count, key_dim, use_bias=False)
    layer(vectors[None], vectors[None])
    layer.set_weights([random.normal(size=array.shape) for array in layer.get_weights()])
    mask = np.tril(np.ones((6, 6), bool)) if causal else None
    by_keras = layer(vectors[None], vectors[None], use_causal_mask=causal)[0]
    np.testing.assert_allclose(heads(vectors, layer.get_weights(), mask), by_keras, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("epsilon", [1e-3, 1e-6])
def test_layer_norm_equals_keras(random, epsilon):
    vectors, layer = random.normal(size=(2, 5, 9)).astype("float32"), keras.layers.LayerNormalization(epsilon=epsilon)
    layer(vectors)
    layer.set_weights([random.normal(size=9), random.normal(size=9)])
    np.testing.assert_allclose(normalize(vectors, *layer.get_weights(), epsilon), layer(vectors), atol=1e-5)


def test_positions_follow_the_paper_and_the_package():
    for length, width in ((1, 2), (50, 8), (7, 64)):
        assert np.allclose(positions(length, width), sinusoidal_positions(length, width), atol=1e-12)
    for place in (0, 1, 49):
        for pair in range(4):
            angle = place / 10000 ** (2 * pair / 8)
            stamp = positions(50, 8)[place, 2 * pair : 2 * pair + 2]
            np.testing.assert_allclose(stamp, [np.sin(angle), np.cos(angle)], atol=1e-12)


def test_the_similarity_of_the_exercise_is_the_dot_product_of_two_stamps():
    similarity = load_exercises("402")["402-3"].solution
    stamps = positions(40, 16)
    for first, second in ((3, 3), (0, 7), (39, 12)):
        assert np.isclose(stamps[first] @ stamps[second], similarity(first - second, 16))


def test_the_weights_of_the_exercise_are_those_of_the_block():
    stream = keras.Input((12, 8))
    block = keras.Model(stream, LESSON["transformer_block"](stream))
    assert block.count_params() == load_exercises("402")["402-2"].solution(8, 32)


def test_the_whole_block_by_hand_equals_keras():
    model = small_model()
    letters = np.random.default_rng(2).integers(0, 63, (1, 12))
    table = model.get_layer("embedding").get_weights()[0]
    stream = block_by_hand(model, table[letters[0]] + positions(12, 8))
    kernel, bias = model.get_layer("next_letter").get_weights()
    logits = normalize(stream, *model.get_layer("last_norm").get_weights()) @ kernel + bias
    np.testing.assert_allclose(model(letters)[0], logits, atol=1e-4, rtol=1e-4)


def test_the_future_does_not_reach_the_past_and_the_past_reaches_the_future(random):
    model, letters = small_model(), random.integers(0, 63, (3, 12))
    changed = letters.copy()
    changed[:, 8] = (changed[:, 8] + 1) % 63
    moved = np.abs(np.asarray(model(changed) - model(letters))).max(axis=(0, 2))
    assert moved[:8].max() < 1e-5 and moved[8:].min() > 1e-3


def test_without_positions_the_past_is_a_bag_of_letters(random):
    letters = random.integers(0, 63, (3, 12))
    mixed = letters.copy()
    mixed[:, :11] = letters[:, 10::-1]
    placed = small_model()
    bare = LESSON["one_block_model"](np.zeros((12, 8)))
    bare.set_weights(placed.get_weights())
    last = [np.abs(np.asarray(model(mixed) - model(letters)))[:, -1].max() for model in (bare, placed)]
    assert last[0] < 1e-4 and last[1] > 1e-3


def test_weight_by_distance_counts_diagonals():
    causal = np.tril(np.ones((4, 4))) / np.arange(1, 5)[:, None]
    shares = weight_by_distance(np.stack([np.eye(4), causal]))
    assert shares[0].tolist() == [1, 0, 0, 0]
    np.testing.assert_allclose(shares[1], np.array([25 / 12, 13 / 12, 7 / 12, 1 / 4]) / 4)
    with pytest.raises(ValueError, match="4 by 3"):
        weight_by_distance(np.ones((4, 3)))


def test_linear_reading_reads_what_lies_in_the_vectors(random):
    classes = random.integers(0, 5, 200)
    assert linear_reading(np.eye(5)[classes], classes) == 1
    assert linear_reading(np.ones((200, 3)), classes) == np.bincount(classes).max() / 200


def test_heads_are_drawn_on_one_scale_and_named(random):
    _, weights = scaled_dot_product_attention(*random.normal(size=(3, 5, 4)))
    show_heads(np.stack([weights, np.eye(5)]), "a b\nc", alt="Two maps of five signs.")
    with pytest.raises(ValueError, match="signs"):
        show_heads(np.stack([weights]), "abcd", alt="Another number of signs.")
    with pytest.raises(ValueError, match="signs"):
        show_heads(weights, "abcde", alt="One map without an axis for the heads.")
