"""Lesson 205: smoothed counts, streams of letters, and a GRU that carries its state."""

import math

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.datasets.readings import load_readings
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils import language  # noqa: E402
from course_utils.architectures.rnn import letter_model  # noqa: E402

LESSON = functions_of("205")
ALPHABET = "abcdr"


@pytest.fixture(autouse=True)
def small_model(monkeypatch) -> None:
    for name, value in {"alphabet": ALPHABET, "UNITS": 8, "STREAMS": 2}.items():
        monkeypatch.setitem(LESSON["language_model"].__globals__, name, value)


def stages_of(text: str, seen: int) -> list:
    stages = [LESSON["count_followers"](text, seen)]
    for _ in range(seen):
        stages.insert(0, LESSON["continuation_counts"](stages[0]))
    return stages


def test_followers_and_continuations_of_a_word() -> None:
    pairs = LESSON["count_followers"]("abracadabra", 1)
    assert dict(pairs["a"]) == {"b": 2, "c": 1, "d": 1} and set(pairs) == set(ALPHABET)
    assert dict(LESSON["continuation_counts"](pairs)[""]) == {"a": 3, "b": 1, "r": 1, "c": 1, "d": 1}
    assert LESSON["discount_of"](pairs) == 0.4
    assert LESSON["discount_of"](LESSON["continuation_counts"](pairs)) == 0.5


@pytest.mark.parametrize("seen", [0, 1, 2, 3])
@pytest.mark.parametrize("text", ["abracadabra", "abcd", "aaaa", "abrabrabracad"])
def test_smoothing_is_that_of_the_package_on_tiny_texts(text: str, seen: int) -> None:
    package = language.LetterCounts(text, seen, ALPHABET)
    for context in ("abracad", "rrrr", "dabr", "aaab"):
        ending = context[len(context) - seen :]
        ours = [LESSON["smoothed"](stages_of(text, seen), ending, letter, 5) for letter in ALPHABET]
        assert math.isclose(sum(ours), 1)
        np.testing.assert_allclose(ours, package.probabilities(context))


def test_rows_of_neighbouring_batches_go_on() -> None:
    codes = np.arange(3 * 4 * 5 + 3)
    inputs, targets = LESSON["in_streams"](codes, streams=3, length=5)
    assert inputs.shape == targets.shape == (12, 5) and (targets == inputs + 1).all()
    for row in range(len(inputs) - 3):
        assert inputs[row + 3, 0] == inputs[row, -1] + 1
    for ours, package in zip((inputs, targets), language.in_streams(codes, 3, 5)):
        np.testing.assert_array_equal(ours, package)
    with pytest.raises(ValueError, match="too few"):
        language.in_streams(codes, 100, 5)


def test_the_package_has_the_network_of_the_page() -> None:
    page, package = LESSON["language_model"](4), letter_model(5, 8, 4)
    assert [type(layer) for layer in page.layers] == [type(layer) for layer in package.layers]
    package.set_weights(page.get_weights())
    letters = np.random.default_rng(0).integers(0, 5, (4, 7))
    np.testing.assert_allclose(page(letters), package(letters), atol=1e-6)


def test_the_state_is_carried_and_can_be_reset() -> None:
    model = LESSON["language_model"](2)
    letters = np.random.default_rng(0).integers(0, 5, (2, 6))
    first, second = np.asarray(model(letters)), np.asarray(model(letters))
    assert np.abs(first - second).max() > 1e-4
    model.get_layer("memory").reset_state()
    np.testing.assert_allclose(model(letters), first, atol=1e-6)


def test_the_future_does_not_leak() -> None:
    model = LESSON["language_model"]()
    letters = np.random.default_rng(0).integers(0, 5, (2, 12))
    changed = letters.copy()
    changed[:, 6:] = (changed[:, 6:] + 1) % 5
    before, after = np.asarray(model(letters)), np.asarray(model(changed))
    np.testing.assert_array_equal(before[:, :6], after[:, :6])
    assert np.abs(before[:, 6:] - after[:, 6:]).max() > 1e-4


def test_training_learns_a_word() -> None:
    keras.utils.set_random_seed(0)
    codes = language.encode("abracad" * 100, ALPHABET)
    model = LESSON["train_model"](8, *LESSON["in_streams"](codes, 2, 14))
    reader = LESSON["language_model"]()
    reader.set_weights(model.get_weights())
    bits = language.bits_of(reader, *language.windows(codes, 200))
    assert bits.shape == (3, 200) and bits[:, 10:].mean() < 0.5


def test_kinds_of_letters_and_places_in_a_line() -> None:
    text = "PAN: to\nbe"
    other = ["punctuation", "space"]
    caps, first, inside = "inside CAPITALS", "first letter of a word", "inside a word"
    assert language.kinds_of_letters(text) == [caps, caps, *other, first, inside, "line end", first, inside]
    assert language.places_in_line(text).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 0, 1]


def test_longer_trainings_are_stored() -> None:
    longer = load_readings()
    assert longer["readings"].tolist() == [1, 2, 4, 10]
    assert longer["bits"].between(1.5, 3).all()
