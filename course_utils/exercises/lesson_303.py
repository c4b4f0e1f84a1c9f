"""Exercises of lesson 303, drawing digits and letters."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers


def test_slope(answer):
    if np.isclose(answer, np.log(3) / 8, atol=2e-3):
        raise Wrong("The sign is wrong: a larger theta fools the discriminator better, so the loss must fall.")
    if np.isclose(answer, -np.log(3) / 4, atol=2e-3):
        raise Wrong("That is the slope on the page, for w = ln 3. Here w is half of it, and theta twice as large.")
    if np.isclose(answer, -3 * np.log(3) / 8, atol=2e-3):
        raise Wrong("You took the probability of real, 3/4. The slope of -ln sigma(a) is -(1 - sigma(a)).")
    if np.isclose(answer, -0.25, atol=2e-3):
        raise Wrong("That is the slope by the logit. By theta it is multiplied by w z.")
    expect_close(answer, -np.log(3) / 8, f"It is not {answer!r}.", tolerance=3e-3)


def hinge_losses(real_logits, fake_logits):
    discriminator = np.maximum(0, 1 - real_logits).mean() + np.maximum(0, 1 + fake_logits).mean()
    return discriminator, -fake_logits.mean()


def hinge_exchanged(real_logits, fake_logits):
    return hinge_losses(-real_logits, -fake_logits)[0], -fake_logits.mean()


def hinge_generator_wants_low(real_logits, fake_logits):
    return hinge_losses(real_logits, fake_logits)[0], fake_logits.mean()


def hinge_generator_cut_off(real_logits, fake_logits):
    return hinge_losses(real_logits, fake_logits)[0], np.maximum(0, 1 - fake_logits).mean()


def no_cut(real_logits, fake_logits):
    return (1 - real_logits).mean() + (1 + fake_logits).mean(), -fake_logits.mean()


def test_hinge(answer):
    generator = np.random.default_rng(0)
    real, fake = generator.normal(0, 2, size=50), generator.normal(0, 2, size=30)
    result = answer(real, fake)
    if result is None or np.shape(result) != (2,):
        raise Wrong("Return two numbers: the discriminator's loss and the generator's.")
    if np.allclose(result, hinge_exchanged(real, fake)):
        raise Wrong(
            "The discriminator's targets are exchanged: real logits should rise above 1, fake ones fall below -1."
        )
    if np.allclose(result, hinge_generator_wants_low(real, fake)):
        raise Wrong("The generator wants high logits for its fakes, so its loss is minus their mean.")
    if np.allclose(result, hinge_generator_cut_off(real, fake)):
        raise Wrong("Only the discriminator's parts are cut off at 0. The generator's loss is just minus the mean.")
    if np.allclose(result, no_cut(real, fake)):
        raise Wrong("Nothing is cut off: each of the discriminator's terms is max(0, ...).")
    expect_close(result, hinge_losses(real, fake), "These are not the hinge losses.")


def test_one_image(answer):
    if np.isclose(answer, 0):
        raise Wrong("The means are equal, and the spreads are not: 0 against 1, and 0 against 2.")
    if np.isclose(answer, 3):
        raise Wrong("You added the standard deviations. Their differences are squared first.")
    if np.isclose(answer, 9):
        raise Wrong("Square each difference of spreads, then add.")
    if np.isclose(answer, np.sqrt(5), atol=0.01):
        raise Wrong("No root is taken: the Fréchet distance, as used here, is a sum of squares.")
    expect_close(answer, 5, f"It is not {answer!r}.", tolerance=1e-3)


def test_two_tricks(answer):
    first, second, both = measured_numbers(answer, "first off", "second off", "both off")
    if min(first, second, both) < 3:
        raise Wrong("A distance below 3 is nearer than four epochs reach. Take the last of the distances of `play`.")
    if max(first, second, both) > 1000:
        raise Wrong(
            "A distance above 1000 is not credible here. Take the last of the distances, the second value of `play`."
        )
    if len({first, second, both}) == 1:
        raise Wrong("The three distances are equal. Were three different games played?")


EXERCISES = [
    Exercise(
        key="303-1",
        title="The generator's slope",
        minutes=5,
        test=test_slope,
        hints=("The fake's logit is w theta z = ln 3, as on the page.", "-w z (1 - 3/4) with w = (ln 3) / 2"),
        solution=-0.1373,
        wrong_answers={
            "sign": 0.1373,
            "the page's number": -0.2747,
            "sigma for 1 - sigma": -0.412,
            "without w": -0.25,
        },
        explanation="The logit is the same as on the page, but a step of theta moves it half as far, because w is half as large.",
    ),
    Exercise(
        key="303-2",
        title="Hinge losses",
        minutes=10,
        test=test_hinge,
        hints=(
            "np.maximum(0, 1 - real_logits).mean() is the part of the real examples.",
            "For the fakes the discriminator wants a logit below -1: np.maximum(0, 1 + fake_logits).mean().",
        ),
        solution=hinge_losses,
        wrong_answers={
            "targets exchanged": hinge_exchanged,
            "generator wants low": hinge_generator_wants_low,
            "generator cut off": hinge_generator_cut_off,
            "nothing cut off": no_cut,
        },
        explanation="Where the discriminator is already sure, its slope is exactly 0: it works only on the examples in doubt.",
    ),
    Exercise(
        key="303-3",
        title="One image, again and again",
        minutes=10,
        test=test_one_image,
        hints=(
            "The generated cloud has the spread 0 in both numbers.",
            "(0 - 1)² + (0 - 2)², and nothing from the means.",
        ),
        solution=5,
        wrong_answers={"root": 2.236, "means only": 0, "spreads added": 3, "sum squared": 9},
        explanation="A collapsed generator pays for all the variety that it lacks, even if its one image is perfect.",
    ),
    Exercise(
        key="303-4",
        title="Two tricks off at once",
        minutes=15,
        test=test_two_tricks,
        hints=(
            'play("digits", 4, leaky=False)[1][-1] is the distance with one trick off.',
            'play("digits", 4, leaky=False, strides=False) switches two off; beta_1=0.9 is a switch too.',
        ),
        solution={"first off": 21.9, "second off": 48.3, "both off": 55.0},
        wrong_answers={
            "shares instead of distances": {"first off": 0.4, "second off": 0.3, "both off": 0.2},
            "one game thrice": {"first off": 21.9, "second off": 21.9, "both off": 21.9},
        },
        explanation="Tricks are not a sum: some stand in for each other, and some matter only when another is off. Repeat a result with another seed before you believe it.",
    ),
]
