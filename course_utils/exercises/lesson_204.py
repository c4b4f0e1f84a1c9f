"""Exercises of lesson 204: windows that reach over the border, the conformal widening, and the memory of a repair."""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    expect_no_mistake,
    measured_numbers,
    one_number,
)


def reaching_windows(past_hours, future_hours):
    return past_hours + future_hours - 1


def reaching_windows_counted(past_hours, future_hours):
    length = past_hours + future_hours
    return sum(start < 0 < start + length for start in range(-2 * length, length))  # the border lies before hour 0


def whole_length(past_hours, future_hours):
    return past_hours + future_hours


def only_the_future(past_hours, future_hours):
    return future_hours


def only_the_past(past_hours, future_hours):
    return past_hours


def the_longer_of_both(past_hours, future_hours):
    return max(past_hours, future_hours)


def both_ends_left_out(past_hours, future_hours):
    return past_hours + future_hours - 2


def past_without_the_last(past_hours, future_hours):
    return past_hours - 1


REACHING_MISTAKES = {
    whole_length: "One too many: the window that ends with the last hour of its part does not reach over.",
    only_the_future: "You count the windows whose future begins before the border. The past can lie over it too.",
    only_the_past: "You count with the hours of the past alone. The hours to forecast reach over as well.",
    the_longer_of_both: "You count with the longer of the two alone. A window is as long as both together.",
    both_ends_left_out: "One too few: the window whose last hour is the first behind the border reaches over as well.",
    past_without_the_last: "A window whose past lies before the border still reaches over it with its hours to forecast.",
}


def test_reaching_windows(answer):
    random = np.random.default_rng(0)
    cases = ((24, 12), (24, 24), (1, 1), (7, 30), tuple(random.integers(2, 60, size=2).tolist()))
    given = [one_number(answer(*sizes)) for sizes in cases]
    expect_no_mistake(given, cases, REACHING_MISTAKES)
    for count, sizes in zip(given, cases):
        past, future = sizes
        if count != reaching_windows(*sizes):
            raise Wrong(
                f"With {past} hours of past and {future} to forecast, "
                f"{reaching_windows(*sizes)} windows reach over the border."
            )


def conformal_widening(truth, low, high, level):
    misses = np.sort(np.maximum(low - truth, truth - high))
    place = int(np.ceil((len(misses) + 1) * level))
    return misses[place - 1] if place <= len(misses) else np.inf


def widening_by_counting(truth, low, high, level):
    misses = sorted(max(low[case] - truth[case], truth[case] - high[case]) for case in range(len(truth)))
    for count, miss in enumerate(misses, start=1):
        if count >= (len(truth) + 1) * level:
            return miss
    return float("inf")


def kth_smallest(misses, level):
    return np.sort(misses)[min(int(np.ceil((len(misses) + 1) * level)), len(misses)) - 1]


def at_least_zero(truth, low, high, level):
    return kth_smallest(np.maximum(np.maximum(low - truth, truth - high), 0), level)


def smaller_distance(truth, low, high, level):
    return kth_smallest(np.minimum(low - truth, truth - high), level)


def upper_side_alone(truth, low, high, level):
    return kth_smallest(truth - high, level)


def other_tail(truth, low, high, level):
    return conformal_widening(truth, low, high, 1 - level)


def plain_quantile(truth, low, high, level):
    return np.quantile(np.maximum(low - truth, truth - high), level)


def one_place_too_far(truth, low, high, level):
    misses = np.sort(np.maximum(low - truth, truth - high))
    return misses[min(int(np.ceil((len(misses) + 1) * level)), len(misses) - 1)]


def never_infinite(truth, low, high, level):
    return kth_smallest(np.maximum(low - truth, truth - high), level)


WIDENING_MISTAKES = {
    at_least_zero: "Your widening is never negative. A range that is too wide should shrink: keep the negative misses.",
    smaller_distance: "You take the smaller of the two distances. Outside on either side is a miss: take the larger.",
    upper_side_alone: "You look at the upper side alone. A truth below `low` is a miss too.",
    other_tail: "You took the small misses: level 0.8 means that 80 % of them lie at or below the widening.",
    plain_quantile: "This is the plain quantile of the misses. Take the k-th smallest, with k = (n + 1) · level rounded up.",
    one_place_too_far: "You are one place too far: the k-th smallest has the index k - 1.",
}


def test_conformal_widening(answer):
    for seed, (count, level, wide) in enumerate([(23, 0.8, 2.5), (23, 0.8, 0.5), (9, 0.9, 0.5), (50, 0.7, 1.0)]):
        random = np.random.default_rng(seed)
        truth = random.normal(size=count)
        low, high = -wide - random.random(count), wide + random.random(count)
        case = truth, low, high, level
        given, expected = one_number(answer(*case), "The widening"), conformal_widening(*case)
        for mistake, message in WIDENING_MISTAKES.items():
            if np.isclose(given, mistake(*case)) and not np.isclose(mistake(*case), expected):
                raise Wrong(message)
        message = f"With {count} misses and level {level} it should be {expected:.4f}."
        expect_close(given, expected, message, tolerance=1e-5)
    for count, level in ((3, 0.8), (8, 0.9)):
        truth = np.random.default_rng(count).normal(size=count)
        if answer(truth, truth - 1, truth + 1, level) != np.inf:
            raise Wrong(
                f"With {count} misses and level {level}, k is {count + 1} and exceeds n: the widening is np.inf."
            )


