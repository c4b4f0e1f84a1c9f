"""Lists of pairs and a question about one of them: the look-ups of lesson 401, made of the recall task."""

import numpy as np

from course_utils.datasets.recall import recall_task

LETTERS, NUMBERS = "abcdefghijklmnop", "?12345678"


def look_up_lists(count: int, pairs: int, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """[pairs (count, pairs, 26), question (count, 1, 26)], and the right number - 1 (count, 1).

    Columns 0 to 15 of a row say which letter, column 16 that no number is given, columns 17 to 24 which number. The
    letters of a list all differ. Raises ValueError unless there are 1 to 16 pairs.
    """
    rows, answers = recall_task(count, pairs + 1, [pairs], seed)
    return [rows[:, :-1], rows[:, -1:]], answers[:, -1:] - 1


def in_words(rows: np.ndarray) -> list[str]:
    """Rows (n, 26) as texts: "c7" for a pair, "c?" for a question."""
    letters = rows[:, :16].argmax(axis=1)
    numbers = rows[:, 16:25].argmax(axis=1)
    return [LETTERS[letter] + NUMBERS[number] for letter, number in zip(letters, numbers)]
