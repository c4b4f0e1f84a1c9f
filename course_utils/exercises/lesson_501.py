"""Exercises of lesson 501, which architecture?"""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    measured_numbers,
    one_number,
)
from course_utils.scale import current_scale

ARCHITECTURES = ("convolutional", "recurrent", "adversarial", "diffusion", "transformer")
FIRST_CHOICE = {
    "tumours in X-ray images, 800 examples": ("convolutional",),
    "translate long documents, millions of pairs": ("transformer",),
    "a sensor on a chip with 20 kB of memory": ("recurrent", "convolutional"),
    "invent new typefaces from existing ones": ("adversarial", "diffusion"),
    "spot one known sound in a recording": ("convolutional", "recurrent"),
}
WHY = {
    "tumours in X-ray images, 800 examples": "few images: what is true of all images should be built in.",
    "translate long documents, millions of pairs": "much data, and any word may depend on any other.",
    "a sensor on a chip with 20 kB of memory": "an endless stream and a tiny memory: a small state, step by step.",
    "invent new typefaces from existing ones": "new examples are wanted, not an answer about old ones.",
    "spot one known sound in a recording": "the sound is the same wherever it occurs: the same weights at every moment find it.",
}
CHOSEN = {task: choices[0] for task, choices in FIRST_CHOICE.items()}


def test_choices(answer):
    if not isinstance(answer, dict) or set(answer) != set(FIRST_CHOICE):
        raise Wrong("A dictionary with the five tasks as keys, spelled as above, is wanted.")
    for task, choices in FIRST_CHOICE.items():
        choice = str(answer[task]).strip().lower()
        if choice not in ARCHITECTURES:
            raise Wrong(f"{answer[task]!r} is none of the five: {', '.join(ARCHITECTURES)}.")
        if choice not in choices:
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


def without_padding(height, width, channels, filters, kernel_size):
    return convolution_multiplications(
        height - kernel_size + 1, width - kernel_size + 1, channels, filters, kernel_size
    )


def additions_too(height, width, channels, filters, kernel_size):
    return 2 * convolution_multiplications(height, width, channels, filters, kernel_size)


def weights_times_places(height, width, channels, filters, kernel_size):
    weights = np.empty((kernel_size, kernel_size, channels, filters)).size
    return weights * height * width


def test_multiplications(answer):
    mistakes = {
        without_channels: "Each kernel reaches through all channels of its input: the channels are missing.",
        weights_only: "That is the number of weights. Each is used at each place of the image.",
        kernel_not_squared: "A kernel has kernel_size rows and kernel_size columns.",
        without_padding: "With 'same' padding there are as many places as pixels: height times width.",
        additions_too: "You counted additions as well. Multiplications alone were asked for.",
    }
    random = np.random.default_rng(501)
    for arguments in [(28, 20, 3, 8, 5), *map(tuple, random.integers(2, 30, (3, 5)).tolist())]:
        result = one_number(answer(*arguments), "The number of multiplications")
        right = convolution_multiplications(*arguments)
        if result == right:
            continue
        for mistake, message in mistakes.items():
            if result == mistake(*arguments):
                raise Wrong(message)
        raise Wrong(f"For {arguments} you return {result:g}; it should be {right}.")


def length_of_double_cost(width):
    return 6 * width


def length_of_equal_cost(width):
    return 2 * width


def length_where_the_square_alone_doubles(width):
    return 8 * width


def length_of_six(width):
    return 6


def length_with_one_matrix(width):
    return 7.5 * width


def one_more(width):
    return 6 * width + 1


def test_length(answer):
    mistakes = {
        length_of_equal_cost: "There they cost the same. Look for twice the cost: 16 n d² on the right side.",
        length_where_the_square_alone_doubles: "You compared only the comparisons 2 n² d. Attention also has its four matrices, 4 n d².",
        length_with_one_matrix: "You counted one matrix of attention. There are four: 4 n d².",
        one_more: "There attention costs more than twice as much. Exactly twice as much was asked for.",
    }
    some_width = int(np.random.default_rng().integers(300, 999))
    for width in (64, 10, 7, some_width):
        result = one_number(answer(width), "The length")
        for mistake, message in mistakes.items():
            if result == mistake(width):
                raise Wrong(message)
        expect_close(result, length_of_double_cost(width), f"For width {width} you return {result:g}.", tolerance=1e-6)


NAMES = ("transformer as it is", "transformer shuffled", "convolutional as it is", "convolutional shuffled")


def test_quarters(answer):
    transformer, transformer_shuffled, convolutional, convolutional_shuffled = measured_numbers(
        answer, *NAMES, shares=NAMES
    )
    if min(transformer, convolutional) < 0.85:
        raise Wrong("As they are, both read more than 85 of 100. Take the share of new digits in `as_they_are`.")
    if transformer_shuffled < 0.6:
        raise Wrong("The transformer is far down. Are the training and the test images shuffled in the same way?")
    if abs(transformer - transformer_shuffled) > 0.03:
        raise Wrong("The transformer should hardly notice. Is it one order of the quarters, the same for all images?")
    if transformer == transformer_shuffled and convolutional == convolutional_shuffled:
        raise Wrong("Shuffled or not, they are equal to the last digit. Does your function shuffle anything?")
    if convolutional - convolutional_shuffled < -0.02:
        raise Wrong("The convolutional network should not gain: are the two rows of numbers exchanged?")
    if current_scale() == "full":  # the bounds below were measured at quick
        return
    if transformer > 0.965 or convolutional > 0.982:
        raise Wrong('So many? That is the share of known digits. Take "new" of what `train_and_test` returns.')
    if convolutional < transformer:
        raise Wrong("As they are, the convolutional network leads. Are the two networks exchanged?")
    if convolutional_shuffled < 0.91:  # shuffled pixels leave 0.876, moved quarters 0.94
        raise Wrong("So much less? That looks like shuffled pixels. Move whole quarters, unchanged inside.")


