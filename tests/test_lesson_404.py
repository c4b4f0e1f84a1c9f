"""Lesson 404: byte-pair encoding against the library, a GPT that cannot look ahead, and a cache that changes no number."""

import json
import re
from collections import Counter

import numpy as np
import pytest
from notebook_functions import functions_of
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures.transformer import sinusoidal_positions  # noqa: E402
from course_utils.language import bits_of, encode, library_tokenizer, sampling_probabilities, windows  # noqa: E402

LESSON = functions_of("404")
ANY_SETTING = pytest.mark.parametrize("heads, blocks, width", [(1, 1, 8), (2, 3, 12), (4, 2, 16)])


def random_gpt(heads: int = 2, blocks: int = 2, width: int = 12, signs: int = 11, places: int = 24) -> keras.Model:
    """A GPT whose weights are all random: zero biases and unit scales would hide a mistake."""
    model = LESSON["gpt"](signs, width, blocks, places, heads)
    random = np.random.default_rng(0)
    model.set_weights([random.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    return model


def weights_of(model: keras.Model) -> dict[str, list[np.ndarray] | np.ndarray]:
    positions = model.get_layer("positions")
    width = model.get_layer("embedding").output_dim
    weights = {layer.name: layer.get_weights() for layer in model.layers}
    return weights | {"positions": sinusoidal_positions(positions.max_length, width)}


def random_tokens(length: int, count: int = 1, signs: int = 11) -> np.ndarray:
    return np.random.default_rng(1).integers(0, signs, size=(count, length), dtype="int32")


def logits_of(model: keras.Model, tokens: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(tokens))


# Byte-pair encoding


def library_merges(text: str, number: int) -> list[tuple[str, str]]:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"\S+|\s"), behavior="isolated")
    trainer = trainers.BpeTrainer(vocab_size=len(set(text)) + number, show_progress=False)
    tokenizer.train_from_iterator([text], trainer)
    return [tuple(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]


def test_merge_joins_from_left_to_right() -> None:
    assert LESSON["merge"](list("aaaab"), ("a", "a")) == ["aa", "aa", "b"]
    assert LESSON["merge"](list("aaa"), ("a", "a")) == ["aa", "a"]
    assert LESSON["merge"](["ab", "a", "b"], ("a", "b")) == ["ab", "ab"]
    assert LESSON["merge"]([], ("a", "b")) == [] and LESSON["merge"](["a"], ("a", "b")) == ["a"]


@pytest.mark.parametrize("seed", range(5))
def test_merges_equal_the_library_ties_included(seed: int) -> None:
    random = np.random.default_rng(seed)
    words = ["".join(random.choice(list("abcd"), size=random.integers(1, 8))) for _ in range(60)]
    text = " ".join(words)
    ours = LESSON["learn_merges"](Counter(re.findall(r"\S+|\s", text)), 25)
    assert ours == library_merges(text, 25) and len(set(ours)) == 25


def test_nothing_left_to_merge_is_an_error() -> None:
    assert LESSON["learn_merges"]({"ab": 1}, 1) == [("a", "b")]
    with pytest.raises(ValueError, match="nothing is left"):
        LESSON["learn_merges"]({"ab": 1}, 2)
    with pytest.raises(ValueError, match="nothing is left"):
        LESSON["learn_merges"]({}, 1)


@pytest.mark.parametrize("piece", ["", "s", "singing", "kings and queens", "žižka", "iiinnngg"])
def test_tokens_joined_are_the_piece(piece: str) -> None:
    merges = LESSON["learn_merges"]({"king": 6, "sing": 4, "singing": 2, "kind": 1}, 5)
    assert "".join(LESSON["tokenize"](piece, merges)) == piece
    assert LESSON["tokenize"](piece, []) == list(piece)


# The model


@ANY_SETTING
def test_a_later_token_does_not_change_an_earlier_prediction(heads: int, blocks: int, width: int) -> None:
    model, tokens = random_gpt(heads, blocks, width), random_tokens(16, count=3)
    before = logits_of(model, tokens)
    for place in range(1, 16):
        changed = tokens.copy()
        changed[:, place:] = (changed[:, place:] + 1) % 11
        after = logits_of(model, changed)
        np.testing.assert_allclose(after[:, :place], before[:, :place], atol=1e-5)
        assert np.abs(after[:, place] - before[:, place]).max() > 1e-2


def test_the_first_token_reaches_the_last_prediction_and_order_matters() -> None:
    model, tokens = random_gpt(), np.array([[1, 2, 3, 4, 5]], dtype="int32")
    last = logits_of(model, tokens)[:, -1]
    assert np.abs(logits_of(model, np.array([[9, 2, 3, 4, 5]], dtype="int32"))[:, -1] - last).max() > 1e-3
    assert np.abs(logits_of(model, np.array([[2, 1, 3, 4, 5]], dtype="int32"))[:, -1] - last).max() > 1e-3


@pytest.mark.parametrize("signs, width, blocks", [(63, 64, 2), (63, 16, 2), (256, 32, 3)])
def test_weights_are_counted_as_exercise_3_counts_them(signs: int, width: int, blocks: int) -> None:
    from course_utils.exercises.lesson_404 import gpt_weights

    assert LESSON["gpt"](signs, width, blocks, 8, heads=4).count_params() == gpt_weights(signs, width, blocks)


def test_a_wrong_cache_size_gets_its_own_message_as_a_numpy_number_too() -> None:
    from course_utils.exercises.exercise import Wrong
    from course_utils.exercises.lesson_404 import test_cache_size as check_cache_size

    check_cache_size(np.int64(38_400))
    with pytest.raises(Wrong, match="the cache of one block"):
        check_cache_size(np.int64(12_800))


def test_windows_and_targets_are_one_token_apart() -> None:
    inputs, targets = windows(np.arange(23), 5)
    assert inputs.shape == targets.shape == (4, 5)
    np.testing.assert_array_equal(targets, inputs + 1)
    assert len(windows(np.arange(5), 5)[0]) == 0 and len(windows(np.arange(6), 5)[0]) == 1


def test_bits_are_those_of_the_true_next_token() -> None:
    model, tokens = random_gpt(), random_tokens(8, count=4)
    targets = random_tokens(32)[0].reshape(4, 8)
    probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(model(tokens)))
    expected = [[-np.log2(probabilities[row, place, targets[row, place]]) for place in range(8)] for row in range(4)]
    np.testing.assert_allclose(bits_of(model, tokens, targets), expected, atol=1e-4)


