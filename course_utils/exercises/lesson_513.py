"""Exercises of lesson 513, a digit in the browser."""

import math

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number

IN_THE_PAGE = {
    "the weights": "needed",
    "the optimizer's memory": "not needed",
    "the rule that puts the centre of mass in the middle": "needed",
    "Keras": "not needed",
    "a runtime for ONNX": "needed",
    "the training digits": "not needed",
}
WHY = {
    "the weights": "without them the network is an empty plan.",
    "the optimizer's memory": "who needs it: the training, or the answers?",
    "the rule that puts the centre of mass in the middle": "count again what happens to strokes in a corner.",
    "Keras": "the page runs where there is no Python.",
    "a runtime for ONNX": "something must compute what the ONNX file describes.",
    "the training digits": "what they taught is in the weights.",
}


def test_in_the_page(answer):
    if not isinstance(answer, dict) or set(answer) != set(IN_THE_PAGE):
        raise Wrong("A dictionary with the six things as keys, spelled as above, is wanted.")
    for thing, right in IN_THE_PAGE.items():
        word = str(answer[thing]).strip().lower()
        if word not in ("needed", "not needed"):
            raise Wrong(f'{answer[thing]!r} for \'{thing}\': "needed" or "not needed" is wanted.')
        if word != right:
            raise Wrong(f"Think again about '{thing}': {WHY[thing]}")


def scale_of(points, box):
    xs = [x for x, y in points]
    ys = [y for x, y in points]
    longer = max(max(xs) - min(xs), max(ys) - min(ys))
    return box / longer if longer > 0 else 1


def by_array(points, box):
    longer = np.ptp(np.array(points, "float64"), axis=0).max()
    return 1.0 if longer == 0 else box / longer


def shorter_side(points, box):
    shorter = np.ptp(np.array(points, "float64"), axis=0).min()
    return box / shorter if shorter else 1


def width_only(points, box):
    width = np.ptp(np.array(points, "float64"), axis=0)[0]
    return box / width if width else 1


def from_zero(points, box):
    return box / np.max(points)


def turned_round(points, box):
    return 1 / by_array(points, box) if by_array(points, box) != 1 else 1


def diagonal(points, box):
    length = math.hypot(*np.ptp(np.array(points, "float64"), axis=0))
    return box / length if length else 1


def no_box(points, box):
    return by_array(points, 1)


def divides_by_zero(points, box):
    xs = [x for x, y in points]
    ys = [y for x, y in points]
    return box / max(max(xs) - min(xs), max(ys) - min(ys))


def test_scale_of(answer):
    mistakes = {
        width_only: "That looks at the width alone. A tall 1 would stick out of the box.",
        shorter_side: "That makes the *shorter* side as long as the box: the longer one sticks out.",
        from_zero: "That measures from 0. The bounding box begins at the least x and the least y.",
        turned_round: "The factor is turned round: a drawing of 100 in a box of 20 shrinks to a fifth.",
        diagonal: "That is the diagonal of the bounding box. Its longer side was asked for.",
        no_box: "That makes the longer side 1. It should become `box`.",
    }
    random = np.random.default_rng(513)
    cases = [
        ([(100, 40), (260, 90)], 20),
        ([(10, 20), (50, 120), (30, 60)], 20),
        *((random.integers(5, 280, (6, 2)).tolist(), box) for box in (20, 18)),
        ([(70, 80), (70, 80)], 20),
    ]
    for points, box in cases:
        points = [tuple(point) for point in points]
        right = scale_of(points, box)
        try:
            result = one_number(answer(points, box), "The factor")
        except ZeroDivisionError:
            raise Wrong("All points in one place: the box has no side to divide by. The factor is 1 then.") from None
        if np.isclose(result, right, rtol=1e-6):
            continue
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(points, box), rtol=1e-6):
                raise Wrong(message)
        expect_close(result, right, f"For {points} and a box of {box} the factor is {right:.4f}.", tolerance=1e-6)


NAMES = ("half as large", "white on black")


