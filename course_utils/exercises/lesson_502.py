"""Exercises of lesson 502, share a batch among devices."""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    measured_numbers,
    one_number,
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
    "dropout": "each device draws random numbers of its own, so other units are dropped.",
    "batch normalization of each part": "a part has another mean and spread than the whole batch.",
    "layer normalization": "it looks at one example at a time; who else is in the batch makes no difference.",
    "each device clips its slopes before the average": "a part may be clipped where the mean of all would not be.",
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


def settings(devices, images_each, examples):
    batch = devices * images_each
    return batch, examples // batch, 0.1 * batch / 256


def rate_by_devices(devices, images_each, examples):
    batch = devices * images_each
    return batch, examples // batch, 0.1 * devices


def same_rate(devices, images_each, examples):
    batch = devices * images_each
    return batch, examples // batch, 0.1


def batch_of_one_device(devices, images_each, examples):
    return images_each, examples // images_each, 0.1 * images_each / 256


def with_a_rest(devices, images_each, examples):
    batch = devices * images_each
    return batch, -(-examples // batch), 0.1 * batch / 256


def smaller_rate(devices, images_each, examples):
    batch = devices * images_each
    return batch, examples // batch, 0.1 * 256 / batch


def steps_of_one_device(devices, images_each, examples):
    batch = devices * images_each
    return batch, examples // images_each, 0.1 * batch / 256


def counted_in_steps(devices, images_each, examples):
    steps = 0
    while (steps + 1) * devices * images_each <= examples:
        steps += 1
    return [devices * images_each, steps, devices * images_each / 2560]


def test_settings(answer):
    mistakes = {
        rate_by_devices: "The rate grows with the *batch*: it is 0.1 at 256 images, whatever the number of devices.",
        same_rate: "The rate stays at 0.1. The rule multiplies it by as much as the batch has grown from 256.",
        batch_of_one_device: "That is what one device takes; the batch is that of all of them.",
        with_a_rest: "The last, smaller batch is dropped: count whole batches only.",
        steps_of_one_device: "The steps are those of one device alone: all of them together need fewer.",
        smaller_rate: "The rate falls as the batch grows; by the rule it rises.",
    }
    for arguments in [(8, 32, 5000), (16, 8, 1300), (3, 50, 3500), (1, 100, 2345)]:
        result = answer(*arguments)
        if not isinstance(result, (tuple, list, np.ndarray)) or len(result) != 3:
            raise Wrong("Three numbers are wanted: the batch size, the steps of an epoch, the rate.")
        numbers = [one_number(each, "Each of the three") for each in result]
        right = settings(*arguments)
        if np.allclose(numbers, right):
            continue
        for mistake, message in mistakes.items():
            if np.allclose(numbers, mistake(*arguments)):
                raise Wrong(message)
        raise Wrong(f"For {arguments} you return {numbers}; it should be {list(right)}.")


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


PROGRAM = """
three_devices = {}
for count in (600, 640):
    weights, calls = on_devices(devices=3, batch_size=60, count=count)
    three_devices[f"{count} images"] = difference("plain")[-1]
"""

EXERCISES = [
    Exercise(
        key="502-1",
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
        key="502-2",
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
        key="502-3",
        title="Settings for more devices",
        minutes=10,
        test=test_settings,
        hints=(
            "The batch is devices × images_each. The steps are a whole-number division.",
            "The rate grows as the batch does: 0.1 × batch / 256.",
        ),
        solution=settings,
        wrong_answers={
            "the rate by devices": rate_by_devices,
            "the rate unchanged": same_rate,
            "the batch of one device": batch_of_one_device,
            "the rest counted as a step": with_a_rest,
            "a smaller rate": smaller_rate,
            "the steps of one device": steps_of_one_device,
        },
        also_right={"steps counted one by one": counted_in_steps},
        explanation="With 8 × 32 images it is the recipe's own batch, and so its own rate.",
    ),
    Exercise(
        key="502-4",
        title="Three devices",
        minutes=15,
        test=test_three,
        hints=(
            "on_devices(devices=3, batch_size=60, count=600) takes about half a minute.",
            "Store what it returns in `weights, calls`: the page's `difference` reads `weights`. Then difference('plain')[-1].",
            "Look at calls['plain, mirrored']: into which parts was the last batch cut?",
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
