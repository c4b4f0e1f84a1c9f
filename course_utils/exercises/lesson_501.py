"""Exercises of lesson 501, which architecture?"""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    expect_equal,
    measured_numbers,
    one_number,
)

FIRST_CHOICE = {
    "tumours in X-ray images, 800 examples": ("convolutional",),
    "translate long documents, millions of pairs": ("transformer",),
    "a sensor on a chip with 20 kB of memory": ("recurrent", "convolutional"),
    "invent new typefaces from existing ones": ("adversarial", "diffusion"),
    "spot one known sound in a recording": ("convolutional",),
}
WHY = {
    "tumours in X-ray images, 800 examples": "few images: what is true of all images should be built in.",
    "translate long documents, millions of pairs": "much data, and any word may depend on any other.",
    "a sensor on a chip with 20 kB of memory": "an endless stream and a tiny memory: a small state, step by step.",
    "invent new typefaces from existing ones": "new examples are wanted, not an answer about old ones.",
    "spot one known sound in a recording": "the sound is the same wherever it occurs: one kernel finds it.",
}
CHOSEN = {task: choices[0] for task, choices in FIRST_CHOICE.items()}


def test_choices(answer):
    if not isinstance(answer, dict) or set(answer) != set(FIRST_CHOICE):
        raise Wrong("A dictionary with the five tasks as keys, spelled as above, is wanted.")
    for task, choices in FIRST_CHOICE.items():
        if answer[task] is Ellipsis:
            raise Wrong(f"You have not chosen yet for '{task}'.")
        if str(answer[task]).strip().lower() not in choices:
            raise Wrong(f"Think again about '{task}': {WHY[task]}")


def convolution_multiplications(height, width, channels, filters, kernel_size):
    return height * width * kernel_size * kernel_size * channels * filters


def without_channels(height, width, channels, filters, kernel_size):
    return height * width * kernel_size * kernel_size * filters


def weights_only(height, width, channels, filters, kernel_size):
    return kernel_size * kernel_size * channels * filters


def kernel_not_squared(height, width, channels, filters, kernel_size):
    return height * width * kernel_size * channels * filters


