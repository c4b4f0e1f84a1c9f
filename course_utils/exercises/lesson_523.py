"""Exercises of lesson 523, watch a model in use."""

import math

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, measured_numbers, one_number

CHANGES = {"mirrored": "stays", "paler": "changes", "upside down": "stays", "drawn with a broad pen": "changes"}
WHY = {
    "mirrored": "the same pixels stand elsewhere: their mean stays.",
    "paler": "each pixel is smaller, and so is the mean.",
    "upside down": "the same pixels stand elsewhere: their mean stays.",
    "drawn with a broad pen": "more pixels are dark: the mean grows.",
}


def test_changes(answer):
    if not isinstance(answer, dict) or set(answer) != set(CHANGES):
        raise Wrong("A dictionary with the four changes as keys, spelled as above, is wanted.")
    for change, right in CHANGES.items():
        given = str(answer[change]).strip().lower()
        if given not in ("changes", "stays"):
            raise Wrong(f"'{change}': {answer[change]!r} is neither 'changes' nor 'stays'.")
        if given != right:
            raise Wrong(f"Think again about '{change}': {WHY[change]}")


def labels_needed(change, spread, times):
    return int(np.ceil(np.round((times * spread / change) ** 2, 9)))


def not_squared(change, spread, times):
    return math.ceil(times * spread / change)


def not_whole(change, spread, times):
    return (times * spread / change) ** 2


def rounded_down(change, spread, times):
    return math.floor((times * spread / change) ** 2)


def one_too_many(change, spread, times):
    return math.floor((times * spread / change) ** 2) + 1


def upside_down(change, spread, times):
    return math.ceil((change / (times * spread)) ** 2)


def spread_alone(change, spread, times):
    return math.ceil((spread / change) ** 2)


def times_not_squared(change, spread, times):
    return math.ceil(times * (spread / change) ** 2)


def test_labels(answer):
    mistakes = {
        not_squared: "The mean of n labels has the standard deviation spread / sqrt(n): solve for n, and a square appears.",
        not_whole: "Half a label cannot be had: the smallest whole number that is large enough.",
        rounded_down: "Rounded down, the mean is not yet far enough away. Round up.",
        upside_down: "A smaller change takes more labels: the fraction is upside down.",
        spread_alone: "One standard deviation is not enough: `times` is missing.",
        times_not_squared: "`times` stands inside the square, too.",
        one_too_many: "One too many where the number is whole already: round up, do not add 1.",
    }
    cases = [(0.1, 0.35, 2.58), (0.03, 0.23, 2.0), (0.15, 0.47, 3.0), (0.125, 0.5, 2.0)]
    for case in cases:
        result = one_number(answer(*case), "The number of labels")
        right = labels_needed(*case)
        if result == right:
            continue
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(*case)):
                raise Wrong(message)
        raise Wrong(f"For a change of {case[0]}, spread {case[1]}, {case[2]} times: {right}, not {result:g}.")


def level_of_each(looks, chance):
    return 1 - (1 - chance) ** (1 / looks)


def divided(looks, chance):
    return chance / looks


def chance_in_all(looks, chance):
    return 1 - (1 - chance) ** looks


def root_alone(looks, chance):
    return chance ** (1 / looks)


def of_silence(looks, chance):
    return (1 - chance) ** (1 / looks)


def unchanged(looks, chance):
    return chance


def test_level(answer):
    mistakes = {
        divided: "That is the rule of Bonferroni: safe and close, but a little too strict. The exact level was asked for.",
        chance_in_all: "That is the chance in all if each look has the level `chance`. Solve it for the level.",
        root_alone: "That is the level at which *all* looks sound. Begin with the chance that none does.",
        of_silence: "That is the chance that one look stays silent. The level is what is missing to 1.",
        unchanged: "With the level `chance` at each look, the chance in all grows with the looks.",
    }
    for looks, chance in ((100, 0.05), (7, 0.2), (365, 0.5), (2, 0.1)):
        result = one_number(answer(looks, chance), "The level")
        right = level_of_each(looks, chance)
        if np.isclose(result, right, rtol=1e-6):
            continue
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(looks, chance), rtol=1e-6):
                raise Wrong(message)
        raise Wrong(f"For {looks} looks and {chance} in all you return {result:.6f}; it should be {right:.6f}.")


KINDS = ("unchanged", "more 1 and 7")


def test_answers(answer):
    unchanged, more = measured_numbers(answer, *KINDS, shares=KINDS)
    if unchanged > 0.1:
        raise Wrong("So many false alarms? The alarm sounds below 0.01; both rows of counts have ten numbers.")
    if more < 0.25:
        raise Wrong("That is what ink and confidence find. Are the *answers* counted, in batches of 100?")
    if more < 0.5:
        raise Wrong("Less than half: were the batches smaller than 100?")
    if more > 0.97:
        raise Wrong("Nearly always? Were the batches larger than 100, or is it all images at once?")


