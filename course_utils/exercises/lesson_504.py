"""Exercises of lesson 504, a guide to choosing."""

import pandas as pd

from course_utils.exercises.exercise import Exercise, Wrong

TABLES = (
    pd.DataFrame(
        {"hills": [0.90, 0.95, 0.93], "coins": [0.60, 0.50, 0.59], "birds": [0.80, 0.75, 0.70]},
        index=["wide", "deep", "slow"],
    ),
    pd.DataFrame(
        {"rivers": [0.50, 0.71, 0.70], "roads": [0.90, 0.40, 0.89], "trees": [0.30, 0.31, 0.29]},
        index=["oak", "ash", "elm"],
    ),
    pd.DataFrame({"sand": [0.7, 0.65], "snow": [0.2, 0.9]}, index=["one", "two"]),
)


def names_of(answer, cases, right, mistakes, say):
    """Ask all cases; name a mistake only if it explains every answer."""
    results = [answer(*case) for case in cases]
    wanted = [right(*case) for case in cases]
    if results == wanted:
        return
    for mistake, message in mistakes.items():
        if results == [mistake(*case) for case in cases]:
            raise Wrong(message)
    for result, name in zip(results, wanted):
        if result != name:
            raise Wrong(f"{say}: you return {result!r}; it should be {name!r}.")


def verdicts(shares, first, second):
    found = {}
    for task in shares.columns:
        lead = shares.loc[first, task] - shares.loc[second, task]
        if lead > 0.02:
            found[task] = "ahead"
        elif lead < -0.02:
            found[task] = "behind"
        else:
            found[task] = "level"
    return found


def no_yardstick(shares, first, second):
    return {
        task: "ahead" if shares.loc[first, task] > shares.loc[second, task] else "behind" for task in shares.columns
    }


def one_sided(shares, first, second):
    found = verdicts(shares, first, second)
    for task in found:
        if shares.loc[first, task] < shares.loc[second, task]:
            found[task] = "behind"
    return found


def the_other_way(shares, first, second):
    return verdicts(shares, second, first)


def of_the_ratio(shares, first, second):
    found = {}
    for task in shares.columns:
        ratio = shares.loc[first, task] / shares.loc[second, task]
        found[task] = "ahead" if ratio > 1.02 else "behind" if ratio < 1 / 1.02 else "level"
    return found


def in_hundredths(shares, first, second):
    found = {}
    for task in shares.columns:
        lead = shares.loc[first, task] - shares.loc[second, task]
        found[task] = "ahead" if lead > 2 else "behind" if lead < -2 else "level"
    return found


def only_the_first_task(shares, first, second):
    task = shares.columns[0]
    return {task: verdicts(shares, first, second)[task]}


def nothing(shares, first, second):
    return {task: float("nan") for task in shares.columns}


def by_signs(shares, first, second):
    leads = shares.loc[first] - shares.loc[second]
    sign = (leads > 0.02).astype(int) - (leads < -0.02).astype(int)
    return sign.map({1: "ahead", -1: "behind", 0: "level"}).to_dict()


PAIRS = (
    (TABLES[0], "wide", "deep"),
    (TABLES[0], "wide", "slow"),
    (TABLES[0], "slow", "wide"),
    (TABLES[1], "ash", "elm"),
    (
        pd.DataFrame({"hay": [0.29, 0.30], "tea": [0.90, 0.918], "rye": [0.10, 0.115]}, index=["a", "b"]),
        "b",
        "a",
    ),
)


def test_verdicts(answer):
    def as_given(shares, first, second):
        result = answer(shares.copy(), first, second)
        if isinstance(result, (list, pd.Series)) and len(result) == len(shares.columns):  # a Series arrives as a list
            result = dict(zip(shares.columns, result))
        if not isinstance(result, dict):
            raise Wrong('Return a dictionary: for each task "ahead", "level" or "behind".')
        return {str(task).lower(): str(word).lower() for task, word in result.items()}

    mistakes = {
        no_yardstick: 'A lead of 2 of 100 or less is none, on either side: "level".',
        one_sided: "One yardstick: what is no lead for the first is none for the second.",
        the_other_way: "Turned round: the verdict is on `first`.",
        of_the_ratio: "Take the difference of the shares, not their ratio.",
        in_hundredths: "The shares lie between 0 and 1: 2 of 100 is 0.02.",
        only_the_first_task: "A verdict for each column is wanted.",
    }
    names_of(as_given, PAIRS, verdicts, mistakes, "For a pair")


