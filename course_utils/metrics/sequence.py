"""How far recognised or translated sequences are from the right ones."""

from collections.abc import Sequence

import numpy as np

Words = str | Sequence[object]


def word_error_rate(references: Sequence[Words], hypotheses: Sequence[Words]) -> float:
    """The word error rate: substitutions, deletions and insertions of all sentences, divided by the words of all references.

    A sentence is a string, cut into words at its spaces, or a sequence of words of any kind, numbers for instance. What
    one edit repairs counts once (Levenshtein distance, by `tf.edit_distance`). 0 is perfect; inserted words can push the
    rate above 1. Raises ValueError if the numbers of sentences differ or the references hold no word.
    """
    if len(references) != len(hypotheses):
        raise ValueError(f"{len(references)} references, but {len(hypotheses)} hypotheses: one for each is needed.")
    right, given = ([_words(sentence) for sentence in sentences] for sentences in (references, hypotheses))
    total = sum(len(sentence) for sentence in right)
    if total == 0:
        raise ValueError("The references hold no word: the rate would be a division by zero.")
    import tensorflow as tf  # only here: `import course_utils` stays cheap

    numbers = {word: number for number, word in enumerate(dict.fromkeys(sum(right + given, [])))}
    sparse = (tf.sparse.SparseTensor(*_sparse_parts(sentences, numbers)) for sentences in (given, right))
    return float(tf.reduce_sum(tf.edit_distance(*sparse, normalize=False))) / total


def exact_match(written: Sequence[object], truth: Sequence[object]) -> float:
    """The share of answers, texts for instance, that are right as a whole, from 0 to 1.

    Raises ValueError if the numbers of answers differ or there is none.
    """
    if len(written) != len(truth) or not len(truth):
        raise ValueError(f"{len(written)} answers for {len(truth)} truths: one for each, and at least one, is needed.")
    return float(np.mean([answer == right for answer, right in zip(written, truth)]))


def _words(sentence: Words) -> list[object]:
    """The words of a sentence, numbers of NumPy as plain ones."""
    if isinstance(sentence, str):
        return sentence.split()
    return [word.item() if isinstance(word, np.generic) else word for word in sentence]


def _sparse_parts(
    sentences: list[list[object]], numbers: dict[object, int]
) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Places (words, 2), values (words,) and dense shape of the sentences as one sparse matrix of numbers."""
    places = [(row, column) for row, sentence in enumerate(sentences) for column in range(len(sentence))]
    values = [numbers[word] for sentence in sentences for word in sentence]
    width = max(map(len, sentences), default=0)
    return np.array(places, "int64").reshape(-1, 2), np.array(values, "int64"), [len(sentences), width]
