"""Lesson 212: draws by hand, a writer that carries its state, and what is measured of a text."""

from types import SimpleNamespace

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures.rnn import letter_model  # noqa: E402
from course_utils.language import LetterCounts, sampling_probabilities  # noqa: E402

LESSON = functions_of("212")
ALPHABET = "abcdr"


@pytest.fixture
def writer(monkeypatch) -> keras.Sequential:
    keras.utils.set_random_seed(1)
    model = letter_model(5, 8, streams=3)
    names = {"writer": model, "alphabet": ALPHABET, "TEXTS": 3, "LENGTH": 12, "OPENING": "ab"}
    for name, value in names.items():
        monkeypatch.setitem(LESSON["write"].__globals__, name, value)
    return model


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
@pytest.mark.parametrize("nucleus", [0.01, 0.3, 0.7, 0.95, 1.0])
def test_draws_by_hand_are_those_of_the_package(temperature: float, nucleus: float) -> None:
    logits = np.random.default_rng(0).normal(scale=3, size=63)
    softmax = np.exp(logits) / np.exp(logits).sum()
    ours = LESSON["cut_to_nucleus"](LESSON["heated"](softmax, temperature), nucleus)
    np.testing.assert_allclose(ours, sampling_probabilities(logits, temperature, nucleus), atol=1e-12)


@pytest.mark.parametrize("nucleus", [0.01, 0.3, 0.7, 0.95])
def test_the_nucleus_is_the_smallest_set_that_reaches_its_share(nucleus: float) -> None:
    probabilities = np.random.default_rng(1).dirichlet(np.ones(30))
    before = probabilities.copy()
    kept = LESSON["cut_to_nucleus"](probabilities, nucleus) > 0
    share = probabilities[kept].sum()
    assert share >= nucleus and share - probabilities[kept].min() < nucleus
    assert probabilities[kept].min() > probabilities[~kept].max()
    np.testing.assert_array_equal(probabilities, before)


def test_the_writer_follows_its_model(writer) -> None:
    writer.get_layer("logits").set_weights([np.zeros((8, 5)), np.array([0.0, 0, 50, 0, 0])])
    assert LESSON["write"]() == ["c" * 12] * 3


def test_writing_is_repeatable_and_texts_differ(writer) -> None:
    texts = LESSON["write"]()
    assert texts == LESSON["write"]() and len(set(texts)) == 3 and {len(text) for text in texts} == {12}
    assert len(set(LESSON["write"](temperature=1e-7))) == 1


def test_counts_write_what_they_have_read(writer) -> None:
    texts = LESSON["write_by_counting"](LetterCounts("abracad" * 500, 3, ALPHABET))
    assert {len(text) for text in texts} == {12} and texts[0].startswith("racad")


def test_repeated_runs() -> None:
    assert LESSON["repeated"]("abcabc", length=3) == 1 / 4
    assert LESSON["repeated"]("aaaaaa", length=3) == 3 / 4
    assert LESSON["repeated"]("abcdr", length=2) == 0


def test_longest_copy() -> None:
    copy = LESSON["longest_copy"]
    assert copy("to be or not", "or not to be") == 6
    assert copy("xyz", "abc") == 0 and copy("", "abc") == 0 and copy("abc", "xabcx") == 3


def test_longest_line() -> None:
    assert LESSON["longest_line"]("to\nbe or\n") == 5 and LESSON["longest_line"]("") == 0


def test_marks_of_texts_without_words(monkeypatch) -> None:
    space = LESSON["marks_of"].__globals__
    monkeypatch.setitem(space, "known_words", {"to", "be"})
    monkeypatch.setitem(space, "plays", SimpleNamespace(train="to be"))
    marks = LESSON["marks_of"](["?!" * 20, "." * 40])
    assert marks["known words"] == marks["different words"] == 0 and marks["repeated"] > 0.5
    marks = LESSON["marks_of"](["to be or not to be, and so on and on"])
    assert marks["known words"] == 4 / 11 and marks["longest copy"] == 5