def safest(shares):
    behind = shares.max() - shares
    return behind.max(axis=1).idxmin()


def best_mean(shares):
    return shares.mean(axis=1).idxmax()


def best_worst(shares):
    return shares.min(axis=1).idxmax()


def most_wins(shares):
    return shares.idxmax().value_counts().idxmax()


def most_behind(shares):
    return (shares.max() - shares).max(axis=1).idxmax()


def how_far(shares):
    return float((shares.max() - shares).max(axis=1).min())


def highest_cell(shares):
    return shares.max(axis=1).idxmax()


def not_a_number(shares):
    return float("nan")


def safest_by_loops(shares):
    worst = {}
    for name in shares.index:
        worst[name] = max(shares[task].max() - shares.loc[name, task] for task in shares.columns)
    return min(worst, key=worst.get)


SAFE_TABLES = (
    TABLES[1],
    TABLES[2],
    pd.DataFrame({"p": [0.99, 0.90, 0.5], "q": [0.40, 0.47, 0.1], "r": [0.30, 0.36, 0.42]}, index=["x", "y", "z"]),
    pd.DataFrame({"p": [0.80, 0.75, 0.1], "q": [0.80, 0.78, 0.1], "r": [0.10, 0.09, 0.2]}, index=["x", "y", "z"]),
    pd.DataFrame({"p": [0.9, 0.8], "q": [0.9, 0.8], "r": [0.3, 0.45]}, index=["m", "n"]),
    pd.DataFrame({"p": [0.2, 0.32], "q": [0.99, 0.86]}, index=["m", "n"]),
)


def test_safest(answer):
    def as_name(shares):
        result = answer(shares.copy())
        if isinstance(result, float) and result == result:
            raise Wrong("That is how far. Which row is it?")
        if not isinstance(result, str):
            raise Wrong("Return the name of a row, a label of the index.")
        return result

    mistakes = {
        best_mean: "That is the best mean. Look at the largest shortfall of each row.",
        best_worst: "That is the best at its worst task. A task may be hard for all: compare with the best of each column.",
        most_wins: "That is the one with most wins. How far behind is it elsewhere?",
        most_behind: "That is the one that falls behind most. The least is wanted.",
        highest_cell: "That is the one with the highest single share.",
    }
    names_of(as_name, [(table,) for table in SAFE_TABLES], safest, mistakes, "For a table")


OFFERS = (
    {"dense": (0.69, 0.7), "convolution": (0.97, 2.3), "GRU": (0.92, 9.0), "transformer": (0.86, 6.0)},
    {"a": (0.5, 1.0), "b": (0.5, 2.0), "c": (0.7, 2.0), "d": (0.7, 2.0)},
    {"slow": (0.9, 8.0), "quick": (0.6, 1.0), "middle": (0.8, 3.0), "poor": (0.55, 2.0)},
    {"only": (0.3, 5.0)},
)


def worth_it(offers):
    kept = set()
    for name, (share, seconds) in offers.items():
        beaten = False
        for other_share, other_seconds in offers.values():
            as_good = other_share >= share and other_seconds <= seconds
            better = other_share > share or other_seconds < seconds
            beaten = beaten or (as_good and better)
        if not beaten:
            kept.add(name)
    return kept


def strictly_in_both(offers):
    return {
        name
        for name, (share, seconds) in offers.items()
        if not any(s > share and t < seconds for s, t in offers.values())
    }


def itself_too(offers):
    return {
        name
        for name, (share, seconds) in offers.items()
        if sum(s >= share and t <= seconds for s, t in offers.values()) == 1
    }


