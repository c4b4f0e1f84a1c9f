"""Exercises of lesson 303, drawing digits and letters."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number
from course_utils.scale import scale

SLOPE_MISTAKES = {
    float(np.log(3) / 8): "The sign is wrong: a larger theta fools the discriminator better, so the loss must fall.",
    float(
        -np.log(3) / 4
    ): "That is the slope on the page, for w = ln 3. Here w is half of it, and theta twice as large.",
    float(-3 * np.log(3) / 8): "You took the probability of real, 3/4. The slope of -ln sigma(a) is -(1 - sigma(a)).",
    -0.5: "That is the slope by w. By theta the slope by the logit is multiplied by w z.",
    -0.25: "That is the slope by the logit. By theta it is multiplied by w z.",
}


def test_slope(answer):
    number = one_number(answer)
    for mistake, message in SLOPE_MISTAKES.items():
        if np.isclose(number, mistake, atol=2e-3):
            raise Wrong(message)
    expect_close(number, -np.log(3) / 8, f"It is not {number:g}.", tolerance=3e-3)


def hinge_losses(real_logits, fake_logits):
    discriminator = np.maximum(0, 1 - real_logits).mean() + np.maximum(0, 1 + fake_logits).mean()
    return discriminator, -fake_logits.mean()


def hinge_losses_in_a_loop(real_logits, fake_logits):
    for_real = sum(1 - logit for logit in np.ravel(real_logits) if logit < 1) / np.size(real_logits)
    for_fake = sum(1 + logit for logit in np.ravel(fake_logits) if logit > -1) / np.size(fake_logits)
    return [for_real + for_fake, np.mean(-fake_logits)]


def hinge_exchanged(real_logits, fake_logits):
    return hinge_losses(-real_logits, -fake_logits)[0], -fake_logits.mean()


def hinge_generator_wants_low(real_logits, fake_logits):
    return hinge_losses(real_logits, fake_logits)[0], fake_logits.mean()


def hinge_generator_cut_off(real_logits, fake_logits):
    return hinge_losses(real_logits, fake_logits)[0], np.maximum(0, 1 - fake_logits).mean()


def no_cut(real_logits, fake_logits):
    return (1 - real_logits).mean() + (1 + fake_logits).mean(), -fake_logits.mean()


def no_margin(real_logits, fake_logits):
    return np.maximum(0, -real_logits).mean() + np.maximum(0, fake_logits).mean(), -fake_logits.mean()


def losses_exchanged(real_logits, fake_logits):
    return hinge_losses(real_logits, fake_logits)[::-1]


HINGE_MISTAKES = {
    hinge_exchanged: "The discriminator's targets are exchanged: real logits should rise above 1, fake ones fall below -1.",
    hinge_generator_wants_low: "The generator wants high logits for its fakes, so its loss is minus their mean.",
    hinge_generator_cut_off: "Only the discriminator's parts are cut off at 0. The generator's loss is just minus the mean.",
    no_cut: "Nothing is cut off: each of the discriminator's terms is max(0, ...).",
    no_margin: "The 1 is missing: the discriminator is content only when a logit is beyond 1 or -1.",
    losses_exchanged: "The two losses are exchanged: the discriminator's comes first.",
}


def test_hinge(answer):
    random = np.random.default_rng(0)
    for real_shape, fake_shape in (((50,), (30,)), ((8, 1), (8, 1)), ((200,), (3,))):
        real, fake = random.normal(0, 2, size=real_shape), random.normal(0, 2, size=fake_shape)
        result = answer(real, fake)
        if not isinstance(result, (tuple, list, np.ndarray)) or len(result) != 2:
            raise Wrong("Return two numbers: the discriminator's loss and the generator's.")
        result = [one_number(loss, "Each loss") for loss in result]
        for mistake, message in HINGE_MISTAKES.items():
            if np.allclose(result, mistake(real, fake), rtol=1e-5):
                raise Wrong(message)
        expect_close(result, hinge_losses(real, fake), "These are not the hinge losses.")


IMAGE_MISTAKES = {
    0.0: "The means are equal, and the spreads are not: 0 against 1, and 0 against 2.",
    3.0: "You added the standard deviations. Their differences are squared first.",
    9.0: "Square each difference of spreads, then add.",
    17.0: "You squared the variances. It is the difference of the standard deviations that is squared.",
    2.5: "The two parts are added, not averaged.",
    float(np.sqrt(5)): "No root is taken: the Fréchet distance, as used here, is a sum of squares.",
}


def test_one_image(answer):
    number = one_number(answer)
    for mistake, message in IMAGE_MISTAKES.items():
        if np.isclose(number, mistake, atol=0.01):
            raise Wrong(message)
    expect_close(number, 5, f"It is not {number:g}.", tolerance=1e-3)


def test_two_tricks(answer):
    first, second, both = measured_numbers(answer, "first off", "second off", "both off")
    least, most = scale(quick=(8, 600), full=(0.3, 1000))
    if min(first, second, both) < least:
        raise Wrong(
            f"A distance below {least} is nearer than four epochs reach. Take the last of the distances of `play`."
        )
    if max(first, second, both) > most:
        raise Wrong(
            f"A distance above {most} is not credible here. Take the last of the distances, the second value of `play`."
        )
    if len({first, second, both}) == 1:
        raise Wrong("The three distances are equal. Were three different games played?")
    if len({first, second, both}) == 2:
        raise Wrong("Two of the distances are equal to the last digit. Did both games get the same switches?")


PROGRAM = """
found = {
    "first off": play("digits", 4, leaky=False)[1][-1],
    "second off": play("digits", 4, strides=False)[1][-1],
    "both off": play("digits", 4, leaky=False, strides=False)[1][-1],
}
check("303-4", found)
"""

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
            "by w": -0.5,
            "not a number": np.nan,
        },
        also_right={"exactly": -np.log(3) / 8, "rounded": -0.137},
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
            "no margin": no_margin,
            "losses exchanged": losses_exchanged,
        },
        also_right={"a loop, a list": hinge_losses_in_a_loop},
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
        wrong_answers={
            "root": 2.236,
            "means only": 0,
            "spreads added": 3,
            "sum squared": 9,
            "variances squared": 17,
            "averaged": 2.5,
            "not a number": np.nan,
        },
        also_right={"with a point": 5.0},
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
            "the judge's images counted": {"first off": 21.9, "second off": 1768, "both off": 55.0},
            "one game thrice": {"first off": 21.9, "second off": 21.9, "both off": 21.9},
            "one game twice": {"first off": 21.9, "second off": 48.3, "both off": 48.3},
            "all distances of a game": {
                "first off": [60.2, 21.9],
                "second off": [90.4, 48.3],
                "both off": [80.0, 55.0],
            },
            "no game with both": {"first off": 21.9, "second off": 48.3},
            "not a number": {"first off": 21.9, "second off": 48.3, "both off": np.nan},
        },
        also_right={
            "no leak, pooling": {"first off": 24.68, "second off": 26.21, "both off": 19.74},
            "without normalization": {"first off": 210.4, "second off": 58.3, "both off": 318.9},
        },
        program=PROGRAM,
        explanation="Tricks are not a sum: some stand in for each other, and some matter only when another is off. Repeat a result with another seed before you believe it.",
    ),
]
