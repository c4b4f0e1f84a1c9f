"""Exercises of lesson 106, video."""

import math

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_no_mistake,
    expect_results_of,
    measured_numbers,
    one_number,
)

SHAPE, WEIGHTS = (14, 28, 28, 8), 3 * 5 * 5 * 2 * 8 + 8
SHAPE_MISTAKES = {
    (16, 32, 32, 8): "That is the shape with padding same. With valid padding the window stays inside the clip.",
    (16, 28, 28, 8): "The window has a duration of 3 frames, so the time axis shrinks as well.",
    (14, 28, 28, 2): "The last axis has one value for each kernel, not for each input channel.",
    (14, 28, 28, 16): "The kernels add up the input channels. One value for each kernel is left.",
    (14, 28, 28): "The axes of the output are frames, rows, columns and channels: four numbers.",
}
WEIGHT_MISTAKES = {
    1200: "The kernels are counted right, but each of the 8 has a bias too.",
    608: "Your kernels read one channel. Each kernel reads both.",
    600: "Your kernels read one channel and have no bias. Each reads both channels and has one bias.",
    408: "Your window has no duration: 5 * 5 * 2 weights. It spans 3 frames as well.",
    1216: "You gave each kernel one bias per input channel. It adds up the channels and has a single bias.",
}


def test_shape_and_weights(answer):
    if not isinstance(answer, dict) or not {"shape", "weights"} <= set(answer):
        raise Wrong('The answer is a dictionary: {"shape": (..., ..., ..., ...), "weights": ...}.')
    shape, weights = answer["shape"], answer["weights"]
    if not isinstance(shape, (tuple, list, np.ndarray)) or any(
        np.ndim(size) or isinstance(size, dict) for size in shape
    ):
        raise Wrong("The shape is a tuple of four whole numbers.")
    if len(shape) == 5:
        raise Wrong("Leave the batch axis out: the shape for one clip has four numbers.")
    if tuple(shape) in SHAPE_MISTAKES:
        raise Wrong(SHAPE_MISTAKES[tuple(shape)])
    if tuple(shape) != SHAPE:
        raise Wrong(f"The shape is not {tuple(shape)}. On each of the three axes: size - window + 1.")
    weights = one_number(weights, '"weights"')
    if weights in WEIGHT_MISTAKES:
        raise Wrong(WEIGHT_MISTAKES[weights])
    if weights != WEIGHTS:
        raise Wrong(f"The shape is right, but the number of weights is not {weights:g}.")


SHAPE_AND_WEIGHTS = Exercise(
    key="106-1",
    title="Shape and weights of a 3-D convolution",
    minutes=5,
    test=test_shape_and_weights,
    hints=(
        "Valid padding: each of the three axes has size - window + 1 places. The last axis has one value a kernel.",
        "One kernel holds 3 * 5 * 5 * 2 weights and one bias. There are 8 kernels.",
    ),
    solution={"shape": SHAPE, "weights": WEIGHTS},
    wrong_answers={
        "padding same": {"shape": (16, 32, 32, 8), "weights": WEIGHTS},
        "time not shrunk": {"shape": (16, 28, 28, 8), "weights": WEIGHTS},
        "channels of the input": {"shape": (14, 28, 28, 2), "weights": WEIGHTS},
        "no biases": {"shape": SHAPE, "weights": 1200},
        "one input channel": {"shape": SHAPE, "weights": 608},
        "no duration": {"shape": SHAPE, "weights": 408},
        "not a dictionary": WEIGHTS,
        "the batch as Keras prints it": {"shape": (None, *SHAPE), "weights": WEIGHTS},
        "a batch of one": {"shape": (1, *SHAPE), "weights": WEIGHTS},
        "not a number": {"shape": SHAPE, "weights": float("nan")},
    },
    also_right={"a list": {"shape": list(SHAPE), "weights": float(WEIGHTS)}},
    explanation="16 - 3 + 1 = 14 and 32 - 5 + 1 = 28; (3 * 5 * 5 * 2 + 1) * 8 = 1208 weights, whatever the length of the film.",
)


def maps_between(duration, size, maps_in, maps_out):
    whole = duration * size**2 * maps_in * maps_out
    each = size**2 * maps_in + duration * maps_out  # weights that one map between costs
    return whole // each


def by_counting(duration, size, maps_in, maps_out):
    whole, between = duration * size * size * maps_in * maps_out, 0
    while size * size * maps_in * (between + 1) + duration * (between + 1) * maps_out <= whole:
        between += 1
    return between


def not_whole(duration, size, maps_in, maps_out):
    return duration * size**2 * maps_in * maps_out / (size**2 * maps_in + duration * maps_out)


def rounded_up(duration, size, maps_in, maps_out):
    return math.ceil(not_whole(duration, size, maps_in, maps_out))


def rounded(duration, size, maps_in, maps_out):
    return round(not_whole(duration, size, maps_in, maps_out))


def size_not_squared(duration, size, maps_in, maps_out):
    return duration * size * maps_in * maps_out // (size * maps_in + duration * maps_out)


def ends_changed(duration, size, maps_in, maps_out):
    return maps_between(duration, size, maps_out, maps_in)


def space_alone(duration, size, maps_in, maps_out):
    return duration * maps_out


def time_without_maps(duration, size, maps_in, maps_out):
    return duration * size**2 * maps_in * maps_out // (size**2 * maps_in + duration)


