"""Exercises of lesson 304, control and stability."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers


def test_penalty(answer):
    if np.isclose(answer, 9):
        raise Wrong("That is the length minus 1. The penalty is its square.")
    if np.isclose(answer, 100):
        raise Wrong("That is the square of the length. Take away 1 before you square.")
    if np.isclose(answer, 810):
        raise Wrong("That is with the weight 10. Asked is the penalty itself.")
    if np.isclose(answer, 99):
        raise Wrong("You took away 1 after squaring. First the length, then minus 1, then the square.")
    expect_close(answer, 81, f"It is not {answer!r}. How long is the vector (6, 8)?")


def conditional_answers(h, digits, w, b, table):
    return ((w + table[digits]) * h).sum(axis=1) + b


def condition_ignored(h, digits, w, b, table):
    return h @ w + b


def condition_alone(h, digits, w, b, table):
    return (table[digits] * h).sum(axis=1) + b


def without_bias(h, digits, w, b, table):
    return conditional_answers(h, digits, w, 0, table)


def all_against_all(h, digits, w, b, table):
    return h @ (w + table[digits]).T + b


def test_conditional_answers(answer):
    generator = np.random.default_rng(0)
    h, w, table = generator.normal(size=(6, 3)), generator.normal(size=3), generator.normal(size=(10, 3))
    arguments = (h, np.array([7, 3, 3, 0, 9, 1]), w, 0.5, table)
    result = answer(*arguments)
    if np.shape(result) == (6, 6):
        raise Wrong(
            "Each image met the digits of all the others. Multiply place by place, then add up over the last axis."
        )
    if result is not None and np.shape(result) == (6,):
        if np.allclose(result, condition_ignored(*arguments)):
            raise Wrong("The digit changes nothing: where is its row of the table?")
        if np.allclose(result, condition_alone(*arguments)):
            raise Wrong("The plain part is missing: the row is added to w, it does not replace it.")
        if np.allclose(result, without_bias(*arguments)):
            raise Wrong("The number b is missing.")
    expect_close(
        result, conditional_answers(*arguments), "For h = (1, 2), w = (1, 0), b = 0 and the row (0, 3) it is 7."
    )


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
    real, fake = generator.normal(size=(2, 14, 14, 14, 1))
    share = np.linspace(0, 1, 14)
    try:
        result = answer(real, fake, share)
    except ValueError as error:
        if "broadcast" not in str(error):
            raise
        raise Wrong("The share (n,) must be reshaped, so that it meets the first axis of (n, 14, 14, 1).") from error
    if np.ndim(result) == 4 and np.shape(result) != real.shape:
        raise Wrong("The share met the last axis and blew it up. Reshape it to (n, 1, 1, 1).")
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
        raise Wrong(
            "A distance is too small even for real digits. `watch.measured` holds pairs (agreement, distance): which is which?"
        )
    if agreement < shuffled:
        raise Wrong("Shuffled labels should obey less. Are the two runs at the right names?")
    if agreement < 0.4:
        raise Wrong("With the right labels it should obey far above chance. Did that run get the unshuffled labels?")
    if shuffled > 0.3:
        raise Wrong("With shuffled labels it should hardly be better than chance. Did you shuffle all the labels?")


EXERCISES = [
    Exercise(
        key="304-1",
        title="The penalty of a linear critic",
        minutes=5,
        test=test_penalty,
        hints=("The slope of w . x is w, everywhere.", "The length of (6, 8) is the root of 36 + 64."),
        solution=81,
        wrong_answers={"not squared": 9, "without minus 1": 100, "minus 1 after squaring": 99},
        explanation="The length is 10, and (10 - 1)² is 81. Its gradient points along w, so a step down shortens w.",
    ),
    Exercise(
        key="304-2",
        title="The conditional answer",
        minutes=10,
        test=test_conditional_answers,
        hints=(
            "table[digits] has the row of each image's digit, shape (n, f).",
            "((w + table[digits]) * h) has the shape (n, f): add it up over the last axis, then add b.",
        ),
        solution=conditional_answers,
        wrong_answers={
            "condition ignored": condition_ignored,
            "condition alone": condition_alone,
            "without b": without_bias,
            "all against all": all_against_all,
        },
        explanation="One image gets ten different answers, one for each digit that it is asked about.",
    ),
    Exercise(
        key="304-3",
        title="Points between real and generated images",
        minutes=10,
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
        key="304-4",
        title="What if the labels are wrong?",
        minutes=15,
        test=test_shuffled,
        hints=(
            "watch, gaps = play(10.0, 5, randomness.permutation(labels)), then the same with labels itself.",
            "agreement, distance = watch.measured[-1] are the two numbers of a run.",
        ),
        solution={"agreement": 0.85, "shuffled agreement": 0.1, "distance": 2.6, "shuffled distance": 10.9},
        wrong_answers={
            "percent": {"agreement": 82, "shuffled agreement": 10, "distance": 2.6, "shuffled distance": 10.9},
            "runs exchanged": {
                "agreement": 0.1,
                "shuffled agreement": 0.82,
                "distance": 10.9,
                "shuffled distance": 2.6,
            },
            "agreement for distance": {
                "agreement": 0.82,
                "shuffled agreement": 0.1,
                "distance": 0.3,
                "shuffled distance": 0.1,
            },
            "labels not shuffled": {
                "agreement": 0.82,
                "shuffled agreement": 0.81,
                "distance": 2.6,
                "shuffled distance": 2.7,
            },
        },
        explanation="The generator no longer obeys at all. The distance grows too, but it does not say why: only agreement shows that the answer has nothing to do with the question.",
    ),
]
