"""Exercises of lesson 508, how much of a good score is luck?"""

import math

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, expect_no_mistake, one_number

LEAD = 0.02 / (0.03 * math.sqrt(2 / 5))


def test_lead(answer):
    found = one_number(answer, "The lead in spreads")
    mistakes = {
        0.02
        / 0.03: "That is the spread of one training. Each mean is of five, and the lead is a difference of two means.",
        0.02 / (0.03 * math.sqrt(2)): "That is for single trainings. The mean of five has a smaller spread: 0.03 / √5.",
        0.02
        / (0.03 / math.sqrt(5)): "That is the spread of one mean. The difference has the luck of both: add squares.",
        0.02 / (2 * 0.03 / math.sqrt(5)): "The two spreads add as squares, not as they are.",
        0.02 / (0.03 * 2 / 5): "Divide by the root of five, and take the root of two: √(2/5).",
        0.03 * math.sqrt(2 / 5): "That is the spread of the difference. How many of them is the lead of 0.02?",
        1 / LEAD: "Turned round: divide the lead by the spread.",
    }
    for mistake, message in mistakes.items():
        if np.isclose(found, mistake, rtol=2e-3):
            raise Wrong(message)
    if found == round(found, 1):
        raise Wrong("Two decimals or more, please.")
    expect_close(found, LEAD, f"You give {found:g}. Divide 0.02 by the spread of the difference.", tolerance=3e-3)


def highest_die(count):
    faces = np.arange(1, 7)
    at_most = (faces / 6) ** count
    below = ((faces - 1) / 6) ** count
    return (faces * (at_most - below)).sum()


def by_what_is_missing(count):
    return 6 - sum((face / 6) ** count for face in range(1, 6))


def never_changes(count):
    return 3.5


def always_six(count):
    return 6 * (1 - (5 / 6) ** count) + 3.5 * (5 / 6) ** count


def chances_of_at_most(count):
    return sum((face / 6) ** count for face in range(1, 7))


def one_face_too_few(count):
    return 5 - sum((face / 6) ** count for face in range(1, 6))


def all_added(count):
    return 3.5 * count


def test_highest_die(answer):
    mistakes = {
        never_changes: "That is the mean of one die. The highest of several lies above it.",
        all_added: "That is the sum of all dice. Asked for is the highest one.",
        chances_of_at_most: "Those are the chances of *at most* k, added up. What you want is k times the chance of exactly k.",
        one_face_too_few: "One too few: a die shows at least 1. More than 0 has the chance 1, and counts, too.",
        always_six: "The highest is not either 6 or an average die: it may be 5, 4 ... as well.",
    }
    cases = [(1,), (2,), (3,), (10,)]
    results = [one_number(answer(*case), "The mean") for case in cases]
    expect_no_mistake(results[1:], cases[1:], mistakes)
    for case, result in zip(cases, results):
        wanted = highest_die(*case)
        expect_close(
            result, wanted, f"For {case[0]} you return {result:.4f}; it should be {wanted:.4f}.", tolerance=1e-3
        )


def best_of_all(right, size):
    scores = right.reshape(len(right), -1, size).mean(axis=2)  # (networks, parts)
    best = scores.argmax(axis=0)
    return scores.max(axis=0).mean(), right.mean(axis=1)[best].mean()


def part_by_part(right, size):
    promises, truths = [], []
    for first in range(0, right.shape[1], size):
        scores = right[:, first : first + size].mean(axis=1)
        promises.append(scores.max())
        truths.append(right[scores.argmax()].mean())
    return np.mean(promises), np.mean(truths)


def same_part_twice(right, size):
    promise, _ = best_of_all(right, size)
    return promise, promise


def mean_in_place_of_best(right, size):
    return right.mean(), right.mean()


def best_in_truth(right, size):
    return best_of_all(right, size)[0], right.mean(axis=1).max()


def mean_of_all(right, size):
    return best_of_all(right, size)[0], right.mean()


