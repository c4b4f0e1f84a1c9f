"""Exercises of lesson 512, share a batch among devices."""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    measured_numbers,
    some_numbers,
)

EQUAL = {
    "a convolutional network": "yes",
    "dropout": "no",
    "batch normalization of each part": "no",
    "layer normalization": "yes",
    "each device clips its slopes before the average": "no",
}
WHY = {
    "a convolutional network": "each image goes through it alone: its slope does not depend on the others.",
    "dropout": "one device draws random numbers for all images; here both devices draw the same ones, each for its own part.",
    "batch normalization of each part": "a part has another mean and spread than the whole batch.",
    "layer normalization": "it looks at one example at a time; who else is in the batch makes no difference.",
    "each device clips its slopes before the average": "a part may be clipped where the mean of all would not be. Keras's clipnorm, clipvalue and global_clipnorm do just that.",
}


def test_equal(answer):
    if not isinstance(answer, dict) or set(answer) != set(EQUAL):
        raise Wrong("A dictionary with the five cases as keys, spelled as above, is wanted.")
    for case, right in EQUAL.items():
        word = str(answer[case]).strip().lower()
        if word not in ("yes", "no"):
            raise Wrong(f'{answer[case]!r}: write "yes" or "no".')
        if word != right:
            raise Wrong(f"Think again about '{case}': {WHY[case]}")


def average_slope(slopes, sizes):
    weighted = np.asarray(slopes) * np.asarray(sizes)
    return np.sum(weighted) / np.sum(sizes)


def plain_average(slopes, sizes):
    return np.mean(slopes)


def added(slopes, sizes):
    return np.sum(slopes)


def weighted_sum(slopes, sizes):
    return np.sum(np.asarray(slopes) * np.asarray(sizes))


def by_the_parts(slopes, sizes):
    return np.sum(np.asarray(slopes) * np.asarray(sizes)) / len(sizes)


def upside_down(slopes, sizes):
    return np.sum(np.asarray(slopes) / np.asarray(sizes)) / np.sum(1 / np.asarray(sizes))


def of_the_largest_part(slopes, sizes):
    return np.asarray(slopes)[np.argmax(sizes)]


def example_by_example(slopes, sizes):
    total, count = 0.0, 0
    for slope, size in zip(slopes, sizes):
        total += slope * size
        count += size
    return total / count


def test_average(answer):
    mistakes = {
        plain_average: "That is the plain average: a part of one example would count as much as a part of a hundred.",
        added: "The means are added. Two equal parts would give twice the slope.",
        weighted_sum: "Each mean times its size is the sum over its examples: now divide by the number of all examples.",
        by_the_parts: "Divide by the number of examples, not by the number of parts.",
        of_the_largest_part: "That is the mean of the largest part alone; the others count too.",
        upside_down: "A larger part must count for more, not for less.",
    }
    random = np.random.default_rng(502)
    cases = [(np.array([8 / 3, 8.0]), np.array([3, 1]))]
    cases += [(random.normal(size=count), random.integers(1, 40, count)) for count in (2, 3, 5)]
    for slopes, sizes in cases:
        result = some_numbers(answer(slopes, sizes), (), "The mean slope")
        right = average_slope(slopes, sizes)
        if np.isclose(result, right):
            continue
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(slopes, sizes)):
                raise Wrong(message)
        expect_close(result, right, f"For parts of {sizes.tolist()} examples you return {result:.4g}, not {right:.4g}.")


def test_distance(answer):
    four, one = measured_numbers(answer, "a step after four parts", "a step after each part")
    if min(four, one) < 0:
        raise Wrong("A distance without its sign is wanted: take np.abs before the maximum.")
    if one < 1e-4 < four:
        raise Wrong("The two seem to be exchanged: which of them steps with the mean slope of 64 images?")
    if one < 1e-4:
        raise Wrong("A step after each part takes 40 steps, not ten. Did that optimizer accumulate, too?")
    if four > 2:
        raise Wrong(
            "No weight moves that far in one epoch. Is it the *largest* difference of the two vectors, not a sum?"
        )
    if four > 1e-5:
        raise Wrong(
            "Four parts of 16 should end at the weights of a batch of 64, but for rounding. Are the rate 0.05, the "
            "momentum 0.9, four parts a step, no shuffling, one epoch, and a *new* network?"
        )
    if not 0.05 < one < 2:
        raise Wrong(
            "The second number should be some tenths. Is it the largest difference, after one epoch, and no sum?"
        )


NAMES = ("600 images", "640 images")


def test_three(answer):
    with_600, with_640 = measured_numbers(answer, *NAMES)
    if min(with_600, with_640) < 0:
        raise Wrong("A difference without its sign is wanted: take np.abs before the maximum.")
    if with_640 < 1e-6 < with_600:
        raise Wrong("The two seem to be exchanged: 600 images are ten whole batches of 60, 640 leave a rest of 40.")
    if with_600 > 1e-6:
        raise Wrong("Ten batches of 60, each cut into 20, 20 and 20: the difference should be tiny. Is it of *plain*?")
    if with_640 < 1e-6:
        raise Wrong("The rest of 40 images is cut into 14, 14 and 12. Did you take 640 images and three devices?")
    if with_640 > 0.01:
        raise Wrong("No weight moves that far in one step. Is it the largest difference of the *plain* trainings?")