COVERAGES = {"7 days": 0.783, "14 days": 0.785, "40 days": 0.769}


def test_coverages(answer):
    seven, fourteen, forty = measured_numbers(answer, *COVERAGES, shares=tuple(COVERAGES), apart=True)
    if max(seven, fourteen, forty) > 0.84:
        raise Wrong(
            "Far above 0.8 cannot be had from earlier misses here: did the repair see hours that were yet to come?"
        )
    if fourteen < 0.745:
        raise Wrong(
            "14 days should give the coverage of the page, near the promised 0.8. Is this the range as trained?"
        )
    if max(abs(seven - fourteen), abs(forty - fourteen)) < 0.001:
        raise Wrong("All coverages are equal: the number of days did not reach known_widening.")
    if forty > fourteen:
        raise Wrong("40 days should hold a little less than 14: they remember a calmer season. Did you swap the two?")
    if forty > seven + 0.005:
        raise Wrong("40 days should hold a little less than 7 as well. Did you exchange those two?")
    if abs(seven - fourteen) > 0.03 or forty < 0.735:
        raise Wrong("The three lie close together, within three points. Take the mean over all test windows and hours.")


PROGRAM = """
def coverage_with(number_of_days):
    widenings = []
    for day in days:
        widenings.append(known_widening(all_misses, all_verified, day, days=number_of_days))
    return float((misses["test"] <= np.stack(widenings)[day_of]).mean())


coverages = {f"{number} days": coverage_with(number) for number in (7, 14, 40)}
check("204-3", coverages)
"""

EXERCISES = [
    Exercise(
        key="204-1",
        title="Windows that reach into the next part",
        minutes=5,
        test=test_reaching_windows,
        hints=(
            "Take small numbers: one hour of past, one to forecast. Which windows have their first hour before the border and their last behind it?",
            "A window of L hours reaches over unless it begins at least L hours before the border.",
        ),
        solution=reaching_windows,
        wrong_answers={
            "the whole length": whole_length,
            "only the hours to forecast": only_the_future,
            "only the past": only_the_past,
            "the past without the last": past_without_the_last,
            "the longer of both": the_longer_of_both,
            "both ends left out": both_ends_left_out,
        },
        also_right={"counted": reaching_windows_counted},
        explanation="A window of L = past + future hours can begin 1 to L - 1 hours before the border and still reach over it.",
    ),
    Exercise(
        key="204-2",
        title="The conformal widening for few cases",
        minutes=10,
        test=test_conformal_widening,
        hints=(
            "The misses are np.maximum(low - truth, truth - high). Sort them.",
            "k = int(np.ceil((n + 1) * level)). The k-th smallest is sorted_misses[k - 1], and np.inf if k > n.",
        ),
        solution=conformal_widening,
        wrong_answers={
            "never negative": at_least_zero,
            "the smaller distance": smaller_distance,
            "the upper side alone": upper_side_alone,
            "the other tail": other_tail,
            "the plain quantile": plain_quantile,
            "one place too far": one_place_too_far,
            "never infinite": never_infinite,
        },
        also_right={"counted": widening_by_counting},
        explanation="A new case is as likely to fall into each of the n + 1 gaps between the n sorted misses, if it is like them. "
        "So the k-th smallest holds it with a probability of at least k / (n + 1).",
    ),
    Exercise(
        key="204-3",
        title="How long should the memory of the repair be?",
        minutes=15,
        test=test_coverages,
        hints=(
            "Make a function of the days from the line of the page that computes rolling; it returns the mean of misses['test'] <= rolling.",
            "rolling = np.stack([known_widening(all_misses, all_verified, day, days=7) for day in days])[day_of], and the same with 40.",
        ),
        solution=COVERAGES,
        wrong_answers={
            "all the same": {name: 0.785 for name in COVERAGES},
            "the range as trained": {"7 days": 0.70, "14 days": 0.70, "40 days": 0.70},
            "percent": {name: 100 * value for name, value in COVERAGES.items()},
            "14 and 40 days swapped": {**COVERAGES, "14 days": 0.769, "40 days": 0.785},
            "one measurement twice": {"7 days": 0.78512, "14 days": 0.78512, "40 days": 0.76934},
            "7 and 40 days swapped": {**COVERAGES, "7 days": 0.769, "40 days": 0.783},
            "not a number": {**COVERAGES, "14 days": float("nan")},
            "the future was seen": {**COVERAGES, "7 days": 0.87},
            "only the last hour ahead": {**COVERAGES, "40 days": 0.71},
        },
        program=PROGRAM,
        explanation="A short memory follows the season and pays with a wider, more restless range. A long one is steady and "
        "narrow and remembers calmer weeks. 400 days would pool all seasons and widen the range hardly at all, as the mean of a "
        "year does; what one would want of them are the same weeks of last year.",
    ),
]
