"""Exercises of lesson 212: top-k sampling, different runs of words, and how far counts copy."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number, some_numbers
from course_utils.scale import current_scale


def top_k(probabilities, k):
    kept = np.zeros_like(probabilities)
    best = np.argsort(-probabilities)[:k]
    kept[best] = probabilities[best]
    return kept / kept.sum()


def top_k_by_threshold(probabilities, k):
    threshold = sorted(probabilities, reverse=True)[k - 1]
    kept = [float(probability) if probability >= threshold else 0.0 for probability in probabilities]
    return [probability / sum(kept) for probability in kept]


def top_k_not_scaled(probabilities, k):
    return top_k(probabilities, k) * np.sort(probabilities)[-k:].sum()


def bottom_k(probabilities, k):
    kept = np.zeros_like(probabilities)
    worst = np.argsort(probabilities)[:k]
    kept[worst] = probabilities[worst]
    return kept / kept.sum()


def top_k_evenly(probabilities, k):
    return (top_k(probabilities, k) > 0) / k


def top_k_in_place(probabilities, k):
    probabilities[np.argsort(-probabilities)[k:]] = 0
    probabilities /= probabilities.sum()
    return probabilities


def first_k(probabilities, k):
    return np.where(np.arange(len(probabilities)) < k, probabilities, 0) / probabilities[:k].sum()


def top_k_sorted(probabilities, k):
    return np.sort(top_k(probabilities, k))[::-1]


TOP_K_MISTAKES = {
    bottom_k: "You keep the least likely ones. np.argsort sorts upwards.",
    top_k_not_scaled: "The right ones are kept, but they do not sum to 1. Divide by their sum.",
    top_k_evenly: "The right ones are kept, but they should stay as unequal as they were.",
    first_k: "You keep the first k characters of the alphabet, not the k most likely.",
    top_k_sorted: "You sorted them. Each probability must stay at the place of its character.",
}


def test_top_k(answer):
    random = np.random.default_rng(0)
    cases = [(np.array([0.1, 0.5, 0.15, 0.25]), 2)]
    cases += [(random.dirichlet(np.ones(size)), k) for size, k in ((4, 1), (4, 4), (63, 10), (5, 3))]
    for probabilities, k in cases:
        size = len(probabilities)
        given = some_numbers(answer(probabilities, k), (size,), "The result")
        expected = top_k(probabilities, k)
        for mistake, message in TOP_K_MISTAKES.items():
            wrong = mistake(probabilities, k)
            if np.allclose(given, wrong, atol=1e-6) and not np.allclose(wrong, expected, atol=1e-6):
                raise Wrong(message)
        expect_close(given, expected, f"Wrong for {size} probabilities, k = {k}.")


def different_pairs(words):
    pairs = list(zip(words, words[1:]))
    return len(set(pairs)) / len(pairs)


def different_pairs_by_a_loop(words):
    seen = []
    for place in range(len(words) - 1):
        pair = words[place : place + 2]
        if pair not in seen:
            seen.append(pair)
    return len(seen) / (len(words) - 1)


def different_words(words):
    return len(set(words)) / len(words)


def divided_by_words(words):
    return len(set(zip(words, words[1:]))) / len(words)


def number_of_different_pairs(words):
    return len(set(zip(words, words[1:])))


def pairs_side_by_side(words):
    pairs = list(zip(words[::2], words[1::2]))
    return len(set(pairs)) / len(pairs)


def pairs_in_any_order(words):
    pairs = [frozenset(pair) for pair in zip(words, words[1:])]
    return len(set(pairs)) / len(pairs)


def repeated_pairs(words):
    return 1 - different_pairs(words)


def pairs_that_stand_once(words):
    pairs = list(zip(words, words[1:]))
    return sum(pairs.count(pair) == 1 for pair in pairs) / len(pairs)


def pairs_nan(words):
    return float("nan")


PAIR_MISTAKES = {
    different_words: "You compare single words. A pair is a word with the next one.",
    divided_by_words: "Five words have four pairs. Divide by the number of pairs.",
    number_of_different_pairs: "That is a number of pairs. Divide it by how many pairs there are: a share.",
    pairs_side_by_side: "Your pairs stand side by side. A pair begins at each word but the last.",
    pairs_in_any_order: "The order counts: `my lord` and `lord my` are different pairs.",
    repeated_pairs: "That is the share of pairs that are repeated: 1 minus what is asked for.",
    pairs_that_stand_once: "You count only pairs that stand once. A pair that comes back is one different pair, too.",
}


def test_different_pairs(answer):
    texts = ("my lord my lord my lord", "to be or not to be", "O brave new world", "a rose is a rose is a rose lord a")
    texts += ("who is it that it is who",)
    results = [one_number(answer(text.split()), f"The share in {text!r}") for text in texts]
    expected = [different_pairs(text.split()) for text in texts]
    if np.allclose(results, expected):
        return
    for mistake, message in PAIR_MISTAKES.items():
        if np.allclose(results, [mistake(text.split()) for text in texts]):
            raise Wrong(message)
    for text, given, right in zip(texts, results, expected):
        expect_close(given, right, f"Wrong for the words of {text!r}.")


LONGEST_COPIES = {"2 seen": 11.0, "4 seen": 16.8, "6 seen": 18.7}


def test_longest_copies(answer):
    two, four, six = measured_numbers(answer, "2 seen", "4 seen", "6 seen", apart=False)
    for seen, copy in ((2, two), (4, four), (6, six)):
        if copy < seen:
            raise Wrong(f"Runs of {seen + 1} letters are what the table holds: a mean copy of {copy:g} is too short.")
        if copy > 100:
            raise Wrong("No text copies so much. Is it the mean over the texts, in letters?")
    if two == four == six:
        raise Wrong("Three times the same. Does LetterCounts get 2, then 4, then 6?")
    if two > four > six:
        raise Wrong("The more it sees, the longer it copies. Did you mix up the names?")
    if current_scale() == "quick" and not two < four < six:
        raise Wrong("Each table should copy longer runs than the one that sees less. Measure all with longest_copy.")
    if current_scale() == "quick" and six > 60:
        raise Wrong("That is the sum or the longest of all texts. The mean over the texts is asked for.")


PROGRAM = """
copies = {}
for seen in [2, 4, 6]:
    counts = LetterCounts(plays.train, seen, alphabet)
    copies[f"{seen} seen"] = marks_of(write_by_counting(counts))["longest copy"]