def test_other_ways(answer):
    half, inverted = measured_numbers(answer, *NAMES, counts=NAMES)
    if max(half, inverted) > 10_000:
        raise Wrong("There are not so many test digits.")
    if max(half, inverted) < 150:
        raise Wrong("So few mistakes? `read_wrongly` must get the changed images, not `images`.")
    if inverted < 500:
        raise Wrong("White on black is `1 - images`: paper becomes 1. Then hardly a digit is read.")
    if half < 150:
        raise Wrong("Half as large, most digits are lost. Is the mean of 2 x 2 pixels put on empty paper of 28 x 28?")
    if half > 860:
        raise Wrong("Half as large, some digits are still read. Do they stand in the middle, rows and columns 7 to 20?")
    if half < 500:
        raise Wrong("Half as large, over half are lost. Are they 14 x 14 now, the longer side 10?")


PROGRAM = """
blocks = images.reshape(-1, 14, 2, 14, 2, 1)
small = np.zeros_like(images)
small[:, 7:21, 7:21] = blocks.mean(axis=(2, 4))
other_ways = {
    "half as large": read_wrongly(small),
    "white on black": read_wrongly(1 - images),
}
"""

EXERCISES = [
    Exercise(
        key="513-1",
        title="What lies in the page?",
        minutes=5,
        test=test_in_the_page,
        hints=(
            "Three are needed: something to compute with, something that computes, something that prepares.",
            "What only a training needs, need not travel.",
        ),
        solution=IN_THE_PAGE,
        wrong_answers={
            "no weights": IN_THE_PAGE | {"the weights": "not needed"},
            "the optimizer's memory": IN_THE_PAGE | {"the optimizer's memory": "needed"},
            "no preparation": IN_THE_PAGE | {"the rule that puts the centre of mass in the middle": "not needed"},
            "Keras": IN_THE_PAGE | {"Keras": "needed"},
            "no runtime": IN_THE_PAGE | {"a runtime for ONNX": "not needed"},
            "the training digits": IN_THE_PAGE | {"the training digits": "needed"},
            "a word": IN_THE_PAGE | {"Keras": "no"},
            "one left open": IN_THE_PAGE | {"Keras": ...},
        },
        also_right={"in capitals": {thing: word.upper() for thing, word in IN_THE_PAGE.items()}},
        explanation="Weights, runtime and preparation make the answer. The rest made the weights.",
    ),
    Exercise(
        key="513-2",
        title="Twenty pixels",
        minutes=10,
        test=test_scale_of,
        hints=(
            "The width is the largest x minus the smallest; the height likewise. Take the larger of the two.",
            "The factor is box / longer, and 1 where longer is 0.",
        ),
        solution=scale_of,
        wrong_answers={
            "the shorter side": shorter_side,
            "the width alone": width_only,
            "from zero": from_zero,
            "turned round": turned_round,
            "the diagonal": diagonal,
            "no box": no_box,
            "a division by zero": divides_by_zero,
        },
        also_right={"by an array": by_array},
        explanation="One factor for both directions: two would make a 1 as wide as a 0.",
    ),
    Exercise(
        key="513-3",
        title="Other ways to go wrong",
        minutes=15,
        test=test_other_ways,
        hints=(
            "`images.reshape(-1, 14, 2, 14, 2, 1)` puts each 2 x 2 block on axes 2 and 4: take the mean over them.",
            "`np.zeros_like(images)` is empty paper; the small digits go to [:, 7:21, 7:21].",
            "White on black: 1 - images.",
        ),
        solution={"half as large": 700, "white on black": 870},
        program=PROGRAM,
        wrong_answers={
            "unchanged images": {"half as large": 46, "white on black": 46},
            "shares": {"half as large": 0.7, "white on black": 0.87},
            "only one was inverted": {"half as large": 700, "white on black": 46},
            "half of the ink instead of half of the size": {"half as large": 45, "white on black": 870},
            "in the corner": {"half as large": 930, "white on black": 870},
            "rightly instead of wrongly": {"half as large": 300, "white on black": 870},
            "not a number": {"half as large": 700, "white on black": float("nan")},
            "one left open": {"half as large": 700, "white on black": ...},
        },
        explanation="The network saw digits of one size, dark on light. Each of these must be undone before it, as the place was.",
    ),
]
