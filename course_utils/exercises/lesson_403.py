"""Exercises of lesson 403: a smoothed target, the mask of a decoder, and lower rates without a climb."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number
from course_utils.scale import scale


def test_smoothed_target(answer):
    given = one_number(answer)
    named = {
        0.8: "The share is spread over all words, and the right word is one of them: it gets its part back.",
        0.05: "This is what each wrong word gets. The right one was asked for.",
        0.2: "This is the share that is taken away. What remains at the right word, and what does it get back?",
        1.0: "This is the target without smoothing.",
        0.25: "This is an even share for each of the four words. Only 0.2 is spread evenly.",
        85: "A target is a share from 0 to 1. Did you write percent?",
    }
    for wrong, message in named.items():
        if np.isclose(given, wrong, atol=1e-3):
            raise Wrong(message)
    expect_close(given, 0.85, "Take the share from 1, then add its even part.", tolerance=1e-3)


def decoder_mask(tokens):
    tokens = np.asarray(tokens)
    causal = np.tril(np.ones((tokens.shape[1], tokens.shape[1]), dtype=bool))
    return causal & (tokens != 0)[:, np.newaxis, :]


def _no_padding(tokens):
    return np.broadcast_to(np.tril(np.ones((tokens.shape[1],) * 2, dtype=bool)), (len(tokens), *(tokens.shape[1],) * 2))


def _no_future(tokens):
    return np.broadcast_to((tokens != 0)[:, np.newaxis, :], (*tokens.shape, tokens.shape[1]))


def _upper(tokens):
    return np.triu(np.ones((tokens.shape[1],) * 2, dtype=bool)) & (tokens != 0)[:, np.newaxis, :]


def _queries(tokens):
    return np.tril(np.ones((tokens.shape[1],) * 2, dtype=bool)) & (tokens != 0)[:, :, np.newaxis]


def _inverted(tokens):
    return ~decoder_mask(tokens)


def _strictly_before(tokens):
    return np.tril(np.ones((tokens.shape[1],) * 2, dtype=bool), -1) & (tokens != 0)[:, np.newaxis, :]


def _by_length(tokens):
    places, lengths = np.arange(tokens.shape[1]), (tokens != 0).sum(axis=1)
    return np.tril(np.ones((len(places),) * 2, dtype=bool)) & (places < lengths[:, np.newaxis])[:, np.newaxis]


def _first_sentence_for_all(tokens):
    return decoder_mask(np.broadcast_to(tokens[:1], tokens.shape))


def _by_loops(tokens):
    count, length = tokens.shape
    mask = np.zeros((count, length, length), dtype=bool)
    for sentence, query, key in np.ndindex(mask.shape):
        mask[sentence, query, key] = key <= query and tokens[sentence, key] != 0
    return mask


def test_decoder_mask(answer):
    mistakes = {
        "Padding may still be looked at: code 0 is no word.": _no_padding,
        "The future may still be looked at.": _no_future,
        "Each place sees what comes after it. Transpose the causal part: np.tril, not np.triu.": _upper,
        "You struck out the queries that are padding, by rows. Strike out the keys, by columns.": _queries,
        "The mask is upside down: True means look.": _inverted,
        "A place may see itself, too: the diagonal belongs to the mask.": _strictly_before,
        "Padding may stand in the middle, too. Look at each code, not at how many words there are.": _by_length,
        "Each sentence has its own padding: you used that of the first one for all.": _first_sentence_for_all,
    }
    random = np.random.default_rng()
    some_tokens = random.integers(1, 9, (4, 7)) * (random.random((4, 7)) < 0.6)
    for tokens in (np.array([[0, 0, 5, 3, 7], [2, 4, 6, 0, 0], [1, 0, 9, 9, 2]]), some_tokens, np.array([[3, 0]])):
        given, expected = np.asarray(answer(tokens)), decoder_mask(tokens)
        if given.shape != expected.shape:
            raise Wrong(f"The shape is {given.shape}; it should be {expected.shape}: one mask (t, t) a sentence.")
        if given.dtype != bool:
            raise Wrong("The mask must be boolean: True where a query may look.")
        for message, mistake in mistakes.items():
            if not np.array_equal(given, expected) and np.array_equal(given, mistake(tokens)):
                raise Wrong(message)
        if not np.array_equal(given, expected):
            raise Wrong("A key counts if it is a word and stands at the query's place or before.")


FINDING = {"half": 0.98, "tenth": 0.99}


def test_rates(answer):
    half, tenth = measured_numbers(answer, "half", "tenth", shares=("half", "tenth"))
    least = scale(quick=0.4, full=0.1)  # at quick the first twin, without the climb, gets 0.11
    if half < 0.02 and tenth < 0.02:
        raise Wrong("Neither learned anything? Are both twins fresh, and trained with shift_right(targets, starts)?")
    if half < least and tenth < least:
        raise Wrong(
            "Neither is better than the first twin, or hardly. Are their rates a half and a tenth of its rates?"
        )
    if half < least:
        raise Wrong(
            "Half of the peak is (width * warm_up) ** -0.5 / 2. If that is the first rate, train a fresh twin once more."
        )
    if tenth < least:
        raise Wrong(
            "A twin at a tenth of the peak should learn most numbers. Is it fresh, and are its rates a tenth, not less?"
        )


PROGRAM = """
finding = {}
for name, divisor in (("half", 2), ("tenth", 10)):
    fresh = build_translator(count, width, depth)
    rate = WarmUp(divisor**2 * width, warm_up, warm_up)  # the width stands under a root
    previous = shift_right(targets, starts)
    train_translator(fresh, sources, previous, targets, rate, scale(quick=1, full=10))
    codes = greedy_decode(fresh, test_sources[:half], test_starts[:half], LENGTH)
    finding[name] = exact_match(decode(word_coder, codes), test.german)