PROGRAM = """
def shuffle_quarters(images):
    top, bottom = images[:, :14], images[:, 14:]
    left = np.concatenate([bottom[:, :, 14:], top[:, :, :14]], axis=1)
    right = np.concatenate([bottom[:, :, :14], top[:, :, 14:]], axis=1)
    return np.concatenate([left, right], axis=2)


quarters = {}
for name in ("transformer", "convolutional"):
    result = train_and_test(name, shuffle_quarters)
    quarters[f"{name} as it is"] = as_they_are[name]["new"]
    quarters[f"{name} shuffled"] = result["new"]
"""

EXERCISES = [
    Exercise(
        key="501-1",
        title="Choose an architecture for five tasks",
        minutes=5,
        test=test_choices,
        hints=(
            "Ask of each task: how much data, how long, which regularity, are there labels?",
            "A convolutional network suits three of the five; for two of these, a recurrent one does too.",
        ),
        solution=CHOSEN,
        wrong_answers={
            "a transformer for 800 images": CHOSEN | {"tumours in X-ray images, 800 examples": "transformer"},
            "a transformer on a tiny chip": CHOSEN | {"a sensor on a chip with 20 kB of memory": "transformer"},
            "a recurrent network for long documents": CHOSEN
            | {"translate long documents, millions of pairs": "recurrent"},
            "an adversarial network that spots a sound": CHOSEN
            | {"spot one known sound in a recording": "adversarial"},
            "a word of one's own": CHOSEN | {"spot one known sound in a recording": "CNN"},
            "one left open": CHOSEN | {"spot one known sound in a recording": ...},
            "a list": list(CHOSEN.values()),
            "not a number": CHOSEN | {"spot one known sound in a recording": np.nan},
        },
        also_right={
            "the other choices": CHOSEN
            | {
                "a sensor on a chip with 20 kB of memory": "convolutional",
                "invent new typefaces from existing ones": "Diffusion",
                "spot one known sound in a recording": "recurrent",
            }
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
            "no padding": without_padding,
            "additions too": additions_too,
        },
        also_right={"weights times places": weights_times_places},
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
            "one matrix": length_with_one_matrix,
            "the first with more than twice the cost": one_more,
            "twice the length of equal cost": lambda width: 4 * width,
        },
        also_right={"solved step by step": lambda width: (16 * width**2 - 4 * width**2) / (2 * width)},
        explanation="4 n d² + 2 n² d = 16 n d² gives n = 6 d.",
    ),
    Exercise(
        key="501-4",
        title="Shuffle whole patches",
        minutes=15,
        test=test_quarters,
        hints=(
            "Quarters: top, bottom = images[:, :14], images[:, 14:], and top[:, :, :14] is the left one above.",
            "Give each quarter the place of another one, put two beside each other with np.concatenate(..., axis=2), "
            "then one pair above the other with axis=1.",
            "The function must shuffle the training and the test images alike: hand it to `train_and_test` as `prepare`.",
        ),
        solution={
            "transformer as it is": 0.93,
            "transformer shuffled": 0.926,
            "convolutional as it is": 0.96,
            "convolutional shuffled": 0.94,
        },
        program=PROGRAM,
        wrong_answers={
            "another order for each image": dict(zip(NAMES, (0.93, 0.85, 0.96, 0.9))),
            "only the training images shuffled": dict(zip(NAMES, (0.93, 0.2, 0.96, 0.3))),
            "percentages": dict(zip(NAMES, (93, 93, 96, 94))),
            "exchanged": dict(zip(NAMES, (0.93, 0.93, 0.91, 0.96))),
            "nothing is shuffled": dict(zip(NAMES, (0.93, 0.93, 0.96, 0.96))),
            "hardly trained": dict(zip(NAMES, (0.3, 0.3, 0.4, 0.3))),
            "one left open": dict(zip(NAMES, (0.93, ..., 0.96, 0.94))),
            "shuffled pixels": dict(zip(NAMES, (0.936, 0.93, 0.964, 0.876))),
            "known digits": dict(zip(NAMES, (0.982, 0.98, 0.989, 0.985))),
            "networks exchanged": dict(zip(NAMES, (0.96, 0.94, 0.93, 0.926))),
            "not a number": dict(zip(NAMES, (0.93, 0.926, 0.96, np.nan))),
        },
        also_right={
            "not rounded": dict(zip(NAMES, (0.936, 0.937, 0.964, 0.948))),
            "another seed": dict(zip(NAMES, (0.927, 0.934, 0.957, 0.925))),
        },
        explanation=(
            "The places are learned, so the old order was never special: the two tasks are the same task for a "
            "transformer. The convolution meets strokes that end at the seams."
        ),
    ),
]
