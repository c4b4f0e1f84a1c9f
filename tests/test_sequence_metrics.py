"""The word error rate and the exact match have their known values, whatever the words are."""

import numpy as np
import pytest

from course_utils.environment import import_quietly
from course_utils.metrics.sequence import exact_match, word_error_rate

import_quietly()


@pytest.mark.parametrize(
    "reference, hypothesis, edits",
    [
        ("the cat sat down", "the cat sat down", 0),
        ("the cat sat down", "the cat sat up", 1),
        ("the cat sat down", "the sat down", 1),
        ("the cat sat down", "the black cat sat down", 1),
        ("the cat sat down", "", 4),
        ("the cat sat down", "down sat cat the", 4),
        ("a b c d", "b c d e", 2),
    ],
)
def test_edits_of_one_sentence(reference: str, hypothesis: str, edits: int) -> None:
    assert word_error_rate([reference], [hypothesis]) == pytest.approx(edits / 4)


def test_insertions_may_exceed_one() -> None:
    assert word_error_rate(["yes"], ["no no no"]) == pytest.approx(3)


def test_long_sentences_count_more() -> None:
    assert word_error_rate(["a b c d e f g h i", "x"], ["a b c d e f g h i", "y"]) == pytest.approx(1 / 10)


def test_strings_numbers_and_numpy_mean_the_same() -> None:
    expected = word_error_rate(["7 3 3", "1"], ["7 3", "1 1"])
    assert expected == pytest.approx(2 / 4)
    assert word_error_rate([[7, 3, 3], [1]], [[7, 3], [1, 1]]) == expected
    assert word_error_rate([np.array([7, 3, 3]), (1,)], [[7, 3], np.array([1, 1])]) == expected


def test_equal_to_the_plain_recursion() -> None:
    def distance(left: tuple, right: tuple) -> int:
        if not left or not right:
            return len(left) + len(right)
        same = distance(left[1:], right[1:]) + (left[0] != right[0])
        return min(same, 1 + distance(left[1:], right), 1 + distance(left, right[1:]))

    random = np.random.default_rng(0)
    pairs = [[tuple(random.integers(0, 3, random.integers(0, 6))) for _ in range(2)] for _ in range(30)]
    references, hypotheses = zip(*pairs)
    expected = sum(distance(*pair) for pair in pairs) / sum(map(len, references))
    assert word_error_rate(references, hypotheses) == pytest.approx(expected)


def test_empty_hypotheses_and_empty_references() -> None:
    assert word_error_rate(["a b", ""], ["", ""]) == 1
    assert word_error_rate(["a b", ""], ["a b", "c"]) == pytest.approx(1 / 2)
    with pytest.raises(ValueError, match="no word"):
        word_error_rate([""], ["a"])
    with pytest.raises(ValueError, match="no word"):
        word_error_rate([], [])
    with pytest.raises(ValueError, match="one for each"):
        word_error_rate(["a"], ["a", "b"])


def test_exact_match_counts_whole_answers() -> None:
    assert exact_match(["one two", "three", ""], ["one two", "three four", ""]) == pytest.approx(2 / 3)
    assert exact_match(np.array(["a", "b"]), ("b", "a")) == 0
    with pytest.raises(ValueError, match="2 answers for 1 truths"):
        exact_match(["a", "b"], ["a"])
    with pytest.raises(ValueError, match="at least one"):
        exact_match([], [])
