"""Exercises of lesson 506: what attention costs by length, a gate for each filter, a longer training of the window."""

import math

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, errors_of_starts, measured_numbers, some_numbers

ATTENTION = 4 * 1000 * 24**2 + 2 * 1000**2 * 24
WINDOW = 7 * 1000 * 24**2


def test_cost(answer):
    attention, window = measured_numbers(answer, "attention", "window")
    mistakes = {
        4 * 1000 * 24**2: "Those are the matrices alone. The scores and the weighted means multiply, too.",
        2 * 1000**2 * 24: "The four matrices are missing: each takes every place times 24 · 24 weights.",
        4 * 1000 * 24**2 + 1000**2 * 24: "The scores are there, or the weighted means: both take 1000 · 1000 · 24.",
        4 * 1000 * 24**2 + 2 * 1000 * 24: "Each place meets *each* place: 1000 · 1000 pairs.",
        4 * 1000 * 24**2 + 2 * 1000**2: "A score is a dot product of 24 numbers, so it takes 24 multiplications.",
        WINDOW: "That is the window's number.",
    }
    if attention in mistakes:
        raise Wrong(f"attention: {mistakes[attention]}")
    if attention != ATTENTION:
        raise Wrong(
            f"attention: not {attention:,.0f}. Count the four matrices, the scores, the weighted means, and add."
        )
    of_window = {
        7 * 24**2: "That is for one place. There are 1000.",
        7 * 1000 * 24: "A filter reads 24 numbers at each of its seven places, and there are 24 filters.",
        7 * 1000**2 * 24: "A window sees seven places, not all.",
    }
    if window in of_window:
        raise Wrong(f"window: {of_window[window]}")
    if window != WINDOW:
        raise Wrong(f"window: not {window:,.0f}. For each place: seven places, 24 numbers each, 24 filters.")


def gate_filters(maps, first, second):
    squeezed = maps.mean(axis=1)  # (n, filters)
    excited = np.maximum(squeezed @ first, 0) @ second
    weights = 1 / (1 + np.exp(-excited))
    return maps * weights[:, np.newaxis]


def by_loop(maps, first, second):
    result = []
    for one in maps:
        hidden = np.clip(first.T @ one.sum(axis=0) / len(one), 0, None)
        result.append(one / (1 + np.exp(-(second.T @ hidden))))
    return np.array(result)


def _scores(squeezed, first, second):
    return np.maximum(squeezed @ first, 0) @ second


def _sigmoid(scores):
    return 1 / (1 + np.exp(-scores))


def squeezed_to_the_largest(maps, first, second):
    return maps * _sigmoid(_scores(maps.max(axis=1), first, second))[:, np.newaxis]


def squeezed_over_the_batch(maps, first, second):
    return maps * _sigmoid(_scores(maps.mean(axis=(0, 1)), first, second))


def without_relu(maps, first, second):
    return maps * _sigmoid(maps.mean(axis=1) @ first @ second)[:, np.newaxis]


def without_sigmoid(maps, first, second):
    return maps * _scores(maps.mean(axis=1), first, second)[:, np.newaxis]


def with_softmax(maps, first, second):
    powers = np.exp(_scores(maps.mean(axis=1), first, second))
    return maps * (powers / powers.sum(axis=1, keepdims=True))[:, np.newaxis]


def added(maps, first, second):
    return maps + _sigmoid(_scores(maps.mean(axis=1), first, second))[:, np.newaxis]


def gate_of_each_step(maps, first, second):
    return maps * _sigmoid(_scores(maps, first, second))


def without_axis(maps, first, second):
    return maps * _sigmoid(_scores(maps.mean(axis=1), first, second))


def squeezed_to_the_sum(maps, first, second):
    return maps * _sigmoid(_scores(maps.sum(axis=1), first, second))[:, np.newaxis]


def relu_twice(maps, first, second):
    return maps * _sigmoid(np.maximum(_scores(maps.mean(axis=1), first, second), 0))[:, np.newaxis]


def weights_alone(maps, first, second):
    return _sigmoid(_scores(maps.mean(axis=1), first, second))


def test_gated(answer):
    mistakes = {
        squeezed_to_the_largest: "Each filter is squeezed to its largest answer. The mean over the places was asked for.",
        squeezed_over_the_batch: "The mean runs over the examples too: one signal would change the gate of another.",
        without_relu: "The ReLU between the two matrices is missing: without it, they are one matrix.",
        without_sigmoid: "The sigmoid at the end is missing: a gate lies between 0 and 1.",
        with_softmax: "With a softmax the filters share a sum of 1. Each gate opens by itself: a sigmoid.",
        added: "The gate is added to the maps. It multiplies them.",
        without_axis: "The gates, (n, filters), meet the places: `[:, np.newaxis]` puts them beside the filters.",
        squeezed_to_the_sum: "Each filter is squeezed to its sum. The mean over the places was asked for.",
        relu_twice: "There is one ReLU, between the two matrices. After the second comes the sigmoid alone.",
        gate_of_each_step: "Each place has a gate of its own. Squeeze first: one number for each filter, from all places.",
    }
    random = np.random.default_rng(516)
    for count, places, filters, few in ((4, 4, 6, 3), (3, 7, 6, 4)):
        maps = random.normal(size=(count, places, filters)) + random.normal(size=(count, 1, filters))
        first = random.normal(size=(filters, few))
        second = random.normal(size=(few, filters))
        try:
            returned = np.asarray(answer(maps, first, second))
        except ValueError as error:
            if "broadcast" in str(error):
                raise Wrong(mistakes[without_axis]) from error
            raise
        if returned.shape == (count, filters):
            raise Wrong("You return the gates of the filters. Multiply the maps by them.")
        result = some_numbers(returned, maps.shape, "The result")
        if np.allclose(result, gate_filters(maps, first, second)):
            continue
        for mistake, message in mistakes.items():
            if (mistake is not without_axis or count == places) and np.allclose(result, mistake(maps, first, second)):
                raise Wrong(message)
        raise Wrong(
            "The maps are not gated as described: mean over the places, first, ReLU, second, sigmoid, times the maps."
        )


