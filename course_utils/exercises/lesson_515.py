"""Exercises of lesson 515: a receptive field, a gate for each filter, the stem on speech."""

import math

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, errors_of_starts, expect_equal, one_number, some_numbers


def test_steps(answer):
    found = one_number(answer, "The number of steps")
    mistakes = {
        9: "Three windows of 3 side by side? They overlap, and the later ones lie on places that are already apart.",
        27: "The windows of a layer overlap: its places are 2 steps of the layer below apart, not 3.",
        7: "That is with stride 1. Each stride of 2 doubles how far apart the next layer's places lie.",
        13: "That is the page's stem: two layers with windows of 5. Here are three with windows of 3.",
        3: "That is one layer alone. Go down: 3 places of the second layer, and what these see.",
    }
    if found in mistakes:
        raise Wrong(mistakes[found])
    expect_equal(
        found,
        15,
        f"You give {found:g}. A place of the second layer sees 3 + 2 · 2 steps; "
        "its neighbour begins 4 steps later. Three of them are seen.",
    )


def gated(maps, first, second):
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
        squeezed_to_the_largest: "Each filter is squeezed to its largest answer. The mean over the steps was asked for.",
        squeezed_over_the_batch: "The mean runs over the examples too: one signal would change the gate of another.",
        without_relu: "The ReLU between the two matrices is missing: without it, they are one matrix.",
        without_sigmoid: "The sigmoid at the end is missing: a gate lies between 0 and 1.",
        with_softmax: "With a softmax the filters share a sum of 1. Each gate opens by itself: a sigmoid.",
        added: "The gate is added to the maps. It multiplies them.",
        without_axis: "The weights, (n, filters), meet the steps: `weights[:, np.newaxis]` puts them beside the filters.",
        squeezed_to_the_sum: "Each filter is squeezed to its sum. The mean over the steps was asked for.",
        relu_twice: "There is one ReLU, between the two matrices. After the second comes the sigmoid alone.",
        gate_of_each_step: "Each step has a gate of its own. Squeeze first: one number for each filter, from all steps.",
    }
    random = np.random.default_rng(515)
    for count, steps, filters, few in ((4, 4, 6, 3), (3, 7, 6, 4)):
        maps = random.normal(size=(count, steps, filters)) + random.normal(size=(count, 1, filters))
        first = random.normal(size=(filters, few))
        second = random.normal(size=(few, filters))
        try:
            returned = np.asarray(answer(maps, first, second))
        except ValueError as error:
            if "broadcast" in str(error):
                raise Wrong(mistakes[without_axis]) from error
            raise
        if returned.shape == (count, filters):
            raise Wrong("You return the weights of the filters. Multiply the maps by them.")
        result = some_numbers(returned, maps.shape, "The result")
        if np.allclose(result, gated(maps, first, second)):
            continue
        for mistake, message in mistakes.items():
            if (mistake is not without_axis or count == steps) and np.allclose(result, mistake(maps, first, second)):
                raise Wrong(message)
        raise Wrong(
            "The maps are not gated as described: mean over the steps, first, ReLU, second, sigmoid, times the maps."
        )


def test_speech(answer):
    cut, stem = errors_of_starts(answer, "cut", "stem", of=960)
    for name, shares in (("cut", cut), ("stem", stem)):
        if shares.min() > 0.5:
            raise Wrong(f"{name!r}: more than half? Report the share that is named *wrongly*.")
        if shares.mean() < 0.008:
            raise Wrong(f"{name!r} makes too few errors for digits of new voices. Is it judged on the test part?")
        if shares.mean() > 0.15:
            raise Wrong(f"{name!r} makes too many errors. 4 epochs, and the best of the three rates on validation?")