# The cache


@ANY_SETTING
@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")  # a single letter attends to itself alone
@pytest.mark.parametrize("length", [1, 2, 24])
def test_reading_at_once_equals_keras(heads: int, blocks: int, width: int, length: int) -> None:
    model, tokens = random_gpt(heads, blocks, width), random_tokens(length)
    logits, cache = LESSON["read"](weights_of(model), tokens[0])
    np.testing.assert_allclose(logits, logits_of(model, tokens)[0], atol=1e-4)
    assert len(cache) == blocks and cache[0][0].shape == cache[0][1].shape == (length, heads, width // heads)


@ANY_SETTING
@pytest.mark.parametrize("parts", [[1] * 24, [10, 1, 1, 1], [3, 7, 14], [23, 1]])
def test_reading_in_parts_with_the_cache_changes_no_number(
    heads: int, blocks: int, width: int, parts: list[int]
) -> None:
    model, tokens = random_gpt(heads, blocks, width), random_tokens(sum(parts))
    weights, cache, logits = weights_of(model), (), []
    for part in np.split(tokens[0], np.cumsum(parts)[:-1]):
        some, cache = LESSON["read"](weights, part, cache)
        logits.append(some)
    np.testing.assert_allclose(np.concatenate(logits), logits_of(model, tokens)[0], atol=1e-4)


def test_the_old_cache_is_left_as_it_was() -> None:
    """Two texts may go on from one beginning: a step returns a grown cache and does not change the one it was given."""
    weights, tokens = weights_of(random_gpt()), random_tokens(9)[0]
    _, cache = LESSON["read"](weights, tokens[:6])
    copies = [[part.copy() for part in block] for block in cache]
    first, _ = LESSON["read"](weights, tokens[6:], cache)
    LESSON["read"](weights, (tokens[6:] + 1) % 11, cache)
    np.testing.assert_array_equal(first, LESSON["read"](weights, tokens[6:], cache)[0])
    for block, copied in zip(cache, copies):
        for part, copy in zip(block, copied):
            np.testing.assert_array_equal(part, copy)


@pytest.mark.parametrize("start, new", [(0, 25), (24, 1), (20, 5)])
def test_more_places_than_positions_is_a_clear_error(start: int, new: int) -> None:
    weights, tokens = weights_of(random_gpt()), random_tokens(30)[0]
    cache = LESSON["read"](weights, tokens[:start])[1] if start else ()
    with pytest.raises(ValueError, match="25 places.*24"):
        LESSON["read"](weights, tokens[start : start + new], cache)


# Sampling: what the package's function does, test_lesson_212.py


@pytest.mark.parametrize("temperature, nucleus", [(0, 1), (-1, 1), (1, 0), (1, 1.1)])
def test_sampling_refuses_impossible_settings(temperature: float, nucleus: float) -> None:
    with pytest.raises(ValueError, match="temperature must be above 0"):
        sampling_probabilities([0.0, 1.0], temperature, nucleus)


# The package's other helpers, and the library


def test_windows_bits_and_codes() -> None:
    inputs, targets = windows(np.arange(11), 5)
    assert inputs.tolist() == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]] and (targets == inputs + 1).all()
    assert encode("a cab", "abc ").tolist() == [0, 3, 2, 0, 1]
    model, inputs = random_gpt(), random_tokens(8, count=4)
    log_probabilities = np.asarray(keras.ops.log_softmax(model(inputs)))
    right = np.take_along_axis(log_probabilities, inputs[..., np.newaxis], axis=-1)[..., 0]
    np.testing.assert_allclose(bits_of(model, inputs, inputs), -right / np.log(2), atol=1e-4)


def test_bits_of_large_logits_are_finite() -> None:
    model = random_gpt()
    model.set_weights([100 * weight for weight in model.get_weights()])
    bits = bits_of(model, random_tokens(8), random_tokens(8))
    assert np.isfinite(bits).all() and (bits >= 0).all()


def test_helpers_refuse_bad_input() -> None:
    with pytest.raises(ValueError, match="lacks 'xž'"):
        encode("ažxb", "ab")
    with pytest.raises(ValueError, match="length must be"):
        windows(np.arange(5), 0)
    with pytest.raises(ValueError, match="cannot hold the 3 signs"):
        library_tokenizer("abc", 2, "abc")


def test_library_tokenizer_keeps_every_sign_and_no_token_crosses_a_word() -> None:
    text = "to be, or not to be: that is the question.\nto be to be"
    tokenizer, merges = library_tokenizer(text, 40, "".join(sorted(set(text))) + "#Z")
    encoded = tokenizer.encode("# to be Zot\n\nbeto")
    assert "".join(encoded.tokens) == "# to be Zot\n\nbeto"
    assert " to" in encoded.tokens and not any(
        " " in token[1:] or len(token) > 1 and "\n" in token for token in encoded.tokens
    )
    assert len(merges) == 40 - len(set(text) | set("#Z"))