def only_the_ends(offers):
    return {max(offers, key=lambda name: offers[name][0]), min(offers, key=lambda name: offers[name][1])}


def share_a_second(offers):
    return {max(offers, key=lambda name: offers[name][0] / offers[name][1])}


def the_beaten(offers):
    return set(offers) - worth_it(offers)


def slower_is_better(offers):
    return worth_it({name: (share, -seconds) for name, (share, seconds) in offers.items()})


def everyone(offers):
    return set(offers)


def with_nan(offers):
    return {float("nan")}


def by_order(offers):
    kept = set()
    best = -1.0
    for seconds in sorted({time for _, time in offers.values()}):
        here = [(share, name) for name, (share, time) in offers.items() if time == seconds]
        top = max(share for share, _ in here)
        if top > best:
            kept |= {name for share, name in here if share == top}
            best = top
    return kept


def test_worth_it(answer):
    def as_set(offers):
        result = answer(dict(offers))
        if not isinstance(result, (set, frozenset, list, tuple)):
            raise Wrong("Return a set of names.")
        return set(result)

    mistakes = {
        strictly_in_both: "Equal in one and better in the other is beaten, too.",
        itself_too: "Two that are equal in both beat neither: both stay.",
        only_the_ends: "Between the best and the cheapest others may be worth their price.",
        share_a_second: "No single number here: who is beaten in nothing may stay.",
        the_beaten: "Those are the beaten ones. The others are wanted.",
        slower_is_better: "Fewer seconds are better.",
        everyone: "Somebody is at least as good in both and better in one: that name goes.",
    }
    names_of(as_set, [(offers,) for offers in OFFERS], worth_it, mistakes, "For an offer")


EXERCISES = [
    Exercise(
        key="504-1",
        title="One yardstick, both ways",
        minutes=10,
        test=test_verdicts,
        hints=(
            "lead = shares.loc[first, task] - shares.loc[second, task], for each task in shares.columns.",
            'Above 0.02 "ahead", below -0.02 "behind", else "level".',
        ),
        solution=verdicts,
        wrong_answers={
            "no yardstick": no_yardstick,
            "one-sided": one_sided,
            "turned round": the_other_way,
            "the ratio": of_the_ratio,
            "hundredths": in_hundredths,
            "one task": only_the_first_task,
            "not a number": nothing,
        },
        also_right={"by signs": by_signs},
        explanation="Three answers, not two: *level* is what most comparisons should end with.",
    ),
    Exercise(
        key="504-2",
        title="One row for all tasks",
        minutes=10,
        test=test_safest,
        hints=(
            "shares.max() is the best of each column; `shares.max() - shares` says how far each row falls short of it.",
            "Of each row the largest; of these the least: `.max(axis=1).idxmin()`.",
        ),
        solution=safest,
        wrong_answers={
            "best mean": best_mean,
            "best at its worst": best_worst,
            "most wins": most_wins,
            "most behind": most_behind,
            "highest share": highest_cell,
            "the shortfall": how_far,
            "not a number": not_a_number,
        },
        also_right={"by loops": safest_by_loops},
        explanation="Decision theory calls it minimax regret: who must choose before the task is known limits what the choice can cost. In `whole` it is the rival; without it, the GRU.",
    ),
    Exercise(
        key="504-3",
        title="Who is worth the price?",
        minutes=15,
        test=test_worth_it,
        hints=(
            "Compare each name with every other: is that one at least as good in both, and better in one?",
            "as_good = other_share >= share and other_seconds <= seconds; better = other_share > share or other_seconds < seconds.",
        ),
        solution=worth_it,
        wrong_answers={
            "better in both only": strictly_in_both,
            "equals throw each other out": itself_too,
            "only the ends": only_the_ends,
            "share a second": share_a_second,
            "the beaten": the_beaten,
            "slower is better": slower_is_better,
            "everyone": everyone,
            "not a number": with_nan,
        },
        also_right={"in order of price": by_order},
        explanation="What is left is called the Pareto front. Whoever stands behind it is nobody's best choice; on it, you choose.",
    ),
]
