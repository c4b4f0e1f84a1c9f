"""Exercises of lesson 301, the adversarial game."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, one_number

DRAW_MISTAKES = {
    float(np.log(2)): "That is one half of it. The loss has two parts, for real and for generated examples.",
    0.0: "A logit of 0 is a probability of one half, not a loss of 0.",
    1.0: "You added the probabilities. The loss is made of their logarithms.",
    2.0: "These are bits: you took the logarithm to base 2. The loss takes the natural one.",
    float(-2 * np.log(2)): "The size is right. A loss is minus the logarithm of a probability, so it is positive.",
}


def test_draw(answer):
    number = one_number(answer)
    for mistake, message in DRAW_MISTAKES.items():
        if np.isclose(number, mistake, atol=1e-3):
            raise Wrong(message)
    if not np.isclose(number, 2 * np.log(2), atol=6e-3):
        raise Wrong(f"It is not {number:g}.")


def best_logit(p, q):
    return np.log(p) - np.log(q)


def best_probability(p, q):
    return p / (p + q)


def ratio(p, q):
    return p / q


def exchanged_logit(p, q):
    return np.log(q) - np.log(p)


def logit_in_bits(p, q):
    return np.log2(p) - np.log2(q)


LOGIT_MISTAKES = {
    best_probability: "That is the probability. The logit a has D = 1 / (1 + exp(-a)).",
    ratio: "That is D / (1 - D). The logit is its logarithm.",
    exchanged_logit: "The sign is wrong: where p is larger, the logit must be positive.",
    logit_in_bits: "You took the logarithm to base 2. In D = 1 / (1 + exp(-a)) stands e.",
}


def densities(shape, seed):
    return np.random.default_rng(seed).uniform(0.01, 2, size=(2, *shape))


def test_best_logit(answer):
    for p, q in (np.array([[0.3, 0.1, 0.02], [0.1, 0.1, 0.5]]), densities((40,), 1), densities((3, 5), 2)):
        result = answer(p.copy(), q.copy())
        for mistake, message in LOGIT_MISTAKES.items():
            if np.shape(result) == p.shape and np.allclose(result, mistake(p, q), atol=1e-5):
                raise Wrong(message)
        expect_close(result, best_logit(p, q), "For p = 0.3 and q = 0.1 the logit is ln 3.")
    expect_close(one_number(answer(0.3, 0.1)), np.log(3), "For the single numbers p = 0.3 and q = 0.1 it is ln 3.")


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


def players_exchanged(real_outputs, fake_outputs):
    discriminator, generator = least_squares_losses(real_outputs, fake_outputs)
    return generator, discriminator


SQUARES_MISTAKES = {
    without_halves: "Both are twice too large: each loses half the mean square.",
    labels_exchanged: "The targets are exchanged: 1 is for real, 0 for generated examples.",
    generator_wants_zero: "The generator wants to be taken for real: its target is 1.",
    players_exchanged: "The two losses are exchanged: the discriminator's comes first.",
}


def test_least_squares(answer):
    random = np.random.default_rng(0)
    for count_real, count_fake in ((50, 30), (8, 8), (1, 200)):
        real, fake = random.normal(size=(count_real, 1)), random.normal(size=(count_fake, 1))
        result = answer(real.copy(), fake.copy())
        if not isinstance(result, (tuple, list, np.ndarray)) or len(result) != 2:
            raise Wrong("Return two numbers: the discriminator's loss and the generator's.")
        result = [one_number(loss, "Each loss") for loss in result]
        for mistake, message in SQUARES_MISTAKES.items():
            if np.allclose(result, mistake(real, fake), rtol=1e-5):
                raise Wrong(message)
        expect_close(result, least_squares_losses(real, fake), "These are not the least-squares losses.")


def test_modes(answer):
    if not isinstance(answer, dict) or set(answer) != {1, 3, 5}:
        raise Wrong("A dictionary with the keys 1, 3 and 5 is wanted, the modes hit as values.")
    counts = {steps: one_number(value, f"The value at {steps}") for steps, value in answer.items()}
    if any(value not in range(9) for value in counts.values()):
        raise Wrong("Each value is a count from 0 to 8: the first number that modes_hit returns.")
    if counts[1] < 4:
        raise Wrong(
            "One step each should hit most modes after eight rounds. Did you take the last points of the history?"
        )
    if counts[5] >= counts[1]:
        raise Wrong("With five steps there should be fewer modes than with one. Are the values at the right keys?")


EXERCISES = [
    Exercise(
        key="301-1",
        title="The loss at a draw",
        minutes=3,
        test=test_draw,
        hints=("A logit of 0 means D = 1/2, for real and for generated examples.", "-ln(1/2) - ln(1 - 1/2)"),
        solution=1.3863,
        wrong_answers={"one part only": 0.6931, "zero": 0, "probabilities added": 1.0, "bits": 2, "sign": -1.3863},
        explanation="It is 2 ln 2, the value that the loss approaches when the generator becomes perfect.",
    ),
    Exercise(
        key="301-2",
        title="The best discriminator's logit",
        minutes=7,
        test=test_best_logit,
        hints=("The logit of a probability D is ln(D / (1 - D)).", "With D = p / (p + q), D / (1 - D) is p / q."),
        solution=best_logit,
        wrong_answers={
            "probability": best_probability,
            "no logarithm": ratio,
            "sign": exchanged_logit,
            "bits": logit_in_bits,
        },
        explanation="The best discriminator's logit is the logarithm of the ratio of the two densities.",
    ),
    Exercise(
        key="301-3",
        title="Least-squares losses",
        minutes=8,
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
            "losses exchanged": players_exchanged,
        },
        explanation="The slope of a square does not fade far from the target, so this loss does not saturate either.",
    ),
    Exercise(
        key="301-4",
        title="How much imbalance does the game bear?",
        minutes=12,
        test=test_modes,
        hints=(
            "history = play(3, 8) plays it; modes_hit(history[-1], centres, 3 * spread) counts at the end.",
            "The counts for 1 and 5 steps stand in the last row of the table above.",
        ),
        solution={1: 8, 3: 8, 5: 1},
        wrong_answers={
            "shares instead of counts": {1: 0.8, 3: 0.8, 5: 0.1},
            "order reversed": {1: 5, 3: 5, 5: 8},
            "the first points of the history": {1: 2, 3: 1, 5: 0},
            "one game only": {3: 8},
        },
        explanation="The exact numbers change from run to run. The more steps the generator gets ahead, the later its points spread, if they do.",
    ),
]