PROGRAM = """
speech = bout.speech()
judged_on_validation = speech._replace(test=speech.validation)
finding = {}
for name, front, width in (("cut", cut, 35), ("stem", stem, 29)):
    by_rate = {}
    for rate in (0.005, 0.01, 0.02):
        errors_on_validation, _ = errors_of(judged_on_validation, (front, recurrent, width, rate), epochs=4)
        by_rate[rate] = np.mean(errors_on_validation)
    best_rate = min(by_rate, key=by_rate.get)
    finding[name], _ = errors_of(speech, (front, recurrent, width, best_rate), epochs=4)
"""

EXERCISES = [
    Exercise(
        key="515-1",
        title="A longer stem",
        minutes=5,
        test=test_steps,
        hints=(
            "Begin at the top: a place of the third layer sees 3 places of the second, which lie 4 steps apart.",
            "A place of the second layer sees 3 + 2 · 2 = 7 steps.",
        ),
        solution=15,
        wrong_answers={
            "windows side by side": 9,
            "windows multiplied": 27,
            "stride 1": 7,
            "the page's stem": 13,
            "one layer": 3,
            "something else": 12,
            "not a number": math.nan,
        },
        explanation="3 + 2 · 2 + 2 · 4 = 15: each layer adds two places more, which lie twice as far apart as below.",
    ),
    Exercise(
        key="515-2",
        title="A gate for each filter",
        minutes=15,
        test=test_gated,
        hints=(
            "The mean over the steps is `maps.mean(axis=1)`, (n, filters).",
            "The weights are (n, filters); `weights[:, np.newaxis]` is (n, 1, filters), the same for all steps.",
        ),
        solution=gated,
        wrong_answers={
            "largest instead of mean": squeezed_to_the_largest,
            "mean over the examples too": squeezed_over_the_batch,
            "no ReLU": without_relu,
            "no sigmoid": without_sigmoid,
            "softmax": with_softmax,
            "added": added,
            "each step by itself": gate_of_each_step,
            "axis lost": without_axis,
            "sum instead of mean": squeezed_to_the_sum,
            "ReLU after the second matrix too": relu_twice,
            "the weights alone": weights_alone,
            "the maps as they are": lambda maps, first, second: maps,
        },
        also_right={"by a loop": by_loop},
        explanation="What is found anywhere in the signal decides how much each filter counts: a simple form of attention.",
    ),
    Exercise(
        key="515-3",
        title="The same for speech",
        minutes=15,
        test=test_speech,
        hints=(
            "`speech._replace(test=speech.validation)` is the task judged on its validation part: choose the rate there.",
            "`errors_of(speech, (cut, recurrent, 35, rate), epochs=4)` returns three errors and a network.",
        ),
        solution={"cut": [40 / 960, 42 / 960, 38 / 960], "stem": [45 / 960, 47 / 960, 50 / 960]},
        program=PROGRAM,
        wrong_answers={
            "shares of right answers": {"cut": [0.95, 0.9625, 0.96875], "stem": [0.95, 0.9625, 0.96875]},
            "percent": {"cut": [4.2, 4.4, 4.0], "stem": [4.7, 4.9, 5.2]},
            "rounded to three decimals": {"cut": [0.042, 0.044, 0.04], "stem": [0.047, 0.049, 0.052]},
            "judged on the training part": {"cut": [1 / 960, 2 / 960, 3 / 960], "stem": [0.05, 0.0375, 0.025]},
            "hardly trained": {"cut": [40 / 960, 42 / 960, 38 / 960], "stem": [0.4, 0.375, 0.425]},
            "the means alone": {"cut": 0.042, "stem": 0.05},
            "one start three times": {"cut": [0.05, 0.05, 0.05], "stem": [0.05, 0.0375, 0.025]},
            "one left open": {"cut": [40 / 960, 42 / 960, 38 / 960], "stem": ...},
            "not a number": {"cut": [0.05, 0.0375, math.nan], "stem": [0.05, 0.0375, 0.025]},
        },
        explanation=(
            "Where both made their errors with the rate 0.01, the stem made no fewer. The 960 test sounds are 240 "
            "clips of eight voices, so one error in a hundred more or less is nothing. So a stem that "
            "helps on one task need not help on the next."
        ),
    ),
]
