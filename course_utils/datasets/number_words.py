"""Numbers in English, German and French words: three grammars with their own order, small enough to learn in a minute."""

import lzma
import re
from typing import NamedTuple

import numpy as np

from course_utils.datasets.dataset import Dataset, embedded_file, read_cards

HELD_OUT = "forty seven"  # no training number holds this pair, though its two words are seen apart
GERMAN_PIECES = ("null", "eins", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf",
                 "zwölf", *(f"{unit}zehn" for unit in ("drei", "vier", "fünf", "sech", "sieb", "acht", "neun")),
                 "zwanzig", "dreißig", *(f"{unit}zig" for unit in ("vier", "fünf", "sech", "sieb", "acht", "neun")),
                 "und", "hundert", "tausend")  # fmt: skip
_PIECE = re.compile("|".join(sorted(GERMAN_PIECES, key=len, reverse=True)))


class NumberWords(NamedTuple):
    """`english[i]`, `german[i]` and `french[i]` are the words of `numbers[i]` with one space between two words."""

    numbers: np.ndarray  # (n,) int64
    english: list[str]
    german: list[str]
    french: list[str]


def load_number_words() -> Dataset:
    """Numbers below a million as `NumberWords`; no number stands in two parts. Full is the same as quick.

    Hyphens and the comma after the thousands are left out, so that a word is a run of letters. German writes a number as
    one word; here it is cut into its pieces ("sieben und vierzig"), see `split_german`. `details["unseen"]` holds all
    numbers with "forty seven" in English; the other parts have none, but both words in other pairs.
    14,227 / 500 / 1000 numbers, 273 unseen ones; the order is random.
    """
    card = read_cards()["number_words"]
    lines = lzma.decompress(embedded_file(card).read_bytes()).decode("utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    texts = [(int(row[0]), _plain(row[1]), split_german(row[2]), _plain(row[3])) for row in rows]
    order = np.random.default_rng(42).permutation(len(texts))
    unseen = [place for place in order if HELD_OUT in texts[place][1]]
    others = [place for place in order if HELD_OUT not in texts[place][1]]
    parts = {"test": others[:1000], "validation": others[1000:1500], "train": others[1500:], "unseen": unseen}
    columns = {name: list(zip(*(texts[place] for place in places))) for name, places in parts.items()}
    split = {
        name: NumberWords(np.array(numbers), *(list(words) for words in languages))
        for name, (numbers, *languages) in columns.items()
    }
    return Dataset(card, split["train"], split["validation"], split["test"], {"unseen": split["unseen"]})


def split_german(number: str) -> str:
    """The pieces of a German number, with spaces between: siebenundvierzig -> sieben und vierzig.

    Raises ValueError if a letter is left over.
    """
    pieces = _PIECE.findall(number)
    if "".join(pieces) != number:
        raise ValueError(f"'{number}' is no German number below a million.")
    return " ".join(pieces)


def _plain(text: str) -> str:
    return text.replace("-", " ").replace(",", "")
