"""Lesson 406: sentences as vectors, look-ups, masks of readers and pointers, the best span, exact match and F1."""

import inspect
import itertools

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.datasets.passages import Passages
from course_utils.datasets.stories import PLACES
from course_utils.environment import import_quietly
from course_utils.exercises import load_exercises

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("406")
STORY = ["Mary went to the kitchen.", "John went to the garden.", "Mary took the milk.", "Mary moved to the office."]
QUESTION = "Where is the milk?"
VOCABULARY = sorted({word for text in [*STORY, QUESTION] for word in text[:-1].split()})
WORDS_OF_PASSAGES = "where is Mary ? in the small garden behind school . John waits".split()
LESSON["encode"].__globals__.update(
    vocabulary=VOCABULARY,
    SENTENCES={3: 8},
    WORDS=5,
    width=16,
    PLACES=PLACES,
    words=WORDS_OF_PASSAGES,
    QUESTION=4,
    CONTEXT=20,
)


def with_random_weights(model: keras.Model, seed: int = 0) -> keras.Model:
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    return model


def outputs_of(model: keras.Model, inputs) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(inputs))


def test_word_weights_are_those_of_the_paper() -> None:
    """Sukhbaatar et al. (2015), section 4.1: l_kj = (1 - j/J) - (k/d)(1 - 2j/J), j and k from 1."""
    weights = LESSON["word_weights"](5, 16)
    for (j, k), weight in np.ndenumerate(weights):
        assert weight == pytest.approx((1 - (j + 1) / 5) - (k + 1) / 16 * (1 - 2 * (j + 1) / 5))


def test_sentence_vectors_see_the_order_and_not_the_padding() -> None:
    table = np.random.default_rng(0).normal(size=(10, 6))
    vectors = LESSON["sentence_vectors"](np.array([[3, 4, 5, 0], [5, 4, 3, 0], [3, 4, 0, 0]]), table)
    assert np.abs(vectors[0] - vectors[1]).max() > 0.1
    changed = table.copy()
    changed[0] = 99
    np.testing.assert_array_equal(LESSON["sentence_vectors"](np.array([[3, 4, 0, 0]]), changed), vectors[2:])


def test_the_layers_of_the_reader_compute_these_vectors() -> None:
    codes, sentences = LESSON["read_sentences"]()
    model = with_random_weights(keras.Model(codes, sentences))
    some = LESSON["encode"]([STORY, STORY[:2]], [QUESTION, QUESTION], 8)
    by_hand = LESSON["sentence_vectors"](some, model.get_layer("table").get_weights()[0])
    np.testing.assert_allclose(outputs_of(model, some), by_hand, atol=1e-5)


def test_codes_begin_with_the_question_and_the_last_sentence() -> None:
    codes = LESSON["encode"]([STORY, STORY[:1]], [QUESTION, QUESTION], 8)
    assert codes.shape == (2, 9, 5)

    def text(row):
        return " ".join(VOCABULARY[code - 1] for code in row if code)

    assert [text(row) for row in codes[0][:5]] == [sentence[:-1] for sentence in [QUESTION, *STORY[::-1]]]
    assert text(codes[1][1]) == STORY[0][:-1] and not codes[1][2:].any()


def test_look_up_agrees_with_a_mean_and_with_a_choice() -> None:
    keys, values = np.eye(3), np.array([[3.0, 0], [0, 6], [9, 9]])
    np.testing.assert_allclose(LESSON["look_up"](np.zeros(3), keys, values), [4, 5])
    np.testing.assert_allclose(LESSON["look_up"](np.array([0, 1000.0, 0]), keys, values), [0, 6])


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_more_padding_changes_no_answer(blocks: int) -> None:
    reader = with_random_weights(LESSON["build_reader"](blocks))
    short, long = (LESSON["encode"]([STORY, STORY[:2]], 2 * [QUESTION], sentences) for sentences in (4, 8))
    np.testing.assert_allclose(outputs_of(reader, short), outputs_of(reader, long), atol=1e-5)


