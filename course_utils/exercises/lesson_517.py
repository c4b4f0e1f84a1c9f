"""Exercises of lesson 517, are eight bits enough?"""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, some_numbers
from course_utils.scale import current_scale


def test_paper(answer):
    names = ("step", "whole numbers", "largest error")
    if not isinstance(answer, dict) or not set(names) <= set(answer):
        raise Wrong('The answer is a dictionary: {"step": ..., "whole numbers": [...], "largest error": ...}.')
    left = [name for name in names if answer[name] is Ellipsis]
    if left:
        raise Wrong(f"Still `...`: {', '.join(left)}.")
    step = some_numbers(answer["step"], (), "The step")
    if np.isclose(step, 0.7 / 127):
        raise Wrong("That is the step for 8 bits. Four bits reach from -7 to 7.")
    if np.isclose(step, 0.7 / 8):
        raise Wrong("The largest weight shall become 7, not 8.")
    expect_close(
        step, 0.1, "The step is the largest absolute value divided by the largest whole number.", tolerance=1e-3
    )
    whole = some_numbers(answer["whole numbers"], (3,), "The three whole numbers")
    if np.array_equal(whole, [7, -3, 0]):
        raise Wrong("0.08 / 0.1 is 0.8: round to the nearest whole number, do not cut off.")
    if np.array_equal(whole, [7, 3, 1]):
        raise Wrong("-0.32 is negative, and so is its whole number.")
    expect_close(whole, [7, -3, 1], "Divide each weight by the step and round.", tolerance=1e-6)
    error = some_numbers(answer["largest error"], (), "The largest error")
    if np.isclose(error, 0.05):
        raise Wrong("Half a step is the most that can happen. How large is the largest error of these three?")
    if np.isclose(error, 0.2):
        raise Wrong("That error is counted in steps. Multiply by the step.")
    expect_close(error, 0.02, "Compare 0.7, -0.3 and 0.1 with the true weights.", tolerance=1e-3)


PAPER = {"step": 0.1, "whole numbers": [7, -3, 1], "largest error": 0.02}
PAPER_PROGRAM = """
weights = np.array([0.7, -0.32, 0.08])
step = 0.7 / 7
whole = np.round(weights / step)
on_paper = {
    "step": step,
    "whole numbers": whole.astype(int).tolist(),
    "largest error": np.abs(step * whole - weights).max(),
}
"""


def step_and_zero_point(low, high):
    step = (high - low) / 255
    return step, round(-128 - low / step)


def from_the_other_end(low, high):
    step = (high - low) / 255
    return step, int(np.floor(127 - high / step + 0.5))


def in_256_steps(low, high):
    step = (high - low) / 256
    return step, round(-128 - low / step)


def rounded_down(low, high):
    step = (high - low) / 255
    return step, int(np.floor(-128 - low / step))


def not_rounded(low, high):
    step = (high - low) / 255
    return step, -128 - low / step


def symmetric(low, high):
    return max(-low, high) / 127, 0


def from_zero(low, high):
    step = (high - low) / 255
    return step, round(-low / step)


def wrong_sign(low, high):
    step = (high - low) / 255
    return step, round(low / step) - 128


def low_forgotten(low, high):
    return high / 255, -128


def test_range(answer):
    mistakes = {
        in_256_steps: "From -128 to 127 there are 255 steps, one less than values.",
        rounded_down: "Rounded down, 0 may lie almost a step away. Round to the nearest whole number.",
        not_rounded: "The zero point is a whole number: 0 itself must be stored without an error.",
        symmetric: "That is the rule for weights, with zero point 0. Here `low` shall become -128 and `high` 127.",
        from_zero: "That fills 0 to 255. Shift it: `low` becomes -128.",
        wrong_sign: "With that zero point `low` does not become -128: real = step * (whole - zero point). Mind the sign.",
        low_forgotten: "That is right only where `low` is 0. The range is high - low.",
    }
    random = np.random.default_rng()
    ranges = [(-0.7, 2.3), (0.0, 1.0), (-1.1, 3.2), (-4.0, 0.3), (-1.0, 3.2)]
    ranges += [(float(random.uniform(-3, -1)), float(random.uniform(1.5, 6)))]
    for low, high in ranges:
        result = some_numbers(answer(low, high), (2,), "Step and zero point")
        right = np.array(step_and_zero_point(low, high))
        exact = -128 - low / right[0]
        close_to_half = abs(exact % 1 - 0.5) < 1e-3  # either neighbour is then right
        zero_is_right = result[1] % 1 == 0 and abs(result[1] - right[1]) <= close_to_half
        if np.isclose(result[0], right[0], rtol=1e-6, atol=0) and zero_is_right:
            continue
        for mistake, message in mistakes.items():
            if np.allclose(result, mistake(low, high), rtol=1e-6, atol=1e-9):
                raise Wrong(message)
        raise Wrong(
            f"From {low:.3f} to {high:.3f} the step is {right[0]:.5f} and the zero point {right[1]:.0f}; "
            f"you return {result[0]:.5f} and {result[1]:g}."
        )


