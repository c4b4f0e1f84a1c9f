"""Exercises of lesson 522, when should it refuse?"""

import math

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_no_mistake,
    measured_numbers,
    one_number,
)


def pays_from(wrong, refusal):
    return max(0.0, 1 - refusal / wrong)


def cost_ratio(wrong, refusal):
    return refusal / wrong


def below_zero(wrong, refusal):
    return 1 - refusal / wrong


def turned_round(wrong, refusal):
    return max(0.0, 1 - wrong / refusal)


def share_of_both(wrong, refusal):
    return wrong / (wrong + refusal)


def always_nine_tenths(wrong, refusal):
    return 0.9


def test_pays_from(answer):
    mistakes = {
        cost_ratio: "That is the cost ratio, the smallest 1 - p at which to refuse. Asked for is p.",
        turned_round: "The ratio is turned round: a dear mistake must raise the threshold.",
        share_of_both: "Answering costs wrong * (1 - p), refusing costs refusal. Set both equal and solve for p.",
        always_nine_tenths: "0.9 belongs to the prices 10 and 1. The threshold follows from the two arguments.",
    }
    random = np.random.default_rng(520)
    prices = [(10, 1), (8, 2), (100, 1), (3, 5), *map(tuple, random.integers(1, 50, (4, 2)).tolist())]
    for wrong, refusal in prices:
        result = one_number(answer(wrong, refusal), "The threshold")
        right = pays_from(wrong, refusal)
        if np.isclose(result, right):
            continue
        if result < 0:
            raise Wrong(f"For the prices {wrong} and {refusal} you return {result:g}. A confidence is at least 0.")
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(wrong, refusal)):
                raise Wrong(message)
        raise Wrong(f"For the prices {wrong} and {refusal} you return {result:g}; it should be {right:g}.")


def largest_coverage(confidence, right, promised):
    order = np.argsort(-confidence)
    among_surest = np.cumsum(right[order]) / np.arange(1, len(right) + 1)
    kept = np.flatnonzero(among_surest >= promised)
    return (kept[-1] + 1) / len(right) if kept.size else 0.0


def by_loop(confidence, right, promised):
    best = 0.0
    for threshold in confidence:
        answered = confidence >= threshold
        if right[answered].mean() >= promised:
            best = max(best, answered.mean())
    return best


def stops_too_early(confidence, right, promised):
    order = np.argsort(-confidence)
    among_surest = np.cumsum(right[order]) / np.arange(1, len(right) + 1)
    broken = np.flatnonzero(among_surest < promised)
    return broken[0] / len(right) if broken.size else 1.0


def more_than_promised(confidence, right, promised):
    order = np.argsort(-confidence)
    among_surest = np.cumsum(right[order]) / np.arange(1, len(right) + 1)
    kept = np.flatnonzero(among_surest > promised)
    return (kept[-1] + 1) / len(right) if kept.size else 0.0


def never_the_last(confidence, right, promised):
    best = 0.0
    for threshold in confidence:
        answered = confidence > threshold
        if answered.any() and right[answered].mean() >= promised:
            best = max(best, answered.mean())
    return best


def least_sure_first(confidence, right, promised):
    return largest_coverage(-confidence, right, promised)


def count_of_answers(confidence, right, promised):
    return largest_coverage(confidence, right, promised) * len(right)


def believes_the_confidence(confidence, right, promised):
    return (confidence >= promised).mean()


def share_right(confidence, right, promised):
    return right.mean()


def in_order_of_arrival(confidence, right, promised):
    return largest_coverage(-np.arange(len(right)), right, promised)


def test_coverage(answer):
    mistakes = {
        stops_too_early: "The share falls and rises again: after the first broken promise a larger coverage can keep it.",
        more_than_promised: "At least the share `promised`: a share that is just as large keeps the promise.",
        never_the_last: "You leave one out: the answer at the threshold itself is given, too, and so may be all.",
        least_sure_first: "The least sure are answered first: sort by -confidence.",
        count_of_answers: "That is a number of digits. The coverage is their share of all.",
        believes_the_confidence: "That takes the confidence at its word. The promise is about the labels.",
        share_right: "That is the share of right answers if all are given.",
        in_order_of_arrival: "The answers are taken as they arrive. The surest come first.",
    }
    random = np.random.default_rng(522)
    cases = []
    for size, promised in ((40, 0.9), (60, 0.8), (30, 0.75), (50, 0.85)):
        confidence = random.permutation(np.linspace(0.3, 0.99, size))
        right = random.random(size) < confidence
        right[np.argsort(-confidence)[[0, 1, 2, 3]]] = [True, False, True, True]  # breaks the promise early
        cases.append((confidence, right, promised))
    sure = np.array([0.6, 0.9, 0.8, 0.7, 0.5])
    cases.append((sure, np.array([True, True, False, True, False]), 0.75))  # just kept by four of five
    cases.append((sure, np.array([False, True, True, True, True]), 0.78))  # kept by all
    results = [one_number(answer(*case), "The coverage") for case in cases]
    for case, result in zip(cases, results):
        if not np.isclose(result, largest_coverage(*case)):
            expect_no_mistake(results, cases, mistakes)
            size, wanted = len(case[1]), largest_coverage(*case)
            raise Wrong(f"For {size} answers and the promise {case[2]} you return {result:g}; it should be {wanted:g}.")
    if one_number(answer(np.array([0.9, 0.8]), np.array([False, False]), 0.5), "The coverage") != 0:
        raise Wrong("If all answers are wrong, no coverage keeps the promise: 0.")


NAMES = ("as trained", "with T", "refused")
BELOW = "below refusing all"


