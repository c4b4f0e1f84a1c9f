"""Exercises of lesson 520, put a network into a web page."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, measured_numbers

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


def fitted(strokes, box):
    points = np.concatenate(strokes)
    low = points.min(axis=0)
    high = points.max(axis=0)
    longer = (high - low).max()
    scale = box / longer if longer > 0 else 1
    return [scale * (stroke - (low + high) / 2) + 14 for stroke in strokes]


def point_by_point(strokes, box):
    xs = [x for stroke in strokes for x, _ in stroke]
    ys = [y for stroke in strokes for _, y in stroke]
    longer = max(max(xs) - min(xs), max(ys) - min(ys))
    scale = box / longer if longer else 0
    x_middle = (max(xs) + min(xs)) / 2
    y_middle = (max(ys) + min(ys)) / 2
    result = []
    for stroke in strokes:
        result.append([(14 + scale * (x - x_middle), 14 + scale * (y - y_middle)) for x, y in stroke])
    return result


def _by(strokes, box, scale_of_sides, middle_of=lambda points: (points.min(axis=0) + points.max(axis=0)) / 2):
    points = np.concatenate(strokes)
    scale = scale_of_sides(np.ptp(points, axis=0), box)
    return [scale * (stroke - middle_of(points)) + 14 for stroke in strokes]


def each_by_itself(strokes, box):
    return [fitted([stroke], box)[0] for stroke in strokes]


def two_factors(strokes, box):
    return _by(strokes, box, lambda sides, box: box / np.where(sides > 0, sides, box))


def width_only(strokes, box):
    return _by(strokes, box, lambda sides, box: box / sides[0] if sides[0] else 1)


def shorter_side(strokes, box):
    return _by(strokes, box, lambda sides, box: box / min(sides) if min(sides) else 1)


def straight_is_a_dot(strokes, box):
    return _by(strokes, box, lambda sides, box: box / max(sides) if min(sides) else 1)


def always_twenty(strokes, box):
    return fitted(strokes, 20)


def not_moved(strokes, box):
    points = np.concatenate(strokes)
    longer = np.ptp(points, axis=0).max()
    return [(box / longer if longer else 1) * stroke for stroke in strokes]


def mean_of_points(strokes, box):
    return _by(
        strokes, box, lambda sides, box: box / max(sides) if max(sides) else 1, lambda points: points.mean(axis=0)
    )


def room_for_the_line(strokes, box):
    return _by(strokes, box, lambda sides, box: (box - LINE) / max(sides) if max(sides) else 1)


def divides_by_zero(strokes, box):
    with np.errstate(all="ignore"):
        return _by(strokes, box, lambda sides, box: box / max(sides))


LINE = 2.4  # as on the page


def test_fitted(answer):
    mistakes = {
        straight_is_a_dot: "A straight 1 has no width, and still a longer side: only where both are 0 it is a dot.",
        each_by_itself: "You scale each stroke by itself: a 4 falls apart. One factor for all strokes together.",
        two_factors: "You scale width and height each by a factor of its own: that makes a 1 as wide as a 0.",
        width_only: "That looks at the width alone. A tall drawing would stick out of the box.",
        shorter_side: "That makes the *shorter* side as long as the box: the longer one sticks out.",
        room_for_the_line: "You leave room for the line. Here the points themselves fill the box.",
        always_twenty: "The longer side becomes 20 whatever `box` says.",
        not_moved: "The size is right, the place is not: the middle of the outline should be (14, 14).",
        mean_of_points: "You put the mean of the points to (14, 14). The middle of the outline was asked for: half-way from least to largest.",
    }
    random = np.random.default_rng(513)
    four = [np.array([(105.0, 55), (85, 150), (190, 145)]), np.array([(180.0, 60), (165, 230)])]
    cases = [
        ([np.array([(100.0, 40), (260, 90), (250, 80)])], 20),
        ([np.array([(20.0, 60), (120, 60)])], 20),
        (four, 20),
        *(([random.uniform(5, 280, (6, 2)), random.uniform(5, 280, (3, 2))], box) for box in (20, 18)),
        ([np.array([(70.0, 20), (70, 220)])], 20),
        ([np.array([(70.0, 80)])], 20),
    ]
    for strokes, box in cases:
        try:
            result = answer(strokes, box)
        except ZeroDivisionError:
            raise Wrong(DOT) from None
        right = fitted(strokes, box)
        if isinstance(result, np.ndarray) and len(strokes) == 1:
            raise Wrong("You return one array. A list of strokes is wanted, even if there is only one.")
        if len(result) != len(strokes) or any(np.shape(one) != np.shape(other) for one, other in zip(result, right)):
            raise Wrong("As many strokes as before are wanted, each with its points (points, 2): do not join them.")
        if not all(np.isfinite(np.asarray(stroke, float)).all() for stroke in result):
            raise Wrong(DOT)
        if _alike(result, right):
            continue
        for mistake, message in mistakes.items():
            if _alike(result, mistake(strokes, box)):
                raise Wrong(message)
        raise Wrong(
            f"For strokes from {np.concatenate(strokes).min(axis=0)} to {np.concatenate(strokes).max(axis=0)} and a box of {box} yours reach from {np.concatenate(result).min(axis=0).round(2)} to {np.concatenate(result).max(axis=0).round(2)}; they should reach from {np.concatenate(right).min(axis=0).round(2)} to {np.concatenate(right).max(axis=0).round(2)}."
        )


DOT = "All points in one place: the drawing has no side to divide by. Leave a dot a dot, at (14, 14)."


def _alike(one, other):
    return all(np.allclose(a, b, atol=1e-6) for a, b in zip(one, other))


NAMES = ("as they are", "half as large", "white on black")


def test_other_ways(answer):
    as_they_are, half, inverted = measured_numbers(answer, *NAMES)
    if max(as_they_are, half, inverted) > 1:
        raise Wrong("Shares are wanted, between 0 and 1: `share_read` gives them.")
    if min(as_they_are, half, inverted) < 0:
        raise Wrong("A share is never below 0.")
    if as_they_are < 0.5:
        raise Wrong("As they are, nearly all are read. Are these the shares read *wrongly*?")
    if as_they_are < 0.92:
        raise Wrong("As they are, more are read: `share_read(images, labels)`, nothing changed.")
    if abs(inverted - as_they_are) < 0.03:
        raise Wrong("White on black as good as before? `share_read` must get `1 - images`, not `images`.")
    if inverted > MOST_INVERTED:
        raise Wrong("White on black is `1 - images`: paper becomes 1, ink 0. Then hardly a digit is read.")
    if abs(half - as_they_are) < 0.03:
        raise Wrong("Half as large, many are lost. Are the images 14 x 14 on empty paper, or only half as dark?")
    if half < LEAST_HALF:
        raise Wrong("Half as large, more are read. Do they stand in the middle, rows and columns 7 to 20?")
    if half > MOST_HALF:
        raise Wrong("Half as large, fewer are read. Is each pixel the *mean* of 2 x 2, not their sum or largest?")


LEAST_HALF, MOST_HALF, MOST_INVERTED = 0.12, 0.5, 0.35
PROGRAM = """
blocks = images.reshape(-1, 14, 2, 14, 2, 1)
small = np.zeros_like(images)
small[:, 7:21, 7:21] = blocks.mean(axis=(2, 4))
other_ways = {
    "as they are": share_read(images, labels),
    "half as large": share_read(small, labels),
    "white on black": share_read(1 - images, labels),
}
"""

EXERCISES = [
    Exercise(
        key="520-1",
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
        key="520-2",
        title="Any drawing",
        minutes=15,
        test=test_fitted,
        hints=(
            "`np.concatenate(strokes)` has all points: their least and largest x and y are the outline.",
            "`scale` is box / longer, and 1 where longer is 0. Then as in `boxed`, stroke by stroke.",
        ),
        solution=fitted,
        wrong_answers={
            "each by itself": each_by_itself,
            "two factors": two_factors,
            "the width alone": width_only,
            "the shorter side": shorter_side,
            "a straight line is a dot": straight_is_a_dot,
            "always 20": always_twenty,
            "room for the line": room_for_the_line,
            "not moved": not_moved,
            "the mean of the points": mean_of_points,
            "a division by zero": divides_by_zero,
            "joined": lambda strokes, box: np.concatenate(fitted(strokes, box)),
        },
        also_right={"point by point": point_by_point},
        explanation="One factor for both directions and all strokes. The page's own code gives the line its room besides.",
        leaves_arguments=True,
    ),
    Exercise(
        key="520-3",
        title="Other ways to go wrong",
        minutes=15,
        test=test_other_ways,
        hints=(
            "Take the mean of the blocks over axes 2 and 4: (n, 14, 14, 1).",
            "`np.zeros_like(images)` is empty paper; the small digits go to [:, 7:21, 7:21].",
            "White on black: 1 - images.",
        ),
        solution={"as they are": 0.957, "half as large": 0.3, "white on black": 0.13},
        program=PROGRAM,
        wrong_answers={
            "unchanged images": {"as they are": 0.957, "half as large": 0.957, "white on black": 0.957},
            "counts": {"as they are": 957, "half as large": 300, "white on black": 130},
            "only one was inverted": {"as they are": 0.957, "half as large": 0.957, "white on black": 0.13},
            "half as light": {"as they are": 0.957, "half as large": 0.3, "white on black": 0.6},
            "in the corner": {"as they are": 0.957, "half as large": 0.07, "white on black": 0.13},
            "sum instead of mean": {"as they are": 0.957, "half as large": 0.6, "white on black": 0.13},
            "wrongly instead of rightly": {"as they are": 0.043, "half as large": 0.7, "white on black": 0.87},
            "other digits": {"as they are": 0.9, "half as large": 0.3, "white on black": 0.13},
            "not a number": {"as they are": 0.957, "half as large": 0.3, "white on black": float("nan")},
            "one left open": {"as they are": 0.957, "half as large": 0.3, "white on black": ...},
        },
        explanation="The network saw digits of one size, dark on light. Each of these must be undone before it, as the place was.",
    ),
]
