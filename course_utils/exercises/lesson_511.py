"""Exercises of lesson 511, are eight bits enough?"""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, some_numbers
from course_utils.scale import current_scale


def test_paper(answer):
    names = ("scale", "whole numbers", "largest error")
    if not isinstance(answer, dict) or not set(names) <= set(answer):
        raise Wrong('The answer is a dictionary: {"scale": ..., "whole numbers": [...], "largest error": ...}.')
    left = [name for name in names if answer[name] is Ellipsis]
    if left:
        raise Wrong(f"Still `...`: {', '.join(left)}.")
    step = some_numbers(answer["scale"], (), "The scale")
    if np.isclose(step, 0.7 / 127):
        raise Wrong("That is the scale for 8 bits. Four bits reach from -7 to 7.")
    if np.isclose(step, 0.7 / 8):
        raise Wrong("The largest weight shall become 7, not 8.")
    expect_close(step, 0.1, "The scale is the largest size divided by the largest whole number.", tolerance=1e-3)
    whole = some_numbers(answer["whole numbers"], (3,), "The three whole numbers")
    if np.array_equal(whole, [7, -3, 0]):
        raise Wrong("0.08 / 0.1 is 0.8: round to the nearest whole number, do not cut off.")
    if np.array_equal(whole, [7, 3, 1]):
        raise Wrong("-0.32 is negative, and so is its whole number.")
    expect_close(whole, [7, -3, 1], "Divide each weight by the scale and round.", tolerance=1e-6)
    error = some_numbers(answer["largest error"], (), "The largest error")
    if np.isclose(error, 0.05):
        raise Wrong("Half a scale is the most that can happen. How large is the largest error of these three?")
    if np.isclose(error, 0.2):
        raise Wrong("That error is counted in steps. Multiply by the scale.")
    expect_close(error, 0.02, "Compare 0.7, -0.3 and 0.1 with the true weights.", tolerance=1e-3)


PAPER = {"scale": 0.1, "whole numbers": [7, -3, 1], "largest error": 0.02}
PAPER_PROGRAM = """
weights = np.array([0.7, -0.32, 0.08])
scales = 0.7 / 7
whole = np.round(weights / scales)
on_paper = {
    "scale": scales,
    "whole numbers": whole.astype(int).tolist(),
    "largest error": np.abs(scales * whole - weights).max(),
}
"""


def scale_and_zero_point(low, high):
    scale = (high - low) / 255
    return scale, round(-128 - low / scale)


def from_the_other_end(low, high):
    scale = (high - low) / 255
    return scale, int(np.floor(127 - high / scale + 0.5))


def in_256_steps(low, high):
    scale = (high - low) / 256
    return scale, round(-128 - low / scale)


def not_rounded(low, high):
    scale = (high - low) / 255
    return scale, -128 - low / scale


def symmetric(low, high):
    return max(-low, high) / 127, 0


def from_zero(low, high):
    scale = (high - low) / 255
    return scale, round(-low / scale)


def wrong_sign(low, high):
    scale = (high - low) / 255
    return scale, round(low / scale) - 128


def low_forgotten(low, high):
    return high / 255, -128


