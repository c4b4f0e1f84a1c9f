"""Exercises of lesson 509, find good settings."""

import math

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    expect_no_known_number,
    expect_no_mistake,
    one_number,
)

FACTOR = 10_000 ** (1 / 80)


def test_factor(answer):
    found = one_number(answer, "The factor")
    if found == round(found, 2) and abs(found - FACTOR) < 0.01:
        raise Wrong("Near it. Three decimals or more, please.")
    mistakes = {
        10_000 ** (1 / 81): "81 steps have 80 gaps between them, as five fingers have four.",
        10_000 / 80: "That divides the whole factor evenly. Factors are multiplied: take a root.",
        (1 - 0.0001) / 80: "That is an equal difference. Asked for is an equal factor.",
        4 / 80: "That is the exponent. The factor is 10 to the power of it.",
        math.exp(4 / 80): "Four is the exponent of 10, not of e.",
        1 / FACTOR: "The rate grows: the factor is above 1. Yours leads downwards.",
    }
    expect_no_known_number(found, mistakes, tolerance=5e-4)
    expect_close(found, FACTOR, f"You give {found:g}. 80 equal factors multiply to 1 / 0.0001.", tolerance=5e-4)


def on_log_scale(low, high, share):
    exponent = np.log10(low) + share * (np.log10(high) - np.log10(low))
    return 10**exponent


def by_powers(low, high, share):
    return low * (high / low) ** share


def on_linear_scale(low, high, share):
    return low + share * (high - low)


def exponent_alone(low, high, share):
    return np.log10(low) + share * (np.log10(high) - np.log10(low))


def mixed_bases(low, high, share):
    return np.exp(np.log10(low) + share * (np.log10(high) - np.log10(low)))


def from_the_top(low, high, share):
    return high * (low / high) ** share


def share_of_a_power(low, high, share):
    return low * share * high / low


def test_on_log_scale(answer):
    mistakes = {
        on_linear_scale: "That is the way on a linear scale. Go the share of the way between the logarithms.",
        exponent_alone: "That is the exponent. Raise 10 to it.",
        mixed_bases: "The logarithm is that of base 10, the power that of e: take one base for both.",
        from_the_top: "Share 0 must give low, share 1 high: yours runs the other way.",
        share_of_a_power: "The share belongs into the exponent: (high / low) ** share.",
    }
    cases = [(0.01, 1, 0.5), (0.0001, 1, 0.25), (16, 256, 0.75), (1, 1000, 0.0), (1, 1000, 1.0), (0.002, 0.3, 0.4)]
    results = [one_number(answer(*case), "The number") for case in cases]
    expect_no_mistake(results, cases, mistakes)
    for case, result in zip(cases, results):
        wanted = on_log_scale(*case)
        expect_close(result / wanted, 1, f"For {case} you return {result:g}; it should be {wanted:g}.")


def best_of(scores, number):
    at_most = (np.arange(len(scores) + 1) / len(scores)) ** number
    return (np.sort(scores) * np.diff(at_most)).sum()


def by_drawing(scores, number):
    return np.random.default_rng(1).choice(scores, size=(200_000, number)).max(axis=1).mean()


def few_drawn(scores, number):
    return np.random.default_rng(1).choice(scores, size=(2000, number)).max(axis=1).mean()


def first_ones(scores, number):
    return np.max(scores[:number])


def best_of_all(scores, number):
    return np.max(scores)


def mean_of_all(scores, number):
    return np.mean(scores)


def unsorted(scores, number):
    at_most = (np.arange(len(scores) + 1) / len(scores)) ** number
    return (scores * np.diff(at_most)).sum()


def backwards(scores, number):
    return -best_of(-np.asarray(scores), number)


def at_most_alone(scores, number):
    ranks = np.arange(1, len(scores) + 1) / len(scores)
    return (np.sort(scores) * ranks**number).sum()


def none_twice(scores, number):
    random = np.random.default_rng(2)
    drawn = random.permuted(np.tile(scores, (20_000, 1)), axis=1)[:, :number]
    return drawn.max(axis=1).mean()


