"""Exercises of lesson 301, the adversarial game."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, one_number, some_numbers

SAME_MISTAKES = {
    float(2 * np.log(2)): "That is the loss at the logit 0. At ln 3 the discriminator says D = 3/4, to fakes as well.",
    float(-2 * np.log(3 / 4)): "You took ln 3/4 for both. For a generated example the loss is -ln(1 - D).",
    float(-2 * np.log(1 / 4)): "You took ln 1/4 for both. For a real example the loss is -ln D.",
    float(-np.log(3 / 4)): "That is the part for the real examples. The loss has two parts.",
    float(-np.log(1 / 4)): "That is the part for the generated examples. The loss has two parts.",
    float(np.log(3 / 16)): "The size is right. A loss is minus the logarithm of a probability, so it is positive.",
    float(-np.log2(3 / 16)): "You took the logarithm to base 2. The loss takes the natural one.",
    float(-np.log(3 / 16) / 2): "You took the mean of the two parts. The loss is their sum.",
}


def test_same_answer(answer):
    number = one_number(answer)
    for mistake, message in SAME_MISTAKES.items():
        if np.isclose(number, mistake, atol=6e-3):
            raise Wrong(message)
    if not np.isclose(number, -np.log(3 / 16), atol=6e-3):
        raise Wrong(f"It is not {number:g}.")


def best_logit(p, q):
    return np.log(p) - np.log(q)


def best_logit_by_probability(p, q):
    probability = best_probability(p, q)
    return np.log(probability / (1 - probability))


def best_probability(p, q):
    return p / (p + q)


def ratio(p, q):
    return p / q


def log_of_the_share(p, q):
    return np.log(p / (p + q))


def difference(p, q):
    return p - q


def exchanged_logit(p, q):
    return np.log(q) - np.log(p)


def logit_in_bits(p, q):
    return np.log2(p) - np.log2(q)


LOGIT_MISTAKES = {
    best_probability: "That is the probability. The logit a has D = 1 / (1 + exp(-a)).",
    ratio: "That is D / (1 - D). The logit is its logarithm.",
    log_of_the_share: "That is ln D. The logit is ln D - ln(1 - D).",
    difference: "You subtracted the densities. It is their logarithms that are subtracted.",
    exchanged_logit: "The sign is wrong: where p is larger, the logit must be positive.",
    logit_in_bits: "You took the logarithm to base 2. In D = 1 / (1 + exp(-a)) stands e.",
}


def densities(shape, seed):
    return np.random.default_rng(seed).uniform(0.01, 2, size=(2, *shape))


def test_best_logit(answer):
    for p, q in (np.array([[0.3, 0.1, 0.02], [0.1, 0.1, 0.5]]), densities((40,), 1), densities((3, 5), 2)):
        result = some_numbers(answer(p.copy(), q.copy()), p.shape, "The logit")
        for mistake, message in LOGIT_MISTAKES.items():
            if np.allclose(result, mistake(p, q), atol=1e-5):
                raise Wrong(message)
        expect_close(result, best_logit(p, q), "For p = 0.3 and q = 0.1 the logit is ln 3.")
    expect_close(one_number(answer(0.3, 0.1)), np.log(3), "For the single numbers p = 0.3 and q = 0.1 it is ln 3.")


def least_squares_losses(real_outputs, fake_outputs):
    discriminator = 0.5 * np.mean((real_outputs - 1) ** 2) + 0.5 * np.mean(fake_outputs**2)
    return discriminator, 0.5 * np.mean((fake_outputs - 1) ** 2)


def least_squares_losses_in_a_loop(real_outputs, fake_outputs):
    for_real = sum(float(output - 1) ** 2 for output in real_outputs[:, 0]) / len(real_outputs)
    for_fake = sum(float(output) ** 2 for output in fake_outputs[:, 0]) / len(fake_outputs)
    wanted = sum(float(output - 1) ** 2 for output in fake_outputs[:, 0]) / len(fake_outputs)
    return [(for_real + for_fake) / 2, wanted / 2]


def without_halves(real_outputs, fake_outputs):
    discriminator, generator = least_squares_losses(real_outputs, fake_outputs)
    return 2 * discriminator, 2 * generator


def labels_exchanged(real_outputs, fake_outputs):
    discriminator = 0.5 * np.mean(real_outputs**2) + 0.5 * np.mean((fake_outputs - 1) ** 2)
    return discriminator, 0.5 * np.mean(fake_outputs**2)


def generator_wants_zero(real_outputs, fake_outputs):
    return least_squares_losses(real_outputs, fake_outputs)[0], 0.5 * np.mean(fake_outputs**2)


def sums(real_outputs, fake_outputs):
    discriminator = 0.5 * np.sum((real_outputs - 1) ** 2) + 0.5 * np.sum(fake_outputs**2)
    return discriminator, 0.5 * np.sum((fake_outputs - 1) ** 2)


def means_squared(real_outputs, fake_outputs):
    discriminator = 0.5 * (np.mean(real_outputs) - 1) ** 2 + 0.5 * np.mean(fake_outputs) ** 2
    return discriminator, 0.5 * (np.mean(fake_outputs) - 1) ** 2


def players_exchanged(real_outputs, fake_outputs):
    discriminator, generator = least_squares_losses(real_outputs, fake_outputs)
    return generator, discriminator


SQUARES_MISTAKES = {
    without_halves: "Both are twice too large: each loses half the mean square.",
    labels_exchanged: "The targets are exchanged: 1 is for real, 0 for generated examples.",
    generator_wants_zero: "The generator wants to be taken for real: its target is 1.",
    players_exchanged: "The two losses are exchanged: the discriminator's comes first.",
    means_squared: "You squared the differences of the means. Square the difference of each example, then take the mean.",
    sums: "You added up the squares of all examples. Take their means.",
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


def test_first_rounds(answer):
    if not isinstance(answer, dict) or set(answer) != {1, 3, 5}:
        raise Wrong("A dictionary with the keys 1, 3 and 5 is wanted, the round as values.")
    rounds = {steps: one_number(value, f"The value at {steps}") for steps, value in answer.items()}
    if any(value != int(value) for value in rounds.values()):
        raise Wrong("Each value is the number of a round: a whole one.")
    if any(value not in range(9) for value in rounds.values()):
        raise Wrong("The rounds are numbered from 1 to 8; 0 stands for never. Did you give the turns?")
    if rounds[1] == 0:
        raise Wrong("One step each should hit 6 modes within eight rounds. Did you count with 3 * spread?")
    if 0 < rounds[5] <= rounds[1]:
        raise Wrong("With five steps it should come later than with one, if at all. Are the values at the right keys?")
    if 0 < rounds[3] < rounds[1] - 1:
        raise Wrong(
            "Three steps so much earlier than one? Rounds are counted from 1: is `generator_steps` 3 in `play`?"
        )
    if rounds[5] and (rounds[3] or 9) > rounds[5] + 3:
        raise Wrong("With three steps it should not come so much later than with five. Did three get its own game?")


PROGRAM = """
games = {1: by_one, 3: counted(play(generator_steps=3, rounds=8)), 5: by_five}
first_rounds = {}
for steps, counts in games.items():
    enough = np.flatnonzero(counts["modes hit"][:8] >= 6)
    first_rounds[steps] = int(enough[0]) + 1 if len(enough) else 0
