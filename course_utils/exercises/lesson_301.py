"""Exercises of lesson 301, the adversarial game."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close


def test_draw(answer):
    if np.isclose(answer, np.log(2), atol=1e-3):
        raise Wrong("That is one half of it. The loss has two parts, for real and for generated examples.")
    if np.isclose(answer, 0):
        raise Wrong("A logit of 0 is a probability of one half, not a loss of 0.")
    if np.isclose(answer, 1):
        raise Wrong("You added the probabilities. The loss is made of their logarithms.")
    expect_close(answer, 2 * np.log(2), f"It is not {answer!r}.", tolerance=2e-3)


def best_logit(p, q):
    return np.log(p) - np.log(q)


def best_probability(p, q):
    return p / (p + q)


def ratio(p, q):
    return p / q


def exchanged_logit(p, q):
    return np.log(q) - np.log(p)


def test_best_logit(answer):
    p, q = np.array([0.3, 0.1, 0.02]), np.array([0.1, 0.1, 0.5])
    result = answer(p, q)
    if result is not None and np.shape(result) == (3,):
        if np.allclose(result, best_probability(p, q)):
            raise Wrong("That is the probability. The logit a has D = 1 / (1 + exp(-a)).")
        if np.allclose(result, ratio(p, q)):
            raise Wrong("That is D / (1 - D). The logit is its logarithm.")
        if np.allclose(result, exchanged_logit(p, q)):
            raise Wrong("The sign is wrong: where p is larger, the logit must be positive.")
    expect_close(result, best_logit(p, q), "For p = 0.3 and q = 0.1 the logit is ln 3.")


def least_squares_losses(real_outputs, fake_outputs):
    discriminator = 0.5 * np.mean((real_outputs - 1) ** 2) + 0.5 * np.mean(fake_outputs**2)
    return discriminator, 0.5 * np.mean((fake_outputs - 1) ** 2)


def without_halves(real_outputs, fake_outputs):
    discriminator, generator = least_squares_losses(real_outputs, fake_outputs)
    return 2 * discriminator, 2 * generator


def labels_exchanged(real_outputs, fake_outputs):
    discriminator = 0.5 * np.mean(real_outputs**2) + 0.5 * np.mean((fake_outputs - 1) ** 2)
    return discriminator, 0.5 * np.mean(fake_outputs**2)


def generator_wants_zero(real_outputs, fake_outputs):
    return least_squares_losses(real_outputs, fake_outputs)[0], 0.5 * np.mean(fake_outputs**2)


def test_least_squares(answer):
    generator = np.random.default_rng(0)
    real, fake = generator.normal(size=50), generator.normal(size=30)
    result = answer(real, fake)
    if result is None or np.shape(result) != (2,):
        raise Wrong("Return two numbers: the discriminator's loss and the generator's.")
    if np.allclose(result, without_halves(real, fake)):
        raise Wrong("Both are twice too large: each loses half the mean square.")
    if np.allclose(result, labels_exchanged(real, fake)):
        raise Wrong("The targets are exchanged: 1 is for real, 0 for generated examples.")
    if np.allclose(result, generator_wants_zero(real, fake)):
        raise Wrong("The generator wants to be taken for real: its target is 1.")
    expect_close(result, least_squares_losses(real, fake), "These are not the least-squares losses.")


def test_modes(answer):
    if not isinstance(answer, dict) or set(answer) != {1, 3, 5}:
        raise Wrong("A dictionary with the keys 1, 3 and 5 is wanted, the modes hit as values.")
    if any(value not in range(9) for value in answer.values()):
        raise Wrong("Each value is a count from 0 to 8: the first number that modes_hit returns.")
    if answer[1] < 4:
        raise Wrong(
            "One step each should hit most modes after eight rounds. Did you take the last points of the history?"
        )
    if answer[5] >= answer[1]:
        raise Wrong("With five steps there should be fewer modes than with one. Are the values at the right keys?")


EXERCISES = [
    Exercise(
        key="301-1",
        title="The loss at a draw",
        minutes=5,
        test=test_draw,
        hints=("A logit of 0 means D = 1/2, for real and for generated examples.", "-ln(1/2) - ln(1 - 1/2)"),
        solution=1.3863,
        wrong_answers={"one part only": 0.6931, "zero": 0, "probabilities added": 1.0},
        explanation="It is 2 ln 2, the value that the loss approaches when the generator becomes perfect.",
    ),
    Exercise(
        key="301-2",
        title="The best discriminator's logit",
        minutes=10,
        test=test_best_logit,
        hints=("The logit of a probability D is ln(D / (1 - D)).", "With D = p / (p + q), D / (1 - D) is p / q."),
        solution=best_logit,
        wrong_answers={"probability": best_probability, "no logarithm": ratio, "sign": exchanged_logit},
        explanation="The best discriminator's logit is the logarithm of the ratio of the two densities.",
    ),
    Exercise(
        key="301-3",
        title="Least-squares losses",
        minutes=10,
        test=test_least_squares,
        hints=(
            "Discriminator: half the mean of (real - 1)², plus half the mean of fake².",
            "Generator: half the mean of (fake - 1)².",
        ),
        solution=least_squares_losses,
        wrong_answers={
            "no halves": without_halves,
            "targets exchanged": labels_exchanged,
            "generator wants 0": generator_wants_zero,
        },
        explanation="The slope of a square does not fade far from the target, so this loss does not saturate either.",
    ),
    Exercise(
        key="301-4",
        title="How much imbalance does the game bear?",
        minutes=15,
        test=test_modes,
        hints=(
            "modes_hit(play(3, 8)[-1])[0] is the count for three steps.",
            "A dictionary comprehension over (1, 3, 5) does it in one line.",
        ),
        solution={1: 8, 3: 8, 5: 1},
        wrong_answers={
            "shares instead of counts": {1: 0.8, 3: 0.8, 5: 0.1},
            "order reversed": {1: 5, 3: 5, 5: 8},
            "the first points of the history": {1: 2, 3: 1, 5: 0},
        },
        explanation="Three steps mostly arrive too, but later. With five the heap goes on moving and never spreads. The exact numbers change from run to run.",
    ),
]