check("212-3", copies)
"""

EXERCISES = [
    Exercise(
        key="212-1",
        title="Top-k sampling",
        minutes=10,
        test=test_top_k,
        hints=(
            "np.argsort(-probabilities)[:k] gives the places of the k most likely.",
            "Start from zeros, copy the k probabilities to their places, divide by the sum.",
        ),
        solution=top_k,
        wrong_answers={
            "not scaled": top_k_not_scaled,
            "the least likely": bottom_k,
            "evenly": top_k_evenly,
            "the first of the alphabet": first_k,
            "sorted": top_k_sorted,
            "in place": top_k_in_place,
        },
        also_right={"all above a threshold": top_k_by_threshold},
        leaves_arguments=True,
        explanation="k is the same everywhere; a nucleus is wide where the model is unsure and narrow where it is sure.",
    ),
    Exercise(
        key="212-2",
        title="How many different pairs of words?",
        minutes=10,
        test=test_different_pairs,
        hints=(
            "zip(words, words[1:]) gives each word with the next one.",
            "len(set(pairs)) / len(pairs), with pairs a list.",
        ),
        solution=different_pairs,
        wrong_answers={
            "single words": different_words,
            "divided by the words": divided_by_words,
            "a number": number_of_different_pairs,
            "side by side": pairs_side_by_side,
            "in any order": pairs_in_any_order,
            "the repeated share": repeated_pairs,
            "only pairs that stand once": pairs_that_stand_once,
            "not a number": pairs_nan,
        },
        also_right={"a loop": different_pairs_by_a_loop},
        explanation="This measure is known as distinct-2 (Li and others, 2016). It finds loops that single words hide.",
    ),
    Exercise(
        key="212-3",
        title="How far do counts copy?",
        minutes=10,
        test=test_longest_copies,
        hints=(
            "write_by_counting(LetterCounts(plays.train, 2, alphabet)) writes with two letters seen.",
            'marks_of(texts)["longest copy"] for each of the three.',
        ),
        solution=LONGEST_COPIES,
        wrong_answers={
            "too short": {"2 seen": 1.1, "4 seen": 16.8, "6 seen": 18.7},
            "of all texts together": {"2 seen": 110.0, "4 seen": 168.0, "6 seen": 187.0},
            "the same table three times": {"2 seen": 18.7, "4 seen": 18.7, "6 seen": 18.7},
            "names mixed up": {"2 seen": 18.7, "4 seen": 16.8, "6 seen": 11.0},
            "two of them mixed up": {"2 seen": 16.8, "4 seen": 11.0, "6 seen": 18.7},
            "the sum of the long ones": {"2 seen": 11.0, "4 seen": 16.8, "6 seen": 80.0},
            "not a number": {"2 seen": 11.0, "4 seen": float("nan"), "6 seen": 18.7},
        },
        program=PROGRAM,
        explanation="The longer the context, the longer it follows its text; with six letters not much longer than Shakespeare himself.",
    ),
]