def test_best_of(answer):
    mistakes = {
        first_ones: "The best of the *first* ones hangs on the order. Drawn by chance, each score has the same chance.",
        best_of_all: "That is the best of all scores, whatever the number is.",
        mean_of_all: "That is the mean of a single draw. Asked for is the best of several.",
        unsorted: "Sort the scores first: the k-th must be the k-th smallest.",
        backwards: "That is the *worst* of the drawn scores on average. Sort upwards.",
        at_most_alone: "Those are chances of *at most* the k-th score. Take from each the chance of at most the one before.",
    }
    random = np.random.default_rng(5)
    cases = [(random.random(12), 3), (random.random(40), 20), (np.array([0.7, 0.1, 0.4]), 2)]
    results = [one_number(answer(*case), "The mean") for case in cases]
    expect_no_mistake(results, cases, mistakes)
    wanted = [best_of(*case) for case in cases]
    apart = np.abs(np.subtract(results, wanted))
    from_none_twice = np.abs(np.subtract(results, [none_twice(*case) for case in cases]))
    if from_none_twice.max() < 0.02 and from_none_twice.sum() < 0.5 * apart.sum() > 0.01:
        raise Wrong("You draw no score twice. Here each draw takes one of all the scores again.")
    if 0.002 < apart.max() < 0.02:
        raise Wrong("Near it, as by drawing. The chances (k / n) ** number give it exactly.")
    for case, result, expected in zip(cases, results, wanted):
        message = f"For {len(case[0])} scores and {case[1]} draws you return {result:.3f}; it should be {expected:.3f}."
        expect_close(result, expected, message, tolerance=2e-3)


EXERCISES = [
    Exercise(
        key="509-1",
        title="The factor of a range test",
        minutes=5,
        test=test_factor,
        hints=(
            "81 steps have 80 gaps, and 80 equal factors multiply to 1 / 0.0001 = 10,000.",
            "The 80th root of 10,000: 10,000 to the power of 1/80.",
        ),
        solution=FACTOR,
        wrong_answers={
            "81 gaps": 10_000 ** (1 / 81),
            "divided evenly": 125,
            "an equal difference": 0.9999 / 80,
            "the exponent": 0.05,
            "the other base": math.exp(0.05),
            "downwards": 1 / FACTOR,
            "two decimals": 1.12,
            "something else": 1.5,
            "not a number": math.nan,
        },
        also_right={"rounded": 1.122},
        explanation="10 to the power of 4/80: four decades in eighty factors.",
    ),
    Exercise(
        key="509-2",
        title="Halfway on a logarithmic scale",
        minutes=10,
        test=test_on_log_scale,
        hints=(
            "Go the share of the way between np.log10(low) and np.log10(high).",
            "Then 10 to the power of that.",
        ),
        solution=on_log_scale,
        wrong_answers={
            "linear scale": on_linear_scale,
            "the exponent": exponent_alone,
            "two bases": mixed_bases,
            "from the top": from_the_top,
            "the share as a factor": share_of_a_power,
            "the middle": lambda low, high, share: np.sqrt(low * high),
        },
        also_right={"by powers": by_powers},
        explanation="With `share` drawn evenly from 0 to 1, this is how a rate is drawn on a logarithmic scale.",
    ),
    Exercise(
        key="509-3",
        title="What would five trials have found?",
        minutes=15,
        test=test_best_of,
        hints=(
            "The best is exactly the k-th sorted score with the chance (k / n) ** number - ((k - 1) / n) ** number.",
            "`np.diff((np.arange(n + 1) / n) ** number)` holds these chances; multiply by `np.sort(scores)` and add.",
        ),
        solution=best_of,
        wrong_answers={
            "the first ones": first_ones,
            "the best of all": best_of_all,
            "the mean": mean_of_all,
            "unsorted": unsorted,
            "backwards": backwards,
            "at most": at_most_alone,
            "none twice": none_twice,
            "drawn a few times": few_drawn,
            "the median": lambda scores, number: np.median(scores),
        },
        also_right={"drawn very often": by_drawing},
        explanation="What a search promises belongs to the number of its trials: name it beside the score (Dodge and others, 2019).",
    ),
]
