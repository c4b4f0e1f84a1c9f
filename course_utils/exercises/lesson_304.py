"""Exercises of lesson 304, control and stability."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number, some_numbers
from course_utils.scale import current_scale, scale

PENALTY_MISTAKES = {
    9: "That is the length minus 1. The penalty is its square.",
    100: "That is the square of the length. Take away 1 before you square.",
    810: "That is with the weight 10. Asked is the penalty itself.",
    99: "You took away 1 after squaring. First the length, then minus 1, then the square.",
    169: "You added the two weights. The length is the root of the sum of their squares.",
    10: "That is the length of the slope. How far is it from 1, squared?",
}


def test_penalty(answer):
    number = one_number(answer)
    for mistake, message in PENALTY_MISTAKES.items():
        if np.isclose(number, mistake):
            raise Wrong(message)
    expect_close(number, 81, f"It is not {number:g}. How long is the vector (6, 8)?")


def conditional_answers(h, digits, w, b, table):
    return ((w + table[digits]) * h).sum(axis=1) + b


def conditional_answers_one_by_one(h, digits, w, b, table):
    return [float(h[place] @ w + h[place] @ table[digits[place]] + b) for place in range(len(h))]


def condition_ignored(h, digits, w, b, table):
    return h @ w + b


def condition_alone(h, digits, w, b, table):
    return (table[digits] * h).sum(axis=1) + b


def row_times_weights(h, digits, w, b, table):
    return (w * table[digits] * h).sum(axis=1) + b


def without_bias(h, digits, w, b, table):
    return conditional_answers(h, digits, w, 0, table)


def first_rows(h, digits, w, b, table):
    return conditional_answers(h, np.arange(len(h)) % len(table), w, b, table)


def all_against_all(h, digits, w, b, table):
    return h @ (w + table[digits]).T + b


ANSWER_MISTAKES = {
    condition_ignored: "The digit changes nothing: where is its row of the table?",
    condition_alone: "The plain part is missing: the row is added to w, it does not replace it.",
    row_times_weights: "You multiplied w by the row of the table. The row is added to w.",
    without_bias: "The number b is missing.",
    first_rows: "You took the rows 0, 1, 2, ... of the table. Each image needs the row of its digit: table[digits].",
}


def test_conditional_answers(answer):
    for seed, (count, features) in enumerate([(6, 3), (1, 5), (12, 2)]):
        random = np.random.default_rng(seed)
        h, w, table = (random.normal(size=shape) for shape in ((count, features), features, (10, features)))
        digits = np.array([7, 3, 3, 0, 9, 1]) if count == 6 else random.integers(1, 10, size=count)
        arguments = h, digits, w, 0.5 + seed, table
        result = answer(*arguments)
        if count > 1 and getattr(result, "shape", None) == (count, count):
            raise Wrong(
                "Each image met the digits of all the others. Multiply place by place, then add up over the last axis."
            )
        result = some_numbers(result, (count,), "The result")
        for mistake, message in ANSWER_MISTAKES.items():
            if np.allclose(result, mistake(*arguments), atol=1e-6):
                raise Wrong(message)
        expect_close(
            result, conditional_answers(*arguments), "For h = (1, 2), w = (1, 0), b = 0 and the row (0, 3) it is 7."
        )


def points_between(real, fake, share):
    share = np.reshape(share, (-1, 1, 1, 1))
    return share * real + (1 - share) * fake


def points_between_one_by_one(real, fake, share):
    return [(fake[place] + share[place] * (real[place] - fake[place])).tolist() for place in range(len(real))]


def share_of_columns(real, fake, share):
    share = np.asarray(share)[:, np.newaxis]
    return share * real + (1 - share) * fake


def share_of_rows(real, fake, share):
    share = np.asarray(share)[:, np.newaxis, np.newaxis]
    return share * real + (1 - share) * fake


def one_share_for_all(real, fake, share):
    return share[0] * real + (1 - share[0]) * fake


def share_not_reshaped(real, fake, share):
    return share * real + (1 - share) * fake


def half_way(real, fake, share):
    return (real + fake) / 2


def ends_exchanged(real, fake, share):
    return points_between(fake, real, share)


BETWEEN_MISTAKES = {
    share_of_columns: "The share varies from column to column of an image. Reshape it to (n, 1, 1, 1).",
    share_of_rows: "The share varies from row to row of an image. Reshape it to (n, 1, 1, 1).",
    one_share_for_all: "All images got one share. Each pair needs its own.",
    half_way: "All points lie half way. Each pair has its own share.",
    ends_exchanged: "The ends are exchanged: share 1 is the real image.",
}


def test_points_between(answer):
    for count in (14, 5, 1):  # with 14 pairs a share along a wrong axis fits too
        random = np.random.default_rng(count)
        real, fake = random.normal(size=(2, count, 14, 14, 1))
        share = random.random(count)
        try:
            result = answer(real, fake, share)
        except ValueError as error:
            if "broadcast" not in str(error):
                raise
            raise Wrong(
                "The share (n,) must be reshaped, so that it meets the first axis of (n, 14, 14, 1)."
            ) from error
        if isinstance(result, np.ndarray) and result.ndim == 4 and result.shape != real.shape:
            raise Wrong("The share met the last axis and blew it up. Reshape it to (n, 1, 1, 1).")
        result = some_numbers(result, real.shape, "The result")
        for mistake, message in BETWEEN_MISTAKES.items():
            if count == 14 and np.allclose(result, mistake(real, fake, share), atol=1e-6):
                raise Wrong(message)
        expect_close(result, points_between(real, fake, share), "With a share of 0.2 a pixel is 0.2 real + 0.8 fake.")


def test_shuffled(answer):
    names = ("agreement", "shuffled agreement", "distance", "shuffled distance")
    agreement, shuffled, distance, shuffled_distance = measured_numbers(answer, *names, shares=names[:2])
    if min(distance, shuffled_distance) <= scale(quick=0.5, full=0.05):
        raise Wrong(
            "A distance is too small even for real digits. `watch.measured` holds pairs (agreement, distance): which is which?"
        )
    if max(distance, shuffled_distance) > 200:
        raise Wrong("Even an unpenalized critic leaves a distance of about 115. Is it the second number of the pair?")
    if agreement < shuffled:
        raise Wrong("Shuffled labels should obey less. Are the two runs at the right names?")
    if agreement < 0.4:
        raise Wrong("With the right labels it should obey far above chance. Did that run get the unshuffled labels?")
    if shuffled > 0.3:
        raise Wrong("With shuffled labels it should hardly be better than chance. Did you shuffle all the labels?")
    if distance == shuffled_distance:
        raise Wrong("The two distances are equal to the last digit. Does each run have its own `watch`?")
    if current_scale() == "full":  # how far apart the distances end was measured at quick alone
        return
    if distance > shuffled_distance:
        raise Wrong("With shuffled labels the drawings should end farther away. Are the two distances exchanged?")
    if distance > 25:
        raise Wrong(
            "With the right labels five epochs come much nearer than that. Take the last pair of `watch.measured`."
        )


PROGRAM = """
wrong_labels, _ = play(10.0, 5, randomness.permutation(labels))
right_labels, _ = play(10.0, 5, labels)
agreement, nearness = right_labels.measured[-1]
shuffled_agreement, shuffled_nearness = wrong_labels.measured[-1]
finding = {
    "agreement": agreement,
    "shuffled agreement": shuffled_agreement,
    "distance": nearness,
    "shuffled distance": shuffled_nearness,
}
check("304-4", finding)
"""

EXERCISES = [
    Exercise(
        key="304-1",
        title="The penalty of a linear critic",
        minutes=5,
        test=test_penalty,
        hints=("The slope of w . x is w, everywhere.", "The length of (6, 8) is the root of 36 + 64."),
        solution=81,
        wrong_answers={
            "not squared": 9,
            "without minus 1": 100,
            "minus 1 after squaring": 99,
            "with the weight": 810,
            "weights added": 169,
            "the length": 10,
            "not a number": np.nan,
        },
        also_right={"with a point": 81.0},
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
            "row times w": row_times_weights,
            "the first rows": first_rows,
            "all against all": all_against_all,
        },
        also_right={"one by one, a list": conditional_answers_one_by_one},
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
            "one share for each column of pixels": share_of_columns,
            "one share for each row of pixels": share_of_rows,
            "one share for all": one_share_for_all,
            "not reshaped": share_not_reshaped,
            "ends exchanged": ends_exchanged,
            "half way": half_way,
        },
        also_right={"one by one, lists": points_between_one_by_one},
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
            "distances exchanged": {
                "agreement": 0.85,
                "shuffled agreement": 0.1,
                "distance": 10.9,
                "shuffled distance": 2.6,
            },
            "one distance twice": {
                "agreement": 0.85,
                "shuffled agreement": 0.1,
                "distance": 2.6,
                "shuffled distance": 2.6,
            },
            "the first pair of each run": {
                "agreement": 0.43,
                "shuffled agreement": 0.1,
                "distance": 62.0,
                "shuffled distance": 64.5,
            },
            "not a number": {
                "agreement": 0.85,
                "shuffled agreement": 0.1,
                "distance": np.nan,
                "shuffled distance": 10.9,
            },
        },
        also_right={
            "rounded, hardly farther": {
                "agreement": 0.9,
                "shuffled agreement": 0.09,
                "distance": 4.1,
                "shuffled distance": 5.5,
            },
        },
        program=PROGRAM,
        explanation="The generator no longer obeys at all. The distance grows too, but it does not say why: only agreement shows that the answer has nothing to do with the question.",
    ),
]