def test_range(answer):
    mistakes = {
        in_256_steps: "From -128 to 127 there are 255 steps, one less than values.",
        not_rounded: "The zero point is a whole number: 0 itself must be stored without an error.",
        symmetric: "That is the rule for weights, with zero point 0. Here `low` shall become -128 and `high` 127.",
        from_zero: "That fills 0 to 255. Shift it: `low` becomes -128.",
        wrong_sign: "With that zero point `low` does not become -128: real = scale * (whole - zero point). Mind the sign.",
        low_forgotten: "That is right only where `low` is 0. The range is high - low.",
    }
    random = np.random.default_rng()
    ranges = [(-0.7, 2.3), (0.0, 1.0), (-1.1, 3.2), (-4.0, 0.3)]
    ranges += [(float(random.uniform(-3, -1)), float(random.uniform(1.5, 6)))]
    for low, high in ranges:
        result = some_numbers(answer(low, high), (2,), "Scale and zero point")
        right = np.array(scale_and_zero_point(low, high))
        exact = -128 - low / right[0]
        close_to_half = abs(exact % 1 - 0.5) < 1e-3  # either neighbour is then right
        zero_is_right = result[1] % 1 == 0 and abs(result[1] - right[1]) <= close_to_half
        if np.isclose(result[0], right[0], rtol=1e-6, atol=0) and zero_is_right:
            continue
        for mistake, message in mistakes.items():
            if np.allclose(result, mistake(low, high), rtol=1e-6, atol=1e-9):
                raise Wrong(message)
        raise Wrong(
            f"From {low:.3f} to {high:.3f} the scale is {right[0]:.5f} and the zero point {right[1]:.0f}; "
            f"you return {result[0]:.5f} and {result[1]:g}."
        )


def count_of_test_digits() -> int:
    """How many test digits there are."""
    return 10_000 if current_scale() == "full" else 1000


def test_weights_alone(answer):
    size, mistakes, difference = measured_numbers(
        answer, "kB", "mistakes", "largest difference", counts=("mistakes",)
    )  # fmt: skip
    if 20_000 < size < 100_000:
        raise Wrong("That size is in bytes. `kilobytes` divides by 1000.")
    if 60 < size < 100:
        raise Wrong("That is the size of 4 bytes a weight: this file is not quantized. Is `optimizations` given?")
    if not 20 < size < 60:
        raise Wrong("The size should be between 20 and 60 kB: about a byte a weight, and the plan.")
    if mistakes > 0.15 * count_of_test_digits():
        raise Wrong(
            "So many mistakes cannot be: weights alone in 8 bits cost next to nothing. Take the test images as they are."
        )
    if difference < 1e-3:
        raise Wrong("Weights were rounded, so some logit differs by more than 0.001. Did you read the new file?")
    if difference > 2:
        raise Wrong(
            "That is the difference of the file with whole numbers throughout. Leave out the examples and the operations."
        )


WEIGHTS_PROGRAM = """
rounded_file = folder + "/weights.tflite"
with quiet():
    model.export(
        rounded_file, format="litert", optimizations=[tf.lite.Optimize.DEFAULT]
    )

found = compare_answers(load_litert(rounded_file)(images), logits, labels)
weights_alone = {
    "kB": kilobytes(rounded_file),
    "mistakes": found["mistakes"],
    "largest difference": found["largest difference"],
}
"""


def test_needed(answer):
    one, blank = measured_numbers(answer, "one digit", "blank", counts=("one digit", "blank"))
    total = count_of_test_digits()
    if max(one, blank) > total:
        raise Wrong(f"There are only {total} test digits.")
    if one > 0.5 * total and blank < 0.5 * total:
        raise Wrong("Are the two exchanged? A blank image shows no range at all.")
    if blank < 0.5 * total:
        raise Wrong("With blank images over half of the digits are misread. Are all 200 of them 0, and float32?")
    if one > 0.15 * total:
        raise Wrong("One true digit is nearly as good as 200. Is it `digits.train.inputs[:1]`, unchanged?")


NEEDED_PROGRAM = """
examples = {
    "one digit": digits.train.inputs[:1],
    "blank": np.zeros((200, 28, 28, 1), "float32"),
}
needed = {}
for name in examples:
    file = folder + "/" + name + ".tflite"
    export_int8(file, examples[name])
    needed[name] = mistakes(load_litert(file)(images))
"""

