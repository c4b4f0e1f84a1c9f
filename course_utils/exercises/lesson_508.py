"""Exercises of lesson 508, find good settings."""

import math

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    expect_no_mistake,
    measured_numbers,
    one_number,
)

FACTOR = 10_000 ** (1 / 80)


def test_factor(answer):
    found = one_number(answer, "The factor")
    mistakes = {
        10_000 ** (1 / 81): "81 steps have 80 gaps between them, as five fingers have four.",
        10_000 / 80: "That divides the whole factor evenly. Factors are multiplied: take a root.",
        (1 - 0.0001) / 80: "That is an equal difference. Asked for is an equal factor.",
        4 / 80: "That is the exponent. The factor is 10 to the power of it.",
        math.exp(4 / 80): "Four is the exponent of 10, not of e.",
        1 / FACTOR: "The rate grows: the factor is above 1. Yours leads downwards.",
    }
    for mistake, message in mistakes.items():
        if np.isclose(found, mistake, rtol=5e-4):
            raise Wrong(message)
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


def test_larger_part(answer):
    promise, truth = measured_numbers(answer, "promise", "truth", shares=("promise", "truth"))
    if truth < 0.4:
        raise Wrong("A truth below 0.4? Take the mean of the chosen networks over all fresh signals.")
    if promise < truth:
        raise Wrong("The promise is the score on the part that chose: over ten parts it lies above the truth.")
    if promise - truth > 0.05:
        raise Wrong("So large a gap belongs to smaller parts. Are the parts 1000 signals long?")
    if promise - truth < 0.0005:
        raise Wrong("No gap at all? The truth is the mean over all parts, not the part that chose.")


PROGRAM = """
thousands = fresh_right.reshape(20, 10, 1000).mean(axis=2)
best = thousands.argmax(axis=0)
finding = {
    "promise": thousands.max(axis=0).mean(),
    "truth": thousands.mean(axis=1)[best].mean(),
}
"""

EXERCISES = [
    Exercise(
        key="508-1",
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
            "something else": 1.5,
            "not a number": math.nan,
        },
        also_right={"rounded": 1.122},
        explanation="10 to the power of 4/80: four decades in eighty factors.",
    ),
    Exercise(
        key="508-2",
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
        key="508-3",
        title="A larger test part",
        minutes=15,
        test=test_larger_part,
        hints=(
            "`fresh_right.reshape(20, 10, 1000).mean(axis=2)` holds the score of each network on each part.",
            "As in `look_at`, with all twenty networks and ten parts.",
        ),
        solution={"promise": 0.69, "truth": 0.68},
        program=PROGRAM,
        wrong_answers={
            "percentages": {"promise": 69.0, "truth": 68.0},
            "parts of 100": {"promise": 0.74, "truth": 0.67},
            "turned round": {"promise": 0.68, "truth": 0.69},
            "the same part twice": {"promise": 0.69, "truth": 0.69},
            "counts of the share": {"promise": 0.69, "truth": 0.1},
            "not a number": {"promise": 0.69, "truth": math.nan},
            "one left open": {"promise": 0.69, "truth": ...},
        },
        explanation="The larger the part, the less chance moves a score on it, and the less a choice by it can promise too much.",
    ),
]