def test_every_sentence_the_order_and_the_question_matter() -> None:
    reader = with_random_weights(LESSON["build_reader"](2))
    before = outputs_of(reader, LESSON["encode"]([STORY], [QUESTION], 8))
    for place in range(4):
        rest = STORY[:place] + STORY[place + 1 :]
        assert np.abs(outputs_of(reader, LESSON["encode"]([rest], [QUESTION], 8)) - before).max() > 1e-2
    for other in ([STORY[::-1], QUESTION], [STORY, "Where is Mary?"]):
        assert np.abs(outputs_of(reader, LESSON["encode"]([other[0]], [other[1]], 8)) - before).max() > 1e-2


def test_without_ages_the_order_of_the_sentences_would_be_lost() -> None:
    reader = with_random_weights(LESSON["build_reader"](2))
    age = reader.get_layer("age")
    age.set_weights([np.zeros_like(age.get_weights()[0])])
    forward, backward = (LESSON["encode"]([story], [QUESTION], 8) for story in (STORY, STORY[::-1]))
    np.testing.assert_allclose(outputs_of(reader, forward), outputs_of(reader, backward), atol=1e-5)


def test_one_block_fetches_for_the_question_only_what_the_sentences_say_themselves() -> None:
    """One block: the question's row is a function of each sentence alone. Two blocks mix the sentences before it reads them."""
    random = np.random.default_rng(3)
    stories = [list(random.permutation(STORY)) for _ in range(2)]
    for blocks in (1, 2):
        reader = with_random_weights(LESSON["build_reader"](blocks))
        codes = LESSON["encode"](stories, 2 * [QUESTION], 8)
        last_attention = keras.Model(reader.input, reader.get_layer(f"encoder_{blocks}_attention_norm").output)
        before = outputs_of(last_attention, codes)
        changed = codes.copy()
        changed[:, 3] = changed[:, 2]
        after = outputs_of(last_attention, changed)
        same = np.allclose(before[:, [1, 2, 4]], after[:, [1, 2, 4]], atol=1e-5)
        assert same == (blocks == 1)


def test_attention_maps_of_all_blocks() -> None:
    reader = with_random_weights(LESSON["build_reader"](2))
    codes = LESSON["encode"]([STORY, STORY[:2]], 2 * [QUESTION], 8)
    maps = LESSON["attention_of"](reader, codes)
    assert maps.shape == (2, 2, 9, 9)
    np.testing.assert_allclose(maps.sum(axis=-1), 1, rtol=1e-5)
    assert (maps[:, 0, :, 5:] == 0).all() and (maps[:, 1, :, 3:] == 0).all() and maps[:, 1, :, :3].min() > 0


def test_most_attended_skips_oneself_and_the_question() -> None:
    maps = np.full((2, 9, 9), 0.01)
    maps[:, 0, 0] = maps[:, 2, 2] = maps[:, 2, 0] = 0.9
    maps[0, 0, 2] = maps[1, 0, 1] = 0.5
    maps[:, 2, 1] = 0.3
    question, fact = np.array([0, 0]), np.array([2, 2])
    assert LESSON["most_attended"](maps, question).tolist() == [2, 1]
    assert LESSON["most_attended"](maps, fact).tolist() == [1, 1]
    assert LESSON["most_attended"](maps, np.array([0, 2])).tolist() == [2, 1]


def test_the_baseline_reads_every_row() -> None:
    gru = with_random_weights(LESSON["build_reader"](0))
    codes = LESSON["encode"]([STORY], [QUESTION], 4)
    before = outputs_of(gru, codes)
    for row in range(5):
        changed = codes.copy()
        changed[:, row, 0] = changed[:, row, 0] % len(VOCABULARY) + 1
        assert np.abs(outputs_of(gru, changed) - before).max() > 1e-6


@pytest.mark.parametrize("longest", [1, 2, 4, 9])
def test_best_span_equals_a_search_through_all_spans(longest: int) -> None:
    start, end = np.random.default_rng(longest).normal(size=(2, 50, 9))
    found = LESSON["best_span"](start, end, longest)
    for one_start, one_end, span in zip(start, end, found):
        spans = [
            (first, last) for first, last in itertools.product(range(9), repeat=2) if first <= last < first + longest
        ]
        assert tuple(span) == max(spans, key=lambda pair: one_start[pair[0]] + one_end[pair[1]])


