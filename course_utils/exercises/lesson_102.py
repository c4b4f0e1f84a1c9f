"""Exercises of lesson 102, weight sharing."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, measured_numbers, one_number

WEIGHT_MISTAKES = {
    296: "That is the convolution, which shares its weights. Without sharing each of the 100 places has its own.",
    28_800: "You counted the kernels. Each place has biases of its own too, one for each kernel.",
    28_808: "You let all places share the biases. Each place has biases of its own as well.",
    18_944: 'You counted 8 x 8 places. With padding "same" there are as many as pixels.',
    320_800: "That is a dense layer. Here each output still sees a window of 3 x 3 pixels only.",
    8_000: "Your kernels read one channel. Each reads all 4: 3 * 3 * 4 weights.",
}


def test_weights(answer):
    number = one_number(answer)
    if number in WEIGHT_MISTAKES:
        raise Wrong(WEIGHT_MISTAKES[number])
    if number != 29_600:
        raise Wrong(f"It is not {number:g}.")


def moved(images, down=0, right=0):
    return np.roll(images, (down, right), axis=(1, 2))


def is_equivariant(function, images):
    moved_first = function(moved(images, right=1))
    moved_last = moved(function(images), right=1)
    return np.allclose(moved_first, moved_last)


def stays_the_same(function, images):
    return np.allclose(function(moved(images, right=1)), function(images))


def forgets_to_move_first(function, images):
    return np.allclose(moved(function(images), right=1), function(images))


def moves_back(function, images):
    return np.allclose(function(moved(images, right=1)), moved(function(images), right=-1))


def compares_shapes(function, images):
    return np.shape(function(moved(images, right=1))) == np.shape(moved(function(images), right=1))


def same_sum(function, images):
    return np.isclose(function(moved(images, right=1)).sum(), moved(function(images), right=1).sum())


def moves_down(function, images):
    return np.allclose(function(moved(images, down=1)), moved(function(images), down=1))


def one_image_only(function, images):
    return np.allclose(function(moved(images, right=1))[0], moved(function(images), right=1)[0])


def one_column_only(function, images):
    return np.allclose(function(moved(images, right=1))[:, :, 1], moved(function(images), right=1)[:, :, 1])


def one_channel_only(function, images):
    return np.allclose(function(moved(images, right=1))[..., 0], moved(function(images), right=1)[..., 0])


def moves_two(function, images):
    return np.allclose(function(moved(images, right=2)), moved(function(images), right=2))


def exactly_equal(function, images):
    there = function(np.concatenate([images[:, :, -1:], images[:, :, :-1]], axis=2))
    return np.array_equal(there[:, :, 1:], function(images)[:, :, :-1]) and np.array_equal(
        there[:, :, 0], function(images)[:, :, -1]
    )


def small_difference(function, images):
    return np.abs(moved(function(images), right=1) - function(moved(images, right=1))).max() < 1e-6


def blur(images):
    """A convolution around the rim; three places of the kernel."""
    return 0.5 * images + 0.3 * np.roll(images, 1, axis=2) - 0.2 * np.roll(images, 2, axis=1)


def bend(images):
    return np.maximum(images - 0.2, 0)


def weight_by_column(images):
    """Each column has a weight of its own."""
    return images * np.linspace(1, 2, images.shape[2])[:, np.newaxis]


def weight_by_turns(images):
    """Columns weigh 1 and 2 by turns: a move by two does not notice, a move by one does."""
    return images * np.array([1, 2] * (images.shape[2] // 2))[:, np.newaxis]


def first_image_alone(images):
    """Changes the first image as a convolution, turns the others around."""
    return np.concatenate([blur(images[:1]), images[1:, :, ::-1]])


def last_row_alone(images):
    """Only in the last row does each column have a weight of its own."""
    rows = np.ones(images.shape[1:3])
    rows[-1] = np.linspace(1, 2, images.shape[2])
    return images * rows[..., np.newaxis]


def last_channel_alone(images):
    """Only in the last channel does each column have a weight of its own."""
    return np.concatenate([images[..., :-1], weight_by_column(images[..., -1:])], axis=-1)


def one_column(images):
    """Only the third column is changed: a move carries another one there."""
    return images * (1 + (np.arange(images.shape[2]) == 2))[:, np.newaxis]


def mirror(images):
    return images[:, :, ::-1]


def mean_everywhere(images):
    """The mean of each image at all of its places: it moves along, and it also stays the same."""
    return np.broadcast_to(images.mean(axis=(1, 2), keepdims=True), images.shape)


def fixed_pattern(images):
    """Whatever the images, the same ramp: it stays the same, and so it does not move along."""
    return np.broadcast_to(np.linspace(0, 1, images.shape[2])[:, np.newaxis], images.shape)


def rows_differ(images):
    """Each row has a weight of its own: a move to the right does not notice."""
    return images * np.linspace(1, 2, images.shape[1])[:, np.newaxis, np.newaxis]


CASES = (
    (blur, True, "a convolution"),
    (bend, True, "a ReLU"),
    (mean_everywhere, True, "a map that holds the mean of the image everywhere"),
    (rows_differ, True, "a layer with other weights in each row, for a move to the right"),
    (weight_by_column, False, "a layer with other weights in each column"),
    (weight_by_turns, False, "a layer whose columns have two weights by turns"),
    (mirror, False, "a mirror"),
    (first_image_alone, False, "a function that turns around all images but the first"),
    (last_row_alone, False, "a layer with other weights in the columns of the last row"),
    (last_channel_alone, False, "a layer with other weights in the columns of the last channel"),
    (one_column, False, "a layer that doubles the third column"),
    (fixed_pattern, False, "a map that is the same for all images"),
)
MOVES_MISTAKES = (
    (stays_the_same, "You ask whether the output stays the same. That is invariance; here it should move along."),
    (forgets_to_move_first, "You move only the output. Move the images too, before `function` sees them."),
    (compares_shapes, "You call everything equivariant. Compare the numbers, not the shapes: np.allclose."),
    (same_sum, "You compare sums. Compare the arrays, number by number."),
    (one_image_only, "You compare the first image only. The function may do something else to the others."),
    (one_column_only, "You compare one column only. Compare the whole arrays."),
    (one_channel_only, "You compare the first channel only. Compare the whole arrays."),
    (moves_down, "You move down. The question is a move to the right: right=1."),
    (moves_two, "You move by two pixels. The question is a move by one."),
    (moves_back, "You move the output the other way. It should move as the images do."),
)


def few_images():
    """Images (2, 5, 6, 3) in sixteenths: their sums are exact, so that equal may be tested without tolerance."""
    return np.random.default_rng(3).integers(16, size=(2, 5, 6, 3)) / 16


def test_moves_along(answer):
    answers = []
    for function, _, name in CASES:
        verdict = answer(function, few_images())
        if not isinstance(verdict, bool):
            raise Wrong(
                f"For {name} you return {type(verdict).__name__}: one truth value is wanted, np.allclose gives it."
            )
        answers.append(verdict)
    expected = [moves for _, moves, _ in CASES]
    if answers == expected:
        return
    for mistake, message in MOVES_MISTAKES:
        if answers == [bool(mistake(function, few_images())) for function, _, _ in CASES]:
            raise Wrong(message)
    wrong = next(number for number, verdict in enumerate(answers) if verdict != expected[number])
    _, moves, name = CASES[wrong]
    raise Wrong(f"For {name} the answer is {moves}; yours is {answers[wrong]}.")


def test_moved_digits(answer):
    centred, moved_by_four = measured_numbers(answer, "centred", "moved", shares=("centred", "moved"))
    if moved_by_four > centred + 0.03:
        raise Wrong("Better on moved digits than on centred ones? The two numbers may have changed places.")
    if max(centred, moved_by_four) == 1:
        raise Wrong("Not one mistake? Measure on the test digits, which the network has never seen.")
    if centred < 0.85:
        raise Wrong("The centred digits have suffered: LeNet-5 did better before. Train longer, or move less wildly.")
    if moved_by_four < 0.7:
        raise Wrong("That is hardly better than before. Does the network see moved digits while it trains?")


def test_few_images(answer):
    shared, unshared = measured_numbers(answer, "shared", "unshared", shares=("shared", "unshared"))
    if min(shared, unshared) < 0.6:
        raise Wrong("That is very low for 500 images. As many steps as before need more epochs: about seven times.")
    if unshared > shared + 0.02:
        raise Wrong("Better without sharing? Give both the same images, steps and rate, or look for swapped names.")
    if shared > 0.965:
        raise Wrong("As good as with all images: did the networks see 500 images only?")


EXERCISES = [
    Exercise(
        key="102-1",
        title="Count the weights without sharing",
        minutes=5,
        test=test_weights,
        hints=(
            "First one place: how many weights do 8 kernels that read 3 x 3 x 4 numbers have, with their biases?",
            'There are 10 * 10 places with padding "same", and each has that many.',
        ),
        solution=29_600,
        wrong_answers={
            "shared": 296,
            "no biases": 28_800,
            "biases shared": 28_808,
            "valid": 18_944,
            "dense": 320_800,
            "one channel": 8_000,
            "not a number": float("nan"),
            "truth value": True,
        },
        explanation="(3 * 3 * 4 + 1) * 8 * 100: a hundred times the convolution, which has 296.",
    ),
    Exercise(
        key="102-2",
        title="Does the output move along?",
        minutes=10,
        test=test_moves_along,
        hints=(
            "Two ways lead to the result: move, then apply `function`; or apply `function`, then move.",
            "np.allclose(function(moved(images, right=1)), moved(function(images), right=1))",
        ),
        solution=is_equivariant,
        also_right={"exactly equal": exactly_equal, "a small difference": small_difference},
        wrong_answers={
            "invariance": stays_the_same,
            "images not moved": forgets_to_move_first,
            "shapes only": compares_shapes,
            "the other way": moves_back,
            "sums": same_sum,
            "down": moves_down,
            "by two": moves_two,
            "the first image only": one_image_only,
            "one column only": one_column_only,
            "the first channel only": one_channel_only,
            "always true, in words": lambda function, images: "yes",
        },
        explanation="If both ways agree, the function is equivariant to this move.",
    ),
    Exercise(
        key="102-3",
        title="Learn the moves from examples",
        minutes=20,
        test=test_moved_digits,
        hints=(
            "keras.Sequential([keras.Input((28, 28, 1)), layers.RandomTranslation(4 / 28, 4 / 28, "
            'fill_mode="constant"), build_lenet()]) moves each training image by its own random offset.',
            "Put it into a function without arguments and hand that to `train`. Then call moved_accuracy(network, 4).",
        ),
        solution={"centred": 0.953, "moved": 0.914},
        program="""
            def build_moving_lenet():
                moves = layers.RandomTranslation(4 / 28, 4 / 28, fill_mode="constant")
                return keras.Sequential([keras.Input((28, 28, 1)), moves, build_lenet()])


            moving_lenet = train(build_moving_lenet, lenet_rate, train_images)
            centred = accuracy(moving_lenet, test_images, test_labels)
            finding = {"centred": centred, "moved": moved_accuracy(moving_lenet, 4)}
            """,
        also_right={"another run": {"centred": 0.951, "moved": 0.955}},
        wrong_answers={
            "training images": {"centred": 1.0, "moved": 0.95},
            "percent": {"centred": 94.0, "moved": 91.0},
            "LeNet-5 as it was": {"centred": 0.96, "moved": 0.42},
            "changed places": {"centred": 0.7, "moved": 0.94},
            "only one number": 0.91,
            "centred digits lost": {"centred": 0.5, "moved": 0.48},
            "truth value": {"centred": True, "moved": 0.9},
            "not a number": {"centred": 0.95, "moved": float("nan")},
        },
        explanation="One such run: a little worse in the middle, far better at 4 pixels. Examples taught the moves.",
    ),
    Exercise(
        key="102-4",
        title="Fewer images",
        minutes=15,
        test=test_few_images,
        hints=(
            "Set train_images and train_labels to their first 500 entries, and epochs to 7 times as many.",
            "Then train(build_lenet, rate, train_images) and train(build_unshared_lenet, rate, train_images).",
        ),
        solution={"shared": 0.935, "unshared": 0.911},
        program="""
            all_of_it = train_images, train_labels, epochs
            train_images, train_labels = train_images[:500], train_labels[:500]
            epochs = 7 * epochs  # about as many steps
            few_images = {}
            builders = {"shared": build_lenet, "unshared": build_unshared_lenet}
            for name, build in builders.items():
                network = train(build, lenet_rate, train_images)
                few_images[name] = accuracy(network, test_images, test_labels)
            train_images, train_labels, epochs = all_of_it
            """,
        also_right={"another run": {"shared": 0.92, "unshared": 0.915}},
        wrong_answers={
            "percent": {"shared": 93.0, "unshared": 90.5},
            "changed places": {"shared": 0.9, "unshared": 0.94},
            "trained too little": {"shared": 0.55, "unshared": 0.4},
            "all images": {"shared": 0.975, "unshared": 0.965},
            "only one number": 0.93,
            "not a number": {"shared": 0.935, "unshared": float("nan")},
        },
        explanation="One such run: fewer images make the missing sharing felt. Where data is short, an assumption helps.",
    ),
]