PROGRAM = """
from scipy.stats import chi2_contingency


def answers_of(images):
    return model.predict(images, verbose=0).argmax(axis=1)


counts = np.bincount(answers_of(reference), minlength=10)
shares = {}
for kind in ("unchanged", "more 1 and 7"):
    answers = answers_of(arriving[kind])
    random = np.random.default_rng(0)
    alarms_heard = 0
    for _ in range(100):
        batch = random.choice(answers, 100, replace=False)
        other_counts = np.bincount(batch, minlength=10)
        alarms_heard += chi2_contingency([counts, other_counts]).pvalue < 0.01
    shares[kind] = alarms_heard / 100
"""

EXERCISES = [
    Exercise(
        key="523-1",
        title="Who notices?",
        minutes=5,
        test=test_changes,
        hints=(
            "The share of ink is the mean of all pixels, wherever they stand.",
            "Two of the four only move pixels.",
        ),
        solution=CHANGES,
        wrong_answers={
            "mirroring changes it": CHANGES | {"mirrored": "changes"},
            "paler ink is as much ink": CHANGES | {"paler": "stays"},
            "turning changes it": CHANGES | {"upside down": "changes"},
            "a broad pen does not": CHANGES | {"drawn with a broad pen": "stays"},
            "one left open": CHANGES | {"paler": ...},
            "a word of one's own": CHANGES | {"paler": "more"},
            "a list": list(CHANGES.values()),
        },
        explanation="A mean does not know where a pixel stands.",
    ),
    Exercise(
        key="523-2",
        title="How many labels?",
        minutes=10,
        test=test_labels,
        hints=(
            "More labels make the standard deviation of the mean smaller. When is `change` exactly `times` of them?",
            "Solve change = times * spread / sqrt(n) for n, and round up: `np.ceil`.",
        ),
        solution=labels_needed,
        wrong_answers={
            "not squared": not_squared,
            "not whole": not_whole,
            "rounded down": rounded_down,
            "floor and one": one_too_many,
            "upside down": upside_down,
            "times forgotten": spread_alone,
            "times outside the square": times_not_squared,
            "always a hundred": lambda change, spread, times: 100,
        },
        also_right={"by math": lambda change, spread, times: math.ceil(times**2 * spread**2 / change**2 - 1e-9)},
        explanation=(
            "Half the change takes four times as many labels. And a fall of just this size is found in half of the cases "
            "only, as the measured fall scatters around it; for 80 of 100, add 0.84 to `times`."
        ),
    ),
    Exercise(
        key="523-3",
        title="A level for many looks",
        minutes=10,
        test=test_level,
        hints=(
            "All looks stay silent with the chance (1 - level) ** looks.",
            "Set that to 1 - chance and take the root.",
        ),
        solution=level_of_each,
        wrong_answers={
            "divided by the looks": divided,
            "the chance in all": chance_in_all,
            "the root alone": root_alone,
            "the chance of silence": of_silence,
            "the same level": unchanged,
            "a constant": lambda looks, chance: 0.01,
        },
        also_right={"by logarithms": lambda looks, chance: -math.expm1(math.log1p(-chance) / looks)},
        explanation="chance / looks is nearly the same for small chances, and holds without independence too.",
    ),
    Exercise(
        key="523-4",
        title="Count the answers",
        minutes=15,
        test=test_answers,
        hints=(
            "The answers are `model.predict(images, verbose=0).argmax(axis=1)`; `np.bincount(answers, minlength=10)` counts.",
            "As in `share_of_alarms`: draw 100 answers, 100 times, and count how often the p-value is below 0.01.",
        ),
        solution={"unchanged": 0.0, "more 1 and 7": 0.8},
        program=PROGRAM,
        wrong_answers={
            "percentages": {"unchanged": 0, "more 1 and 7": 80},
            "the level forgotten": {"unchanged": 0.95, "more 1 and 7": 1.0},
            "the confidence": {"unchanged": 0.0, "more 1 and 7": 0.05},
            "batches of fifty": {"unchanged": 0.0, "more 1 and 7": 0.35},
            "all images at once": {"unchanged": 0.0, "more 1 and 7": 1.0},
            "not a number": {"unchanged": 0.0, "more 1 and 7": math.nan},
            "one left open": {"unchanged": 0.0, "more 1 and 7": ...},
        },
        explanation=(
            "Each digit looks as ever, so ink and confidence are silent; the mix of the answers has changed. This is label "
            "shift, and it takes no labels to hear it."
        ),
    ),
]
