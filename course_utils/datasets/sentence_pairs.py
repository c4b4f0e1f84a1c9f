"""Sentence pairs: everyday English and French at the full scale, English numbers and their long German words without a network."""

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np

from course_utils.datasets.dataset import Card, Dataset, Split
from course_utils.datasets.downloads import remove_damaged
from course_utils.datasets.number_words import NumberWords, load_number_words
from course_utils.scale import current_scale

ADDRESS = "http://d2l-data.s3-accelerate.amazonaws.com/fra-eng.zip"
SHA1 = "94646ad1522d915e7b0f9296181140edcf86a4f5"  # published by Dive into Deep Learning; Keras itself checks no SHA-1
SENTENCES = Card(
    "sentence_pairs", "", "English sentences and their French translations, by volunteers",
    "Tatoeba, collected by manythings.org/anki, as used in Dive into Deep Learning (Zhang et al., 2023)",
    "CC BY 2.0 FR", 0, f"SHA-1 {SHA1}", "keras.utils.get_file",
)  # fmt: skip
LONGEST = 60  # characters, on either side
HELD_OUT = 2000  # English sentences for the test, and half as many for validation


def load_sentence_pairs() -> Dataset:
    """Texts: `inputs[i]` is English, `targets[i]` its translation; no English text stands in two parts.

    Full: short sentences (at most 60 characters) with French translations, several for some; without a network, or if the
    checksum is not the published one, the quick part is used. Quick: the numbers of `load_number_words`, and German as
    it is really written, a number in one word: "siebenundvierzigtausend". `details["languages"]` names the two.
    """
    if current_scale() == "full":
        import keras

        try:
            remove_damaged({"fra-eng.zip": SHA1})
            path = Path(keras.utils.get_file("fra-eng.zip", ADDRESS))
            content = path.read_bytes()
            if hashlib.sha1(content).hexdigest() != SHA1:
                path.unlink()
                raise ValueError("its checksum is not the published one")
        except Exception as error:  # Keras raises a bare Exception when the download fails
            print(f"The sentence pairs could not be downloaded ({str(error)[:60]}...): using the embedded numbers.")
        else:
            return Dataset(SENTENCES, **_sentences(content), details={"languages": ("English", "French")})
    numbers = load_number_words()
    parts = {name: _numbers(getattr(numbers, name)) for name in ("train", "validation", "test")}
    return Dataset(numbers.card, **parts, details={"languages": ("English", "German")})


def _numbers(part: NumberWords) -> Split:
    return Split(part.english, [text.replace(" ", "") for text in part.german])


def _sentences(content: bytes) -> dict[str, Split]:
    """The three parts of the archive's one text: lines 'English, tab, French', sometimes with a third column."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("fra.txt"))
        text = archive.read(name).decode("utf-8").replace("\u202f", " ").replace("\xa0", " ")
    pairs = [tuple(line.split("\t")[:2]) for line in text.splitlines()]
    pairs = [pair for pair in dict.fromkeys(pairs) if len(pair) == 2 and max(map(len, pair)) <= LONGEST]
    random = np.random.default_rng(42)
    english = list(dict.fromkeys(source for source, _ in pairs))
    rank = dict(zip(english, random.permutation(len(english))))
    held_out = min(HELD_OUT, len(english) // 4)
    edges = {
        "test": (0, held_out),
        "validation": (held_out, held_out * 3 // 2),
        "train": (held_out * 3 // 2, len(english)),
    }
    pairs = [pairs[place] for place in random.permutation(len(pairs))]
    chosen = {name: [pair for pair in pairs if low <= rank[pair[0]] < high] for name, (low, high) in edges.items()}
    return {name: Split(*(list(column) for column in zip(*some))) for name, some in chosen.items()}
