"""Lesson 205: run tables, bits, sampling, and stepping through a recurrent language model."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.datasets import load_surnames
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("205")
ALPHABET = "abcdr"


def globals_of(name: str, **values) -> dict:
    """Set names that the page's cells assign, for the functions that read them."""
    LESSON[name].__globals__.update(values)
    return LESSON


def test_bits_per_character() -> None:
    assert LESSON["bits_per_character"]([0.5, 0.25, 0.125]) == 2
    for wrong in ([], [0.0, 0.5], [1.5], [-0.1]):
        with pytest.raises(ValueError, match="Probabilities must lie"):
            LESSON["bits_per_character"](wrong)


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("context", ["", "a", "br", "abra", "dddd"])
def test_probabilities_after_any_context_sum_to_one(order: int, context: str) -> None:
    tables = LESSON["count_runs"]("abracadabra", order)
    context = context[len(context) - min(len(context), order - 1) :]
    probabilities = [LESSON["run_probability"](tables, context, character, 5) for character in ALPHABET]
    assert min(probabilities) > 0 and np.isclose(sum(probabilities), 1)


def test_seen_contexts_decide_and_unseen_ones_fall_back() -> None:
    tables = LESSON["count_runs"]("abababab", 3)
    probability = LESSON["run_probability"]
    assert probability(tables, "ab", "a", 2) > 0.75 > 0.25 > probability(tables, "ab", "b", 2)
    assert probability(tables, "xx", "a", 2) == probability(tables, "", "a", 2)


def test_probability_by_hand() -> None:
    tables = LESSON["count_runs"]("aab", 2)  # a: 2 of 3, two different letters; after a: a once, b once
    p_b = (1 + 2 * 0.5) / (3 + 2)
    assert np.isclose(LESSON["run_probability"](tables, "a", "b", 2), (1 + 2 * p_b) / (2 + 2))


def test_temperature_is_a_power() -> None:
    probabilities = np.random.default_rng(0).dirichlet(np.ones(20))
    for temperature in (0.3, 1.0, 2.5):
        power = probabilities ** (1 / temperature)
        given = LESSON["sampling_probabilities"](np.log(probabilities) + 7, temperature=temperature)
        np.testing.assert_allclose(given, power / power.sum(), atol=1e-12)


@pytest.mark.parametrize("nucleus", [0.01, 0.3, 0.7, 0.95, 1.0])
def test_the_nucleus_is_the_smallest_set_that_reaches_its_share(nucleus: float) -> None:
    probabilities = np.random.default_rng(1).dirichlet(np.ones(30))
    kept = LESSON["sampling_probabilities"](np.log(probabilities), nucleus=nucleus) > 0
    share = probabilities[kept].sum()
    assert share >= nucleus - 1e-9 and share - probabilities[kept].min() < nucleus
    assert kept.sum() == 30 or probabilities[kept].min() > probabilities[~kept].max()


@pytest.mark.parametrize("options", [{"temperature": 0}, {"temperature": -1}, {"nucleus": 0}, {"nucleus": 1.1}])
def test_impossible_settings_get_a_message(options: dict) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        LESSON["sampling_probabilities"](np.zeros(3), **options)


def test_windows_move_the_targets_on_by_one() -> None:
    inputs, targets = LESSON["windows"](np.arange(11), 5)
    assert inputs.tolist() == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    assert (targets == inputs + 1).all()


@pytest.mark.parametrize("kind", [keras.layers.GRU, keras.layers.LSTM])
def test_stepping_equals_reading_at_once_and_the_future_does_not_leak(kind: type) -> None:
    globals_of("language_model", alphabet=ALPHABET)
    keras.utils.set_random_seed(0)
    model = LESSON["language_model"](kind, 8)
    characters = np.random.default_rng(0).integers(0, 5, (3, 12)).astype("int32")
    at_once, state, stepped = np.asarray(model(characters)), None, []
    for time in range(12):
        logits, state = LESSON["one_step"](model, characters[:, time], state)
        stepped.append(logits)
    np.testing.assert_allclose(np.stack(stepped, axis=1), at_once, atol=1e-5)
    changed = characters.copy()
    changed[:, 6:] = (changed[:, 6:] + 1) % 5
    other = np.asarray(model(changed))
    np.testing.assert_array_equal(other[:, :6], at_once[:, :6])
    assert np.abs(other[:, 6:] - at_once[:, 6:]).max() > 1e-4


def test_writing_is_repeatable_and_follows_the_model() -> None:
    globals_of("language_model", alphabet=ALPHABET)
    model = LESSON["language_model"](keras.layers.GRU, 8)
    model.get_layer("logits").set_weights([np.zeros((8, 5)), np.array([0.0, 0, 50, 0, 0])])
    assert LESSON["write"](model, "ab", 6, 2, np.random.default_rng(0)) == ["cccccc"] * 2
    keras.utils.set_random_seed(1)
    model = LESSON["language_model"](keras.layers.GRU, 8)
    texts = [LESSON["write"](model, "ab", 20, 2, np.random.default_rng(5)) for _ in range(2)]
    assert texts[0] == texts[1] and texts[0][0] != texts[0][1]


def test_names_are_encoded_letter_by_letter_and_filled_with_zeros() -> None:
    globals_of("encode_names", surnames=load_surnames())
    alphabet = load_surnames().details["alphabet"]
    encoded = LESSON["encode_names"](["Rossi", "A" * 20])
    assert encoded.shape == (2, 15)
    assert encoded[0].tolist() == [alphabet.index(letter) + 1 for letter in "Rossi"] + [0] * 10
    assert (encoded[1] == alphabet.index("A") + 1).all()
