"""Exercises of lesson 202: windows, gaps, and what a forecaster relies on."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number, some_numbers
from course_utils.scale import current_scale


def count_windows(series_hours, past_hours, future_hours):
    return max(0, series_hours - past_hours - future_hours + 1)


def windows_by_their_ends(series_hours, past_hours, future_hours):
    return len(range(past_hours + future_hours, series_hours + 1))


def one_too_few(series_hours, past_hours, future_hours):
    return series_hours - past_hours - future_hours


def one_too_many(series_hours, past_hours, future_hours):
    return max(0, series_hours - past_hours - future_hours + 2)


def less_than_none(series_hours, past_hours, future_hours):
    return series_hours - past_hours - future_hours + 1


def windows_side_by_side(series_hours, past_hours, future_hours):
    return series_hours // (past_hours + future_hours)


def without_the_future(series_hours, past_hours, future_hours):
    return series_hours - past_hours + 1


def all_hours(series_hours, past_hours, future_hours):
    return series_hours


WINDOW_MISTAKES = (
    (
        one_too_few,
        "One is missing: a series exactly as long as a window holds one window, not none.",
    ),
    (one_too_many, "One too many: the last start is series_hours - past_hours - future_hours, and the first is 0."),
    (less_than_none, "A series shorter than a window holds no window: 0, not a number below it."),
    (windows_side_by_side, "Your windows stand side by side. One starts at every hour; they overlap."),
    (without_the_future, "You forgot the hours to forecast: they must fit into the series too."),
    (all_hours, "At the last hours no whole window fits any more."),
)


def test_count_windows(answer):
    random = np.random.default_rng(0)
    for sizes in ((1824, 24, 12), (36, 24, 12), (10, 24, 12), (35, 24, 12), (int(random.integers(100, 999)), 17, 5)):
        given, expected = one_number(answer(*sizes)), count_windows(*sizes)
        for mistake, message in WINDOW_MISTAKES:
            if given == mistake(*sizes) != expected:
                raise Wrong(message)
        if given != expected:
            raise Wrong("Of {} hours, windows of {} + {} hours: {} are expected.".format(*sizes, expected))


def fill_gaps(values, missing):
    filled = np.array(values)
    for hour in range(1, len(filled)):
        if missing[hour]:
            filled[hour] = filled[hour - 1]
    return filled


def fill_gaps_by_places(values, missing):
    last_read = np.maximum.accumulate(np.where(missing, 0, np.arange(len(values))))
    return np.asarray(values)[last_read]


def fills_from_the_future(values, missing):
    return fill_gaps(np.asarray(values)[::-1], np.asarray(missing)[::-1])[::-1]


def straight_lines(values, missing):
    hours, known = np.arange(len(values)), ~np.asarray(missing)
    return np.interp(hours, hours[known], np.asarray(values)[known])


def fills_with_zero(values, missing):
    return np.where(missing, 0, values)


def fills_with_the_mean(values, missing):
    return np.where(missing, np.mean(np.asarray(values)[~np.asarray(missing)]), values)


def looks_back_one_hour(values, missing):
    filled = np.array(values)
    filled[1:] = np.where(missing[1:], np.asarray(values)[:-1], filled[1:])
    return filled


def multiplied_away(values, missing):
    """A number times 0 is 0, NaN times 0 is not."""
    return values * ~missing + fill_gaps(np.where(missing, 0, values), missing) * missing


def filled_in_place(values, missing):
    for hour in range(1, len(values)):
        if missing[hour]:
            values[hour] = values[hour - 1]
    return values


def changes_nothing(values, missing):
    return np.array(values)


GAP_MISTAKES = (
    (fills_from_the_future, "You fill with the reading after the gap. Nobody has it yet."),
    (straight_lines, "You draw a straight line. It knows the reading after the gap."),
    (fills_with_zero, "You fill with zeros. Zero is a reading that nobody made."),
    (fills_with_the_mean, "You fill with the mean of all readings, later ones among them."),
    (
        looks_back_one_hour,
        "You take the number one hour before. In a longer gap that one is missing as well.",
    ),
    (changes_nothing, "The missing numbers are still in their places."),
)


def test_fill_gaps(answer):
    for seed in (0, 1, 2):
        random = np.random.default_rng(seed)
        values, missing = random.normal(size=30), random.random(30) < 0.3
        missing[0], missing[-1], missing[9], missing[10:13], missing[13] = False, False, False, True, False
        given = some_numbers(answer(values.copy(), missing.copy()), (30,), "The filled series")
        for mistake, message in GAP_MISTAKES:
            if np.allclose(given, mistake(values, missing)):
                raise Wrong(message)
        message = "A missing number is not the last one that was really read, or a number that was read has changed."
        expect_close(given, fill_gaps(values, missing), message, tolerance=1e-6)
    unread = np.where(missing, np.nan, values)
    filled = np.asarray(answer(unread, missing))
    if filled.dtype.kind == "f" and np.isnan(filled).any():
        raise Wrong("Where NaN stands at the missing places, it is still in your result: do not compute with it.")
    expect_close(filled, fill_gaps(unread, missing), "With NaN at the missing places the result is another one.")


SHUFFLED_ERRORS = {"temperature": 2.20, "dew point": 2.06, "pressure": 1.64, "wind": 1.85, "clock": 2.90}
WITHOUT_NOW = {"temperature": 6.86, "dew point": 7.66, "pressure": 7.17, "wind": 7.21, "clock": 7.50}


def test_shuffled_errors(answer):
    numbers = measured_numbers(answer, *SHUFFLED_ERRORS, apart=True)
    errors = dict(zip(SHUFFLED_ERRORS, numbers))
    if min(numbers) < 0:
        raise Wrong("A mean absolute error is never below 0.")
    quick = current_scale() == "quick"
    if np.ptp(numbers) < 0.02:
        raise Wrong(
            "All five errors are equal: the shuffled columns never reached the network. Did you predict from them?"
        )
    if max(numbers) < 1.2:
        raise Wrong(
            "Even the largest error is below what the network reaches undisturbed: take column 5 (6 hours ahead), in °C."
        )
    if min(numbers) < (1.4 if quick else 1.2):
        raise Wrong(
            "One error is far below what the network reaches undisturbed. Is it column 5 (6 hours ahead), in °C?"
        )
    if max(numbers) > 5:
        raise Wrong("Errors of more than 5 °C: add test.now to the changes before you compare with test.truth.")
    if max(errors, key=errors.get) != "clock":
        raise Wrong(
            "Without the clock the error should be the largest. Shuffle its columns 5 and 6 together, between windows."
        )
    if quick and errors["clock"] < 2:
        raise Wrong("Another hour of the day costs more than that. Did the shuffled columns 5 and 6 reach the network?")
    if errors["pressure"] > min(errors["temperature"], errors["dew point"]):
        raise Wrong(
            "Pressure should matter less than temperature and dew point. Start each group from fresh, unshuffled inputs."
        )


PROGRAM = """
inputs = inputs_of(test)
order = np.random.default_rng(0).permutation(len(inputs))
groups = {"temperature": [0], "dew point": [1], "pressure": [2], "wind": [3, 4], "clock": [5, 6]}
shuffled_errors = {}
for name, columns in groups.items():
    shuffled = inputs.copy()
    shuffled[:, :, columns] = inputs[order][:, :, columns]
    changes = models["recurrent network"].predict(shuffled, verbose=0) * change_spread
    errors = test.errors(test.now + changes)
    shuffled_errors[name] = float(errors[:, 5].mean())
