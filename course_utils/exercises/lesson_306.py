"""Exercises of lesson 306, style and content."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number
from course_utils.scale import current_scale

GRAM_MISTAKES = {
    2.0: "That is the sum over the positions. The Gram matrix here holds the mean.",
    5 / 3: "That is the first channel with itself. Asked is the first with the second.",
    10 / 3: "That is the second channel with itself. Asked is the first with the second.",
    1.0: "You divided by the number of channels. Divide by the number of positions.",
    4 / 3: "You multiplied the means of the channels. Multiply position by position, then take the mean.",
    1 / 3: "You divided by all six numbers. Divide by the number of positions.",
}


def test_gram_entry(answer):
    number = one_number(answer, "The entry in row 1, column 2,")
    for mistake, message in GRAM_MISTAKES.items():
        if np.isclose(number, mistake, atol=1e-2):
            raise Wrong(message)
    expect_close(number, 2 / 3, f"It is not {number:g}.", tolerance=5e-3)


def identity_loss(to_serif, to_sans, sans, serif):
    return np.abs(to_serif(serif) - serif).mean() + np.abs(to_sans(sans) - sans).mean()


def identity_loss_letter_by_letter(to_serif, to_sans, sans, serif):
    total = 0.0
    for translate, letters in ((to_sans, sans), (to_serif, serif)):
        changes = [np.abs(changed - letter).mean() for changed, letter in zip(translate(letters), letters)]
        total += sum(changes) / len(changes)
    return total


def other_style_given(to_serif, to_sans, sans, serif):
    return np.abs(to_serif(sans) - sans).mean() + np.abs(to_sans(serif) - serif).mean()


def cycle_instead(to_serif, to_sans, sans, serif):
    return np.abs(to_sans(to_serif(sans)) - sans).mean() + np.abs(to_serif(to_sans(serif)) - serif).mean()


def squared_identity(to_serif, to_sans, sans, serif):
    return ((to_serif(serif) - serif) ** 2).mean() + ((to_sans(sans) - sans) ** 2).mean()


def one_generator_only(to_serif, to_sans, sans, serif):
    return np.abs(to_serif(serif) - serif).mean()


def averaged(to_serif, to_sans, sans, serif):
    return identity_loss(to_serif, to_sans, sans, serif) / 2


def no_absolute_value(to_serif, to_sans, sans, serif):
    return (to_serif(serif) - serif).mean() + (to_sans(sans) - sans).mean()


IDENTITY_MISTAKES = {
    other_style_given: "Each generator got letters to translate. Give it letters that are already as it wants them.",
    cycle_instead: "That is the cycle loss. Here each generator is used once, on letters of its own target style.",
    squared_identity: "Take the mean absolute difference, not the mean square.",
    one_generator_only: "That is one half of it. The generator of the other direction belongs in it, too.",
    averaged: "You took the mean of the two. They are added.",
    no_absolute_value: "The absolute value is missing: differences up and down would cancel.",
}


def test_identity_loss(answer):
    for seed, (sans_count, serif_count) in enumerate([(4, 4), (6, 2), (1, 5)]):
        random = np.random.default_rng(seed)
        sans, serif = random.random((sans_count, 28, 28, 1)), random.random((serif_count, 28, 28, 1))
        arguments = (lambda letters: 0.9 * letters, lambda letters: 0.5 * letters + 0.1, sans, serif)
        result = one_number(answer(*arguments), "The loss")
        for mistake, message in IDENTITY_MISTAKES.items():
            if np.isclose(result, mistake(*arguments)):
                raise Wrong(message)
        expect_close(result, identity_loss(*arguments), "This is not the sum of the two mean absolute differences.")


def test_start(answer):
    photograph, noise = measured_numbers(answer, "photograph", "noise")
    if min(photograph, noise) < 0 or photograph > 1:
        raise Wrong("A relative distance is not negative, and a repainted cat is not that far from the cat.")
    if photograph == noise:
        raise Wrong("Both are equal. Did you pass `start=noise` in the second run?")
    if photograph > noise:
        raise Wrong("Starting at the content should end nearer to it. Are the two values at the right keys?")
    if noise > 2 or noise < 1.2 * photograph:
        raise Wrong(
            "Starting at noise should end clearly farther away, yet below 2. Is it the content distance, `distances(...)[0]`?"
        )
    if photograph < 0.005:
        raise Wrong("That is the distance of the untouched photograph. Measure the repainted one, with style weight 1.")
    if current_scale() == "full":  # other features there; the bounds below were measured at quick
        return
    if photograph < 0.03:
        raise Wrong("The photograph repainted with weight 1 ends farther from the cat. Is the style weight smaller?")
    if photograph > 0.08:  # it is 0.050: nothing in this run is drawn by chance
        raise Wrong('"photograph" is the content distance that the table above prints for weight 1. Yours is larger.')
    if noise > 0.5:
        raise Wrong("Forty steps bring the noise nearer than that. Is it the repainted picture that you measured?")


PROGRAM = """
noise = np.random.default_rng(0).random(cat.shape, dtype="float32")
from_noise = repaint(trunk, cat, gravel, (1.0,), start=noise)
from_the_cat = repaint(trunk, cat, gravel, (1.0,))
content_distances = {
    "photograph": float(distances(trunk, from_the_cat, cat, gravel)[0][0]),
    "noise": float(distances(trunk, from_noise, cat, gravel)[0][0]),
}
check("306-3", content_distances)
"""

EXERCISES = [
    Exercise(
        key="306-1",
        title="One entry of a Gram matrix",
        minutes=5,
        test=test_gram_entry,
        hints=(
            "Multiply the two channels position by position.",
            "The products are 0, 2 and 0. Take their mean over the three positions.",
        ),
        solution=0.6667,
        wrong_answers={
            "sum": 2,
            "the first with itself": 1.6667,
            "the second with itself": 3.333,
            "divided by channels": 1.0,
            "divided by all numbers": 0.333,
            "means multiplied": 1.333,
            "not a number": np.nan,
        },
        also_right={"exactly": 2 / 3, "rounded": 0.67},
        explanation="(1 · 0 + 2 · 1 + 0 · 3) / 3 = 2/3: only at the second position do both features occur.",
    ),
    Exercise(
        key="306-2",
        title="The identity loss",
        minutes=10,
        test=test_identity_loss,
        hints=(
            "A letter with serifs needs no serifs: to_serif(serif) should be serif.",
            "Add the mean absolute differences of to_serif(serif) and of to_sans(sans).",
        ),
        solution=identity_loss,
        wrong_answers={
            "letters to translate": other_style_given,
            "cycle loss": cycle_instead,
            "squares": squared_identity,
            "one generator": one_generator_only,
            "averaged": averaged,
            "no absolute value": no_absolute_value,
        },
        also_right={"letter by letter": identity_loss_letter_by_letter},
        explanation="Zhu and others add it where colours must stay. In the example with 1, 2 and 3 both styles are the same values, so it rules out the scheming translators. With real styles it need not: a translator may leave finished letters alone and still exchange the others.",
    ),
    Exercise(
        key="306-3",
        title="Start from noise",
        minutes=15,
        test=test_start,
        hints=(
            "repaint(trunk, cat, gravel, (1.0,), start=noise) gives one picture.",
            "distances(trunk, picture, cat, gravel)[0][0] is its content distance.",
        ),
        solution={"photograph": 0.05, "noise": 0.12},
        wrong_answers={
            "keys exchanged": {"photograph": 0.12, "noise": 0.05},
            "the same start twice": {"photograph": 0.05, "noise": 0.05},
            "the untouched photograph": {"photograph": 0.0, "noise": 0.12},
            "percent": {"photograph": 5.0, "noise": 12.0},
            "made up": {"photograph": 0.1, "noise": 0.2},
            "style weight 0.1": {"photograph": 0.01, "noise": 0.09},
            "the noise itself": {"photograph": 0.05, "noise": 0.9},
            "style distances": {"photograph": 0.05, "noise": 0.055},
            "not a number": {"photograph": 0.05, "noise": np.nan},
        },
        also_right={
            "not rounded": {"photograph": 0.0498, "noise": 0.1173},
            "another noise": {"photograph": 0.05, "noise": 0.145},
        },
        program=PROGRAM,
        explanation="Forty steps are too few to forget the noise. Gatys and others start from noise and take many more steps.",
    ),
]
