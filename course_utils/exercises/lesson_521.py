"""Exercises of lesson 521, watch a model in use."""

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


def examples_needed(change, spread, steps):
    return int(np.ceil(np.round((steps * spread / change) ** 2, 9)))


def not_squared(change, spread, steps):
    return math.ceil(steps * spread / change)


def not_whole(change, spread, steps):
    return (steps * spread / change) ** 2


def rounded_down(change, spread, steps):
    return math.floor((steps * spread / change) ** 2)


def upside_down(change, spread, steps):
    return math.ceil((change / (steps * spread)) ** 2)


def spread_alone(change, spread, steps):
    return math.ceil((spread / change) ** 2)


def steps_not_squared(change, spread, steps):
    return math.ceil(steps * (spread / change) ** 2)


def test_examples(answer):
    mistakes = {
        not_squared: "The usual step is spread / sqrt(n): solve for n, and a square appears.",
        not_whole: "Half an example cannot be had: the smallest whole number that is large enough.",
        rounded_down: "Rounded down, the mean is not yet far enough away. Round up.",
        upside_down: "A smaller change takes more examples: the fraction is upside down.",
        spread_alone: "How many steps away was asked for: `steps` is missing.",
        steps_not_squared: "`steps` stands inside the square, too.",
    }
    cases = [(0.013, 0.045, 2.58), (0.02, 0.04, 2.0), (0.3, 1.7, 3.0), (0.11, 0.5, 2.2)]
    for case in cases:
        result = one_number(answer(*case), "The number of examples")
        right = examples_needed(*case)
        if result == right:
            continue
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(*case)):
                raise Wrong(message)
        raise Wrong(f"For a change of {case[0]}, spread {case[1]}, {case[2]} steps: {right}, not {result:g}.")


def level_of_each(looks, wanted):
    return 1 - (1 - wanted) ** (1 / looks)


def divided(looks, wanted):
    return wanted / looks


def chance_in_all(looks, wanted):
    return 1 - (1 - wanted) ** looks


def root_alone(looks, wanted):
    return wanted ** (1 / looks)


def of_silence(looks, wanted):
    return (1 - wanted) ** (1 / looks)


def unchanged(looks, wanted):
    return wanted


def test_level(answer):
    mistakes = {
        divided: "That is the rule of Bonferroni: safe and close, but a little too strict. The exact level was asked for.",
        chance_in_all: "That is the chance in all if each look has the level `wanted`. Solve it for the level.",
        root_alone: "That is the level at which *all* looks sound. Begin with the chance that none does.",
        of_silence: "That is the chance that one look stays silent. The level is what is missing to 1.",
        unchanged: "With the level `wanted` at each look, the chance in all grows with the looks.",
    }
    for looks, wanted in ((100, 0.05), (7, 0.2), (365, 0.5), (2, 0.1)):
        result = one_number(answer(looks, wanted), "The level")
        right = level_of_each(looks, wanted)
        if np.isclose(result, right, rtol=1e-6):
            continue
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(looks, wanted), rtol=1e-6):
                raise Wrong(message)
        raise Wrong(f"For {looks} looks and {wanted} in all you return {result:.6f}; it should be {right:.6f}.")


NAMES = ("is right", "ink", "confidence", "squares")


def test_paler(answer):
    right, ink, confidence, squares = measured_numbers(answer, *NAMES, shares=NAMES)
    if right < 0.85:
        raise Wrong("Paler digits hardly harm this model. Are the labels those of `fresh`? Is it 0.8 times the image?")
    if ink < 0.5 and confidence < 0.5:
        raise Wrong("The ink falls by a fifth: 100 images make that plain. Was `seen` given the paler images?")
    if ink < 0.9:
        raise Wrong("The alarm of the ink should sound nearly always. Are ink and confidence exchanged?")
    if squares < 0.8:
        raise Wrong("The squares hold the ink as well, and should sound nearly always.")
    if confidence < 0.4:
        raise Wrong("The confidence should sound in most batches of 100. Were the batches smaller?")


PROGRAM = """
images = fresh * 0.8
answers, _ = answer(images)
counts = count_alarms(seen(images), size=100, batches=40)
paler = {"is right": (answers == labels).mean()}
for name, number in counts.items():
    paler[name] = number / 40
"""

EXERCISES = [
    Exercise(
        key="521-1",
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
        explanation="A mean does not know where a pixel stands. The squares do.",
    ),
    Exercise(
        key="521-2",
        title="How many examples it takes",
        minutes=10,
        test=test_examples,
        hints=(
            "The mean of n has the usual step spread / sqrt(n). Set change = steps * spread / sqrt(n).",
            "n = (steps * spread / change)², rounded up: `math.ceil` or `np.ceil`.",
        ),
        solution=examples_needed,
        wrong_answers={
            "not squared": not_squared,
            "not whole": not_whole,
            "rounded down": rounded_down,
            "upside down": upside_down,
            "steps forgotten": spread_alone,
            "steps outside the square": steps_not_squared,
            "always a hundred": lambda change, spread, steps: 100,
        },
        also_right={"by math": lambda change, spread, steps: math.ceil(steps**2 * spread**2 / change**2 - 1e-9)},
        explanation="Half the change takes four times as many examples.",
    ),
    Exercise(
        key="521-3",
        title="A level for many looks",
        minutes=10,
        test=test_level,
        hints=(
            "All looks stay silent with the chance (1 - level) ** looks.",
            "Set that to 1 - wanted and take the root.",
        ),
        solution=level_of_each,
        wrong_answers={
            "divided by the looks": divided,
            "the chance in all": chance_in_all,
            "the root alone": root_alone,
            "the chance of silence": of_silence,
            "the same level": unchanged,
            "a constant": lambda looks, wanted: 0.01,
        },
        also_right={"by logarithms": lambda looks, wanted: -math.expm1(math.log1p(-wanted) / looks)},
        explanation="wanted / looks is nearly the same for small chances, and holds without independence too.",
    ),
    Exercise(
        key="521-4",
        title="Paler digits",
        minutes=15,
        test=test_paler,
        hints=(
            "`answer(images)` gives answers and confidences; compare the answers with `labels`.",
            "`count_alarms(seen(images), size=100, batches=40)` counts; divide by 40.",
        ),
        solution={"is right": 0.94, "ink": 1.0, "confidence": 0.95, "squares": 1.0},
        program=PROGRAM,
        wrong_answers={
            "percentages": {"is right": 94, "ink": 100, "confidence": 95, "squares": 100},
            "counts": {"is right": 0.94, "ink": 40, "confidence": 38, "squares": 40},
            "other labels": {"is right": 0.1, "ink": 1.0, "confidence": 0.95, "squares": 1.0},
            "unchanged images": {"is right": 0.94, "ink": 0.0, "confidence": 0.0, "squares": 0.0},
            "exchanged": {"is right": 0.94, "ink": 0.7, "confidence": 1.0, "squares": 1.0},
            "the squares asleep": {"is right": 0.94, "ink": 1.0, "confidence": 0.95, "squares": 0.1},
            "batches of ten": {"is right": 0.94, "ink": 1.0, "confidence": 0.1, "squares": 1.0},
            "not a number": {"is right": 0.94, "ink": 1.0, "confidence": math.nan, "squares": 1.0},
            "one left open": {"is right": 0.94, "ink": 1.0, "confidence": ..., "squares": 1.0},
        },
        explanation="All three sound, and the model hardly suffers: an alarm says different, not worse.",
    ),
]