ACCUMULATED = """
distance = {}
for name, parts in {"a step after four parts": 4, "a step after each part": None}.items():
    network = build_network()
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9, gradient_accumulation_steps=parts)
    network.compile(optimizer, digit_loss)
    network.fit(images[:640], labels[:640], batch_size=16, epochs=1, shuffle=False, verbose=0)
    apart = all_weights(network) - weights["plain, one device"][9]
    distance[name] = float(np.abs(apart).max())
"""

PROGRAM = """
three_devices = {}
for count in (600, 640):
    of_three, _ = train_on_devices(images[:count], labels[:count], devices=3, batch_size=60)
    three_devices[f"{count} images"] = difference(of_three, "plain")[-1]
"""

EXERCISES = [
    Exercise(
        key="512-1",
        title="Which equal one device?",
        minutes=5,
        test=test_equal,
        hints=(
            "Ask of each: does what happens to one example depend on the other examples of its part?",
            "And: is the average taken before anything that is not linear? Only two of the five equal one device.",
        ),
        solution=EQUAL,
        wrong_answers={
            "convolution reaches over the batch": EQUAL | {"a convolutional network": "no"},
            "dropout is the same everywhere": EQUAL | {"dropout": "yes"},
            "batch normalization is harmless": EQUAL | {"batch normalization of each part": "yes"},
            "all normalization is alike": EQUAL | {"layer normalization": "no"},
            "clipping first is harmless": EQUAL | {"each device clips its slopes before the average": "yes"},
            "a word of one's own": EQUAL | {"dropout": "perhaps"},
            "a list": list(EQUAL.values()),
        },
        explanation="Equal is what treats each example alone and adds before it bends.",
    ),
    Exercise(
        key="512-2",
        title="Average unequal parts",
        minutes=10,
        test=test_average,
        hints=(
            "A mean times its size is the sum over that part.",
            "Add these sums, then divide by the number of all examples.",
        ),
        solution=average_slope,
        wrong_answers={
            "the plain average": plain_average,
            "the means added": added,
            "not divided": weighted_sum,
            "divided by the parts": by_the_parts,
            "small parts count for more": upside_down,
            "the largest part alone": of_the_largest_part,
        },
        also_right={"example by example": example_by_example},
        explanation="It is what all-reduce does when each part divides by the size of the whole batch.",
    ),
    Exercise(
        key="512-3",
        title="One part after the other",
        minutes=15,
        test=test_distance,
        hints=(
            "A new network for each: build_network(), compile as in train_mirrored but without a strategy, fit with batch_size=16.",
            "SGD(0.05, momentum=0.9, gradient_accumulation_steps=4) steps after four parts; without the last word, after each.",
            "np.abs(all_weights(network) - weights['plain, one device'][9]).max() is the distance.",
        ),
        solution={"a step after four parts": 6e-8, "a step after each part": 0.5},
        program=ACCUMULATED,
        wrong_answers={
            "exchanged": {"a step after four parts": 0.5, "a step after each part": 6e-8},
            "both accumulate": {"a step after four parts": 6e-8, "a step after each part": 6e-8},
            "none accumulates": {"a step after four parts": 0.5, "a step after each part": 0.5},
            "with the sign": {"a step after four parts": 6e-8, "a step after each part": -0.5},
            "sums of all differences": {"a step after four parts": 9.0, "a step after each part": 200.0},
            "the second a sum": {"a step after four parts": 6e-8, "a step after each part": 200.0},
            "one left open": {"a step after four parts": 6e-8, "a step after each part": ...},
            "no number": {"a step after four parts": float("nan"), "a step after each part": 0.5},
        },
        explanation="600 images would be 38 parts: the last two wait for the first two of the next epoch, and are lost after the last. And the "
        "last part has 8 images, but the vote of 16. (Up to Keras 3.15 this does not go together with a strategy: `fit` stops with an error.)",
    ),
    Exercise(
        key="512-4",
        title="Three devices",
        minutes=15,
        test=test_three,
        hints=(
            "How many whole batches of 60 are in 600, how many in 640? What is left over, and can three share it equally?",
            "Do as the task says, once with [:600] and once with [:640]; float(difference(of_three, 'plain')[-1]) is the number.",
            "The second thing that train_on_devices returns counts the images of each call: into which parts was the last batch cut?",
        ),
        solution={"600 images": 3e-8, "640 images": 0.0003},
        program=PROGRAM,
        wrong_answers={
            "exchanged": {"600 images": 0.0003, "640 images": 3e-8},
            "640 images in both": {"600 images": 0.0003, "640 images": 0.0003},
            "two devices": {"600 images": 3e-8, "640 images": 3e-8},
            "with the sign": {"600 images": -3e-8, "640 images": 0.0003},
            "the norm of all weights": {"600 images": 3e-8, "640 images": 12.0},
            "one left open": {"600 images": 3e-8, "640 images": ...},
            "no number": {"600 images": float("nan"), "640 images": 0.0003},
        },
        explanation="600 images are ten batches that three can share equally. Of 640 a rest of 40 is left: 14, 14 and 12.",
    ),
]
