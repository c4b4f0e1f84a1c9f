"""Exercises of lesson 501, which architecture?"""

from course_utils.exercises.exercise import Exercise, Wrong, expect_equal

FIRST_CHOICE = {
    "tumours in X-ray images, 800 examples": "convolutional",
    "translate long documents, millions of pairs": "transformer",
    "a sensor that must run for years on a chip with 20 kB of memory": "recurrent",
    "invent new typefaces from existing ones, without labels": "adversarial",
    "spot one known sound in a recording": "convolutional",
}
WHY = {
    "tumours in X-ray images, 800 examples": "few images: what is true of all images should be built in.",
    "translate long documents, millions of pairs": "much data, and any word may depend on any other.",
    "a sensor that must run for years on a chip with 20 kB of memory": "an endless stream and a tiny memory: a small state, step by step.",
    "invent new typefaces from existing ones, without labels": "new examples are wanted, and there are no labels.",
    "spot one known sound in a recording": "the sound is the same wherever it occurs: one kernel finds it.",
}


def test_choices(answer):
    if not isinstance(answer, dict) or set(answer) != set(FIRST_CHOICE):
        raise Wrong("A dictionary with the five tasks as keys, spelled as above, is wanted.")
    for task, choice in FIRST_CHOICE.items():
        if str(answer[task]).strip().lower() != choice:
            raise Wrong(f"Think again about '{task}': {WHY[task]}")


def convolution_multiplications(height, width, channels, filters, kernel_size):
    return height * width * kernel_size * kernel_size * channels * filters


def without_channels(height, width, channels, filters, kernel_size):
    return height * width * kernel_size * kernel_size * filters


def weights_only(height, width, channels, filters, kernel_size):
    return kernel_size * kernel_size * channels * filters


def kernel_not_squared(height, width, channels, filters, kernel_size):
    return height * width * kernel_size * channels * filters


def test_multiplications(answer):
    arguments = (28, 20, 3, 8, 5)
    result = answer(*arguments)
    if result is None:
        raise Wrong("The function returns None: is the `return` missing?")
    if result == without_channels(*arguments):
        raise Wrong("Each kernel reaches through all channels of its input: the channels are missing.")
    if result == weights_only(*arguments):
        raise Wrong("That is the number of weights. Each is used at each place of the image.")
    if result == kernel_not_squared(*arguments):
        raise Wrong("A kernel has kernel_size rows and kernel_size columns.")
    expect_equal(result, convolution_multiplications(*arguments), f"For {arguments} you return {result}.")


def length_of_double_cost(width):
    return 6 * width


def length_of_equal_cost(width):
    return 2 * width


def length_where_the_square_alone_doubles(width):
    return 8 * width


def test_length(answer):
    result = answer(64)
    if result is None:
        raise Wrong("The function returns None: is the `return` missing?")
    if result == length_of_equal_cost(64):
        raise Wrong("There they cost the same. Look for twice the cost: 16 n d² on the right side.")
    if result == length_where_the_square_alone_doubles(64):
        raise Wrong("You compared only the comparisons 2 n² d. Attention also has its four matrices, 4 n d².")
    expect_equal([answer(64), answer(10)], [384, 60], f"For width 64 you return {result}.")


def test_accuracies(answer):
    if not isinstance(answer, dict) or set(answer) != {"as they are", "patches moved"}:
        raise Wrong('A dictionary with the keys "as they are" and "patches moved" is wanted.')
    plain, moved = answer["as they are"], answer["patches moved"]
    if max(plain, moved) > 1:
        raise Wrong("These look like percentages. Give shares from 0 to 1.")
    if min(plain, moved) < 0.75:
        raise Wrong("One of them is very low. Do the training and the test images move in the same way?")
    if moved < plain - 0.05:
        raise Wrong("It should lose next to nothing. Is it one order of the patches, the same for all images?")


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
        solution=FIRST_CHOICE,
        wrong_answers={
            "a transformer for 800 images": FIRST_CHOICE | {"tumours in X-ray images, 800 examples": "transformer"},
            "a transformer on a tiny chip": FIRST_CHOICE
            | {"a sensor that must run for years on a chip with 20 kB of memory": "transformer"},
            "a recurrent network for long documents": FIRST_CHOICE
            | {"translate long documents, millions of pairs": "recurrent"},
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
        wrong_answers={"equal cost": length_of_equal_cost, "matrices forgotten": length_where_the_square_alone_doubles},
        explanation="4 n d² + 2 n² d = 16 n d² gives n = 6 d.",
    ),
    Exercise(
        key="501-4",
        title="Move whole patches",
        minutes=15,
        test=test_accuracies,
        hints=(
            "images.reshape(-1, 4, 7, 4, 7) has the axes image, patch row, pixel row, patch column, pixel column.",
            "Transpose to (-1, 16, 7, 7), index the second axis with a permutation of 16, and undo the first two steps.",
        ),
        solution={"as they are": 0.85, "patches moved": 0.85},
        wrong_answers={
            "another order for each image": {"as they are": 0.85, "patches moved": 0.77},
            "only the training images moved": {"as they are": 0.85, "patches moved": 0.2},
            "percentages": {"as they are": 88, "patches moved": 88},
        },
        explanation="The places are learned, so the old order was never special: the two tasks are the same task for a transformer.",
    ),
]