check("301-4", first_rounds)
"""

EXERCISES = [
    Exercise(
        key="301-1",
        title="Always the same answer",
        minutes=3,
        test=test_same_answer,
        hints=("A logit of ln 3 means D = 3/4, for real and for generated examples.", "-ln(3/4) - ln(1 - 3/4)"),
        solution=1.674,
        wrong_answers={
            "logit 0": 1.3863,
            "both as real": 0.5754,
            "both as generated": 2.7726,
            "one part only": 0.2877,
            "bits": 2.415,
            "sign": -1.674,
            "mean": 0.837,
            "not a number": np.nan,
        },
        also_right={"exactly": -np.log(3 / 16), "rounded": 1.67},
        explanation="More than 2 ln 2: to call everything real costs more than to say that you do not know.",
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
            "the logarithm of D": log_of_the_share,
            "no logarithms": difference,
            "sign": exchanged_logit,
            "bits": logit_in_bits,
        },
        also_right={"from the probability": best_logit_by_probability},
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
            "sums in place of means": sums,
            "means squared": means_squared,
        },
        also_right={"a loop, a list": least_squares_losses_in_a_loop},
        explanation="The slope of a square does not fade far from the target, so this loss does not saturate either.",
    ),
    Exercise(
        key="301-4",
        title="How much imbalance does the game bear?",
        minutes=12,
        test=test_first_rounds,
        hints=(
            "history = play(3, 8) plays it; counted(history) counts the modes of each round.",
            "The tables of the games with 1 and 5 steps are there: by_one and by_five. The first row is round 1.",
        ),
        solution={1: 3, 3: 5, 5: 0},
        wrong_answers={
            "turns instead of rounds": {1: 300, 3: 500, 5: 0},
            "order reversed": {1: 5, 3: 4, 5: 3},
            "never with one step": {1: 0, 3: 0, 5: 0},
            "parts of a round": {1: 2.5, 3: 4, 5: 0},
            "one game only": {3: 5},
            "three before one": {1: 5, 3: 1, 5: 0},
            "three long after five": {1: 3, 3: 0, 5: 4},
            "not a number": {1: 3, 3: np.nan, 5: 0},
        },
        also_right={
            "three as fast as one": {1: 3, 3: 3, 5: 0},
            "three a little earlier": {1: 3, 3: 2, 5: 6},
            "never, but with one": {1: 4, 3: 0, 5: 0},
            "five at last": {1: 3, 3: 0, 5: 7},
            "keys as texts": {"1": 3, "3": 5, "5": 0},
        },
        program=PROGRAM,
        explanation="The exact rounds change from run to run. See how late the points spread when the generator gets ahead, if they do.",
    ),
]