def as_many_as_leave(duration, size, maps_in, maps_out):
    return maps_out


def no_number(duration, size, maps_in, maps_out):
    return float("nan")


BETWEEN_MISTAKES = {
    not_whole: "That is no whole number of maps. Round it down.",
    rounded_up: "You round up: then the split has more weights than the whole. Round down.",
    rounded: "You round to the nearest: where that is up, the split has more weights than the whole. Round down.",
    size_not_squared: "A window of size x size has size ** 2 places.",
    ends_changed: "The step over space reads `maps_in`, the step over time makes `maps_out`: you have them the other way round.",
    space_alone: "You counted the step over space alone. The step over time has weights, too.",
    time_without_maps: "A map between costs `duration` weights for each of the `maps_out` maps that read it.",
    as_many_as_leave: "That is the split with `maps_out` maps between. It has fewer weights than the whole.",
}
BETWEEN_CASES = ((3, 3, 16, 16), (3, 5, 3, 24), (2, 3, 10, 7), (5, 1, 4, 6), (3, 4, 12, 20), (3, 3, 3, 45))


def test_maps_between(answer):
    results = [one_number(answer(*case), "The number of maps") for case in BETWEEN_CASES]
    expect_no_mistake(results, BETWEEN_CASES, BETWEEN_MISTAKES)
    expect_results_of(maps_between, results, BETWEEN_CASES)


def test_finding(answer):
    names = "frame-wise", "(2+1)D"
    alone, over_time = measured_numbers(answer, *names, shares=names, apart=True)
    if max(alone, over_time) < 0.3:
        raise Wrong("So few right? Errors may stand there, or the clips were not those without scraps.")
    if min(alone, over_time) < 0.65:
        raise Wrong(
            "About as on the page, with scraps? Train and judge on the clips of `load_moving_digits(clutter=False)`."
        )
    if max(alone, over_time) > 0.97:
        raise Wrong("Nearly all right? Judge on the test clips, and on the digit.")
    if over_time > alone + 0.12:
        raise Wrong("(2+1)D so far ahead? Do both train for five epochs on the same clips?")
    if alone > over_time + 0.2:
        raise Wrong("(2+1)D so far behind? Do both train for five epochs on the same clips?")


EXERCISES = [
    SHAPE_AND_WEIGHTS,
    Exercise(
        key="106-2",
        title="As many weights as the whole",
        minutes=10,
        test=test_maps_between,
        hints=(
            "The whole has duration * size ** 2 * maps_in * maps_out weights.",
            "Each map between costs size ** 2 * maps_in weights to make and duration * maps_out weights to read. How often does that fit into the whole?",
        ),
        solution=maps_between,
        also_right={"by counting up": by_counting},
        wrong_answers={
            "not whole": not_whole,
            "rounded up": rounded_up,
            "rounded": rounded,
            "size not squared": size_not_squared,
            "ends changed": ends_changed,
            "space alone": space_alone,
            "time without maps": time_without_maps,
            "as many as leave": as_many_as_leave,
            "not a number": no_number,
        },
        explanation="For 16 to 16 maps and 3 x 3 x 3 it gives the 36 of the page: 36 * (9 * 16 + 3 * 16) = 27 * 16 * 16. "
        "Tran and others (2018) chose their maps so.",
    ),
    Exercise(
        key="106-3",
        title="Take the clutter away",
        minutes=25,
        test=test_finding,
        hints=(
            "train_for reads the names `train` and `validation`: let them stand for the parts of load_moving_digits(clutter=False), "
            "and set them back afterwards.",
            'network, _ = train_for("digits", kind, epochs=5); then the share of answers(network, clean.test.clips) that are clean.test.digits.',
        ),
        solution={"frame-wise": 0.868, "(2+1)D": 0.82},
        program="""
            clean = load_moving_digits(clutter=False)
            cluttered = train, validation
            train, validation = clean.train, clean.validation  # train_for reads these names
            finding = {}
            for kind in ("frame-wise", "(2+1)D"):
                network, _ = train_for("digits", kind, epochs=5)
                right = answers(network, clean.test.clips) == clean.test.digits
                finding[kind] = float(right.mean())
            train, validation = cluttered
            """,
        also_right={"another start": {"frame-wise": 0.89, "(2+1)D": 0.86}},
        wrong_answers={
            "errors": {"frame-wise": 0.13, "(2+1)D": 0.18},
            "with scraps": {"frame-wise": 0.5, "(2+1)D": 0.6},
            "percent": {"frame-wise": 86.8, "(2+1)D": 82.0},
            "the direction": {"frame-wise": 0.7, "(2+1)D": 0.99},
            "trained longer": {"frame-wise": 0.7, "(2+1)D": 0.88},
            "one of them hardly trained": {"frame-wise": 0.88, "(2+1)D": 0.66},
            "one number twice": {"frame-wise": 0.8683, "(2+1)D": 0.8683},
            "one number": 0.85,
            "not a number": {"frame-wise": 0.87, "(2+1)D": float("nan")},
        },
        explanation="In two runs of ours frame-wise read 0.87 and 0.89 of the digits, (2+1)D 0.82 and 0.76: the scraps cause more mistakes "
        "than all else together. Without them no network needs motion to know which ink is the digit.",
    ),
]