def count_of_test_digits() -> int:
    """How many test digits there are."""
    return 10_000 if current_scale() == "full" else 1000


def whole_logits(hidden, hidden_zero, weights, bias, factor, output_zero):
    centred = hidden.astype("int32") - hidden_zero
    sums = centred @ weights.astype("int32") + bias
    whole = np.round(factor * sums) + output_zero
    return np.clip(whole, -128, 127)


def in_int64(hidden, hidden_zero, weights, bias, factor, output_zero):
    sums = np.zeros((len(hidden), len(bias)), "int64") + bias
    for column in range(len(weights)):
        sums = sums + (hidden[:, column : column + 1].astype("int64") - hidden_zero) * weights[column]
    return np.clip(np.rint(sums * factor + output_zero), -128, 127).astype("int8")


def no_zero_of_hidden(hidden, hidden_zero, weights, bias, factor, output_zero):
    return whole_logits(hidden, 0, weights, bias, factor, output_zero)


def no_zero_of_output(hidden, hidden_zero, weights, bias, factor, output_zero):
    return whole_logits(hidden, hidden_zero, weights, bias, factor, 0)


def no_bias(hidden, hidden_zero, weights, bias, factor, output_zero):
    return whole_logits(hidden, hidden_zero, weights, 0 * bias, factor, output_zero)


def bias_at_the_end(hidden, hidden_zero, weights, bias, factor, output_zero):
    sums = (hidden.astype("int32") - hidden_zero) @ weights.astype("int32")
    return np.clip(np.round(factor * sums) + bias + output_zero, -128, 127)


def zero_with_the_wrong_sign(hidden, hidden_zero, weights, bias, factor, output_zero):
    return whole_logits(hidden, -hidden_zero, weights, bias, factor, output_zero)


def in_eight_bits(hidden, hidden_zero, weights, bias, factor, output_zero):
    sums = (hidden - np.int8(hidden_zero)) @ weights + bias
    return np.clip(np.round(factor * sums) + output_zero, -128, 127)


def without_rounding(hidden, hidden_zero, weights, bias, factor, output_zero):
    sums = (hidden.astype("int32") - hidden_zero) @ weights.astype("int32") + bias
    return np.clip(factor * sums + output_zero, -128, 127)


def decimals_dropped(hidden, hidden_zero, weights, bias, factor, output_zero):
    return np.trunc(without_rounding(hidden, hidden_zero, weights, bias, factor, output_zero))


def not_clipped(hidden, hidden_zero, weights, bias, factor, output_zero):
    sums = (hidden.astype("int32") - hidden_zero) @ weights.astype("int32") + bias
    return np.round(factor * sums) + output_zero


def made_up_layer(seed):
    """Whole numbers of a layer as a file stores them; some logits leave the range."""
    random = np.random.default_rng(seed)
    hidden = random.integers(-128, 128, (40, 64)).astype("int8")
    weights = random.integers(-127, 128, (64, 10)).astype("int8")
    bias = random.integers(-20_000, 20_000, 10).astype("int32")
    factor = random.uniform(0.7, 1.0, 10) / 1000
    return hidden, -128, weights, bias, factor, -7


def test_whole_logits(answer):
    mistakes = {
        no_zero_of_hidden: "The zero point of the hidden values is missing: subtract it before you multiply.",
        zero_with_the_wrong_sign: "A hidden value is s_h (b - z_h): subtract its zero point, do not add it.",
        no_zero_of_output: "The zero point of the logits is missing: add it after rounding.",
        no_bias: "The bias is missing: it is added to the whole sum.",
        bias_at_the_end: "The bias is stored in the steps of the sum. Add it before you multiply by the factor.",
        in_eight_bits: "Your sums ran over: int8 ends at 127. Turn hidden values and weights into int32 first.",
        without_rounding: "The file stores whole numbers: round at the end.",
        decimals_dropped: "Round to the nearest whole number; do not drop the decimals.",
        not_clipped: "Some numbers lie outside -128 ... 127, where int8 ends. Cut them off.",
    }
    for seed in (1, 2, 3):
        layer = made_up_layer(seed)
        result = some_numbers(answer(*layer), (40, 10), "The whole logits")
        right = whole_logits(*layer)
        unrounded = without_rounding(*layer)
        if np.abs(result - unrounded).max() <= 0.5 + 1e-6 and np.all(result % 1 == 0):
            continue
        for mistake, message in mistakes.items():
            with np.errstate(over="ignore"):
                wrong = mistake(*layer)
            if np.allclose(result, wrong, atol=1e-6):
                raise Wrong(message)
        place = tuple(np.argwhere(np.abs(result - unrounded) > 0.5)[0])
        raise Wrong(f"Row {place[0]}, column {place[1]}: {right[place]:.0f} is right, you have {result[place]:g}.")


NEEDED = ("one digit", "blank", "up to 255")