def test_dear(answer):
    as_trained, with_t, refused = measured_numbers(answer, *NAMES, shares=("refused",))
    if as_trained > 2:
        raise Wrong("That is nearly the bill of answering all. Is the threshold 1 - 1/50 = 0.98?")
    if as_trained < 0.4:
        raise Wrong("So cheap as trained? Is the price of a mistake 50 in `cost`, too?")
    if as_trained < 0.8 * with_t:
        raise Wrong("The temperature should make it cheaper. Are the two exchanged?")
    if as_trained < 1.1 * with_t:
        raise Wrong(
            "Hardly a difference? The temperature should make it clearly cheaper. Is each confidence the right one?"
        )
    if with_t < refused:
        raise Wrong(
            "Each refusal costs 1, so with T a digit costs at least the share that is refused. Do the two belong together?"
        )
    if not 0.35 < with_t < 0.8:
        raise Wrong(
            "With the temperature a digit should cost between 0.35 and 0.8. Are price and threshold those of 50?"
        )
    if not 0.3 < refused < 0.65:
        raise Wrong("Between a third and two thirds are refused: those whose softened confidence is below 0.98.")
    said = str(answer.get(BELOW, "")).strip().lower()
    wanted = "both" if as_trained < 1 and with_t < 1 else "with t" if with_t < 1 else "neither"
    if said not in ("both", "with t", "neither"):
        raise Wrong(f'"{BELOW}" should be "both", "with T" or "neither".')
    if said != wanted:
        raise Wrong("Refusing all costs 1 a digit. Compare your two costs with that.")


PROGRAM = """
price = 50
threshold = 1 - 1 / price
as_trained = cost(sure[1], right[1], threshold, price)
with_t = cost(softer[1], right[1], threshold, price)
below = [name for name, found in {"as trained": as_trained, "with T": with_t}.items() if found < 1]
at_50 = {
    "as trained": as_trained,
    "with T": with_t,
    "refused": (softer[1] < threshold).mean(),
    "below refusing all": {0: "neither", 1: "with T", 2: "both"}[len(below)],
}
"""

AT_50 = {"as trained": 1.25, "with T": 0.57, "refused": 0.44, BELOW: "with T"}

EXERCISES = [
    Exercise(
        key="522-1",
        title="The threshold for any two prices",
        minutes=10,
        test=test_pays_from,
        hints=(
            "Answering costs wrong * (1 - p) on average, refusing costs refusal.",
            "Equal at p = 1 - refusal / wrong. And if a refusal costs more than a mistake?",
        ),
        solution=pays_from,
        wrong_answers={
            "the cost ratio": cost_ratio,
            "below 0 if refusing is dear": below_zero,
            "turned round": turned_round,
            "share of both prices": share_of_both,
            "0.9 for all prices": always_nine_tenths,
            "a price": lambda wrong, refusal: wrong - refusal,
        },
        also_right={"by the difference": lambda wrong, refusal: max(wrong - refusal, 0) / wrong},
        explanation="If a refusal costs more than a mistake, it pays to answer always: the threshold is 0.",
    ),
    Exercise(
        key="522-2",
        title="As many answers as a promise allows",
        minutes=15,
        test=test_coverage,
        hints=(
            "`right[np.argsort(-confidence)]` puts the verdicts in order, the surest first; the page's "
            "`right_among_surest` does the rest.",
            "The largest k whose share keeps the promise, divided by the number of answers. It need not be the first.",
        ),
        solution=largest_coverage,
        wrong_answers={
            "stops at the first break": stops_too_early,
            "more than promised": more_than_promised,
            "never the last": never_the_last,
            "least sure first": least_sure_first,
            "a count": count_of_answers,
            "the confidence believed": believes_the_confidence,
            "the share of right ones": share_right,
            "not sorted": in_order_of_arrival,
            "all": lambda confidence, right, promised: 1.0,
        },
        also_right={"by a loop over thresholds": by_loop},
        explanation=(
            "Chosen and judged on the same labels: on other digits the promise is broken about half of the time. Who must "
            "keep it takes a bound or risk control."
        ),
    ),
    Exercise(
        key="522-3",
        title="A dearer mistake",
        minutes=10,
        test=test_dear,
        hints=(
            "The threshold is 1 - 1/50. `costs_of(1, 50)` holds the two costs.",
            "The share refused: `(softer[1] < 0.98).mean()`. Refusing all costs 1 a digit.",
        ),
        solution=AT_50,
        program=PROGRAM,
        wrong_answers={
            "percent refused": AT_50 | {"refused": 44},
            "all answered": AT_50 | {"as trained": 3.9, "with T": 3.9, "refused": 0.0},
            "exchanged": AT_50 | {"as trained": 0.57, "with T": 1.25},
            "no effect": AT_50 | {"as trained": 0.7, "with T": 0.69},
            "refused more than it costs": AT_50 | {"refused": 0.6},
            "the price 10": AT_50 | {"as trained": 0.47, "with T": 0.29, "refused": 0.24},
            "a mistake costs 10": AT_50 | {"as trained": 0.35, "with T": 0.47},
            "refused as trained": AT_50 | {"refused": 0.12},
            "compared wrongly": AT_50 | {BELOW: "both"},
            "no comparison": AT_50 | {BELOW: "yes"},
            "not a number": AT_50 | {"with T": math.nan},
            "one left open": AT_50 | {"refused": ...},
        },
        explanation=(
            "Refusing all costs 1. As trained, a network hardly beats that, or costs more; with its temperature it costs "
            "about half, and refuses nearly half."
        ),
    ),
]