def number_of_parts(right, size):
    return best_of_all(right, right.shape[1] // size)


def turned_round(right, size):
    return best_of_all(right, size)[::-1]


def answers_in(seed, networks, signals):
    """Made-up answers (networks, signals): each network with a truth of its own, some signals hard for all."""
    random = np.random.default_rng(seed)
    truths = random.uniform(0.6, 0.7, size=(networks, 1))
    return random.random((networks, signals)) < truths + random.normal(0, 0.1, signals)


def test_best_of_all(answer):
    cases = [(answers_in(1, 6, 1000), 20), (answers_in(2, 9, 1200), 300), (answers_in(3, 4, 500), 5)]
    results = []
    for case in cases:
        pair = answer(*case)
        if np.shape(pair) != (2,):
            raise Wrong("Return two numbers: the mean score of the best on their parts, and on all signals.")
        results.append([one_number(value, "Each of the two") for value in pair])
    mistakes = {
        same_part_twice: "The truth is the score of the chosen network on *all* signals, not on the part that chose.",
        mean_in_place_of_best: "On each part choose the *best* network. You take the mean of all.",
        mean_of_all: "The truth of the *chosen* networks, please, not the mean of all.",
        best_in_truth: "The truth of the network that each *part* chose, not of the one that is truly best.",
        number_of_parts: "`size` is how many signals a part has, not how many parts there are.",
        turned_round: "Turned round: first the score on the part, then that on all signals.",
    }
    expect_no_mistake(results, cases, mistakes)
    for case, result in zip(cases, results):
        shape, wanted = case[0].shape, np.array(best_of_all(*case))
        message = f"For {shape} answers and parts of {case[1]} you return {np.round(result, 4)}; it should be {wanted.round(4)}."
        expect_close(result, wanted, message)


EXERCISES = [
    Exercise(
        key="508-1",
        title="Better, or lucky?",
        minutes=5,
        test=test_lead,
        hints=(
            "The spread of each mean is 0.03 / √5 = 0.0134. The two add as squares.",
            "The lead, 0.02, divided by √(0.0134² + 0.0134²).",
        ),
        solution=LEAD,
        wrong_answers={
            "of one training": 0.02 / 0.03,
            "of two trainings": 0.02 / (0.03 * math.sqrt(2)),
            "of one mean": 0.02 / (0.03 / math.sqrt(5)),
            "added without squares": 0.02 / (2 * 0.03 / math.sqrt(5)),
            "without roots": 0.02 / (0.03 * 2 / 5),
            "the spread itself": 0.03 * math.sqrt(2 / 5),
            "turned round": 1 / LEAD,
            "one decimal": 1.1,
            "something else": 3.21,
            "not a number": math.nan,
        },
        also_right={"rounded": 1.05, "three decimals": 1.054},
        explanation="About one spread: a lead that chance alone brings, to one side or the other, in 3 of 10 such comparisons.",
    ),
    Exercise(
        key="508-2",
        title="The best of some dice",
        minutes=10,
        test=test_highest_die,
        hints=(
            "The highest shows at most k with the chance (k / 6) ** count; exactly k with that, less the same for k - 1.",
            "Multiply each k from 1 to 6 by its chance, and add.",
        ),
        solution=highest_die,
        wrong_answers={
            "one die": never_changes,
            "the sum": all_added,
            "at most": chances_of_at_most,
            "begins at 0": one_face_too_few,
            "a six or an average": always_six,
            "two dice always": lambda count: 161 / 36,
        },
        also_right={"by what is missing": by_what_is_missing},
        explanation="As with the coins: nothing about a die changes, and yet the more there are, the higher the best one.",
    ),
    Exercise(
        key="508-3",
        title="A larger test part",
        minutes=15,
        test=test_best_of_all,
        hints=(
            "`right.reshape(len(right), -1, size).mean(axis=2)` holds the score of each network on each part.",
            "`argmax(axis=0)` gives the best network of each part; `right.mean(axis=1)` the truth of each network.",
        ),
        solution=best_of_all,
        wrong_answers={
            "the same part twice": same_part_twice,
            "the mean of all": mean_in_place_of_best,
            "the truth of all": mean_of_all,
            "the truly best": best_in_truth,
            "the number of parts": number_of_parts,
            "turned round": turned_round,
            "one number": lambda right, size: best_of_all(right, size)[0],
            "another size": lambda right, size: best_of_all(right, 100),
        },
        also_right={"part by part": part_by_part},
        explanation="The larger the part, the smaller the luck of the sample, and the less a choice by it can promise too much.",
    ),
]
