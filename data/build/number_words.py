"""Whole numbers below a million in English, German and French words, written by num2words."""

from pathlib import Path

import numpy as np
from files import unpacked, write_compressed


def chosen_numbers() -> list[int]:
    """All below 1000, then 3000, 5000 and 7000 of four, five and six digits; each length in order."""
    random = np.random.default_rng(0)
    numbers = list(range(1000))
    for digits, count in ((4, 3000), (5, 5000), (6, 7000)):
        all_of_length = np.arange(10 ** (digits - 1), 10**digits)
        numbers += sorted(random.choice(all_of_length, count, replace=False).tolist())
    return numbers


def build() -> Path:
    """Lines 'number, tab, English, tab, German, tab, French'."""
    lines = []
    with unpacked("num2words==0.5.14"):
        from num2words import num2words

        for number in chosen_numbers():
            english, german, french = (num2words(number, lang=language) for language in ("en", "de", "fr"))
            german = german.replace("einstausend", "eintausend")  # its 101,000 is wrong
            lines.append(f"{number}\t{english}\t{german}\t{french}\n")
    return write_compressed("number_words.txt.xz", "".join(lines))