check("202-3", shuffled_errors)
"""

EXERCISES = [
    Exercise(
        key="202-1",
        title="Count the windows",
        minutes=5,
        test=test_count_windows,
        hints=(
            "Take a tiny series: 5 hours, windows of 2 + 1. They start at hours 0, 1 and 2. How many are they?",
            "The last window starts at series_hours - past_hours - future_hours, the first at 0.",
        ),
        solution=count_windows,
        wrong_answers={
            "one too few": one_too_few,
            "one too many": one_too_many,
            "less than none": less_than_none,
            "windows side by side": windows_side_by_side,
            "the future forgotten": without_the_future,
            "one an hour to the end": all_hours,
        },
        also_right={"counted by their ends": windows_by_their_ends},
        explanation="They overlap in all hours but one, which is why they must not be shuffled before the split.",
    ),
    Exercise(
        key="202-2",
        title="Fill gaps from the past",
        minutes=10,
        test=test_fill_gaps,
        hints=(
            "Walk from hour 1 to the end. If the number is missing, take the *filled* number of the hour before.",
            "filled = values.copy(), then in the loop: if missing[hour]: filled[hour] = filled[hour - 1].",
        ),
        solution=fill_gaps,
        wrong_answers={
            "from the reading after the gap": fills_from_the_future,
            "a straight line": straight_lines,
            "zeros": fills_with_zero,
            "the mean": fills_with_the_mean,
            "one hour back in the unfilled series": looks_back_one_hour,
            "nothing": changes_nothing,
            "multiplied away": multiplied_away,
            "in place": filled_in_place,
        },
        leaves_arguments=True,
        also_right={"the place of the last reading": fill_gaps_by_places},
        explanation="Every number depends only on what was read up to its own hour.",
    ),
    Exercise(
        key="202-3",
        title="What the forecaster relies on",
        minutes=15,
        test=test_shuffled_errors,
        hints=(
            "inputs = inputs_of(test); order = np.random.default_rng(0).permutation(len(inputs)); shuffled = inputs.copy(); "
            "shuffled[:, :, columns] = inputs[order][:, :, columns], with columns a list such as [5, 6].",
            'Temperatures: test.now + models["recurrent network"].predict(shuffled, verbose=0) * change_spread. '
            "The error: test.errors(temperatures).mean(axis=0)[5]. Loop over the five groups, each from a fresh copy.",
        ),
        solution=SHUFFLED_ERRORS,
        wrong_answers={
            "nothing was shuffled": {name: 1.59 for name in SHUFFLED_ERRORS},
            "a group is missing": {name: value for name, value in SHUFFLED_ERRORS.items() if name != "clock"},
            "standardised units": {name: 0.3 * value for name, value in SHUFFLED_ERRORS.items()},
            "changes compared with temperatures": WITHOUT_NOW,
            "one of them at another hour": {**SHUFFLED_ERRORS, "pressure": 0.6},
            "the clock shuffled within windows or in part": {**SHUFFLED_ERRORS, "clock": 1.7},
            "one measurement twice": {**SHUFFLED_ERRORS, "pressure": 1.8513, "wind": 1.8513},
            "hardly any difference": dict(zip(SHUFFLED_ERRORS, (1.6, 1.61, 1.59, 1.6, 1.64))),
            "not a number": {**SHUFFLED_ERRORS, "wind": float("nan")},
            "groups shuffled one on top of the other": {
                "temperature": 2.1,
                "dew point": 2.5,
                "pressure": 2.6,
                "wind": 2.8,
                "clock": 3.4,
            },
        },
        program=PROGRAM,
        explanation="The network forecasts a change, and the time of day says whether warming or cooling is due. "
        "Shuffling measures what this network uses, not what the weather obeys: related inputs can stand in for each other, "
        "and test.now, which stays true, makes the temperature look less important than it is.",
    ),
]
