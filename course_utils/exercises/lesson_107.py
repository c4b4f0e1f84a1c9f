"""Exercises of lesson 107, autoencoders."""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    expect_no_known_number,
    measured_numbers,
    one_number,
)

ROW_MISTAKES = {
    21: 'That is the size with padding "same": 7 * 3. With "valid" nothing that was stamped is cut off.',
    26: "You let each of the 7 rows move the stamp by 3. The first stamp stands at row 0, so there are only 6 moves.",
    35: "The stamps would lie side by side if they stood 5 rows apart. They stand 3 apart and overlap.",
    1: "That is the size of a convolution's output. The transposed convolution makes a map larger.",
    18: "That is where the last stamp begins. It is 5 rows high.",
}


def test_rows(answer):
    rows = one_number(answer)
    expect_no_known_number(rows, ROW_MISTAKES)
    if rows != 23:
        raise Wrong(f"It is not {rows:g}.")


def stamp_along_a_line(values, kernel, stride):
    output = np.zeros((len(values) - 1) * stride + len(kernel))
    for place, value in enumerate(values):
        output[place * stride : place * stride + len(kernel)] += value * np.asarray(kernel)
    return output


def spread_then_convolve(values, kernel, stride):
    """Zeros between the values, then an ordinary sum over the flipped kernel: NumPy's convolve."""
    spread = np.zeros((len(values) - 1) * stride + 1)
    spread[::stride] = values
    return np.convolve(spread, kernel)


def by_matrix(values, kernel, stride):
    matrix = np.zeros((len(values), (len(values) - 1) * stride + len(kernel)))
    for row in range(len(values)):
        matrix[row, row * stride : row * stride + len(kernel)] = kernel
    return matrix.T @ np.asarray(values)


def overwritten(values, kernel, stride):
    output = np.zeros((len(values) - 1) * stride + len(kernel))
    for place, value in enumerate(values):
        output[place * stride : place * stride + len(kernel)] = value * np.asarray(kernel)
    return output


def flipped(values, kernel, stride):
    return stamp_along_a_line(values, kernel[::-1], stride)


def without_stride(values, kernel, stride):
    return stamp_along_a_line(values, kernel, 1)


def collected(values, kernel, stride):
    places = range(0, len(values) - len(kernel) + 1, stride)
    return np.array([values[place : place + len(kernel)] @ np.asarray(kernel) for place in places])


def kernel_alone(values, kernel, stride):
    return stamp_along_a_line(np.ones(len(values)), kernel, stride)


def one_row_too_long(values, kernel, stride):
    return np.append(stamp_along_a_line(values, kernel, stride), np.zeros(stride))


