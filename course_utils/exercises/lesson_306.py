"""Exercises of lesson 306, style and content."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers


def test_gram_entry(answer):
    if np.shape(answer) != ():
        raise Wrong("One number is asked: the entry in row 1, column 2.")
    if np.isclose(answer, 2):
        raise Wrong("That is the sum over the positions. The Gram matrix here holds the mean.")
    if np.isclose(answer, 5 / 3, atol=1e-2):
        raise Wrong("That is the first channel with itself. Asked is the first with the second.")
    if np.isclose(answer, 1):
        raise Wrong("You divided by the number of channels. Divide by the number of positions.")
    expect_close(answer, 2 / 3, f"It is not {answer!r}.", tolerance=5e-3)


def identity_loss(to_serif, to_sans, sans, serif):
    return np.abs(to_serif(serif) - serif).mean() + np.abs(to_sans(sans) - sans).mean()


def other_style_given(to_serif, to_sans, sans, serif):
    return np.abs(to_serif(sans) - sans).mean() + np.abs(to_sans(serif) - serif).mean()


def cycle_instead(to_serif, to_sans, sans, serif):
    return np.abs(to_sans(to_serif(sans)) - sans).mean() + np.abs(to_serif(to_sans(serif)) - serif).mean()


def squared_identity(to_serif, to_sans, sans, serif):
    return ((to_serif(serif) - serif) ** 2).mean() + ((to_sans(sans) - sans) ** 2).mean()


def one_generator_only(to_serif, to_sans, sans, serif):
    return np.abs(to_serif(serif) - serif).mean()


def test_identity_loss(answer):
    generator = np.random.default_rng(0)
    sans, serif = generator.random((4, 28, 28, 1)), generator.random((4, 28, 28, 1))
    arguments = (lambda letters: 0.9 * letters, lambda letters: 0.5 * letters + 0.1, sans, serif)
    result = answer(*arguments)
    mistakes = {
        other_style_given: "Each generator got letters to translate. Give it letters that are already as it wants them.",
        cycle_instead: "That is the cycle loss. Here each generator is used once, on letters of its own target style.",
        squared_identity: "Take the mean absolute difference, not the mean square.",
        one_generator_only: "That is one half of it. The generator of the other direction belongs in it, too.",
    }
    for mistake, message in mistakes.items():
        if np.shape(result) == () and result is not None and np.isclose(result, mistake(*arguments)):
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
        wrong_answers={"sum": 2, "same channel": 1.6667, "divided by channels": 1.0},
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
        },
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
        },
        explanation="Forty steps are too few to forget the noise. Gatys and others start from noise and take many more steps.",
    ),
]