def test_best_span_never_ends_in_the_padding_and_names_wrong_input() -> None:
    start, end = np.random.default_rng(0).normal(size=(2, 4, 9))
    start[:, 5:] = end[:, 5:] = -1e9
    assert LESSON["best_span"](start, end, 9).max() <= 4
    with pytest.raises(ValueError, match="must agree"):
        LESSON["best_span"](start, end[:, :8], 3)
    with pytest.raises(ValueError, match="at least 1"):
        LESSON["best_span"](start, end, 0)


@pytest.mark.parametrize(
    "prediction, truth, exact, f1",
    [
        ("the small garden", "The small garden.", 1, 1),
        ("small garden", "the small garden behind the school", 0, 2 / 3),
        ("garden garden garden", "garden school", 0, 0.4),
        ("garden near garden", "garden near a garden school", 0, 6 / 7),
        ("office", "garden", 0, 0),
        ("", "garden", 0, 0),
        ("the", "a", 1, 1),
        ("an old school", "old a school", 1, 1),
        ("theatre", "atre", 0, 0),
    ],
)
def test_exact_match_and_f1(prediction: str, truth: str, exact: float, f1: float) -> None:
    assert LESSON["match_scores"](prediction, truth) == pytest.approx((exact, f1))
    assert LESSON["match_scores"](truth, prediction) == pytest.approx((exact, f1))


def passages() -> Passages:
    contexts = [
        "Mary is in the small garden . John waits in the school .",
        "in the garden behind the small school is John .",
    ]
    return Passages(
        contexts,
        ["where is Mary ?", "where is John ?"],
        ["the small garden", "the garden behind the small school"],
        [3, 1],
        [5, 6],
    )


def test_pointer_inputs_and_targets() -> None:
    (questions, contexts), spans = LESSON["inputs_of"](passages())
    assert questions.shape == (2, 4) and contexts.shape == (2, 20) and spans.tolist() == [[3, 5], [1, 6]]
    assert [WORDS_OF_PASSAGES[code - 1] for code in contexts[0, 3:6]] == ["the", "small", "garden"]
    assert not contexts[0, 13:].any() and contexts[0, :13].all()


def test_nobody_points_at_padding_and_padding_does_not_matter() -> None:
    pointer = with_random_weights(LESSON["build_pointer"](2))
    inputs, _ = LESSON["inputs_of"](passages())
    scores = outputs_of(pointer, inputs)
    assert scores.shape == (2, 2, 20)
    assert (scores[:, :, 13:] == np.float32(-1e9)).all() and scores[0, :, :13].min() > -1e6
    table = pointer.get_layer("table")
    vectors = table.get_weights()[0]
    vectors[0] += 7  # the vector of padding
    table.set_weights([vectors])
    np.testing.assert_allclose(outputs_of(pointer, inputs), scores, atol=1e-5)


def test_the_question_changes_the_pointers() -> None:
    pointer = with_random_weights(LESSON["build_pointer"](1))
    (questions, contexts), _ = LESSON["inputs_of"](passages())
    before, after = outputs_of(pointer, [questions, contexts]), outputs_of(pointer, [questions[::-1].copy(), contexts])
    assert np.abs(before - after)[:, :, :10].max(axis=(1, 2)).min() > 1e-2


def test_one_batch_of_questions_can_be_learned() -> None:
    keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    stories = [list(random.permutation(STORY)) for _ in range(12)]
    codes, labels = LESSON["encode"](stories, 12 * [QUESTION], 8), np.arange(12) % 6
    codes[:, 1, 0] = 1 + np.arange(12)  # no two stories alike
    reader = LESSON["build_reader"](2)
    LESSON["prepare"](reader, 80, 1e-2)
    learn_by_heart(reader, codes, labels, steps=80)
    assert (outputs_of(reader, codes).argmax(axis=-1) == labels).all()


def test_the_printed_reader_without_a_network_runs_when_it_is_pasted() -> None:
    exercise, page = load_exercises("406")["406-2"], {}
    exec(inspect.getsource(exercise.solution), page)
    exercise.test(page["where_is"])
    assert page["where_is"](STORY, "milk") == "office"
