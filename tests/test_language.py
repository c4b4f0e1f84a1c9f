"""Counts of letters: the smoothing by hand, and what a prediction must hold to."""

import math
from collections import Counter

import numpy as np
import pytest

from course_utils.datasets import load_shakespeare
from course_utils.language import LetterCounts, _discounts


@pytest.fixture(scope="module")
def plays():
    """200,000 letters to count, 5000 letters of another play, the alphabet."""
    data = load_shakespeare()
    return data.train[:200_000], data.test[:5000], data.details["alphabet"]


def test_a_tiny_text_by_hand():
    """In abab, a is followed twice by b, b once by a: both counts lose 1 / (1 + 2 · 1), a third."""
    counts = LetterCounts("abab", seen=1)
    # One letter seen: b after a (2 - 1/3) / 2 = 5/6, and 1/6 is saved; none seen: a and b follow one letter each, 1/2.
    assert np.allclose(counts.probabilities("a"), [1 / 12, 5 / 6 + 1 / 12])
    assert np.allclose(counts.probabilities("b"), [2 / 3 + 1 / 6, 1 / 6])
    assert np.allclose(counts.probabilities(""), [1 / 2, 1 / 2])
    assert np.allclose(counts.bits("ab"), [1, -math.log2(11 / 12)])
    assert counts.runs == 2 and counts.alphabet == "ab"


def test_three_discounts_by_hand():
    assert np.allclose(_discounts(4, 2, 1, 1), [0.5, 1.25, 1.0])  # share 4/8; 1 - 2/4, 2 - 3/4, 3 - 2
    assert _discounts(4, 2, 0, 1) == (0.5, 0.5, 0.5)
    assert _discounts(3, 0, 0, 0) == (0.5, 0.5, 0.5)
    assert _discounts(1, 1, 3, 1) == (1 / 3, 1 / 3, 1 / 3)  # three would take 2 - 3 = -1 off counts of two


def test_without_letters_seen_the_counts_decide():
    shares = LetterCounts("aaab", seen=0).probabilities("whatever came before")
    assert np.allclose(shares, [2.5 / 4 + 1 / 8, 0.5 / 4 + 1 / 8])


def test_a_letter_that_follows_one_other_alone_is_rare_elsewhere():
    """u is more frequent than e here, but only ever follows q: after a letter never read, e is likelier (Kneser-Ney)."""
    counts = LetterCounts("qu" * 20 + "beceDeFeGe", seen=1, alphabet="qubceDFGz")
    after_new = dict(zip(counts.alphabet, counts.probabilities("z")))
    assert after_new["e"] > 2 * after_new["u"] and after_new["z"] > 0
    assert counts.probabilities("q")[1] > 0.9


@pytest.mark.parametrize("seen", [0, 1, 3, 5])
def test_probabilities_sum_to_one_and_give_the_bits(plays, seen):
    train, test, alphabet = plays
    counts = LetterCounts(train, seen, alphabet)
    bits = counts.bits(test[:60])
    for place, letter in enumerate(test[:60]):
        shares = counts.probabilities(test[:place])
        assert math.isclose(shares.sum(), 1) and shares.min() > 0
        assert math.isclose(bits[place], -math.log2(shares[alphabet.index(letter)]))
    assert math.isclose(counts.probabilities("@#~@#~").sum(), 1)
    assert np.array_equal(counts.bits(test[:60] + "z" * 9)[:60], bits)


def add_constant_bits(train, test, seen, alphabet):
    """Bits a letter with 0.01 added to the count of each letter."""
    runs = Counter(train[place : place + seen + 1] for place in range(len(train) - seen))
    contexts = Counter(train[place : place + seen] for place in range(len(train) - seen))
    bits = []
    for place in range(seen, len(test)):
        context, run = test[place - seen : place], test[place - seen : place + 1]
        bits.append(-math.log2((runs[run] + 0.01) / (contexts[context] + 0.01 * len(alphabet))))
    return np.mean(bits)


def test_more_letters_help_and_adding_a_constant_is_beaten(plays):
    train, test, alphabet = plays
    means = [LetterCounts(train, seen, alphabet).bits(test).mean() for seen in range(6)]
    assert all(after < before - 0.02 for before, after in zip(means, means[1:5])) and means[5] < means[4] + 0.02
    for seen in (3, 4, 5):
        assert means[seen] < add_constant_bits(train, test, seen, alphabet) - 0.2
    assert means[0] > 4 and means[5] < 2.8


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match="seen=-1"):
        LetterCounts("abc", seen=-1)
    with pytest.raises(ValueError, match="3 letters and seen=3"):
        LetterCounts("abc", seen=3)
    with pytest.raises(ValueError, match="lacks 'c'"):
        LetterCounts("abc", seen=1, alphabet="ab")
    with pytest.raises(ValueError, match="lacks 'xy'"):
        LetterCounts("abc", seen=1).bits("axy")
