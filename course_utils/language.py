"""Text as numbers, counts of letters, the bits that a model needs, and the draw of the next token.

Lesson 205 builds `in_streams` and lesson 212 `sampling_probabilities` on its page; other lessons take them from here.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping

import keras
import numpy as np
from numpy.typing import ArrayLike
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

PIECES = r" ?[A-Za-z]+|[^A-Za-z]"


def encode(text: str, alphabet: str) -> np.ndarray:
    """The place of each character in the alphabet, as int32 (n,). Raises ValueError if one is not in it."""
    places = {character: place for place, character in enumerate(alphabet)}
    unknown = set(text) - set(places)
    if unknown:
        raise ValueError(f"The alphabet lacks {''.join(sorted(unknown))!r}.")
    return np.array([places[character] for character in text], dtype="int32")


def windows(codes: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Neighbouring windows (n, length) of codes, and the same moved on by one: inputs and targets. The rest is left out."""
    if length < 1:
        raise ValueError(f"length must be at least 1, not {length}.")
    count = max(0, len(codes) - 1) // length
    return codes[: count * length].reshape(count, length), codes[1 : count * length + 1].reshape(count, length)


def in_streams(codes: np.ndarray, streams: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets (steps * streams, length) for a network that carries its state from batch to batch.

    The codes are laid out in so many parallel streams. A batch is the next window of each stream, so that row r of a
    batch goes on where row r of the batch before ended. The rest is left out. Raises ValueError if it is all of them.
    """
    steps = (len(codes) - 1) // (streams * length)
    if steps < 1:
        raise ValueError(f"{len(codes)} codes are too few for {streams} streams of {length}.")
    used = streams * steps * length

    def laid_out(part: np.ndarray) -> np.ndarray:
        return part.reshape(streams, steps, length).swapaxes(0, 1).reshape(-1, length)  # by step, then stream

    return laid_out(codes[:used]), laid_out(codes[1 : used + 1])


def bits_of(model: keras.Model, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Bits, -log2 of its probability, that each target (n, time) costs a model with logits (n, time, signs)."""
    logits = model.predict(inputs, batch_size=64, verbose=0).astype("float32")
    logits -= logits.max(axis=-1, keepdims=True)
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_probabilities, targets[..., np.newaxis], axis=-1)[..., 0] / np.log(2)


def kinds_of_letters(text: str) -> list[str]:
    """What each letter of a text but the first is: a line end, first in a word, inside CAPITALS, and so on."""
    kinds = []
    for before, letter in zip(text, text[1:]):
        if letter == "\n":
            kind = "line end"
        elif letter == " ":
            kind = "space"
        elif not letter.isalpha():
            kind = "punctuation"
        elif not before.isalpha():
            kind = "first letter of a word"
        elif before.isupper() and letter.isupper():
            kind = "inside CAPITALS"
        else:
            kind = "inside a word"
        kinds.append(kind)
    return kinds


def places_in_line(text: str) -> np.ndarray:
    """For each letter of a text (n,), how many letters its line held before it. A line end is the last of its line."""
    places, place = [], 0
    for letter in text:
        places.append(place)
        place = 0 if letter == "\n" else place + 1
    return np.array(places, dtype="int64")


