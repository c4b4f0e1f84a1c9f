"""Lesson 405: ROUGE by hand, the mixture of writing and copying, the codes of rare words, and the summarizer's masks."""

import numpy as np
import pytest
from notebook_functions import functions_of
from rouge_score.rouge_scorer import RougeScorer

from course_utils.architectures.transformer import shift_right
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("405")
SIZE, PLACES, STEPS = 12, 9, 6
VOCABULARY = ["", "[start]", "[end]", "return", "the", "of", "a", "graph", "is", "order", ":", "node"]
PADDING, START, END = range(3)
LESSON["encode"].__globals__.update(
    size=SIZE, places=PLACES, steps=STEPS, vocabulary=VOCABULARY, PADDING=PADDING, START=START, END=END,
    code_of={word: code for code, word in enumerate(VOCABULARY)},
)  # fmt: skip
BOTH = pytest.mark.parametrize("copying", [True, False], ids=["with copying", "vocabulary only"])


def test_words_of_names_and_texts() -> None:
    assert LESSON["words"]("Return the (k-th) value, or None.") == ["return", "the", "k", "th", "value", "or", "none"]
    assert LESSON["name_words"]("shortest_path") == LESSON["name_words"]("ShortestPath") == ["shortest", "path"]
    assert LESSON["name_words"]("_is_k_regular") == ["is", "k", "regular"]


@pytest.mark.parametrize("seed", range(5))
def test_rouge_equals_the_library(seed: int) -> None:
    random = np.random.default_rng(seed)
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
    for _ in range(20):
        one, other = (random.choice(list("abcdef"), random.integers(1, 12)).tolist() for _ in range(2))
        expected = [score.fmeasure for score in scorer.score(" ".join(other), " ".join(one)).values()]
        by_hand = [*(LESSON["rouge_n"](one, other, size) for size in (1, 2)), LESSON["rouge_l"](one, other)]
        np.testing.assert_allclose(by_hand, expected)


def test_rouge_at_its_ends() -> None:
    text = ["return", "the", "order"]
    assert LESSON["rouge_n"](text, text, 2) == LESSON["rouge_l"](text, text) == 1
    assert (
        LESSON["rouge_n"](text, ["a", "graph"], 1)
        == LESSON["rouge_l"]([], text)
        == LESSON["rouge_n"](["a"], ["a"], 2)
        == 0
    )
    assert LESSON["rouge_n"](["the", "the", "the"], ["the", "graph", "is"], 1) == pytest.approx(1 / 3), "clipped"
    assert LESSON["rouge_l"](text[::-1], text) == pytest.approx(1 / 3) and LESSON["rouge_n"](text[::-1], text, 1) == 1


def test_sentences_are_short_and_never_missing() -> None:
    assert LESSON["sentences"]("Walk the tree. It is deep. Parameters: tree : Tree") == [
        ["walk", "the", "tree"], ["it", "is", "deep"]]  # fmt: skip
    assert LESSON["sentences"]("Too short.") == [["too", "short"]]
    assert len(LESSON["sentences"]("word " * 30)[0]) == 10


def mixture_inputs(rows: int = 3, steps: int = 5, size: int = 20, length: int = 7) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(0)
    distributions = [random.exponential(size=(rows, steps, width)) for width in (size, length)]
    speech, attention = (values / values.sum(axis=-1, keepdims=True) for values in distributions)
    return random.random((rows, steps, 1)), speech, attention, random.integers(0, size + length, size=(rows, length))


def test_the_mixture_is_a_distribution_and_equals_keras() -> None:
    gate, speech, attention, source = mixture_inputs()
    mixture = LESSON["pointer_mixture"](gate, speech, attention, source)
    np.testing.assert_allclose(mixture.sum(axis=-1), 1)
    np.testing.assert_allclose(LESSON["pointer_mixture_keras"](gate, speech, attention, source), mixture, atol=1e-6)
    for row, step, code in np.ndindex(mixture.shape):
        by_definition = (1 - gate[row, step, 0]) * attention[row, step][source[row] == code].sum()
        by_definition += gate[row, step, 0] * speech[row, step, code] if code < 20 else 0
        assert mixture[row, step, code] == pytest.approx(by_definition)


def test_a_rare_word_comes_from_copying_alone() -> None:
    gate, speech, attention, source = mixture_inputs()
    assert LESSON["pointer_mixture"](np.ones_like(gate), speech, attention, source)[..., 20:].max() == 0
    source[:, 0] = 20
    copied = LESSON["pointer_mixture"](np.zeros_like(gate), speech, attention, source)
    assert (copied[..., 20] >= attention[..., 0]).all() and copied[..., 20].min() > 0


def test_codes_of_rare_words_are_their_first_places() -> None:
    source = "planar graph : the planar graph is toroidal".split()
    read, say = LESSON["encode"](source, "return a planar toroidal lattice".split())
    assert read.tolist() == [SIZE, 7, 10, 4, SIZE, 7, 8, SIZE + 7, PADDING]
    assert say.tolist() == [3, 6, SIZE, SIZE + 7, PADDING, END]
    assert LESSON["decode"](say, source) == ["return", "a", "planar", "toroidal", ""]
    assert LESSON["decode"](np.array([3, 4, 5, 6, 7, 8]), source) == ["return", "the", "of", "a", "graph", "is"]
    longer, cut = LESSON["encode"](source + ["far"] * 9, "return the order of a toroidal graph".split())
    assert len(longer) == PLACES and cut.tolist() == [3, 4, 9, 5, 6, END]