"""

EXERCISES = [
    Exercise(
        key="403-1",
        title="A smoothed target",
        minutes=5,
        test=test_smoothed_target,
        hints=(
            "The share ε is spread evenly over all four words, the right one among them.",
            "1 - 0.2 remains, and a quarter of 0.2 comes back.",
        ),
        solution=0.85,
        wrong_answers={
            "without its part": 0.8,
            "a wrong word": 0.05,
            "the share": 0.2,
            "no smoothing": 1,
            "an even share": 0.25,
            "percent": 85,
            "not a number": np.nan,
            "something else": 0.5,
        },
        explanation="1 - 0.2 + 0.2 / 4. The three wrong words get 0.05 each, and the four sum to 1.",
    ),
    Exercise(
        key="403-2",
        title="The mask of a decoder with padding anywhere",
        minutes=10,
        test=test_decoder_mask,
        hints=(
            "Two masks, joined by &: np.tril of ones (t, t), and tokens != 0.",
            "Keys are the last axis: (tokens != 0)[:, np.newaxis, :] has the shape (n, 1, t) and fits (t, t).",
        ),
        solution=decoder_mask,
        wrong_answers={
            "causal only": _no_padding,
            "padding only": _no_future,
            "upper triangle": _upper,
            "queries struck out": _queries,
            "upside down": _inverted,
            "not itself": _strictly_before,
            "padding by length": _by_length,
            "one padding for all": _first_sentence_for_all,
            "no batch": lambda tokens: np.tril(np.ones((tokens.shape[1],) * 2, dtype=bool)),
            "numbers": lambda tokens: decoder_mask(tokens).astype(int),
        },
        also_right={
            "by loops": _by_loops,
            "as lists": lambda tokens: _by_loops(tokens).tolist(),
            "by comparing places": lambda tokens: (
                (np.arange(tokens.shape[1])[:, np.newaxis] >= np.arange(tokens.shape[1]))
                & (np.asarray(tokens)[:, np.newaxis] > 0)
            ),
        },
        explanation="A row that is padding on the left sees no key at all. Keras then makes its weights 0, the function of lesson 401 even; neither harms: nobody reads that row.",
    ),
    Exercise(
        key="403-3",
        title="Too high, or too sudden?",
        minutes=15,
        test=test_rates,
        hints=(
            "WarmUp(4 * width, warm_up, warm_up) halves each rate of the first twin, as the width stands under a root. Which width divides by ten?",
            "fresh = build_translator(count, width, depth); train_translator(fresh, sources, shift_right(targets, starts), targets, rate, epochs=scale(quick=1, full=10)).",
            "written = decode(word_coder, greedy_decode(fresh, test_sources[:half], test_starts[:half], LENGTH)); exact_match(written, test.german).",
        ),
        solution=FINDING,
        program=PROGRAM,
        wrong_answers={
            "a key is missing": {"half": 0.9},
            "per cent": {"half": 95, "tenth": 90},
            "nothing learned": {"half": 0.0, "tenth": 0.0},
            "the twin's own rate": {"half": 0.111, "tenth": 0.9},
            "a hundredth": {"half": 0.95, "tenth": 0.01},
            "the first twin, twice": {"half": 0.111, "tenth": 0.111},
            "not a number": {"half": np.nan, "tenth": 0.99},
        },
        also_right={
            "rounded": {"half": 0.98, "tenth": 0.98},
            "a start that learns less": {"half": 0.83, "tenth": 0.95},
        },
        explanation="At a half and at a tenth of the peak no climb is needed: nearly all numbers are right. A warm-up buys the right to a "
        "high peak. Blocks that normalize first, like ours, need it less than those of 2017 (Xiong et al., 2020): try before you copy a recipe.",
    ),
]