def library_tokenizer(text: str, vocabulary: int, alphabet: str) -> tuple[Tokenizer, list[tuple[str, str]]]:
    """Byte-pair encoding of the `tokenizers` library, learned from a text, and its merges in order.

    No token crosses the border of two PIECES: a word with the space before it, or any other single sign. The alphabet's
    signs are tokens even if the text lacks them. Raises ValueError if the vocabulary cannot hold the alphabet.
    """
    if vocabulary < len(set(alphabet)):
        raise ValueError(f"A vocabulary of {vocabulary} cannot hold the {len(set(alphabet))} signs of the alphabet.")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(PIECES), behavior="isolated")
    trainer = trainers.BpeTrainer(vocab_size=vocabulary, initial_alphabet=list(alphabet), show_progress=False)
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer, [tuple(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]


def sampling_probabilities(logits: ArrayLike, temperature: float = 1.0, nucleus: float = 1.0) -> np.ndarray:
    """Probabilities (n,) to draw from, given logits (n,): divided by the temperature, then cut to the nucleus.

    The nucleus (Holtzman et al., 2020) is the smallest set of the likeliest tokens that together reach this share; all
    others get 0. Raises ValueError unless temperature > 0 and 0 < nucleus <= 1.
    """
    if temperature <= 0 or not 0 < nucleus <= 1:
        raise ValueError("temperature must be above 0, and nucleus above 0 and not above 1.")
    scaled = np.asarray(logits, "float64") / temperature
    probabilities = np.exp(scaled - scaled.max())
    probabilities /= probabilities.sum()
    order = np.argsort(-probabilities)
    before = np.cumsum(probabilities[order]) - probabilities[order]  # the share of all that are likelier
    probabilities[order[before >= nucleus - 1e-12]] = 0
    return probabilities / probabilities.sum()


class LetterCounts:
    """Predicts the next letter from how often each run of letters was read, with `seen` letters seen before it.

    The counts are smoothed as by Chen and Goodman (1999): interpolated Kneser-Ney with three discounts. From each count
    of a run a discount is taken off, and what is saved there goes to the prediction with one letter fewer seen. There, a
    letter counts once for each different letter that was read before its run. The last stage is 1 / letters of the
    alphabet. `runs` says how many different runs of seen + 1 letters were read. Raises ValueError for a negative `seen`,
    a text that holds no such run and letters that `alphabet` lacks.
    """

    def __init__(self, text: str, seen: int, alphabet: str | None = None) -> None:
        if not 0 <= seen < len(text):
            raise ValueError(f"A text longer than seen >= 0 is needed, not {len(text)} letters and seen={seen}.")
        self.alphabet = "".join(sorted(set(text))) if alphabet is None else alphabet
        self.seen = seen
        self._codes = {letter: code for code, letter in enumerate(self.alphabet)}
        self._check(text)
        counts: dict[str, Counter[str]] = defaultdict(Counter)  # context -> how often each letter followed
        for place in range(seen, len(text)):
            counts[text[place - seen : place]][text[place]] += 1
        self.runs = sum(map(len, counts.values()))
        self._stages = [_discounted(counts)]  # one for each length of the context, from 0 to seen
        for _ in range(seen):
            shorter: dict[str, Counter[str]] = defaultdict(Counter)
            for context, followers in counts.items():
                for letter in followers:
                    shorter[context[1:]][letter] += 1
            counts = shorter
            self._stages.insert(0, _discounted(counts))

    def probabilities(self, context: str) -> np.ndarray:
        """The probability (letters of the alphabet,) of each next letter after the last `seen` letters of a context."""
        shares = np.full(len(self.alphabet), 1 / len(self.alphabet))
        for followers, saved in self._known(context):
            shares *= saved
            for letter, share in followers.items():
                shares[self._codes[letter]] += share
        return shares

    def bits(self, text: str) -> np.ndarray:
        """Bits, -log2 of its probability, that each letter of a text costs, given those before it: (len(text),).

        The first letters have fewer than `seen` letters before them. Raises ValueError for unknown letters.
        """
        self._check(text)
        shares = np.full(len(text), 1 / len(self.alphabet))
        for place, letter in enumerate(text):
            for followers, saved in self._known(text[max(0, place - self.seen) : place]):
                shares[place] = followers.get(letter, 0.0) + saved * shares[place]
        return -np.log2(shares)

    def _known(self, context: str) -> list[tuple[Mapping[str, float], float]]:
        """For each ending of the context that was read, the empty one first: shares of the followers, share saved."""
        found = []
        for length in range(min(self.seen, len(context)) + 1):
            stage = self._stages[length].get(context[len(context) - length :])
            if stage is None:  # then no longer ending was read either
                break
            found.append(stage)
        return found

    def _check(self, text: str) -> None:
        unknown = set(text) - set(self._codes)
        if unknown:
            raise ValueError(f"The alphabet lacks {''.join(sorted(unknown))!r}.")


def _discounted(counts: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[dict[str, float], float]]:
    """For each context the shares of its letters after the discount, and the share saved, which sum to 1."""
    often = Counter(count for followers in counts.values() for count in followers.values())
    discounts = _discounts(often[1], often[2], often[3], often[4])
    stage = {}
    for context, followers in counts.items():
        total = sum(followers.values())
        shares = {}
        for letter, count in followers.items():
            shares[letter] = (count - discounts[min(count, 3) - 1]) / total
        stage[context] = (shares, 1 - sum(shares.values()))
    return stage


def _discounts(once: int, twice: int, three: int, four: int) -> tuple[float, float, float]:
    """What is taken off counts of 1, of 2 and of 3 or more, given how many runs were read once, twice and so on.

    Where these give no three discounts that leave something of each count (texts or contexts that are too short), all
    have one, once / (once + 2 twice), or a half where that is none either.
    """
    one = once / (once + 2 * twice) if once and twice else 0.5
    if not min(once, twice, three, four):
        return one, one, one
    three_discounts = 1 - 2 * one * twice / once, 2 - 3 * one * three / twice, 3 - 4 * one * four / three
    fit = all(0 < discount < count for count, discount in enumerate(three_discounts, start=1))
    return three_discounts if fit else (one, one, one)
