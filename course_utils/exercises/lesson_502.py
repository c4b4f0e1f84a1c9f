"""Exercises of lesson 502, the bout."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number


def standard_errors_apart(first, second):
    difference = np.mean(first) - np.mean(second)
    error = np.sqrt(np.var(first, ddof=1) / len(first) + np.var(second, ddof=1) / len(second))
    return difference / error


def by_the_spread(first, second):
    spread = np.sqrt(np.var(first, ddof=1) + np.var(second, ddof=1))
    return (np.mean(first) - np.mean(second)) / spread


def spreads_added(first, second):
    error = np.std(first, ddof=1) / np.sqrt(len(first)) + np.std(second, ddof=1) / np.sqrt(len(second))
    return (np.mean(first) - np.mean(second)) / error


def divided_by_n(first, second):
    error = np.sqrt(np.var(first) / len(first) + np.var(second) / len(second))
    return (np.mean(first) - np.mean(second)) / error


def without_the_root(first, second):
    error = np.var(first, ddof=1) / len(first) + np.var(second, ddof=1) / len(second)
    return (np.mean(first) - np.mean(second)) / error


def turned_round(first, second):
    return standard_errors_apart(second, first)


def without_sign(first, second):
    return abs(standard_errors_apart(first, second))


def only_the_difference(first, second):
    return np.mean(first) - np.mean(second)


def by_the_medians(first, second):
    return (
        standard_errors_apart(first, second)
        * (np.median(first) - np.median(second))
        / (np.mean(first) - np.mean(second))
    )


def step_by_step(first, second):
    squares = 0
    for shares in (first, second):
        mean = sum(shares) / len(shares)
        variance = sum((share - mean) ** 2 for share in shares) / (len(shares) - 1)
        squares += variance / len(shares)
    return (sum(first) / len(first) - sum(second) / len(second)) / squares**0.5


PAIRS = (
    ([0.97, 0.98, 0.99], [0.90, 0.93, 0.99]),
    ([0.90, 0.93, 0.99], [0.97, 0.98, 0.99]),
    ([0.5, 0.6, 0.7, 0.9, 0.8], [0.4, 0.5, 0.45]),
)


def test_apart(answer):
    mistakes = {
        by_the_spread: "You divide by the spread of single runs. A mean of n runs wobbles less: divide each variance by n.",
        spreads_added: "Independent errors add up as squares: add the two variances, then take the root.",
        divided_by_n: "The spread of few runs divides by n - 1: `ddof=1`.",
        without_the_root: "That is the squared error: take the root.",
        turned_round: "The sign is turned round: positive where the first is ahead.",
        without_sign: "Keep the sign: negative where the first is behind.",
        only_the_difference: "That is the difference of the means. How many of its standard errors is it?",
        by_the_medians: "Compare the means, not the medians.",
    }
    compare(answer, standard_errors_apart, PAIRS, mistakes, "The number of standard errors")


def compare(answer, right, cases, mistakes, what):
    """All cases are asked first: a mistake is named only if it explains every wrong one."""
    results = [one_number(answer(np.array(first), np.array(second)), what) for first, second in cases]
    wanted = [right(first, second) for first, second in cases]
    if np.allclose(results, wanted, atol=1e-6):
        return
    for mistake, message in mistakes.items():
        if np.allclose(results, [mistake(first, second) for first, second in cases], atol=1e-6):
            raise Wrong(message)
    for (first, second), result, number in zip(cases, results, wanted):
        expect_close(
            result,
            number,
            f"For {first} and {second} you return {result:g}; it should be {number:.4g}.",
            tolerance=1e-6,
        )


def wins_once(first, second):
    wins = 0
    for one in first:
        for other in second:
            wins += (one > other) + 0.5 * (one == other)
    return wins / (len(first) * len(second))


def seed_by_seed(first, second):
    wins = [(one > other) + 0.5 * (one == other) for one, other in zip(first, second)]
    return sum(wins) / len(wins)


def ties_lost(first, second):
    return float(np.mean([one > other for one in first for other in second]))


def ties_won(first, second):
    return float(np.mean([one >= other for one in first for other in second]))


def without_draws(first, second):
    wins = sum(one > other for one in first for other in second)
    return wins / sum(one != other for one in first for other in second)


def behind(first, second):
    return wins_once(second, first)


def by_the_means(first, second):
    return float(np.mean(first) > np.mean(second))


def a_count(first, second):
    return wins_once(first, second) * len(first) * len(second)


def beats_the_mean(first, second):
    return float(np.mean([one > np.mean(second) for one in first]))


def with_signs(first, second):
    differences = np.subtract.outer(np.asarray(first), np.asarray(second))
    return float((np.sign(differences).mean() + 1) / 2)


RUNS = (
    ([0.95, 0.96, 0.93], [0.94, 0.96, 0.92]),
    ([0.6, 0.7], [0.7, 0.8, 0.65, 0.5]),
    ([0.9, 0.9], [0.9, 0.8, 0.95]),
)


def test_wins_once(answer):
    mistakes = {
        seed_by_seed: "You pair the runs by their place. Any run of the first can meet any run of the second.",
        ties_lost: "A draw counts half a win.",
        ties_won: "A draw counts half a win, not a whole one.",
        without_draws: "You leave the draws out. They are pairs, too: each counts half.",
        behind: "Turned round: how often is the *first* ahead?",
        by_the_means: "You compare the means. What happens when each is trained only once?",
        a_count: "That is the number of pairs. Divide by the number of all pairs.",
        beats_the_mean: "You compare with the mean of the second. It, too, would be trained once.",
    }
    compare(answer, wins_once, RUNS, mistakes, "The share of pairs")


HALF = ("weights", "share")
PROGRAM = """
width = bout.fitting_width("convolution", signals, weights=10_000)
half = bout.build("convolution", signals, width)
model, _ = bout.train("convolution", signals, width, patch=1, rate=0.01, steps=4400, seed=1)
half_size = {"weights": half.count_params(), "share": bout.test_accuracy(model, signals)}
"""


def test_half(answer):
    weights, share = measured_numbers(answer, *HALF, shares=("share",))
    if weights < 100:
        raise Wrong("That is the width, or a number of layers. Count the weights: `half.count_params()`.")
    if weights > 15_000:
        raise Wrong("That is the network of its whole size. Find the width for half the weights.")
    if not 9_300 < weights < 10_700:
        raise Wrong("The network should have about 10,000 weights: `bout.fitting_width` takes `weights=10_000`.")
    if share < 0.5:
        raise Wrong("So few? Is the learning rate 0.01, and are there 4400 steps?")
    if share > 0.995:
        raise Wrong("So many? Ask `bout.test_accuracy`: the share on the test part.")


EXERCISES = [
    Exercise(
        key="502-1",
        title="How sure is a lead?",
        minutes=10,
        test=test_apart,
        hints=(
            "The variance of a mean of n runs is the variance of the runs, divided by n. `np.var(first, ddof=1)` divides by n - 1.",
            "The variance of a difference of two independent means is the sum of their variances. Its root is the standard error.",
        ),
        solution=standard_errors_apart,
        wrong_answers={
            "the spread of single runs": by_the_spread,
            "spreads added": spreads_added,
            "divided by n": divided_by_n,
            "no root": without_the_root,
            "turned round": turned_round,
            "no sign": without_sign,
            "only the difference": only_the_difference,
            "medians": by_the_medians,
        },
        also_right={"step by step": step_by_step},
        explanation="Beyond about 2 or 3 a lead is hardly chance of the seeds. The test examples are chance, too: all seeds share them.",
    ),
    Exercise(
        key="502-2",
        title="Trained only once",
        minutes=10,
        test=test_wins_once,
        hints=(
            "Go through all pairs: one run of the first, one of the second. Count a win as 1 and a draw as 0.5.",
            "Two loops, one in the other; at the end divide by len(first) * len(second).",
        ),
        solution=wins_once,
        wrong_answers={
            "seed by seed": seed_by_seed,
            "ties lost": ties_lost,
            "ties won": ties_won,
            "draws left out": without_draws,
            "turned round": behind,
            "by the means": by_the_means,
            "a count": a_count,
            "against the mean": beats_the_mean,
        },
        also_right={"with signs": with_signs},
        explanation="Where this is near one half, a paper that trains each once throws a coin.",
    ),
    Exercise(
        key="502-3",
        title="Half the weights",
        minutes=10,
        test=test_half,
        hints=(
            'width = bout.fitting_width("convolution", signals, weights=10_000) finds the width.',
            '`model, _ = bout.train("convolution", signals, width, patch=1, rate=0.01, steps=4400, seed=1)`, then `bout.test_accuracy(model, signals)`.',
        ),
        solution={"weights": 10178, "share": 0.967},
        program=PROGRAM,
        wrong_answers={
            "the whole size": {"weights": 20162, "share": 0.97},
            "not trained": {"weights": 10178, "share": 0.1},
            "percentages": {"weights": 10178, "share": 96.7},
            "one left open": {"weights": 10178, "share": ...},
            "the width": {"weights": 31, "share": 0.967},
            "not a number": {"weights": 10178, "share": float("nan")},
            "half the width": {"weights": 5_202, "share": 0.95},
        },
        also_right={"another seed": {"weights": 10178, "share": 0.964}},
        explanation="Compare with the mean of the whole size on the page, after as many steps. Below 2 of 100 no loss is shown. Other sizes were not tried, and the rate was chosen for the whole size.",
    ),
]
