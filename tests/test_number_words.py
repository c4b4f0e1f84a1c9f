"""Numbers in three languages: the words are right, the parts share nothing, and forty-seven is kept apart."""

import numpy as np
import pytest

from course_utils.datasets import load_number_words
from course_utils.datasets.number_words import split_german

NUMBERS = load_number_words()
PARTS = (NUMBERS.train, NUMBERS.validation, NUMBERS.test, NUMBERS.details["unseen"])


def test_each_number_stands_in_one_part():
    assert [len(part.numbers) for part in PARTS] == [14227, 500, 1000, 273]
    together = np.concatenate([part.numbers for part in PARTS])
    assert len(set(together.tolist())) == 16000 and 0 <= together.min() and together.max() < 1_000_000
    assert set(range(1000)) <= set(together.tolist())
    assert all(len(words) == len(part.numbers) for part in PARTS for words in part[1:])
    again = load_number_words()
    assert again.test.german == NUMBERS.test.german and np.array_equal(again.test.numbers, NUMBERS.test.numbers)


def test_known_numbers():
    words = {number: texts for part in PARTS for number, *texts in zip(*part)}
    assert words[0] == ["zero", "null", "zéro"]
    assert words[1] == ["one", "eins", "un"]
    assert words[47] == ["forty seven", "sieben und vierzig", "quarante sept"]
    assert words[91] == ["ninety one", "ein und neunzig", "quatre vingt onze"]
    assert words[180] == ["one hundred and eighty", "ein hundert achtzig", "cent quatre vingts"]
    assert words[601] == ["six hundred and one", "sechs hundert eins", "six cent un"]


def test_forty_seven_is_never_seen_but_its_words_are():
    *seen, unseen = PARTS
    assert all("forty seven" in text for text in unseen.english)
    assert not any("forty seven" in text for part in seen for text in part.english)
    assert not any("sieben und vierzig" in text for part in seen for text in part.german)
    assert not any("quarante sept" in text for part in seen for text in part.french)
    train = seen[0]
    assert any("forty eight" in text for text in train.english) and any("fifty seven" in text for text in train.english)
    for column in ("english", "german", "french"):
        known = {word for text in getattr(train, column) for word in text.split()}
        assert {word for part in PARTS for text in getattr(part, column) for word in text.split()} == known


def test_german_reads_units_before_tens():
    """The order of the German pieces follows from the number itself, without the program that wrote them."""
    for number, german in zip(NUMBERS.test.numbers.tolist(), NUMBERS.test.german):
        tens, unit = divmod(number % 100, 10)
        if tens >= 2 and unit:
            assert german.split()[-2] == "und" and german.split()[-1].endswith("ig" if tens != 3 else "ßig"), german
    assert split_german("dreizehntausendsiebenhundertsechzehn") == "dreizehn tausend sieben hundert sechzehn"
    assert not any("einstausend" in german.replace(" ", "") for part in PARTS for german in part.german)


@pytest.mark.parametrize("text", ["siebenunvierzig", "forty", "drei und vierzig"])
def test_what_is_no_german_number_is_named(text):
    with pytest.raises(ValueError, match="no German number"):
        split_german(text)
