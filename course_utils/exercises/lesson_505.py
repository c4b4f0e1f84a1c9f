"""Exercises of lesson 505, the bout."""

import numpy as np
import pandas as pd

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
    for first, second in PAIRS:
        result = one_number(answer(np.array(first), np.array(second)), "The number of standard errors")
        for mistake, message in mistakes.items():
            same_as_right = np.isclose(mistake(first, second), standard_errors_apart(first, second), rtol=1e-6)
            if np.isclose(result, mistake(first, second), rtol=1e-6) and not same_as_right:
                raise Wrong(message)
        wanted = standard_errors_apart(first, second)
        expect_close(result, wanted, f"For {first} and {second} you return {result:g}.", tolerance=1e-6)


TRIALS = pd.DataFrame(
    [
        ("rate", "hills", "dense", 0.001, 0.80, np.nan),
        ("rate", "hills", "dense", 0.01, 0.60, np.nan),
        ("rate", "hills", "GRU", 0.001, 0.10, np.nan),
        ("rate", "hills", "GRU", 0.01, 0.85, np.nan),
        ("judge", "hills", "dense", 0.001, 0.90, 0.95),
        ("judge", "hills", "GRU", 0.01, 0.82, 0.70),
        ("rate", "coins", "dense", 0.001, 0.55, np.nan),
        ("rate", "coins", "dense", 0.01, 0.56, np.nan),
        ("rate", "coins", "GRU", 0.001, 0.50, np.nan),
        ("rate", "coins", "GRU", 0.01, 0.54, np.nan),
        ("judge", "coins", "dense", 0.01, 0.52, 0.50),
        ("judge", "coins", "GRU", 0.01, 0.58, 0.60),
    ],
    columns=["purpose", "task", "network", "rate", "validation", "test"],
)


def _best(trials, purpose, column, how="max"):
    rows = trials[trials["purpose"] == purpose] if purpose else trials
    chosen = {}
    for task in rows["task"].unique():
        table = rows[rows["task"] == task].groupby("network")[column].agg(how)
        chosen[task] = table.idxmax()
    return chosen


def choose(trials):
    return _best(trials, "rate", "validation")


def chosen_on_test(trials):
    return _best(trials, "judge", "test")


def all_rows(trials):
    return _best(trials, None, "validation")


def judged_rows(trials):
    return _best(trials, "judge", "validation")


def mean_over_rates(trials):
    return _best(trials, "rate", "validation", "mean")


def the_rate_instead(trials):
    rows = trials[trials["purpose"] == "rate"]
    return {task: rows.loc[part["validation"].idxmax(), "rate"] for task, part in rows.groupby("task")}


def the_worst(trials):
    rows = trials[trials["purpose"] == "rate"]
    return {task: rows.loc[part["validation"].idxmin(), "network"] for task, part in rows.groupby("task")}


def by_sorting(trials):
    rows = trials[trials["purpose"] == "rate"].sort_values("validation")
    return rows.groupby("task")["network"].last().to_dict()


def test_choose(answer):
    mistakes = {
        chosen_on_test: "You looked at the test part. It may judge, but choose nothing.",
        all_rows: "Only the rows whose purpose is `rate` may choose: the others were trained to be judged.",
        judged_rows: "You chose among the rows whose purpose is `judge`. Take those of `rate`.",
        mean_over_rates: "You took the mean over the rates. A network is as good as at its best rate.",
        the_rate_instead: "You return the best rate. The name of the network is wanted.",
        the_worst: "That is the least share. Take the greatest.",
    }
    other = TRIALS.copy()
    other["network"] = other["network"].map({"dense": "GRU", "GRU": "dense"})
    for trials in (TRIALS, other.iloc[::-1].reset_index(drop=True)):
        result = answer(trials)
        right = choose(trials)
        if result == right:
            continue
        if not isinstance(result, dict):
            raise Wrong("Return a dictionary: the name of a network for each task.")
        for mistake, message in mistakes.items():
            if result == mistake(trials):
                raise Wrong(message)
        raise Wrong(f"You return {result}; it should be {right}.")


READINGS = ("four values a step", "one value a step")
PROGRAM = """
one_by_one = tasks["signals"]._replace(patch=1)
width = bout.fitting_width("GRU", one_by_one)
by_fours, _ = bout.train("GRU", tasks["signals"], width, 0.03, 200, seed=1)
by_ones, _ = bout.train("GRU", one_by_one, width, 0.03, 200, seed=1)
readings = {
    "four values a step": bout.test_accuracy(by_fours, tasks["signals"]),
    "one value a step": bout.test_accuracy(by_ones, one_by_one),
}
"""


def test_readings(answer):
    by_fours, by_ones = measured_numbers(answer, *READINGS, shares=READINGS)
    if by_ones > by_fours:
        raise Wrong("Forty steps should be harder to learn than ten. Are the two exchanged?")
    if by_fours == by_ones:
        raise Wrong("The two are equal to the last digit: was the task with `patch=1` handed to both functions?")
    if by_fours < 0.3:
        raise Wrong("With four values a step it learns more in 200 steps. Is the rate 0.03?")
    if by_fours > 0.9:
        raise Wrong("So many after 200 steps? Ask `bout.test_accuracy`, and train for 200 steps.")


EXERCISES = [
    Exercise(
        key="505-1",
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
        key="505-2",
        title="Choose without the test part",
        minutes=10,
        test=test_choose,
        hints=(
            'Keep the rows that may choose: trials[trials["purpose"] == "rate"].',
            'Sort by validation; the last row of each task is its best: `.groupby("task")["network"].last().to_dict()`.',
        ),
        solution=choose,
        wrong_answers={
            "chosen on test": chosen_on_test,
            "all rows": all_rows,
            "judged rows": judged_rows,
            "mean over the rates": mean_over_rates,
            "the rate": the_rate_instead,
            "the worst": the_worst,
        },
        also_right={"by sorting": by_sorting},
        explanation="Whoever chooses on test reports the luck of the winner. Lesson 508 measures how much that is.",
    ),
    Exercise(
        key="505-3",
        title="Four values a step, or one?",
        minutes=10,
        test=test_readings,
        hints=(
            'one_by_one = tasks["signals"]._replace(patch=1) is the same task, read one value a step.',
            '`model, _ = bout.train("GRU", one_by_one, width, 0.03, 200, seed=1)`, then `bout.test_accuracy(model, one_by_one)`.',
        ),
        solution={"four values a step": 0.6, "one value a step": 0.3},
        program=PROGRAM,
        wrong_answers={
            "exchanged": {"four values a step": 0.3, "one value a step": 0.6},
            "twice the same": {"four values a step": 0.6, "one value a step": 0.6},
            "hardly trained": {"four values a step": 0.15, "one value a step": 0.1},
            "the stored results": {"four values a step": 0.918, "one value a step": 0.5},
            "percentages": {"four values a step": 60, "one value a step": 30},
            "one left open": {"four values a step": 0.6, "one value a step": ...},
        },
        also_right={"another seed": {"four values a step": 0.65, "one value a step": 0.25}},
        explanation=(
            "The same signal, the same weights: what a network is handed matters. Forty steps take four times as long to "
            "compute, and what was seen at the beginning must be kept four times as long."
        ),
    ),
]
