"""Text as numbers, the bits that a model needs for it, and the draw of the next token, for the lessons after 205 and 402.

Those two build `encode`, `windows`, `bits_of` and `sampling_probabilities` on their pages.
"""

import json

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


def bits_of(model: keras.Model, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Bits, -log2 of its probability, that each target (n, time) costs a model with logits (n, time, signs)."""
    logits = model.predict(inputs, batch_size=64, verbose=0).astype("float32")
    logits -= logits.max(axis=-1, keepdims=True)
    log_probabilities = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_probabilities, targets[..., np.newaxis], axis=-1)[..., 0] / np.log(2)


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
