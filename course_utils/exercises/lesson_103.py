"""Exercises of lesson 103, blocks and depth."""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_no_mistake,
    measured_numbers,
    one_number,
    some_numbers,
)

TWO_SMALL = 2 * (3 * 3 * 16 * 16 + 16)
ONE_LARGE = 5 * 5 * 16 * 16 + 16
SAVED_MISTAKES = (
    (TWO_SMALL - ONE_LARGE, "The small windows save weights: take the two layers off the one."),
    (ONE_LARGE - TWO_SMALL + 16, "The biases are missing: each layer has one for each of its channels."),
    (ONE_LARGE - TWO_SMALL // 2, "That is against one layer of 3 x 3. There are two."),
    (TWO_SMALL, "That is what the two small layers have. How many fewer is it than the one large?"),
    (ONE_LARGE, "That is what the one large layer has. Take the two small ones off."),
    (
        5 * 5 * 16 + 16 - 2 * (3 * 3 * 16 + 16),
        "Each kernel reads all 16 channels, and there are 16 kernels in a layer.",
    ),
    (
        (5 * 5 - 2 * 3 * 3) * 16 * 16 + 16,
        "The two layers have 32 biases, the one has 16: that saves 16 less, not 16 more.",
    ),
)


def test_saved_weights(answer):
    saved = one_number(answer)
    for mistake, message in SAVED_MISTAKES:
        if saved == mistake:
            raise Wrong(message)
    if saved != ONE_LARGE - TWO_SMALL:
        raise Wrong(f"It is not {saved:g}.")


NORMALIZED = np.array([3 - np.sqrt(2), 3.0, 3.0, 3 + np.sqrt(2)])


def test_normalized(answer):
    try:
        answer = np.ravel(answer) if np.shape(answer) in ((4, 1), (1, 4)) else answer  # batch_norm returns a column
    except ValueError:  # lists of different lengths
        raise Wrong("Four numbers are wanted, one for each value, in one list.") from None
    if isinstance(answer, (list, tuple, np.ndarray)) and len(answer) != 4:
        raise Wrong(f"Four numbers are wanted, one for each value, not {len(answer)}.")
    values = some_numbers(answer, (4,))
    mistakes = (
        (NORMALIZED - 3, "The shift beta is missing: add 3 at the end."),
        ([2, 3, 3, 4], "You divided by the variance, 2. Divide by its root."),
        (
            3 + np.array([-2, 0, 0, 2]) / np.sqrt(8 / 3),
            "You divided by n - 1 in the variance. Batch normalization divides by n, the size of the batch.",
        ),
        ([1, 3, 3, 5], "You took off the mean only. Divide by the standard deviation as well."),
    )
    for mistake, message in mistakes:
        if np.allclose(values, mistake, atol=0.006):
            raise Wrong(message)
    if not np.allclose(values, NORMALIZED, atol=0.006):
        raise Wrong("Take the mean and the variance of the four values first: they are 4 and 2.")


def moving_average(batch_means, momentum):
    average = 0.0
    for mean in batch_means:
        average = momentum * average + (1 - momentum) * mean
    return average


def by_weights(batch_means, momentum):
    """All at once: the newest mean weighs 1 - momentum, each older one momentum times as much."""
    ages = np.arange(len(batch_means))[::-1]
    return float(np.sum((1 - momentum) * momentum**ages * np.asarray(batch_means)))


def changed_places(batch_means, momentum):
    return moving_average(batch_means, 1 - momentum)


def begins_at_the_first(batch_means, momentum):
    average = batch_means[0]
    for mean in batch_means[1:]:
        average = momentum * average + (1 - momentum) * mean
    return average


def plain_mean(batch_means, momentum):
    return float(np.mean(batch_means))


def last_left_out(batch_means, momentum):
    return moving_average(batch_means[:-1], momentum)


def oldest_last(batch_means, momentum):
    return moving_average(batch_means[::-1], momentum)


def new_share_whole(batch_means, momentum):
    """The new mean is added whole."""
    average = 0.0
    for mean in batch_means:
        average = momentum * average + mean
    return average


def first_step_only(batch_means, momentum):
    """Returns inside the loop."""
    return (1 - momentum) * batch_means[0]


AVERAGE_CASES = (([2.0, 4.0], 0.5), ([1.0, -3.0, 5.0, 2.0], 0.9), ([0.5] * 50, 0.99), ([3.0, 1.0, 4.0], 0.25))
AVERAGE_MISTAKES = {
    changed_places: "The shares have changed places: the average keeps the share `momentum` of itself.",
    begins_at_the_first: "You begin at the first mean. The layer's average begins at 0.",
    plain_mean: "That is the ordinary mean. A moving average keeps the share `momentum` of itself at each step.",
    last_left_out: "The last batch is missing.",
    oldest_last: "You go through the batches from the last to the first. The newest weighs most.",
    new_share_whole: "You add each new mean whole. It enters with the share 1 - momentum.",
    first_step_only: "You return after the first batch: the `return` stands inside the loop.",
}


def test_moving_average(answer):
    results = [answer(means, momentum) for means, momentum in AVERAGE_CASES]
    for result in results:
        if np.size(result) > 1:
            raise Wrong("One number is wanted: the average after the last batch, not all on the way.")
    results = [one_number(result, "The result") for result in results]
    expect_no_mistake(results, AVERAGE_CASES, AVERAGE_MISTAKES)
    for (means, momentum), result in zip(AVERAGE_CASES, results):
        if not np.isclose(result, moving_average(means, momentum), atol=1e-6):
            raise Wrong("Two batches with the means 2 and 4 and momentum 0.5 lead from 0 to 1, then to 2.5.")


def test_small_batches(answer):
    batch, group = measured_numbers(answer, "batch", "group", shares=("batch", "group"))
    if min(batch, group) > 0.5:
        raise Wrong("Both err on more than half of the digits. Are these accuracies, or is the rate too high?")
    if min(batch, group) == 0:
        raise Wrong("Not one mistake? Measure on the test digits, which the network has never seen.")
    if batch == group != round(batch, 2):
        raise Wrong("Exactly the same error twice? Then both networks probably hold the same normalization.")


EXERCISES = [
    Exercise(
        key="103-1",
        title="Two small windows",
        minutes=5,
        test=test_saved_weights,
        hints=(
            "A layer has 16 kernels; each reads all 16 channels, and has one bias.",
            "(25 * 16 * 16 + 16) for the large one; (9 * 16 * 16 + 16) for each small one.",
        ),
        solution=ONE_LARGE - TWO_SMALL,
        wrong_answers={
            "taken off the wrong way": TWO_SMALL - ONE_LARGE,
            "no biases": 7 * 16 * 16,
            "one small layer": ONE_LARGE - TWO_SMALL // 2,
            "the two": TWO_SMALL,
            "the one": ONE_LARGE,
            "one channel": 5 * 5 * 16 + 16 - 2 * (3 * 3 * 16 + 16),
            "biases with the wrong sign": 7 * 16 * 16 + 16,
            "not a number": float("nan"),
        },
        explanation="25 C C + C against 2 (9 C C + C): 7 C C - C, with C = 16. And the small ones have a ReLU in between.",
    ),
    Exercise(
        key="103-2",
        title="Batch normalization on paper",
        minutes=5,
        test=test_normalized,
        hints=(
            "The mean is 4. The squared distances from it are 4, 0, 0, 4; their mean is the variance.",
            "Take off the mean, divide by the root of the variance, add beta.",
        ),
        solution=[round(value, 2) for value in NORMALIZED.tolist()],
        also_right={"a column": NORMALIZED.reshape(4, 1), "a column of lists": [[1.59], [3], [3], [4.41]]},
        wrong_answers={
            "no shift": [-1.41, 0, 0, 1.41],
            "divided by the variance": [2, 3, 3, 4],
            "n - 1": [1.78, 3, 3, 4.22],
            "mean only": [1, 3, 3, 5],
            "three numbers": [1.59, 3, 4.41],
            "not a number": [1.59, 3, 3, float("nan")],
            "lists of different lengths": [[1.59, 3], [3], 4.41],
        },
        explanation="(x - 4) / sqrt(2) + 3: the mean becomes beta, the standard deviation gamma.",
    ),
    Exercise(
        key="103-3",
        title="A moving average",
        minutes=10,
        test=test_moving_average,
        hints=(
            "Begin with average = 0.0 and go through the means in order.",
            "average = momentum * average + (1 - momentum) * mean",
        ),
        solution=moving_average,
        also_right={"all at once": by_weights},
        wrong_answers={
            "shares changed": changed_places,
            "begins at the first": begins_at_the_first,
            "mean": plain_mean,
            "last left out": last_left_out,
            "backwards": oldest_last,
            "added whole": new_share_whole,
            "returns too early": first_step_only,
            "all averages": lambda means, momentum: [
                moving_average(means[: n + 1], momentum) for n in range(len(means))
            ],
            "not a number": lambda means, momentum: float("nan"),
        },
        explanation="After n equal means m, it has come to m * (1 - momentum**n): 0.39 m for 50 steps of 0.99.",
    ),
    Exercise(
        key="103-4",
        title="Batches of two",
        minutes=20,
        test=test_small_batches,
        hints=(
            "Write a function that takes the normalization as an argument, and connects six convolutions, each with one.",
            "Pass a function that makes a layer: lambda: layers.GroupNormalization(4). The default, 32 groups, is too many.",
            "For the batch network, compare with what it says in training: network(test_images, training=True).",
        ),
        solution={"batch": 0.3, "group": 0.15},
        program="""
            def learn_in_twos(normalization):
                images = keras.Input((28, 28, 1))
                maps = layers.Conv2D(channels, 4, strides=4, activation="relu")(images)
                for _ in range(6):
                    maps = layers.Conv2D(channels, 3, padding="same")(maps)
                    maps = layers.ReLU()(normalization()(maps))
                features = layers.GlobalAveragePooling2D()(maps)
                network = keras.Model(images, layers.Dense(10)(features))
                network.compile(keras.optimizers.Adam(0.003), loss)
                few = train_images[:1000], train_labels[:1000]
                network.fit(*few, batch_size=2, epochs=1, verbose=0)
                return share_wrong(network, test_images, test_labels)


            finding = {
                "batch": learn_in_twos(lambda: layers.BatchNormalization(momentum=0.99)),
                "group": learn_in_twos(lambda: layers.GroupNormalization(4)),
            }
            """,
        also_right={"another run": {"batch": 0.31, "group": 0.12}},
        wrong_answers={
            "percent": {"batch": 30.0, "group": 12.0},
            "accuracies": {"batch": 0.7, "group": 0.88},
            "the same network": {"batch": 0.245, "group": 0.245},
            "training digits by heart": {"batch": 0.1, "group": 0.0},
            "only one number": 0.12,
            "not a number": {"batch": 0.3, "group": float("nan")},
        },
        explanation="One reason may be that in batches of 2, mean and variance are guesses from two images. Groups need no others.",
    ),
]
