"""Exercises of lesson 204: windows that reach over the border, the conformal widening, and the memory of a repair."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, expect_equal, measured_numbers


def reaching_windows(past_hours, future_hours):
    return past_hours + future_hours - 1


def _whole_length(past_hours, future_hours):
    return past_hours + future_hours


def _only_the_future(past_hours, future_hours):
    return future_hours


def _only_the_past(past_hours, future_hours):
    return past_hours


def test_reaching_windows(answer):
    sizes = (24, 12)
    given = answer(*sizes)
    if given is None:
        raise Wrong("The function returns None: is the `return` missing?")
    named = {
        _whole_length(*sizes): "One too many: the window that ends with the last hour of its part does not reach over.",
        _only_the_future(
            *sizes
        ): "You count the windows whose future begins before the border. The past can lie over it too.",
        _only_the_past(*sizes): "You count with the hours of the past alone. The hours to forecast reach over as well.",
    }
    if given in named:
        raise Wrong(named[given])
    for past_hours, future_hours in (sizes, (24, 24), (1, 1)):
        expected = reaching_windows(past_hours, future_hours)
        message = (
            f"With {past_hours} hours of past and {future_hours} to forecast, {expected} windows reach over the border."
        )
        expect_equal(answer(past_hours, future_hours), expected, message)


def conformal_widening(truth, low, high, level):
    misses = np.sort(np.maximum(low - truth, truth - high))
    place = int(np.ceil((len(misses) + 1) * level - 1e-9))
    return misses[place - 1] if place <= len(misses) else np.inf


def _at_least_zero(truth, low, high, level):
    misses = np.sort(np.maximum(np.maximum(low - truth, truth - high), 0))
    return misses[int(np.ceil((len(misses) + 1) * level - 1e-9)) - 1]


def _wrong_sides(truth, low, high, level):
    misses = np.sort(np.minimum(low - truth, truth - high))
    return misses[int(np.ceil((len(misses) + 1) * level - 1e-9)) - 1]


def _outer_tail(truth, low, high, level):
    return conformal_widening(truth, low, high, 1 - level)


def _plain_quantile(truth, low, high, level):
    return np.quantile(np.maximum(low - truth, truth - high), level)


def _off_by_one(truth, low, high, level):
    misses = np.sort(np.maximum(low - truth, truth - high))
    place = int(np.ceil((len(misses) + 1) * level - 1e-9))
    return misses[min(place, len(misses) - 1)]


def _never_infinite(truth, low, high, level):
    misses = np.sort(np.maximum(low - truth, truth - high))
    return misses[min(int(np.ceil((len(misses) + 1) * level - 1e-9)), len(misses)) - 1]


def test_conformal_widening(answer):
    random = np.random.default_rng(0)
    truth, low, high = random.normal(size=23), np.full(23, -2.5), np.full(23, 2.5)
    cases = [(truth, low, high, 0.8), (truth, low + 2, high - 2, 0.8), (truth[:9], low[:9] + 2, high[:9] - 2, 0.9)]
    mistakes = {
        "Your widening is never negative. A range that is too wide should shrink: keep the negative misses.": _at_least_zero,
        "You take the smaller of the two distances. Outside on either side is a miss: take the larger.": _wrong_sides,
        "You took the small misses: level 0.8 means that 80 % of them lie at or below the widening.": _outer_tail,
        "This is the plain quantile of the misses. Take the k-th smallest, with k = (n + 1) · level rounded up.": _plain_quantile,
        "You are one place too far: the k-th smallest has the index k - 1.": _off_by_one,
    }
    for message, mistake in mistakes.items():
        wrong, right = ([function(*case) for case in cases[:2]] for function in (mistake, conformal_widening))
        given = [answer(*case) for case in cases[:2]]
        if (
            None not in given
            and not np.allclose(wrong, right)
            and np.shape(given) == (2,)
            and np.allclose(given, wrong)
        ):
            raise Wrong(message)
    for case in cases:
        message = f"With {len(case[0])} misses and level {case[3]} it should be {conformal_widening(*case):.4f}."
        expect_close(answer(*case), conformal_widening(*case), message, tolerance=1e-5)
    few = truth[:3], low[:3] + 2, high[:3] - 2, 0.8
    if np.isfinite(answer(*few)):
        raise Wrong("With 3 misses and level 0.8, k is 4 and there is no fourth miss: the widening is np.inf.")


COVERAGES = {"7 days": 0.783, "14 days": 0.785, "40 days": 0.769}


def test_coverages(answer):
    seven, fourteen, forty = measured_numbers(answer, *COVERAGES, shares=tuple(COVERAGES))
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
    if abs(seven - fourteen) > 0.03 or forty < 0.735:
        raise Wrong("The three lie close together, within three points. Take the mean over all test windows and hours.")


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
            "the whole length": _whole_length,
            "only the hours to forecast": _only_the_future,
            "only the past": _only_the_past,
        },
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
            "never negative": _at_least_zero,
            "the smaller distance": _wrong_sides,
            "the other tail": _outer_tail,
            "the plain quantile": _plain_quantile,
            "one place too far": _off_by_one,
            "never infinite": _never_infinite,
        },
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
            "the future was seen": {**COVERAGES, "7 days": 0.87},
            "only the last hour ahead": {**COVERAGES, "40 days": 0.71},
        },
        explanation="A short memory follows the season and pays with a wider, more restless range. A long one is steady and "
        "narrow and remembers calmer weeks. 400 days would be the best of all, had we them: they hold last autumn.",
    ),
]
