"""The transformer blocks: order, masks, heads, positions, and the page of lesson 402."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
from keras import layers, ops  # noqa: E402

from course_utils.architectures.attention import scaled_dot_product_attention  # noqa: E402
from course_utils.architectures.transformer import (  # noqa: E402
    PositionEmbedding,
    attention_scores,
    decoder_block,
    encoder_block,
    padding_mask,
    shift_right,
    sinusoidal_positions,
)

WIDTH, HEADS = 12, 3


@pytest.fixture
def random():
    return np.random.default_rng(0)


def randomized(model, scale=0.5):
    """Random weights everywhere: biases of 0 and scales of 1 would hide a mistake."""
    random = np.random.default_rng(1)
    model.set_weights([random.normal(0, scale, array.shape) for array in model.get_weights()])
    return model


def encoder_model(causal=False, kind="learned", blocks=2):
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    stream = layers.Embedding(20, WIDTH, name="embedding")(tokens)
    stream = PositionEmbedding(16, kind=kind, name="positions")(stream) if kind else stream
    for block in range(1, blocks + 1):
        stream = encoder_block(stream, HEADS, mask=padding_mask(tokens), causal=causal, name=f"encoder_{block}")
    return randomized(keras.Model(tokens, layers.LayerNormalization(name="last_norm")(stream)))


def translator():
    source, previous = (keras.Input((None,), dtype="int32", name=name) for name in ("source", "previous"))
    memory = encoder_block(layers.Embedding(20, WIDTH)(source), HEADS, mask=padding_mask(source))
    stream = PositionEmbedding(16, name="positions")(layers.Embedding(20, WIDTH)(previous))
    stream = decoder_block(stream, memory, HEADS, memory_mask=padding_mask(source))
    return randomized(keras.Model([source, previous], layers.LayerNormalization(name="last_norm")(stream)))


def outputs_of(model, *inputs):
    return ops.convert_to_numpy(model(list(inputs) if len(inputs) > 1 else inputs[0]))


# --- against the page of lesson 402 ---------------------------------------------------------------------------------


def heads_by_hand(query, memory, weights, mask=None):
    """Attention (n, q, width) with the eight arrays of Keras, its biases too: the page leaves them out, and the batch."""
    projected = []
    for inputs, kernel, bias in zip((query, memory, memory), weights[0:6:2], weights[1:6:2]):
        projected.append(np.einsum("nlw,whd->nhld", inputs, kernel) + bias[:, None, :])
    outputs = np.zeros((*query.shape[:2], weights[6].shape[-1]))
    for example in range(len(query)):
        for head in range(weights[6].shape[0]):
            found, _ = scaled_dot_product_attention(
                *(array[example, head] for array in projected), None if mask is None else mask[example]
            )
            outputs[example] += found @ weights[6][head]
    return outputs + weights[7]


def test_positions_equal_the_page():
    by_page = functions_of("402")["sinusoidal_positions"]
    for length, width in ((1, 2), (7, 4), (40, 10)):
        np.testing.assert_allclose(sinusoidal_positions(length, width), by_page(length, width), atol=1e-12)
    assert sinusoidal_positions(40, 9).shape == (40, 9)  # the page has even widths only
    with pytest.raises(ValueError, match="at least 1, not 0 and 4"):
        sinusoidal_positions(0, 4)


def test_shift_right_equals_the_page(random):
    targets = random.integers(1, 9, (4, 6))
    assert np.array_equal(shift_right(targets, 11), functions_of("207")["shift_right"](targets, 11))
    starts = np.array([[11], [12], [11], [13]])
    assert np.array_equal(shift_right(targets, starts)[:, :1], starts)
    with pytest.raises(ValueError, match="must have the shape"):
        shift_right(targets[0], 11)


@pytest.mark.parametrize("causal", [False, True])
def test_encoder_block_equals_the_functions_of_lesson_402(random, causal):
    page = functions_of("402")
    inputs = random.normal(size=(2, 5, WIDTH)).astype("float32")
    stream = keras.Input((None, WIDTH))
    model = randomized(keras.Model(stream, encoder_block(stream, HEADS, hidden=7, causal=causal)))
    weights = {layer.name: layer.get_weights() for layer in model.layers}
    mask = np.tril(np.ones((2, 5, 5), dtype=bool)) if causal else None
    normal = page["layer_norm"](inputs, *weights["encoder_1_attention_norm"])
    attended = heads_by_hand(normal, normal, weights["encoder_1_attention"], mask)
    middle = inputs + attended
    normal = page["layer_norm"](middle, *weights["encoder_1_dense_norm"])
    kernel, bias = weights["encoder_1_dense_in"]
    inside = np.maximum(normal @ kernel + bias, 0)
    kernel, bias = weights["encoder_1_dense_out"]
    np.testing.assert_allclose(outputs_of(model, inputs), middle + inside @ kernel + bias, rtol=1e-4, atol=1e-4)


def test_decoder_block_equals_the_functions_of_lesson_402(random):
    page = functions_of("402")
    inputs = random.normal(size=(2, 4, WIDTH)).astype("float32")
    read = random.normal(size=(2, 6, 8)).astype("float32")
    seen = np.arange(6) < np.array([[6], [3]])
    stream, memory, may = keras.Input((None, WIDTH)), keras.Input((None, 8)), keras.Input((1, None), dtype="bool")
    block = decoder_block(stream, memory, HEADS, memory_mask=may)
    model = randomized(keras.Model([stream, memory, may], block))
    weights = {layer.name: layer.get_weights() for layer in model.layers}
    causal = np.tril(np.ones((2, 4, 4), dtype=bool))
    normal = page["layer_norm"](inputs, *weights["decoder_1_attention_norm"])
    after = inputs + heads_by_hand(normal, normal, weights["decoder_1_attention"], causal)
    normal = page["layer_norm"](after, *weights["decoder_1_cross_norm"])
    after = after + heads_by_hand(normal, read, weights["decoder_1_cross"], seen[:, None])
    normal = page["layer_norm"](after, *weights["decoder_1_dense_norm"])
    inside = np.maximum(normal @ weights["decoder_1_dense_in"][0] + weights["decoder_1_dense_in"][1], 0)
    after = after + inside @ weights["decoder_1_dense_out"][0] + weights["decoder_1_dense_out"][1]
    np.testing.assert_allclose(outputs_of(model, inputs, read, seen[:, None]), after, rtol=1e-3, atol=1e-3)


# --- behaviour -----------------------------------------------------------------------------------------------------


def test_the_future_does_not_change_the_past(random):
    tokens = random.integers(1, 20, (3, 10))
    changed = tokens.copy()
    changed[:, 6:] = changed[:, 6:] % 19 + 1
    causal, open_model = encoder_model(causal=True), encoder_model()
    np.testing.assert_allclose(outputs_of(causal, tokens)[:, :6], outputs_of(causal, changed)[:, :6], atol=1e-5)
    assert np.abs(outputs_of(open_model, tokens)[:, :6] - outputs_of(open_model, changed)[:, :6]).max() > 0.1
    source, model = random.integers(1, 20, (3, 7)), translator()
    before, after = outputs_of(model, source, tokens), outputs_of(model, source, changed)
    np.testing.assert_allclose(before[:, :6], after[:, :6], atol=1e-5)
    assert np.abs(before[:, 6:] - after[:, 6:]).max() > 0.1


def test_padding_changes_nothing(random):
    tokens = random.integers(1, 20, (3, 8))
    padded = np.pad(tokens, ((0, 0), (0, 5)))
    model = encoder_model()
    np.testing.assert_allclose(outputs_of(model, padded)[:, :8], outputs_of(model, tokens), atol=1e-5)
    previous, model = random.integers(1, 20, (3, 4)), translator()
    np.testing.assert_allclose(outputs_of(model, padded, previous), outputs_of(model, tokens, previous), atol=1e-5)


def test_the_source_matters_and_has_its_own_place(random):
    source, previous, model = random.integers(1, 20, (3, 5)), random.integers(1, 20, (3, 5)), translator()
    other = source % 19 + 1
    right = outputs_of(model, source, previous)
    assert np.abs(right - outputs_of(model, other, previous)).max(axis=-1).min() > 0.01
    assert np.abs(right - outputs_of(model, previous, source)).max() > 0.1


def test_without_positions_order_is_invisible_and_with_them_not(random):
    tokens, order = random.integers(1, 20, (2, 9)), random.permutation(9)
    blind = encoder_model(kind=None)
    np.testing.assert_allclose(outputs_of(blind, tokens[:, order]), outputs_of(blind, tokens)[:, order], atol=1e-4)
    for kind in ("learned", "sinusoidal"):
        model = encoder_model(kind=kind)
        assert np.abs(outputs_of(model, tokens[:, order]) - outputs_of(model, tokens)[:, order]).max() > 0.1


def test_heads_share_the_width_and_look_at_different_places(random):
    model = encoder_model()
    tokens = random.integers(1, 20, (2, 9))
    tokens[1, 6:] = 0
    scores = outputs_of(attention_scores(model, "encoder_2_attention"), tokens)
    assert scores.shape == (2, HEADS, 9, 9)
    np.testing.assert_allclose(scores.sum(axis=-1), 1, atol=1e-5)
    assert scores[1, :, :, 6:].max() < 1e-6
    assert np.abs(scores[:, 0] - scores[:, 1]).max() > 0.05
    query_kernel = model.get_layer("encoder_1_attention").get_weights()[0]
    assert query_kernel.shape == (WIDTH, HEADS, WIDTH // HEADS)
    with pytest.raises(ValueError, match="5 heads cannot share a width of 12"):
        encoder_block(keras.Input((4, WIDTH)), 5)


def test_scores_of_another_layer_are_refused():
    with pytest.raises(ValueError, match="hands out no attention weights"):
        attention_scores(encoder_model(), "encoder_1_dense_in")
    with pytest.raises(ValueError, match="No such layer"):
        attention_scores(encoder_model(), "encoder_9_attention")


def test_cross_scores_have_the_lengths_of_both(random):
    model = translator()
    scores = attention_scores(model, "decoder_1_cross")(
        [random.integers(1, 20, (2, 7)), random.integers(1, 20, (2, 4))]
    )
    assert tuple(scores.shape) == (2, HEADS, 4, 7)


def test_positions_add_one_vector_a_place(random):
    inputs = random.normal(size=(2, 5, 6)).astype("float32")
    for kind in ("learned", "sinusoidal"):
        layer = PositionEmbedding(8, kind=kind)
        added = ops.convert_to_numpy(layer(inputs)) - inputs
        np.testing.assert_allclose(added, np.broadcast_to(np.asarray(layer.positions)[:5], inputs.shape), atol=1e-6)
        assert len(layer.trainable_weights) == (kind == "learned")
    np.testing.assert_allclose(added[0], sinusoidal_positions(8, 6)[:5], atol=1e-6)


def test_positions_explain_what_is_wrong():
    with pytest.raises(ValueError, match="9 places, but there are positions for 8 only"):
        PositionEmbedding(8)(np.zeros((1, 9, 4), "float32"))
    with pytest.raises(ValueError, match="'learned' or 'sinusoidal'"):
        PositionEmbedding(8, kind="rotary")
    with pytest.raises(ValueError, match="at least 1, not 0"):
        PositionEmbedding(0)


def test_dropout_acts_in_training_only(random):
    stream = keras.Input((None, WIDTH))
    model = keras.Model(stream, encoder_block(stream, HEADS, dropout=0.5))
    inputs = random.normal(size=(2, 5, WIDTH)).astype("float32")
    assert np.array_equal(model(inputs), model(inputs))
    assert not np.allclose(model(inputs, training=True), model(inputs, training=True))


@pytest.mark.parametrize("build", [encoder_model, translator, lambda: encoder_model(True, "sinusoidal")])
def test_comes_back_from_a_file(build, random, tmp_path):
    model = build()
    inputs = [random.integers(1, 20, (2, 6)) for _ in model.inputs]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(outputs_of(loaded, *inputs), outputs_of(model, *inputs), atol=1e-6)


def test_one_batch_can_be_learned(random):
    keras.utils.set_random_seed(1)
    tokens = random.integers(1, 20, (4, 8))
    inputs = keras.Input((8,), dtype="int32")
    stream = PositionEmbedding(8)(layers.Embedding(20, 24)(inputs))
    stream = encoder_block(stream, 4, causal=True)
    model = keras.Model(inputs, layers.Dense(20)(layers.LayerNormalization()(stream)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-2), loss, jit_compile=False)
    targets = np.roll(tokens, -1, axis=1)
    before = model.evaluate(tokens, targets, verbose=0)
    learn_by_heart(model, tokens, targets, steps=150)
    assert model.evaluate(tokens, targets, verbose=0) < 0.1 < before
