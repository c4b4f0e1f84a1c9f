"""Exercises of lesson 33, control and stability."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers


def test_penalty(answer):
    if np.isclose(answer, 9):
        raise Wrong("That is the length minus 1. The penalty is its square.")
    if np.isclose(answer, 100):
        raise Wrong("That is the square of the length. Take away 1 before you square.")
    if np.isclose(answer, 99):
        raise Wrong("You took away 1 after squaring. First the length, then minus 1, then the square.")
    expect_close(answer, 81, f"It is not {answer!r}. How long is the vector (6, 8)?")


def hinge_losses(real_scores, fake_scores):
    discriminator = np.maximum(0, 1 - real_scores).mean() + np.maximum(0, 1 + fake_scores).mean()
    return discriminator, -fake_scores.mean()


def no_margin(real_scores, fake_scores):
    return np.maximum(0, -real_scores).mean() + np.maximum(0, fake_scores).mean(), -fake_scores.mean()


def without_maximum(real_scores, fake_scores):
    return (1 - real_scores).mean() + (1 + fake_scores).mean(), -fake_scores.mean()


def exchanged(real_scores, fake_scores):
    return hinge_losses(fake_scores, real_scores)[0], -fake_scores.mean()


def generator_with_hinge(real_scores, fake_scores):
    return hinge_losses(real_scores, fake_scores)[0], np.maximum(0, 1 - fake_scores).mean()


def test_hinge(answer):
    generator = np.random.default_rng(0)
    real, fake = generator.normal(size=50), generator.normal(size=30)
    result = answer(real, fake)
    if result is None or np.shape(result) != (2,):
        raise Wrong("Return two numbers: the discriminator's loss and the generator's.")
    if np.allclose(result, no_margin(real, fake)):
        raise Wrong("The margin is missing: real scores should reach 1, not just 0, and generated ones -1.")
    if np.allclose(result, without_maximum(real, fake)):
        raise Wrong("Beyond the margin nothing more is to be won: np.maximum(0, ...) before the mean.")
    if np.allclose(result, exchanged(real, fake)):
        raise Wrong("Real and generated are exchanged in the discriminator's loss.")
    if np.allclose(result, generator_with_hinge(real, fake)):
        raise Wrong("The generator's loss has no hinge: it is minus the mean of its scores.")
    expect_close(result, hinge_losses(real, fake), "For real [2, 0] and generated [-2, 0] the losses are 1 and 1.")


def points_between(real, fake, share):
    share = np.reshape(share, (-1, 1, 1, 1))
    return share * real + (1 - share) * fake


def share_of_columns(real, fake, share):
    return np.asarray(share)[:, np.newaxis] * real + (1 - np.asarray(share)[:, np.newaxis]) * fake


def one_share_for_all(real, fake, share):
    return share[0] * real + (1 - share[0]) * fake


def ends_exchanged(real, fake, share):
    return points_between(fake, real, share)


def test_points_between(answer):
    generator = np.random.default_rng(0)
    real, fake = generator.normal(size=(2, 4, 4, 4, 1))
    share = np.array([0.0, 0.2, 0.7, 1.0])
    try:
        result = answer(real, fake, share)
    except ValueError as error:
        if "broadcast" not in str(error):
            raise
        raise Wrong("The share (n,) must be reshaped, so that it meets the first axis of (n, 4, 4, 1).") from error
    if result is not None and np.shape(result) == real.shape:
        if np.allclose(result, share_of_columns(real, fake, share)):
            raise Wrong("The share varies inside the image: it met the wrong axis. Reshape it to (n, 1, 1, 1).")
        if np.allclose(result, one_share_for_all(real, fake, share)):
            raise Wrong("All images got one share. Each pair needs its own.")
        if np.allclose(result, ends_exchanged(real, fake, share)):
            raise Wrong("The ends are exchanged: share 1 is the real image.")
    expect_close(result, points_between(real, fake, share), "With a share of 0.2 a pixel is 0.2 real + 0.8 fake.")


def test_shuffled(answer):
    names = ("agreement", "shuffled agreement", "distance", "shuffled distance")
    agreement, shuffled, distance, shuffled_distance = measured_numbers(answer, *names, shares=names[:2])
    if min(distance, shuffled_distance) <= 0.5:
        raise Wrong("A distance is too small even for real digits. Watch keeps agreement and distance: which is which?")
    if agreement < shuffled:
        raise Wrong("Shuffled labels should obey less. Are the two runs at the right names?")
    if agreement < 0.4:
        raise Wrong("With the right labels it should obey far above chance. Did that run get the unshuffled labels?")
    if shuffled > 0.3:
        raise Wrong("With shuffled labels it should hardly be better than chance. Did you shuffle all the labels?")


EXERCISES = [
    Exercise(
        key="33-1",
        title="The penalty of a linear critic",
        test=test_penalty,
        hints=("The slope of w . x is w, everywhere.", "The length of (6, 8) is the root of 36 + 64."),
        solution=81,
        wrong_answers={"not squared": 9, "without minus 1": 100, "minus 1 after squaring": 99},
        explanation="The length is 10, and (10 - 1)² is 81. Its gradient points along w, so a step down shortens w.",
    ),
    Exercise(
        key="33-2",
        title="Hinge losses",
        test=test_hinge,
        hints=(
            "Discriminator: mean of max(0, 1 - real) plus mean of max(0, 1 + generated).",
            "np.maximum works on whole arrays; np.max would return one number.",
        ),
        solution=hinge_losses,
        wrong_answers={
            "no margin": no_margin,
            "no maximum": without_maximum,
            "real and generated exchanged": exchanged,
            "hinge for the generator too": generator_with_hinge,
        },
        explanation="Once an example is beyond the margin, its loss and slope are 0: another way to keep scores from running away.",
    ),
    Exercise(
        key="33-3",
        title="Points between real and generated images",
        test=test_points_between,
        hints=(
            "share * real + (1 - share) * fake, with one share an image.",
            "share.reshape(-1, 1, 1, 1) has one number for each image and meets all its pixels.",
        ),
        solution=points_between,
        wrong_answers={
            "one share for each row of pixels": share_of_columns,
            "one share for all": one_share_for_all,
            "ends exchanged": ends_exchanged,
        },
        explanation="Broadcasting lines up the last axes. Without the reshape, the shares meet columns or rows of pixels.",
    ),
    Exercise(
        key="33-4",
        title="What if the labels are wrong?",
        test=test_shuffled,
        hints=(
            "watch, gaps = play(10.0, 5, randomness.permutation(labels)), then the same with labels itself.",
            "watch.agreement[-1] and watch.distance[-1] are the two numbers of a run.",
        ),
        solution={"agreement": 0.85, "shuffled agreement": 0.1, "distance": 2.6, "shuffled distance": 10.9},
        wrong_answers={
            "percent": {"agreement": 82, "shuffled agreement": 10, "distance": 6.1, "shuffled distance": 6.4},
            "runs exchanged": {"agreement": 0.1, "shuffled agreement": 0.82, "distance": 6.4, "shuffled distance": 6.1},
            "agreement for distance": {
                "agreement": 0.82,
                "shuffled agreement": 0.1,
                "distance": 0.3,
                "shuffled distance": 0.1,
            },
            "labels not shuffled": {
                "agreement": 0.82,
                "shuffled agreement": 0.81,
                "distance": 6.1,
                "shuffled distance": 6.2,
            },
        },
        explanation="The generator no longer obeys at all, and only agreement says so. The distance grows too, but the drawings are still digits: by the distance alone you would not guess what is wrong.",
    ),
]