EXERCISES = [
    Exercise(
        key="511-1",
        title="Four bits on paper",
        minutes=5,
        test=test_paper,
        hints=(
            "The largest weight, 0.7, becomes 7.",
            "Divide each weight by the scale, round, multiply by the scale again.",
        ),
        solution=PAPER,
        program=PAPER_PROGRAM,
        wrong_answers={
            "the scale of 8 bits": PAPER | {"scale": 0.7 / 127},
            "divided by 8": PAPER | {"scale": 0.0875},
            "cut off": PAPER | {"whole numbers": [7, -3, 0]},
            "the sign lost": PAPER | {"whole numbers": [7, 3, 1]},
            "the worst that can be": PAPER | {"largest error": 0.05},
            "in steps": PAPER | {"largest error": 0.2},
            "not a number": PAPER | {"largest error": float("nan")},
            "one left open": PAPER | {"largest error": ...},
        },
        explanation="0.7, -0.32 and 0.08 come back as 0.7, -0.3 and 0.1: the last two are 0.02 off, less than half a scale.",
    ),
    Exercise(
        key="511-2",
        title="Scale and zero point of a range",
        minutes=10,
        test=test_range,
        hints=(
            "From -128 to 127 there are 255 steps, and they shall cover high - low.",
            "real = scale * (whole - zero point). Put low for real and -128 for whole, and solve for the zero point.",
            "Round the zero point to a whole number.",
        ),
        solution=scale_and_zero_point,
        wrong_answers={
            "256 steps": in_256_steps,
            "no whole number": not_rounded,
            "the rule for weights": symmetric,
            "from 0 to 255": from_zero,
            "the sign": wrong_sign,
            "low forgotten": low_forgotten,
        },
        also_right={"from the other end": from_the_other_end},
        explanation="Because the zero point is whole, 0 is stored exactly: the padding of a convolution stays 0.",
    ),
    Exercise(
        key="511-3",
        title="Round the weights alone",
        minutes=10,
        test=test_weights_alone,
        hints=(
            "model.export(file, format='litert', optimizations=[tf.lite.Optimize.DEFAULT]), inside `with quiet():`.",
            "Then kilobytes(file), and compare_answers(load_litert(file)(images), logits, labels).",
        ),
        solution={"kB": 28.6, "mistakes": 46, "largest difference": 0.15},
        program=WEIGHTS_PROGRAM,
        wrong_answers={
            "not quantized": {"kB": 86.3, "mistakes": 46, "largest difference": 1e-5},
            "in bytes": {"kB": 28_600, "mistakes": 46, "largest difference": 0.15},
            "whole numbers throughout": {"kB": 28.2, "mistakes": 46, "largest difference": 3.4},
            "the network itself": {"kB": 28.6, "mistakes": 46, "largest difference": 0.0},
            "half of the digits": {"kB": 28.6, "mistakes": 510, "largest difference": 0.15},
            "a share": {"kB": 28.6, "mistakes": 0.046, "largest difference": 0.15},
            "not a number": {"kB": 28.6, "mistakes": 46, "largest difference": float("nan")},
            "one left open": {"kB": 28.6, "mistakes": ..., "largest difference": 0.15},
        },
        explanation=(
            "As small as with whole numbers throughout, and the logits move far less: no range of a step can be cut off. "
            "But the chip needs floating point."
        ),
    ),
    Exercise(
        key="511-4",
        title="How many examples does the converter need?",
        minutes=10,
        test=test_needed,
        hints=(
            "One digit: digits.train.inputs[:1]. Blank: np.zeros((200, 28, 28, 1), 'float32').",
            "Give each file a name of its own, and count with mistakes(load_litert(file)(images)).",
        ),
        solution={"one digit": 44, "blank": 900},
        program=NEEDED_PROGRAM,
        wrong_answers={
            "exchanged": {"one digit": 900, "blank": 44},
            "not blank": {"one digit": 44, "blank": 46},
            "the digit changed": {"one digit": 700, "blank": 900},
            "shares": {"one digit": 0.044, "blank": 0.9},
            "too many": {"one digit": 44, "blank": 90_000},
            "not a number": {"one digit": float("nan"), "blank": 900},
            "one left open": {"one digit": 44, "blank": ...},
        },
        explanation=(
            "A range needs few examples, but true ones: a single digit has nearly all the ink that others have. From blank "
            "images the converter learns that everything is 0, and stores that."
        ),
    ),
]