def test_needed(answer):
    one, blank, bright = measured_numbers(answer, *NEEDED, counts=NEEDED)
    total = count_of_test_digits()
    if max(one, blank, bright) > total:
        raise Wrong(f"There are only {total} test digits.")
    if one > 0.5 * total and blank < 0.5 * total:
        raise Wrong("Are the two exchanged? A blank image shows no range at all.")
    if blank < 0.5 * total:
        raise Wrong("With blank images over half of the digits are misread. Are all 200 of them 0, and float32?")
    if one > 0.15 * total:
        raise Wrong("One true digit is nearly as good as 200. Is it `digits.train.inputs[:1]`, unchanged?")
    if bright < 0.2 * total:
        raise Wrong(
            "With ranges from pixels up to 255 many more digits are misread. Are the examples multiplied by 255, and the "
            "test images not?"
        )


NEEDED_PROGRAM = """
examples = {
    "one digit": digits.train.inputs[:1],
    "blank": np.zeros((200, 28, 28, 1), "float32"),
    "up to 255": 255 * digits.train.inputs[:200],
}
needed = {}
for name in examples:
    file = export_int8(name, examples[name])
    needed[name] = mistakes(load_litert(file)(images))
"""

FOUND = {"one digit": 44, "blank": 900, "up to 255": 840}

EXERCISES = [
    Exercise(
        key="517-1",
        title="Four bits on paper",
        minutes=5,
        test=test_paper,
        hints=(
            "The largest weight, 0.7, becomes 7.",
            "Divide each weight by the step, round, multiply by the step again.",
        ),
        solution=PAPER,
        program=PAPER_PROGRAM,
        wrong_answers={
            "the step of 8 bits": PAPER | {"step": 0.7 / 127},
            "divided by 8": PAPER | {"step": 0.0875},
            "cut off": PAPER | {"whole numbers": [7, -3, 0]},
            "the sign lost": PAPER | {"whole numbers": [7, 3, 1]},
            "the worst that can be": PAPER | {"largest error": 0.05},
            "in steps": PAPER | {"largest error": 0.2},
            "not a number": PAPER | {"largest error": float("nan")},
            "one left open": PAPER | {"largest error": ...},
        },
        explanation="0.7, -0.32 and 0.08 come back as 0.7, -0.3 and 0.1: the last two are 0.02 off, less than half a step.",
    ),
    Exercise(
        key="517-2",
        title="Step and zero point of a range",
        minutes=10,
        test=test_range,
        hints=(
            "From -128 to 127 there are 255 steps, and they shall cover high - low.",
            "real = step * (whole - zero point). Put low for real and -128 for whole, and solve for the zero point.",
            "Round the zero point to a whole number.",
        ),
        solution=step_and_zero_point,
        wrong_answers={
            "256 steps": in_256_steps,
            "rounded down": rounded_down,
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
        key="517-3",
        title="The last layer in whole numbers",
        minutes=20,
        test=test_whole_logits,
        hints=(
            "First hidden.astype('int32') - hidden_zero: these are the b - z_h, (n, 64).",
            "Their product with weights.astype('int32'), plus the bias, is the whole sum, (n, 10).",
            "Multiply by `factor`, round, add the zero point of the logits, and np.clip(..., -128, 127).",
        ),
        solution=whole_logits,
        wrong_answers={
            "the zero point of the hidden values forgotten": no_zero_of_hidden,
            "the zero point of the hidden values added": zero_with_the_wrong_sign,
            "the zero point of the logits forgotten": no_zero_of_output,
            "no bias": no_bias,
            "the bias at the end": bias_at_the_end,
            "sums in eight bits": in_eight_bits,
            "not rounded": without_rounding,
            "decimals dropped": decimals_dropped,
            "not cut off": not_clipped,
        },
        also_right={"column by column, in 64 bits": in_int64},
        explanation=(
            "With hidden values, weights and bias out of the file (`find_tensor`, types int8, int8 and int32) this gives the "
            "file's own whole logits. One may differ by a step where a number lies just between two whole ones."
        ),
    ),
    Exercise(
        key="517-4",
        title="Which examples does the converter need?",
        minutes=15,
        test=test_needed,
        hints=(
            "One digit: digits.train.inputs[:1]. Blank: np.zeros((200, 28, 28, 1), 'float32').",
            "Give each file a name of its own, and count with mistakes(load_litert(file)(images)).",
        ),
        solution=FOUND,
        program=NEEDED_PROGRAM,
        wrong_answers={
            "exchanged": FOUND | {"one digit": 900, "blank": 44},
            "not blank": FOUND | {"blank": 46},
            "the digit changed": FOUND | {"one digit": 700},
            "not multiplied": FOUND | {"up to 255": 44},
            "shares": {"one digit": 0.044, "blank": 0.9, "up to 255": 0.84},
            "too many": FOUND | {"blank": 90_000},
            "not a number": FOUND | {"one digit": float("nan")},
            "one left open": FOUND | {"blank": ...},
        },
        explanation=(
            "A single true digit has nearly all the ink that others have: enough for the answers. (Not for the probabilities: "
            "some move far, for some ranges are too narrow.) From blank images the converter learns that everything is 0. "
            "From pixels up to 255 one step of the input is 1: all ink is rounded to 0 or 1, and all ranges are too wide."
        ),
    ),
]
