"""Exercises of lesson 205: perplexity, top-k sampling, the bits of words, and two models averaged."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number, some_numbers
from course_utils.scale import current_scale


def perplexity(probabilities):
    return 2 ** -np.log2(probabilities).mean()


def perplexity_by_exponentials(probabilities):
    return np.exp(-sum(np.log(probability) for probability in probabilities) / len(probabilities))


def perplexity_in_brackets(probabilities):
    return 2 ** -np.log2(probabilities).mean(keepdims=True)


def bits_not_turned_back(probabilities):
    return -np.log2(probabilities).mean()


def one_over_the_mean(probabilities):
    return 1 / np.mean(probabilities)


def mean_of_the_inverses(probabilities):
    return np.mean(1 / np.asarray(probabilities))


def two_kinds_of_logarithm(probabilities):
    return 2 ** -np.log(probabilities).mean()


def root_of_the_product(probabilities):
    with np.errstate(divide="ignore"):
        return np.prod(probabilities) ** (-1 / len(probabilities))


def bits_added(probabilities):
    return min(2.0 ** -np.log2(probabilities).sum(), 1e300)


PERPLEXITY_MISTAKES = {
    bits_not_turned_back: "These are the bits per character. The perplexity is 2 to the power of them.",
    one_over_the_mean: "You average the probabilities first. Average their logarithms, then turn back.",
    mean_of_the_inverses: "You average one over each probability. Average the logarithms, then turn back.",
    two_kinds_of_logarithm: "Natural logarithm and power of 2 do not belong together: use log2 and 2, or log and e.",
    bits_added: "You add up the bits. Take their mean, bits *per character*, before you turn back.",
}


def test_perplexity(answer):
    random = np.random.default_rng(0)
    short = [np.array([0.5, 0.25, 0.125]), np.full(7, 1 / 63), np.array([0.9, 0.01]), random.uniform(0.01, 1, size=30)]
    for probabilities in short:
        given, expected = one_number(answer(probabilities), "The perplexity"), perplexity(probabilities)
        for mistake, message in PERPLEXITY_MISTAKES.items():
            if np.isclose(given, mistake(probabilities)) and not np.isclose(mistake(probabilities), expected):
                raise Wrong(message)
        which = probabilities.round(3).tolist() if len(probabilities) < 5 else f"{len(probabilities)} of them"
        expect_close(given, expected, f"Wrong for the probabilities {which}.")
    many = random.uniform(0.01, 0.5, size=5000)
    try:
        given = np.asarray(answer(many))
    except (OverflowError, ZeroDivisionError):
        given = np.array(np.inf)
    if given.dtype.kind == "f" and not np.isfinite(given).all():
        raise Wrong("A product of 5000 probabilities is 0 to the computer. Work with the mean of the logarithms.")
    given = one_number(given, "The perplexity")
    expect_close(given, perplexity(many), "Right for a few probabilities, wrong for 5000.")


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


def bits_of_words(text, bits):
    pairs, start = [], 0
    for word in text.split(" "):
        pairs.append((word, float(np.sum(bits[start : start + len(word)]))))
        start += len(word) + 1
    return pairs


def bits_of_words_letter_by_letter(text, bits):
    pairs = [["", 0.0]]
    for character, cost in zip(text, bits):
        if character == " ":
            pairs.append(["", 0.0])
        else:
            pairs[-1] = [pairs[-1][0] + character, pairs[-1][1] + cost]
    return pairs


def mean_bits_of_words(text, bits):
    return [(word, total / len(word)) for word, total in bits_of_words(text, bits)]


def spaces_forgotten(text, bits):
    pairs, start = [], 0
    for word in text.split(" "):
        pairs.append((word, float(np.sum(bits[start : start + len(word)]))))
        start += len(word)
    return pairs


def space_included(text, bits):
    pairs, start = [], 0
    for word in text.split(" "):
        pairs.append((word, float(np.sum(bits[start : start + len(word) + 1]))))
        start += len(word) + 1
    return pairs


def costs_by_word(text, bits):
    return dict(bits_of_words(text, bits))


def words_with_their_spaces(text, bits):
    return [(word + " ", cost) for word, cost in bits_of_words(text, bits)]


def first_place_of_each_word(text, bits):
    starts = [text.find(word) for word in text.split(" ")]
    return [(word, float(np.sum(bits[start : start + len(word)]))) for word, start in zip(text.split(" "), starts)]


WORD_MISTAKES = {
    mean_bits_of_words: "These are means. What a word costs is the sum over its letters.",
    space_included: "You count the space after a word as part of it.",
    spaces_forgotten: "From the second word on you are one place early: the space has bits too, skip them.",
    first_place_of_each_word: "You look where the word stands first. It may occur again, or inside of an earlier word.",
}


def test_bits_of_words(answer):
    random = np.random.default_rng(0)
    for text in ("my good lord", "O", "brave new world", "there the other the he", "a rose is a rose"):
        bits = random.random(len(text))
        given, expected = answer(text, bits), bits_of_words(text, bits)
        given = list(given) if isinstance(given, (tuple, zip)) else given
        if not isinstance(given, list) or any(not isinstance(pair, (tuple, list)) or len(pair) != 2 for pair in given):
            raise Wrong("Return a list of pairs: [(word, bits), ...].")
        words = [word for word, _ in given]
        if words != [word for word, _ in expected]:
            raise Wrong(f"The words of {text!r} are {text.split()}; yours are {words}.")
        costs = [one_number(cost, f"The bits of {word!r}") for word, cost in given]
        for mistake, message in WORD_MISTAKES.items():
            wrong = [cost for _, cost in mistake(text, bits)]
            if np.allclose(costs, wrong) and not np.allclose(wrong, [cost for _, cost in expected]):
                raise Wrong(message)
        expect_close(costs, [cost for _, cost in expected], f"Wrong for the text {text!r}.")


BITS_WHEN_AVERAGED = {"five-gram": 2.638, "GRU": 2.596, "averaged": 2.404}


def test_bits_when_averaged(answer):
    table, network, averaged = measured_numbers(answer, "five-gram", "GRU", "averaged", apart=True)
    if not 2.0 < table < 3.0 or not 1.5 < network < 3.5:
        raise Wrong(
            "Bits per character of these two models lie between 2 and 3. Is it bits_per_character of the probabilities?"
        )
    if current_scale() == "quick" and abs(table - BITS_WHEN_AVERAGED["five-gram"]) > 0.02:
        raise Wrong(
            "The table alone has the bits that the page printed for the five-gram. Is it table_probabilities[5]?"
        )
    if averaged < min(table, network) - 0.5:
        raise Wrong("Half a bit better than both is not credible. Average the probabilities, then take their bits.")
    if averaged > max(table, network):
        raise Wrong(
            "The average cannot be worse than both models. Do the two arrays belong to the same characters? Mind the 1."
        )
    if abs(averaged - (table + network) / 2) < 0.005:
        raise Wrong(
            "This is the mean of the two results. Average the probabilities of each character, then take the bits."
        )
    if current_scale() == "quick" and averaged > min(table, network):
        raise Wrong(
            "Here the average should beat both models. Compare the two arrays: do they start with the same character?"
        )


PROGRAM = """
network = model_probabilities["GRU"].ravel()
table = np.array(table_probabilities[5])[1 : 1 + len(network)]
bits_when_averaged = {
    "five-gram": bits_per_character(table),
    "GRU": bits_per_character(network),
    "averaged": bits_per_character((table + network) / 2),
}
check("205-4", bits_when_averaged)
"""

EXERCISES = [
    Exercise(
        key="205-1",
        title="Perplexity",
        minutes=5,
        test=test_perplexity,
        hints=("First the bits per character, then 2 to the power of them.", "2 ** bits_per_character(probabilities)"),
        solution=perplexity,
        wrong_answers={
            "the bits": bits_not_turned_back,
            "one over the mean": one_over_the_mean,
            "the mean of one over each": mean_of_the_inverses,
            "two kinds of logarithm": two_kinds_of_logarithm,
            "the bits added": bits_added,
            "a product that becomes 0": root_of_the_product,
        },
        also_right={"natural logarithms": perplexity_by_exponentials, "in brackets": perplexity_in_brackets},
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
            "means": mean_bits_of_words,
            "the spaces are not skipped": spaces_forgotten,
            "the space belongs to the word": space_included,
            "where the word stands first": first_place_of_each_word,
            "a dictionary": costs_by_word,
            "words with their spaces": words_with_their_spaces,
        },
        also_right={"letter by letter, lists": bits_of_words_letter_by_letter},
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
            "another table": {"five-gram": 2.73, "GRU": 2.6, "averaged": 2.42},
            "the results averaged": {"five-gram": 2.64, "GRU": 2.56, "averaged": 2.6},
            "a place out of step": {"five-gram": 2.64, "GRU": 2.56, "averaged": 3.1},
            "probabilities added": {**BITS_WHEN_AVERAGED, "averaged": 1.404},
            "the network twice": {"five-gram": 2.638, "GRU": 2.5957, "averaged": 2.5957},
            "not a number": {**BITS_WHEN_AVERAGED, "averaged": float("nan")},
            "in natural logarithms": {"five-gram": 1.83, "GRU": 1.77, "averaged": 1.69},
        },
        program=PROGRAM,
        explanation="The table knows rare runs by heart, the network knows habits. Compressors that win contests mix many models this way.",
    ),
]