def cut_to_same(values, kernel, stride):
    surplus = len(kernel) - stride
    return stamp_along_a_line(values, kernel, stride)[surplus // 2 :][: len(values) * stride]


LINE_MISTAKES = {
    overwritten: "Where stamps overlap you keep only the last one. They add up: += in place of =.",
    flipped: "Your kernel is turned around. The stamp is the kernel as it stands.",
    without_stride: "Your stamps stand one place apart, whatever the stride is.",
    collected: "You collect: that is a convolution. Here each value stamps the whole kernel.",
    kernel_alone: "You stamp the kernel as it is. Multiply it by the value first.",
    one_row_too_long: "Your output is too long: the last stamp begins at (number of values - 1) * stride.",
    cut_to_same: 'You cut the ends off, as padding="same" does. Here all that was stamped is kept.',
}
LINE_CASES = (
    (np.array([1.0, 2.0, -3.0, 4.0]), np.array([1.0, 10.0, 100.0]), 2),
    (np.array([2.0, 0.5, 3.0, 1.0, -1.0]), np.array([3.0, -1.0, 2.0, 5.0]), 3),
    (np.array([5.0, 1.0, 2.0, 4.0]), np.array([1.0, 2.0, 7.0]), 1),
)


def same_line(result, line):
    return np.shape(result) == np.shape(line) and np.allclose(result, line)


def test_line(answer):
    results = [answer(*case) for case in LINE_CASES]
    for mistake, message in LINE_MISTAKES.items():
        if all(same_line(result, mistake(*case)) for result, case in zip(results, LINE_CASES)):
            raise Wrong(message)
    for result, case in zip(results, LINE_CASES):
        values, kernel, stride = (np.asarray(each).tolist() for each in case)
        wanted = stamp_along_a_line(*case)
        expect_close(
            result,
            wanted,
            f"For the values {values}, the kernel {kernel} and stride {stride} it should be {wanted.tolist()}.",
        )


SIZES = (2, 4, 16)


def test_sizes(answer):
    network = dict(zip(SIZES, measured_numbers(answer, *SIZES, apart=True)))
    if min(network.values()) <= 0:
        raise Wrong("An error of 0 or less? A mean of squares over unseen letters is positive.")
    if max(network.values()) > 0.1:
        raise Wrong("That is worse than white paper, whose error is about 0.2 to 0.3. Is it the mean over all pixels?")
    if network[2] < network[16]:
        raise Wrong("Two numbers restore better than sixteen? Look whether the errors stand at their sizes.")
    if network[4] > network[2] or network[16] > network[4]:
        raise Wrong("More numbers should not restore worse. Train each anew, with the same epochs.")
    if network[2] < 0.012:
        raise Wrong("So little from two numbers is not to be had. Did the code have 8?")
    if network[16] > 0.02:
        raise Wrong("With sixteen numbers the page's network errs far less. Train it for as many epochs.")


EXERCISES = [
    Exercise(
        key="107-1",
        title="The size of a transposed convolution",
        minutes=5,
        test=test_rows,
        hints=(
            "The first stamp begins at row 0. Where does the seventh begin?",
            "At row 6 * 3 = 18. Add the height of one stamp.",
        ),
        solution=23,
        wrong_answers={
            "same": 21,
            "seven moves": 26,
            "side by side": 35,
            "a convolution": 1,
            "last start": 18,
            "not a number": float("nan"),
        },
        explanation="6 * 3 + 5: the last stamp begins at row 18 and is 5 rows high.",
    ),
    Exercise(
        key="107-2",
        title="Stamp along a line",
        minutes=10,
        test=test_line,
        hints=(
            "Begin with zeros: (number of values - 1) * stride + len(kernel) of them.",
            "In a loop: output[place * stride : place * stride + len(kernel)] += value * kernel.",
        ),
        solution=stamp_along_a_line,
        wrong_answers={
            "overwritten": overwritten,
            "kernel turned around": flipped,
            "stride 1 always": without_stride,
            "a convolution": collected,
            "not multiplied": kernel_alone,
            "too long": one_row_too_long,
            "cut as by same": cut_to_same,
            "not a number": lambda values, kernel, stride: stamp_along_a_line(values, kernel, stride) * np.nan,
        },
        also_right={"zeros between, then convolve": spread_then_convolve, "by a matrix": by_matrix},
        explanation="With stride 1 it is NumPy's full convolution; a stride spreads the values out first.",
    ),
    Exercise(
        key="107-3",
        title="How many numbers does a letter need?",
        minutes=15,
        test=test_sizes,
        hints=(
            "keras.Sequential([build_encoder(2), build_decoder(2)]) is an autoencoder with a code of two numbers.",
            "In a loop over (2, 4, 16): build, train(network, epochs), then error(restore(network, validation_images), "
            "validation_images).",
        ),
        solution={2: 0.0287, 4: 0.0158, 16: 0.0041},
        program="""
            finding = {}
            for size in (2, 4, 16):
                network = keras.Sequential([build_encoder(size), build_decoder(size)])
                train(network, epochs)
                restored_letters = restore(network, validation_images)
                finding[size] = error(restored_letters, validation_images)
            """,
        also_right={"names as texts": {"2": 0.031, "4": 0.017, "16": 0.0052}},
        wrong_answers={
            "one number": 0.0287,
            "exchanged": {2: 0.0041, 4: 0.0158, 16: 0.0287},
            "sum over pixels": {2: 4.1, 4: 2.3, 16: 0.6},
            "eight numbers": {2: 0.0069, 4: 0.0067, 16: 0.0066},
            "hardly trained": {2: 0.06, 4: 0.055, 16: 0.05},
            "4 worse than 2": {2: 0.0287, 4: 0.035, 16: 0.0041},
            "negative": {2: -0.0287, 4: 0.0158, 16: 0.0041},
            "one measurement twice": {2: 0.0287312, 4: 0.0158413, 16: 0.0158413},
            "not a number": {2: 0.0287, 4: 0.0158, 16: float("nan")},
        },
        explanation="Numbers of that kind: each doubling helps less. Two numbers are a map of letters that you could draw.",
    ),
]
