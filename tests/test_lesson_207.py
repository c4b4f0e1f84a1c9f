"""Lesson 207: additive attention by hand, the two translators, the shift of teacher forcing, and decoding without the truth."""

import inspect

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("207")
SIGNS = "0123456789- "
END, START = len(SIGNS) + 1, len(SIGNS) + 2
LESSON["decode"].__globals__.update(signs=SIGNS, END=END, START=START)
BOTH = pytest.mark.parametrize("attention", [True, False], ids=["attention", "one vector"])


def attention_inputs(queries: int, letters: int, width: int) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(0)
    query, keys, values = (
        random.normal(size=(3, length, width)).astype("float32") for length in (queries, letters, letters)
    )
    return query, keys, values, random.normal(size=width).astype("float32")


@pytest.mark.parametrize("queries, letters, width", [(1, 1, 1), (5, 9, 4), (33, 40, 32)])
@pytest.mark.parametrize("masked", [False, True])
def test_additive_attention_equals_keras(queries: int, letters: int, width: int, masked: bool) -> None:
    query, keys, values, scale = attention_inputs(queries, letters, width)
    mask = np.arange(letters) < np.array([[letters], [1], [max(1, letters // 2)]]) if masked else None
    layer = keras.layers.AdditiveAttention()
    layer.build([query.shape, values.shape, keys.shape])
    layer.set_weights([scale])
    expected, expected_weights = layer([query, values, keys], mask=[None, mask], return_attention_scores=True)
    context, weights = LESSON["additive_attention"](query, keys, values, scale, mask)
    np.testing.assert_allclose(context, expected, atol=1e-5)
    np.testing.assert_allclose(weights, expected_weights, atol=1e-5)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-5)


def test_masked_letters_do_not_matter() -> None:
    query, keys, values, scale = attention_inputs(4, 6, 3)
    mask = np.arange(6) < np.array([[3], [4], [5]])
    before, weights = LESSON["additive_attention"](query, keys, values, scale, mask)
    keys[~mask], values[~mask] = 9, -9
    after, _ = LESSON["additive_attention"](query, keys, values, scale, mask)
    np.testing.assert_array_equal(before, after)
    assert (weights.swapaxes(1, 2)[~mask] == 0).all()


def test_wrong_inputs_are_named() -> None:
    query, keys, values, scale = attention_inputs(4, 6, 3)
    with pytest.raises(ValueError, match="differ in width"):
        LESSON["additive_attention"](query, keys, values, scale[:2])
    with pytest.raises(ValueError, match="one value a key"):
        LESSON["additive_attention"](query, keys, values[:, :5], scale)
    with pytest.raises(ValueError, match="shape"):
        LESSON["shift_right"](np.arange(4), START)


def test_shift_and_codes() -> None:
    assert LESSON["shift_right"](np.array([[5, 6, 7], [8, 9, 0]]), 14).tolist() == [[14, 5, 6], [14, 8, 9]]
    codes = LESSON["encode"](["10", "1998-03-04"], SIGNS, 12, END)
    assert codes.tolist() == [[2, 1, END] + [0] * 9, [2, 10, 10, 9, 11, 1, 4, 11, 1, 5, END, 0]]
    assert LESSON["decode"](codes) == ["10", "1998-03-04"]
    assert LESSON["decode"](np.array([[2, 1, END, 5, 5], [2, 2, 2, 2, 2]])) == ["10", "11111"]


def test_rules_read_each_order() -> None:
    months = {"mar": 3, "már": 3, "märz": 3, "dec": 12}
    read = LESSON["read_by_rules"]
    assert read("Wednesday, March 4, 1998 and December 24, 2004", months) == "1998-03-04 2004-12-24"
    assert read("4. März 1998 und 24.12.04", months) == "1998-03-04 2004-12-24"
    assert read("1998. március 4. és 1971. 12. 24.", months) == "1998-03-04 1971-12-24"
    assert read("4 de foo de 1998", months) == "1998-00-04"


def test_dates_right_counts_dates_at_their_place() -> None:
    right = LESSON["dates_right"](["a b", "b a", "a", ""], ["a b", "a b", "a b c", "a"])
    np.testing.assert_allclose(right, [1, 0, 1 / 3, 0])


def random_model(attention: bool, seed: int = 0) -> keras.Model:
    keras.utils.set_random_seed(seed)
    model = LESSON["build_translator"](20, START + 1, 24, attention)
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    return model


def sentences(count: int = 6, length: int = 9) -> np.ndarray:
    source = np.random.default_rng(1).integers(1, 20, size=(count, length), dtype="int32")
    source[np.arange(length) >= np.arange(3, 3 + count)[:, None]] = 0
    return source


def logits_of(model: keras.Model, source: np.ndarray, previous: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(model([source, previous]))


@BOTH
def test_a_later_target_does_not_change_an_earlier_prediction(attention: bool) -> None:
    model, source = random_model(attention), sentences()
    target = np.random.default_rng(2).integers(1, END, size=(6, 8), dtype="int32")
    for step in range(8):
        changed = target.copy()
        changed[:, step:] = changed[:, step:] % (END - 1) + 1
        before, after = (logits_of(model, source, LESSON["shift_right"](codes, START)) for codes in (target, changed))
        np.testing.assert_allclose(before[:, : step + 1], after[:, : step + 1], atol=1e-6)
        assert step == 7 or np.abs(before[:, step + 1 :] - after[:, step + 1 :]).max() > 1e-3


@BOTH
def test_padding_changes_nothing_and_the_source_changes_the_answer(attention: bool) -> None:
    model, source = random_model(attention), sentences()
    previous = np.random.default_rng(2).integers(1, END, size=(6, 8), dtype="int32")
    before = logits_of(model, source, previous)
    np.testing.assert_allclose(logits_of(model, np.pad(source, ((0, 0), (0, 11))), previous), before, atol=1e-5)
    changed = source.copy()
    changed[:, 0] = changed[:, 0] % 19 + 1
    assert (np.abs(logits_of(model, changed, previous) - before).max(axis=(1, 2)) > 1e-3).all()


@BOTH
def test_the_encoder_hands_its_state_over(attention: bool) -> None:
    """The decoder's own states, not only the context, depend on the source, from the first step on."""
    model, source = random_model(attention), sentences()
    states = keras.Model(model.input, model.get_layer("decoder").output)(
        [source, np.full((6, 4), START, "int32")]
    ).numpy()
    assert np.abs(states[:, 0] - states[:1, 0])[1:].max(axis=1).min() > 1e-2


@BOTH
def test_greedy_decoding_is_the_training_model_fed_with_its_own_output(attention: bool) -> None:
    model, source = random_model(attention), sentences()
    written = LESSON["greedy_decode"](model, source, START, 12)
    assert written.shape == (6, 12) and len(np.unique(written)) > 2
    own = logits_of(model, source, LESSON["shift_right"](written.astype("int32"), START))
    np.testing.assert_array_equal(own.argmax(axis=-1), written)
    np.testing.assert_array_equal(LESSON["greedy_decode"](model, source, START, 5), written[:, :5])
    assert list(inspect.signature(LESSON["greedy_decode"]).parameters) == ["model", "sources", "start", "steps"]


def test_alignment_is_the_attention_of_the_model() -> None:
    model, source = random_model(True), sentences()
    written = LESSON["greedy_decode"](model, source, START, 7).astype("int32")
    weights = LESSON["alignment"](model, source, written)
    assert weights.shape == (6, 7, 9)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-5)
    assert (weights.swapaxes(1, 2)[source == 0] == 0).all()
    assert weights[0, :, :3].min() > 0


@BOTH
def test_one_batch_can_be_overfitted_and_written_without_a_teacher(attention: bool) -> None:
    keras.utils.set_random_seed(0)
    random = np.random.default_rng(3)
    answers = [f"{random.integers(10, 99)}-{random.integers(10, 99)}" for _ in range(12)]
    source = LESSON["encode"]([answer[3:] + "/" + answer[:2] for answer in answers], SIGNS + "/", 6)
    target = LESSON["encode"](answers, SIGNS, 7, END)
    model = LESSON["build_translator"](len(SIGNS) + 2, START + 1, 32, attention)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    model.compile(keras.optimizers.Adam(2e-2, clipnorm=1.0), loss=loss, jit_compile=False)
    learn_by_heart(model, (source, LESSON["shift_right"](target, START)), target, steps=120)
    assert LESSON["decode"](LESSON["greedy_decode"](model, source, START, 7)) == answers
