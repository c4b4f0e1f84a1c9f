"""Attention maps of a model: those that a computation by hand gives, with the model's own masks."""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.architectures.transformer import attention_scores, decoder_block, encoder_block, padding_mask
from course_utils.metrics.attention import attention_of, mean_attention_to

CODES = np.array([[1, 2, 3, 4], [5, 6, 0, 0], [7, 1, 0, 0]])


def softmax(scores):
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def by_hand(layer, query, key, mask):
    """Maps (n, heads, rows, columns) of a layer: query (n, rows, width), key (n, columns, width), mask (n, rows, columns)."""
    kernel_query, bias_query, kernel_key, bias_key = layer.get_weights()[:4]
    queries = np.einsum("nrw,whd->nhrd", query, kernel_query) + bias_query[:, None]
    keys = np.einsum("ncw,whd->nhcd", key, kernel_key) + bias_key[:, None]
    scores = queries @ keys.swapaxes(-1, -2) / np.sqrt(queries.shape[-1])
    return softmax(np.where(mask[:, None], scores, -1e9))


def small_model(mask_zero=False, **settings):
    """Codes (n, 4) -> (n, 4, 8), by one attention layer called `looks` that hands out no scores."""
    codes = keras.Input((4,), dtype="int32", name="codes")
    stream = layers.Embedding(9, 8, embeddings_initializer="normal", mask_zero=mask_zero, name="table")(codes)
    looks = layers.MultiHeadAttention(2, 4, bias_initializer="normal", dropout=0.5, name="looks")
    return keras.Model(codes, stream + looks(stream, stream, **settings))


def test_a_causal_layer_by_hand():
    keras.utils.set_random_seed(1)
    model = small_model(use_causal_mask=True)
    stream = np.array(model.get_layer("table")(CODES))
    right = by_hand(model.get_layer("looks"), stream, stream, np.tri(4, dtype=bool)[None])
    for batch_size in (1, 2, 128):
        maps = attention_of(model, "looks", CODES, batch_size=batch_size)
        assert maps.shape == (3, 2, 4, 4) and np.allclose(maps, right, atol=1e-6)


def test_the_mask_of_an_embedding_counts():
    keras.utils.set_random_seed(1)
    model = small_model(mask_zero=True)
    stream = np.array(model.get_layer("table")(CODES))
    known = CODES != 0
    right = by_hand(model.get_layer("looks"), stream, stream, known[:, None] & known[:, :, None])
    maps = attention_of(model, "looks", CODES)
    assert np.allclose(np.swapaxes(maps, 1, 2)[known], np.swapaxes(right, 1, 2)[known], atol=1e-6)
    assert np.abs(maps[1:, :, :2, 2:]).max() < 1e-6


def test_the_model_stays_as_it_was():
    model = small_model()
    before = model.predict(CODES, verbose=0)
    attention_of(model, "looks", CODES)
    assert np.array_equal(model.predict(CODES, verbose=0), before)
    assert model.get_layer("looks").output.shape == (None, 4, 8) and "call" not in vars(model.get_layer("looks"))


def test_the_blocks_of_the_course_give_the_same_as_their_own_scores():
    keras.utils.set_random_seed(1)
    codes, written = keras.Input((4,), dtype="int32"), keras.Input((3,), dtype="int32")
    table = layers.Embedding(9, 8, name="table")
    memory = encoder_block(table(codes), heads=2, mask=padding_mask(codes), dropout=0.3, name="encoder_1")
    stream = decoder_block(table(written), memory, heads=4, memory_mask=padding_mask(codes), name="decoder_1")
    model = keras.Model([codes, written], stream)
    inputs = [CODES, CODES[:, :3]]
    for name, shape in (("encoder_1_attention", (3, 2, 4, 4)), ("decoder_1_cross", (3, 4, 3, 4))):
        maps = attention_of(model, name, inputs)
        assert maps.shape == shape and np.allclose(maps.sum(axis=-1), 1, atol=1e-5)
        encoder_only = name.startswith("encoder")
        own = attention_scores(keras.Model(codes, memory) if encoder_only else model, name)
        assert np.allclose(maps, own.predict(CODES if encoder_only else inputs, verbose=0), atol=1e-6)


def test_wrong_layers_are_named():
    model = small_model()
    with pytest.raises(ValueError, match="'table' is a Embedding, not a MultiHeadAttention"):
        attention_of(model, "table", CODES)
    with pytest.raises(ValueError, match="No such layer: looks_away"):
        attention_of(model, "looks_away", CODES)
    looks, stream = layers.MultiHeadAttention(2, 4, name="looks"), keras.Input((4, 8))
    twice = keras.Model(stream, looks(looks(stream, stream), stream))
    with pytest.raises(ValueError, match="uses 'looks' 2 times"):
        attention_of(twice, "looks", np.zeros((1, 4, 8)))
    assert "call" not in vars(looks)


def test_attention_to_marked_places_is_added_up_and_averaged():
    maps = np.zeros((2, 1, 3, 3))
    maps[0, 0, 2] = [0.5, 0.3, 0.2]
    maps[1, 0, 2] = [0.1, 0.1, 0.8]
    maps[:, 0, 0] = 9  # another row: not asked
    marked = np.array([[True, False], [True, True]])
    np.testing.assert_allclose(mean_attention_to(maps, marked), [(0.5 + 0.2) / 2])
    with pytest.raises(ValueError, match=r"\(2, 4\)"):
        mean_attention_to(maps, np.ones((2, 4)))