ROWS = 2000


def test_longer(answer):
    short, long = errors_of_starts(answer, "page", "four times", of=ROWS)
    for name, shares in (("page", short), ("four times", long)):
        if shares.mean() > 0.7:
            raise Wrong(f"{name!r}: more than guessing would make. Report the share that is answered *wrongly*.")
        if shares.mean() < 0.01:
            raise Wrong(f"{name!r} makes too few errors for signals of the test part. Was it judged on `test`?")
    if long.mean() > short.mean() + 0.05:
        raise Wrong("Four times as long made it worse? Is it the same rate, and does it fall over all of the steps?")


PROGRAM = """
slot, rate = arms["window"]
longer, _ = errors_of(slot, rate, "tags", epochs=16)
finding = {"page": wrong["tags"]["window"], "four times": longer}
"""

EXERCISES = [
    Exercise(
        key="506-1",
        title="What it costs",
        minutes=5,
        test=test_cost,
        hints=(
            "Attention: four matrices of 24 · 24 at each place; then for each of the 1000 · 1000 pairs one score "
            "(24 multiplications), and one weighted value (24 more).",
            "The convolution: at each place 7 · 24 numbers, for each of 24 filters.",
        ),
        solution={"attention": ATTENTION, "window": WINDOW},
        wrong_answers={
            "matrices alone": {"attention": 4 * 1000 * 24**2, "window": WINDOW},
            "pairs alone": {"attention": 2 * 1000**2 * 24, "window": WINDOW},
            "scores without means": {"attention": 4 * 1000 * 24**2 + 1000**2 * 24, "window": WINDOW},
            "no pairs": {"attention": 4 * 1000 * 24**2 + 2 * 1000 * 24, "window": WINDOW},
            "one multiplication a score": {"attention": 4 * 1000 * 24**2 + 2 * 1000**2, "window": WINDOW},
            "the window twice": {"attention": WINDOW, "window": WINDOW},
            "something else": {"attention": 1000, "window": WINDOW},
            "one place of the window": {"attention": ATTENTION, "window": 7 * 24**2},
            "one filter": {"attention": ATTENTION, "window": 7 * 1000 * 24},
            "the window sees all": {"attention": ATTENTION, "window": 7 * 1000**2 * 24},
            "another number for the window": {"attention": ATTENTION, "window": 7},
            "one left open": {"attention": ATTENTION, "window": ...},
            "not a number": {"attention": math.nan, "window": WINDOW},
        },
        explanation=(
            "50,304,000 against 4,032,000. Twice the length doubles the convolution's number and nearly quadruples "
            "attention's: so networks put it where a picture is already small."
        ),
    ),
    Exercise(
        key="506-2",
        title="A gate for each filter",
        minutes=15,
        test=test_gated,
        hints=(
            "The mean over the places is `maps.mean(axis=1)`, (n, filters).",
            "The gates are (n, filters); `gates[:, np.newaxis]` is (n, 1, filters), the same at all places.",
        ),
        solution=gate_filters,
        wrong_answers={
            "largest instead of mean": squeezed_to_the_largest,
            "mean over the examples too": squeezed_over_the_batch,
            "no ReLU": without_relu,
            "no sigmoid": without_sigmoid,
            "softmax": with_softmax,
            "added": added,
            "each place by itself": gate_of_each_step,
            "axis lost": without_axis,
            "sum instead of mean": squeezed_to_the_sum,
            "ReLU after the second matrix too": relu_twice,
            "the gates alone": weights_alone,
            "the maps as they are": lambda maps, first, second: maps,
        },
        also_right={"by a loop": by_loop},
        explanation="What is found anywhere decides how much each filter counts, the same at all places.",
    ),
    Exercise(
        key="506-3",
        title="Four times as long",
        minutes=20,
        test=test_longer,
        hints=(
            '`errors_of(window, rate, "tags", epochs=16)` returns three errors and a network; the rate stands in `arms`.',
            '`wrong["tags"]["window"]` holds the three errors of the page.',
        ),
        solution={"page": [0.26, 0.28, 0.275], "four times": [0.205, 0.163, 0.2255]},
        program=PROGRAM,
        wrong_answers={
            "shares of right answers": {"page": [0.7, 0.75, 0.8], "four times": [0.9, 0.85, 0.8]},
            "percent": {"page": [30, 35, 40], "four times": [20, 15, 10]},
            "judged on the training rows": {"page": [0.3, 0.35, 0.4], "four times": [0.001, 0.002, 0.0005]},
            "longer is worse": {"page": [0.1, 0.15, 0.2], "four times": [0.3, 0.35, 0.4]},
            "the means alone": {"page": 0.35, "four times": 0.15},
            "one start three times": {"page": [0.3, 0.35, 0.4], "four times": [0.2, 0.2, 0.2]},
            "one left open": {"page": [0.3, 0.35, 0.4], "four times": ...},
            "not a number": {"page": [0.3, 0.35, 0.4], "four times": [0.2, 0.15, math.nan]},
        },
        explanation=(
            "Time helps the window: where this was tried, about a fifth of the tags stayed wrong after 16 epochs, in "
            "place of over a quarter. Attention had made fewer errors after 4. How attention does after 16, was not tried."
        ),
    ),
]