def random_model(copying: bool, seed: int = 0) -> keras.Model:
    keras.utils.set_random_seed(seed)
    model = LESSON["build_summarizer"](SIZE, PLACES, STEPS, 16, copying)
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    return model


def sources(count: int = 6) -> np.ndarray:
    codes = np.random.default_rng(1).integers(4, SIZE, size=(count, PLACES), dtype="int32")
    codes[:, 1] = SIZE + 1
    codes[np.arange(PLACES) >= np.arange(3, 3 + count)[:, None]] = PADDING
    return codes


def answers(count: int = 6) -> np.ndarray:
    return np.random.default_rng(2).integers(4, SIZE, size=(count, STEPS), dtype="int32")


def probabilities(model: keras.Model, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(model([source, shift_right(target, START)]))


@BOTH
def test_a_later_word_changes_no_earlier_prediction(copying: bool) -> None:
    model, source, target = random_model(copying), sources(), answers()
    before = probabilities(model, source, target)
    np.testing.assert_allclose(before.sum(axis=-1), 1, atol=1e-5)
    for step in range(STEPS - 1):
        changed = target.copy()
        changed[:, step:] = np.where(changed[:, step:] == 4, 5, 4)
        after = probabilities(model, source, changed)
        np.testing.assert_allclose(before[:, : step + 1], after[:, : step + 1], atol=1e-6)
        assert np.abs(before[:, step + 1 :] - after[:, step + 1 :]).max() > 1e-3


@BOTH
def test_the_source_matters(copying: bool) -> None:
    model, source, target = random_model(copying), sources(), answers()
    changed = source.copy()
    changed[:, 0] = np.where(changed[:, 0] == 4, 5, 4)
    difference = np.abs(probabilities(model, changed, target) - probabilities(model, source, target))
    assert (difference.max(axis=(1, 2)) > 1e-3).all()


def test_padding_is_neither_read_nor_copied() -> None:
    model, source, target = random_model(True), sources(), answers()
    inside = keras.Model(model.input, [model.get_layer("pointer").output, model.get_layer("gate").output])
    pointer, gate = (keras.ops.convert_to_numpy(value) for value in inside([source, shift_right(target, START)]))
    np.testing.assert_allclose(pointer.sum(axis=-1), 1, rtol=1e-5)
    assert (pointer.swapaxes(1, 2)[source == PADDING] == 0).all() and 0 < gate.min() and gate.max() < 1
    before = probabilities(model, source, target)
    model.get_layer("words").embeddings.assign(
        keras.ops.where(keras.ops.arange(SIZE + PLACES)[:, None] == 0, 9.0, model.get_layer("words").embeddings)
    )
    np.testing.assert_allclose(probabilities(model, source, target), before, atol=1e-5)


def test_only_copying_can_write_a_rare_word() -> None:
    source, target = sources(), answers()
    assert probabilities(random_model(False), source, target)[..., SIZE:].max() == 0
    with_copying = probabilities(random_model(True), source, target)
    assert with_copying[..., SIZE + 1].min() > 0
    assert with_copying[..., [SIZE, *range(SIZE + 2, SIZE + PLACES)]].max() == 0, "words that the source lacks"


@BOTH
def test_what_is_written_is_what_the_model_predicts_from_its_own_words(copying: bool) -> None:
    model, source = random_model(copying), sources()
    written = LESSON["summarize"](model, source, STEPS)
    assert written.shape == (6, STEPS) and len(np.unique(written)) > 2
    np.testing.assert_array_equal(probabilities(model, source, written).argmax(axis=-1), written)


def test_a_summarizer_that_copies_learns_to_say_words_it_has_never_seen() -> None:
    """The rare word stands in the source at place 2 to 5; the summary is `the <rare word> graph`."""
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(3)
    source = random.integers(6, SIZE, size=(256, PLACES), dtype="int32")
    place = random.integers(2, 6, size=256)
    source[np.arange(256), place] = SIZE + place
    target = np.zeros((256, STEPS), "int32")
    target[:, 0], target[:, 1], target[:, 2], target[:, 3] = 4, SIZE + place, 7, END
    model = LESSON["build_summarizer"](SIZE, PLACES, STEPS, 16, True)
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=PADDING)
    model.compile(keras.optimizers.Adam(1e-2), loss=loss, jit_compile=False)
    model.fit([source[:192], shift_right(target[:192], START)], target[:192], batch_size=64, epochs=25, verbose=0)
    written = LESSON["summarize"](model, source[192:], STEPS)[:, :4]
    assert np.mean(written == target[192:, :4]) > 0.97


def test_a_block_leaves_no_pair_twice_and_no_word_after_itself() -> None:
    model, source = random_model(True), sources()
    free, blocked = (LESSON["summarize"](model, source, STEPS, block=block) for block in (False, True))
    assert (free[:, 1:] == free[:, :-1]).any(), "the untrained model does repeat itself"
    assert not (blocked[:, 1:] == blocked[:, :-1]).any()
    pairs = [list(zip(row, row[1:])) for row in blocked.tolist()]
    assert all(len(set(row)) == len(row) for row in pairs)
    np.testing.assert_array_equal(free[:, 0], blocked[:, 0])
