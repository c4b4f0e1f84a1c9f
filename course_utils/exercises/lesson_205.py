"""Exercises of lesson 205: perplexity, top-k sampling, the bits of words, and two models averaged."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers


def perplexity(probabilities):
    return 2 ** -np.log2(probabilities).mean()


def _bits(probabilities):
    return -np.log2(probabilities).mean()


def _one_over_mean(probabilities):
    return 1 / np.mean(probabilities)


def _natural_logarithm(probabilities):
    return 2 ** -np.log(probabilities).mean()


def test_perplexity(answer):
    paper = np.array([0.5, 0.25, 0.125])
    given = answer(paper)
    if given is None:
        raise Wrong("The function returns None: is the `return` missing?")
    if np.allclose(given, _bits(paper)):
        raise Wrong("These are the bits per character. The perplexity is 2 to the power of them.")
    if np.allclose(given, _one_over_mean(paper)):
        raise Wrong("You average the probabilities first. Average their logarithms, then turn back.")
    if np.allclose(given, _natural_logarithm(paper)):
        raise Wrong("Natural logarithm and power of 2 do not belong together: use log2 and 2, or log and e.")
    for probabilities in (paper, np.full(7, 1 / 63), np.array([0.9, 0.01])):
        expect_close(answer(probabilities), perplexity(probabilities), f"Wrong for the probabilities {probabilities}.")


def top_k(probabilities, k):
    kept = np.zeros_like(probabilities)
    best = np.argsort(-probabilities)[:k]
    kept[best] = probabilities[best]
    return kept / kept.sum()


def _top_k_not_scaled(probabilities, k):
    return top_k(probabilities, k) * np.sort(probabilities)[-k:].sum()


def _bottom_k(probabilities, k):
    kept = np.zeros_like(probabilities)
    worst = np.argsort(probabilities)[:k]
    kept[worst] = probabilities[worst]
    return kept / kept.sum()


def _top_k_evenly(probabilities, k):
    return (top_k(probabilities, k) > 0) / k


def _top_k_in_place(probabilities, k):
    probabilities[np.argsort(-probabilities)[k:]] = 0
    probabilities /= probabilities.sum()
    return probabilities


def test_top_k(answer):
    paper = np.array([0.1, 0.5, 0.15, 0.25])
    argument = paper.copy()
    given = answer(argument, 2)
    if given is None or np.shape(given) != (4,):
        raise Wrong(f"Return as many probabilities as came in, 4 here; you return {given!r}.")
    if not np.array_equal(argument, paper):
        raise Wrong("Your function changes the array that it was given. Work on a copy.")
    if np.allclose(given, _bottom_k(paper, 2)):
        raise Wrong("You keep the least likely ones. np.argsort sorts upwards.")
    if np.allclose(given, _top_k_not_scaled(paper, 2)):
        raise Wrong("The right ones are kept, but they do not sum to 1. Divide by their sum.")
    if np.allclose(given, _top_k_evenly(paper, 2)):
        raise Wrong("The right ones are kept, but they should stay as unequal as they were.")
    random = np.random.default_rng(0)
    for size, k in ((4, 2), (4, 1), (4, 4), (63, 10)):
        probabilities = random.dirichlet(np.ones(size))
        expect_close(
            answer(probabilities.copy(), k), top_k(probabilities, k), f"Wrong for {size} probabilities, k = {k}."
        )


def bits_of_words(text, bits):
    pairs, start = [], 0
    for word in text.split(" "):
        pairs.append((word, float(np.sum(bits[start : start + len(word)]))))
        start += len(word) + 1
    return pairs


def _mean_bits_of_words(text, bits):
    return [(word, total / len(word)) for word, total in bits_of_words(text, bits)]


def _spaces_forgotten(text, bits):
    pairs, start = [], 0
    for word in text.split(" "):
        pairs.append((word, float(np.sum(bits[start : start + len(word)]))))
        start += len(word)
    return pairs


def _space_included(text, bits):
    pairs, start = [], 0
    for word in text.split(" "):
        pairs.append((word, float(np.sum(bits[start : start + len(word) + 1]))))
        start += len(word) + 1
    return pairs


def test_bits_of_words(answer):
    text, bits = "my good lord", np.arange(1.0, 13.0)
    given, expected = answer(text, bits), bits_of_words(text, bits)
    if not isinstance(given, list) or any(len(pair) != 2 for pair in given):
        raise Wrong("Return a list of pairs: [(word, bits), ...].")
    if [pair[0] for pair in given] != [pair[0] for pair in expected]:
        raise Wrong(f"The words of {text!r} are {text.split()}; yours are {[pair[0] for pair in given]}.")
    named = (
        (_mean_bits_of_words, "These are means. What a word costs is the sum over its letters."),
        (_space_included, "You count the space after a word as part of it."),
        (_spaces_forgotten, "From the second word on you are one place early: the space has bits too, skip them."),
    )
    for wrong, message in named:
        if np.allclose([pair[1] for pair in given], [pair[1] for pair in wrong(text, bits)]):
            raise Wrong(message)
    for text in ("my good lord", "O", "brave new world"):
        bits = np.random.default_rng(len(text)).random(len(text))
        expected = [pair[1] for pair in bits_of_words(text, bits)]
        expect_close([pair[1] for pair in answer(text, bits)], expected, f"Wrong for the text {text!r}.")


BITS_WHEN_AVERAGED = {"five-gram": 2.638, "GRU": 2.596, "averaged": 2.404}


def test_bits_when_averaged(answer):
    table, network, averaged = measured_numbers(answer, "five-gram", "GRU", "averaged")
    if not 2.0 < table < 3.0 or not 1.5 < network < 3.5:
        raise Wrong(
            "Bits per character of these two models lie between 2 and 3. Is it bits_per_character of the probabilities?"
        )
    if averaged > max(table, network):
        raise Wrong(
            "The average cannot be worse than both models. Do the two arrays belong to the same characters? Mind the 1."
        )
    if abs(averaged - (table + network) / 2) < 0.005:
        raise Wrong(
            "This is the mean of the two results. Average the probabilities of each character, then take the bits."
        )
    if averaged > min(table, network):
        raise Wrong(
            "Here the average should beat both models. Compare the two arrays: do they start with the same character?"
        )


EXERCISES = [
    Exercise(
        key="205-1",
        title="Perplexity",
        minutes=5,
        test=test_perplexity,
        hints=("First the bits per character, then 2 to the power of them.", "2 ** bits_per_character(probabilities)"),
        solution=perplexity,
        wrong_answers={
            "the bits": _bits,
            "one over the mean": _one_over_mean,
            "two kinds of logarithm": _natural_logarithm,
        },
        explanation="It is one over the geometric mean of the probabilities.",
    ),
    Exercise(
        key="205-2",
        title="Top-k sampling",
        minutes=10,
        test=test_top_k,
        hints=(
            "np.argsort(-probabilities)[:k] gives the places of the k most likely.",
            "Start from zeros, copy the k probabilities to their places, divide by the sum.",
        ),
        solution=top_k,
        wrong_answers={
            "not scaled": _top_k_not_scaled,
            "the least likely": _bottom_k,
            "evenly": _top_k_evenly,
            "in place": _top_k_in_place,
        },
        explanation="k is the same everywhere; a nucleus is wide where the model is unsure and narrow where it is sure.",
    ),
    Exercise(
        key="205-3",
        title="What a word costs",
        minutes=10,
        test=test_bits_of_words,
        hints=(
            "Go through text.split(' ') and keep the place where each word starts.",
            "After each word the start moves by len(word) + 1, the 1 for the space.",
        ),
        solution=bits_of_words,
        wrong_answers={
            "means": _mean_bits_of_words,
            "the spaces are not skipped": _spaces_forgotten,
            "the space belongs to the word": _space_included,
        },
        explanation="Bits add up where probabilities multiply: this is minus log2 of the probability of the whole word.",
    ),
    Exercise(
        key="205-4",
        title="A table and a network, averaged",
        minutes=15,
        test=test_bits_when_averaged,
        hints=(
            "network = model_probabilities['GRU'].ravel(); table = np.array(table_probabilities[5])[1 : 1 + len(network)].",
            "bits_per_character((table + network) / 2), beside bits_per_character of each.",
        ),
        solution=BITS_WHEN_AVERAGED,
        wrong_answers={
            "the results averaged": {"five-gram": 2.64, "GRU": 2.56, "averaged": 2.6},
            "a place out of step": {"five-gram": 2.64, "GRU": 2.56, "averaged": 3.1},
            "in natural logarithms": {"five-gram": 1.83, "GRU": 1.77, "averaged": 1.69},
        },
        explanation="The table knows rare runs by heart, the network knows habits. Compressors that win contests mix many models this way.",
    ),
]