def with_stride_of_the_kernel(height, width, channels, filters, kernel_size):
    return (height // kernel_size) * (width // kernel_size) * kernel_size**2 * channels * filters


def test_multiplications(answer):
    random = np.random.default_rng(501)
    for arguments in [(28, 20, 3, 8, 5), *random.integers(2, 30, (3, 5)).tolist()]:
        arguments = tuple(arguments)
        result = one_number(answer(*arguments), "The number of multiplications")
        if result == without_channels(*arguments) and arguments[2] != 1:
            raise Wrong("Each kernel reaches through all channels of its input: the channels are missing.")
        if result == weights_only(*arguments):
            raise Wrong("That is the number of weights. Each is used at each place of the image.")
        if result == kernel_not_squared(*arguments):
            raise Wrong("A kernel has kernel_size rows and kernel_size columns.")
        expect_equal(result, convolution_multiplications(*arguments), f"For {arguments} you return {result:.0f}.")


def length_of_double_cost(width):
    return 6 * width


def length_of_equal_cost(width):
    return 2 * width


def length_where_the_square_alone_doubles(width):
    return 8 * width


def length_of_six(width):
    return 6


def test_length(answer):
    for width in (64, 10, 7, 256):
        result = one_number(answer(width), "The length")
        if result == length_of_equal_cost(width):
            raise Wrong("There they cost the same. Look for twice the cost: 16 n d² on the right side.")
        if result == length_where_the_square_alone_doubles(width):
            raise Wrong("You compared only the comparisons 2 n² d. Attention also has its four matrices, 4 n d².")
        expect_close(result, length_of_double_cost(width), f"For width {width} you return {result:g}.")


NAMES = ("transformer as it is", "transformer moved", "convolutional as it is", "convolutional moved")


def test_quarters(answer):
    transformer, transformer_moved, convolutional, convolutional_moved = measured_numbers(answer, *NAMES, shares=NAMES)
    if min(transformer, convolutional) < 0.85:
        raise Wrong("As they are, both read more than 85 of 100. Take `as_they_are` from the page.")
    if transformer_moved < 0.6:
        raise Wrong("The transformer is far down. Do the training and the test images move in the same way?")
    if abs(transformer - transformer_moved) > 0.03:
        raise Wrong("The transformer should hardly notice. Is it one order of the quarters, the same for all images?")
    if transformer == transformer_moved and convolutional == convolutional_moved:
        raise Wrong("Moved and unmoved are equal to the last digit. Does your function move anything?")
    if convolutional - convolutional_moved < -0.02:
        raise Wrong("The convolutional network should not gain: are the two rows of numbers exchanged?")


EXERCISES = [
    Exercise(
        key="501-1",
        title="Choose an architecture for five tasks",
        minutes=5,
        test=test_choices,
        hints=(
            "Ask of each task: how much data, how long, which regularity, are there labels?",
            "Two of the five are convolutional.",
        ),
        solution=CHOSEN,
        wrong_answers={
            "a transformer for 800 images": CHOSEN | {"tumours in X-ray images, 800 examples": "transformer"},
            "a transformer on a tiny chip": CHOSEN | {"a sensor on a chip with 20 kB of memory": "transformer"},
            "a recurrent network for long documents": CHOSEN
            | {"translate long documents, millions of pairs": "recurrent"},
            "one left open": CHOSEN | {"spot one known sound in a recording": ...},
        },
        explanation="These are first choices, not laws: the baseline and the measurement decide.",
    ),
    Exercise(
        key="501-2",
        title="Count the multiplications of a convolution",
        minutes=10,
        test=test_multiplications,
        hints=(
            "One output number is a sum over kernel_size x kernel_size x channels products.",
            "There are height x width x filters output numbers.",
        ),
        solution=convolution_multiplications,
        wrong_answers={
            "channels forgotten": without_channels,
            "weights instead of multiplications": weights_only,
            "kernel not squared": kernel_not_squared,
            "windows side by side": with_stride_of_the_kernel,
        },
        explanation="Every weight is used once at every place, so it is the number of weights times the number of places.",
    ),
    Exercise(
        key="501-3",
        title="Where attention costs twice as much",
        minutes=10,
        test=test_length,
        hints=("Attention: 4 n d² + 2 n² d. LSTM: 8 n d².", "Set 4 n d² + 2 n² d = 16 n d² and divide by 2 n d."),
        solution=length_of_double_cost,
        wrong_answers={
            "equal cost": length_of_equal_cost,
            "matrices forgotten": length_where_the_square_alone_doubles,
            "the width left out": length_of_six,
            "nothing returned": lambda width: None,
        },
        explanation="4 n d² + 2 n² d = 16 n d² gives n = 6 d.",
    ),
    Exercise(
        key="501-4",
        title="Move whole patches",
        minutes=15,
        test=test_quarters,
        hints=(
            "Quarters: top, bottom = images[:, :14], images[:, 14:], and top[:, :, :14] is the left one above.",
            "Give each quarter the place of another one, put two beside each other with np.concatenate(..., axis=2), "
            "then one pair above the other with axis=1.",
            "The function must move the training, validation and test images alike: hand it to `train` and to "
            "`test_accuracy` as `prepare`.",
        ),
        solution={
            "transformer as it is": 0.93,
            "transformer moved": 0.926,
            "convolutional as it is": 0.96,
            "convolutional moved": 0.94,
        },
        wrong_answers={
            "another order for each image": dict(zip(NAMES, (0.93, 0.85, 0.96, 0.9))),
            "only the training images moved": dict(zip(NAMES, (0.93, 0.2, 0.96, 0.3))),
            "percentages": dict(zip(NAMES, (93, 93, 96, 94))),
            "exchanged": dict(zip(NAMES, (0.93, 0.93, 0.91, 0.96))),
            "nothing moves": dict(zip(NAMES, (0.93, 0.93, 0.96, 0.96))),
            "hardly trained": dict(zip(NAMES, (0.3, 0.3, 0.4, 0.3))),
            "one left open": dict(zip(NAMES, (0.93, ..., 0.96, 0.94))),
        },
        explanation=(
            "The places are learned, so the old order was never special: the two tasks are the same task for a "
            "transformer. The convolution meets strokes that end at the seams."
        ),
    ),
]
