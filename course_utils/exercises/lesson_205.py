"""Exercises of lesson 205: perplexity, continuation counts, the bits of words, and two models averaged."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number
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


def continuation_count(text, letter):
    before = set()
    for place in range(1, len(text)):
        if text[place] == letter:
            before.add(text[place - 1])
    return len(before)


def continuation_count_by_pairs(text, letter):
    return sum(pair[1] == letter for pair in set(zip(text, text[1:])))


def how_often_it_stands(text, letter):
    return text.count(letter)


def how_often_after_another(text, letter):
    return text[1:].count(letter)


def different_followers(text, letter):
    return len({after for here, after in zip(text, text[1:]) if here == letter})


def round_the_end(text, letter):
    return len({text[place - 1] for place in range(len(text)) if text[place] == letter})


def other_letters_only(text, letter):
    return len({before for before, here in zip(text, text[1:]) if here == letter != before})


def pairs_of_the_letter(text, letter):
    return len({pair for pair in zip(text, text[1:]) if letter in pair})


def share_of_the_pairs(text, letter):
    return continuation_count(text, letter) / max(len(set(zip(text, text[1:]))), 1)


def continuation_nan(text, letter):
    return float("nan")


CONTINUATION_MISTAKES = {
    how_often_it_stands: "You count how often the letter stands. Count the *different* letters right before it.",
    how_often_after_another: "You count each place of the letter. The same letter before it counts once only.",
    different_followers: "You count who comes *after* the letter. The continuation count looks at who stands before it.",
    round_the_end: "The first letter of the text has nothing before it: text[-1] is the last letter.",
    other_letters_only: "A letter may stand after itself, as in `aab`: that is one more different letter before it.",
    pairs_of_the_letter: "You count all pairs that hold the letter. It must be the second of the pair.",
    share_of_the_pairs: "You divide by the number of different pairs. The count itself is asked for.",
}


def test_continuation_count(answer):
    texts = ("abracadabra", "aab", "banana bandana", "x", "to be or not to be")
    for text in texts:
        for letter in dict.fromkeys(text + "b"):
            given = one_number(answer(text, letter), f"The count of {letter!r} in {text!r}")
            expected = continuation_count(text, letter)
            if given == expected:
                continue
            for mistake, message in CONTINUATION_MISTAKES.items():
                if all(
                    np.isclose(one_number(answer(other, sign), "The count"), mistake(other, sign))
                    for other in texts
                    for sign in dict.fromkeys(other + "b")
                ):
                    raise Wrong(message)
            raise Wrong(f"In {text!r} the letter {letter!r} has {expected} different letters before it, not {given:g}.")


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


BITS_WHEN_AVERAGED = {"counts": 2.38, "GRU": 2.481, "averaged": 2.276}


def test_bits_when_averaged(answer):
    counts, network, averaged = measured_numbers(answer, "counts", "GRU", "averaged", apart=True)
    if not 2.0 < counts < 3.0 or not 1.5 < network < 3.5:
        raise Wrong(
            "Bits per character of these two models lie between 2 and 3. Is it the mean of count_bits, of gru_bits?"
        )
    if current_scale() == "quick" and abs(counts - BITS_WHEN_AVERAGED["counts"]) > 0.02:
        raise Wrong("The counts alone have the bits that the page printed. Is it the mean of count_bits?")
    if averaged < min(counts, network) - 0.5:
        raise Wrong("Half a bit better than both is not credible. Average the probabilities, then take their bits.")
    if averaged > max(counts, network) + 0.005:
        raise Wrong(
            "The average cannot be worse than both models. A probability is 2 to the power of *minus* the bits."
        )
    if abs(averaged - (counts + network) / 2) < 0.005:
        raise Wrong(
            "This is the mean of the two results. Average the probabilities of each letter, then take the bits."
        )
    if current_scale() == "quick" and averaged > min(counts, network):
        raise Wrong("Here the average should beat both models. Do the two arrays belong to the same letters?")


PROGRAM = """
probabilities = (2**-count_bits + 2**-gru_bits) / 2
bits_when_averaged = {
    "counts": count_bits.mean(),
    "GRU": gru_bits.mean(),
    "averaged": -np.log2(probabilities).mean(),
}
check("205-4", bits_when_averaged)
"""

EXERCISES = [
    Exercise(
        key="205-1",
        title="Perplexity",
        minutes=5,
        test=test_perplexity,
        hints=("First the bits per character, then 2 to the power of them.", "2 ** -np.log2(probabilities).mean()"),
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
        title="After how many different letters?",
        minutes=10,
        test=test_continuation_count,
        hints=(
            "Collect text[place - 1] for each place, from 1 on, where the letter stands.",
            "A set holds each different letter once; its len is the count.",
        ),
        solution=continuation_count,
        wrong_answers={
            "how often it stands": how_often_it_stands,
            "each place counts": how_often_after_another,
            "different followers": different_followers,
            "round the end": round_the_end,
            "not after itself": other_letters_only,
            "all pairs that hold it": pairs_of_the_letter,
            "a share": share_of_the_pairs,
            "not a number": continuation_nan,
        },
        also_right={"by pairs": continuation_count_by_pairs},
        explanation="A letter that follows only one other letter is no good guess after a context never read.",
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
        title="Counts and a network, averaged",
        minutes=15,
        test=test_bits_when_averaged,
        hints=(
            "The probabilities are 2**-count_bits and 2**-gru_bits, one for each letter of the play.",
            "-np.log2((2**-count_bits + 2**-gru_bits) / 2).mean(), beside the mean of each.",
        ),
        solution=BITS_WHEN_AVERAGED,
        wrong_answers={
            "other counts": {"counts": 2.61, "GRU": 2.481, "averaged": 2.37},
            "the results averaged": {"counts": 2.38, "GRU": 2.481, "averaged": 2.431},
            "a place out of step": {"counts": 2.38, "GRU": 2.481, "averaged": 2.46},
            "without the minus": {"counts": 2.38, "GRU": 2.481, "averaged": 2.9},
            "probabilities added": {**BITS_WHEN_AVERAGED, "averaged": 1.27},
            "not a number": {**BITS_WHEN_AVERAGED, "averaged": float("nan")},
            "in natural logarithms": {"counts": 1.65, "GRU": 1.7, "averaged": 1.57},
        },
        program=PROGRAM,
        explanation="Counts know rare runs by heart, the network knows habits. Strong compressors mix many models this way.",
    ),
]
