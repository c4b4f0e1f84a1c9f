"""Exercises of lesson 001, start here."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, measured_numbers, one_number


def test_count(answer):
    count = one_number(answer)
    if count == 784 * 10:
        raise Wrong("You counted the weights. The layer also learns a bias for each output.")
    if count == 784 + 10:
        raise Wrong("Each of the 10 outputs has 784 weights of its own: multiply, do not add.")
    if count == (784 + 1) * 10 + 10:
        raise Wrong("You counted the biases twice. There is one for each output.")
    if count == 784 * 10 + 784:
        raise Wrong("You counted a bias for each pixel. There is one for each of the 10 outputs.")
    if count != 7850:
        raise Wrong(f"It is not {count:g}.")


def accuracy(predicted, labels):
    return np.mean(np.asarray(predicted) == np.asarray(labels))


def count_right(predicted, labels):
    return np.sum(np.asarray(predicted) == np.asarray(labels))


def error_rate(predicted, labels):
    return np.mean(np.asarray(predicted) != np.asarray(labels))


def in_percent(predicted, labels):
    return 100 * accuracy(predicted, labels)


def one_by_one(predicted, labels):
    return np.asarray(predicted) == np.asarray(labels)


def shared_labels(predicted, labels):
    return np.mean(np.isin(predicted, labels))


def nearly_right(predicted, labels):
    return np.mean(np.abs(np.asarray(predicted) - np.asarray(labels)) <= 1)


def without_zeros(predicted, labels):
    predicted, labels = np.asarray(predicted), np.asarray(labels)
    return np.mean((predicted == labels) & (labels != 0))


def rounded(predicted, labels):
    return np.round(accuracy(predicted, labels), 2)


def accuracy_by_counting(predicted, labels):
    right = 0
    for one, other in zip(predicted, labels):
        right += one == other
    return right / len(labels)


ACCURACY_MISTAKES = (
    (count_right, "you return the count. Divide it by the number of predictions."),
    (error_rate, "that is the share of mistakes."),
    (in_percent, "that is percent. A share lies between 0 and 1."),
    (shared_labels, "you ask whether a prediction occurs among the labels. Compare each with its own label."),
    (without_zeros, "you leave out the right answers with the label 0. It is a label like the others."),
    (nearly_right, "you count predictions that are off by one. A 3 for a 4 is wrong, too."),
)


def test_accuracy(answer):
    generator = np.random.default_rng(0)
    cases = [(np.array([1, 2, 3, 4, 5]), np.array([1, 2, 3, 0, 0]))]
    for size in (7, 40):
        labels = generator.integers(10, size=size)
        predicted = np.where(generator.random(size) < 0.7, labels, generator.integers(10, size=size))
        cases.append((predicted, labels))
    results = []
    for predicted, labels in cases:
        result = answer(predicted, labels)
        if np.shape(result) == labels.shape:
            raise Wrong("You return one verdict for each prediction. Their mean is wanted, a single number.")
        results.append(one_number(result, "What your function returns"))
    expected = [float(accuracy(*case)) for case in cases]
    if np.allclose(results, expected, rtol=0, atol=1e-4):
        return
    differs = next(place for place in range(3) if not np.isclose(results[place], expected[place], rtol=0, atol=1e-4))
    result, right, (predicted, labels) = results[differs], expected[differs], cases[differs]
    begin = f"For {count_right(predicted, labels)} right of {labels.size} you return {result:.6g}"
    for mistake, message in ACCURACY_MISTAKES:
        if np.allclose(results, [mistake(*case) for case in cases]):
            raise Wrong(f"{begin}: {message}")
    if np.allclose(results, expected, rtol=0, atol=0.006):
        raise Wrong(f"{begin}. The accuracy is {right:.6g}: return it as it is, not rounded.")
    raise Wrong(f"{begin}; the accuracy is {right:.3g}.")


def nearest_image_label(image, images, labels):
    distances = ((images - image) ** 2).sum(axis=1)
    return labels[distances.argmin()]


def farthest_image_label(image, images, labels):
    distances = ((images - image) ** 2).sum(axis=1)
    return labels[distances.argmax()]


def signed_differences(image, images, labels):
    return labels[(images - image).sum(axis=1).argmin()]


def place_not_label(image, images, labels):
    return ((images - image) ** 2).sum(axis=1).argmin()


def distance_not_label(image, images, labels):
    return ((images - image) ** 2).sum(axis=1).min()


def brightest_product(image, images, labels):
    return labels[(images @ image).argmax()]


def absolute_differences(image, images, labels):
    return labels[np.abs(images - image).sum(axis=1).argmin()]


def largest_difference(image, images, labels):
    return labels[np.abs(images - image).max(axis=1).argmin()]


def constant_shift(image, images, labels):
    return labels[(images - image).std(axis=1).argmin()]


def median_difference(image, images, labels):
    return labels[np.median(np.abs(images - image), axis=1).argmin()]


def equal_pixels(image, images, labels):
    return labels[np.isclose(images, image).sum(axis=1).argmax()]


def roots_of_differences(image, images, labels):
    return labels[np.sqrt(np.abs(images - image)).sum(axis=1).argmin()]


def smallest_angle(image, images, labels):
    lengths = np.sqrt((images**2).sum(axis=1))
    return labels[(images @ image / lengths).argmax()]


def nearest_by_loop(image, images, labels):
    best = 0
    for place in range(len(images)):
        if np.linalg.norm(images[place] - image) < np.linalg.norm(images[best] - image):
            best = place
    return labels[best]


def nearest_by_products(image, images, labels):
    return labels[np.argsort((images**2).sum(axis=1) - 2 * images @ image)[0]]


NEAREST_MISTAKES = (
    (place_not_label, "You return the place of the nearest image in `images`. Its label is wanted: labels[place]."),
    (farthest_image_label, "You return the label of the image that is farthest away: look for the smallest distance."),
    (signed_differences, "Positive and negative differences cancel in your sum. Square them first."),
    (distance_not_label, "You return the smallest distance. The label of the image at this distance is wanted."),
    (brightest_product, "A large product favours images with much ink. Compare the squared differences."),
    (
        absolute_differences,
        "You add up the differences without their signs. Square them: then a large one counts more.",
    ),
    (largest_difference, "You compare the largest difference of one pixel. All pixels count: add up the squares."),
    (constant_shift, "The spread of the differences does not see that all pixels are darker. Add up their squares."),
    (median_difference, "The median sees one pixel of them all. Add up the squares of all differences."),
    (equal_pixels, "You count equal pixels. How far apart the others are counts as well: add up the squares."),
    (roots_of_differences, "A root makes large differences count less. A square makes them count more."),
    (smallest_angle, "The angle forgets how dark an image is. Compare the squared differences."),
)


def nearest_cases():
    """Six cases in which all the known mistakes give other answers than the right function.

    The nearest differs by 12.5 in sum and by 1.4 in squares. Beside it stand one that differs much in few pixels (4 and
    3.2), one that differs little in all (39 and 2), one that is darker everywhere (its differences have no spread), and
    the image itself half as dark (its angle is 0). In the fifth case that with the least sum (8.7, all pixels differ) is
    another than that with the most equal pixels, the least median and the least roots; in the last these three differ.
    """
    generator = np.random.default_rng(3)
    labels = np.array([7, 2, 9, 4, 0, 5, 8, 1, 3, 6, 7, 2])
    for place in (3, 4, 6, 8, 5, 7):
        images = generator.random((12, 784)) * generator.uniform(0.3, 1.5, size=(12, 1))
        image = generator.uniform(0.2, 0.8, size=784)
        signs = generator.choice([-1, 1], size=784)
        images[place] = image
        images[place, :8] += 0.4 * signs[:8]
        images[place, 8:] += 0.012 * signs[8:]
        images[place - 1] = image
        images[place - 1, :5] += 0.8
        images[place - 2] = image + 0.05 * signs
        images[place - 3] = 0.5 * image
        images[place + 1] = 0
        images[place + 1, :40] = 4  # the farthest, though its product is small
        images[place + 2] = image - 0.2
        if place == 5:
            images[place - 1, :8] = image[:8] + 0.6
            images[place - 1, 8:] = image[8:] + 0.005
            images[place + 3] = image
            images[place + 3, :20] += 0.8
        if place == 7:
            images[[place - 2, place - 1, place + 3]] = image
            images[place - 2, :300] += 0.5  # the first median of 0
            images[place - 1, :8] += 0.6
            images[place - 1, 8:108] += 0.001  # the least roots
            images[place + 3, :40] += 0.5  # the most equal pixels
        yield image, images, labels


def test_nearest_image(answer):
    cases = list(nearest_cases())
    results = []
    for image, images, labels in cases:
        result = answer(image, images, labels)
        results.append(one_number(result, "What your function returns"))
    expected = [float(nearest_image_label(*case)) for case in cases]
    for mistake, message in NEAREST_MISTAKES:
        if np.allclose(results, [mistake(*case) for case in cases]):
            raise Wrong(message)
    if results != expected:
        raise Wrong(f"The labels of the nearest images are {expected}, yours are {results}.")


def test_accuracies(answer):
    if not isinstance(answer, dict) or set(answer) != {"few", "all"}:
        raise Wrong('A dictionary with the keys "few" and "all" is wanted, the accuracies as values.')
    few, many = measured_numbers(answer, "few", "all", shares=("few", "all"))
    if few >= many:
        raise Wrong("With fewer images the accuracy should be lower. Is the network new, or trained before?")
    if few < 0.7:
        raise Wrong("So low? Train for ten times as many epochs as before, and measure on digits.validation.")
    if many > 0.995:
        raise Wrong("Hardly a mistake? That looks like training images. Measure on digits.validation.")
    if many < 0.88:
        raise Wrong("The network of this lesson does better with all images: see its last val_accuracy.")


EXERCISES = [
    Exercise(
        key="001-1",
        title="Count what a dense layer learns",
        minutes=2,
        test=test_count,
        hints=("Each output is a weighted sum of all 784 pixels, plus one constant.", "There are 10 such sums."),
        solution=7850,
        wrong_answers={
            "biases forgotten": 7840,
            "added instead of multiplied": 794,
            "biases twice": 7860,
            "a truth value": True,
            "a bias for each pixel": 8624,
            "not a number": float("nan"),
        },
        explanation="784 weights for each of 10 outputs, and 10 biases.",
    ),
    Exercise(
        key="001-2",
        title="Write the accuracy",
        minutes=5,
        test=test_accuracy,
        hints=(
            "Comparing two arrays with == gives an array of true and false.",
            "The mean of true and false values is the share of true.",
        ),
        solution=accuracy,
        wrong_answers={
            "a count": count_right,
            "the share of mistakes": error_rate,
            "percent": in_percent,
            "no mean": one_by_one,
            "occurs among the labels": shared_labels,
            "off by one": nearly_right,
            "label 0 left out": without_zeros,
            "rounded": rounded,
            "the last digit alone": lambda predicted, labels: float(predicted[-1] == labels[-1]),
        },
        also_right={"by counting": accuracy_by_counting},
        explanation="The mean counts True as 1 and False as 0.",
    ),
    Exercise(
        key="001-3",
        title="Write the nearest image",
        minutes=8,
        test=test_nearest_image,
        hints=(
            "images - image has shape (n, 784): one row of differences for each of the images.",
            "Square, sum along the row, then argmin: the place of the nearest. Its label stands at the same place in labels.",
        ),
        solution=nearest_image_label,
        wrong_answers={
            "the place": place_not_label,
            "farthest": farthest_image_label,
            "no square": signed_differences,
            "the distance itself": distance_not_label,
            "a product": brightest_product,
            "no square, but no sign either": absolute_differences,
            "the largest difference": largest_difference,
            "the angle": smallest_angle,
            "a constant shift costs nothing": constant_shift,
            "the median": median_difference,
            "equal pixels": equal_pixels,
            "roots": roots_of_differences,
        },
        also_right={"by a loop": nearest_by_loop, "by products": nearest_by_products},
        explanation="The smallest sum of squared differences belongs to the nearest image.",
    ),
    Exercise(
        key="001-4",
        title="Measure what less data costs",
        minutes=10,
        test=test_accuracies,
        hints=(
            "Copy the cell that builds the network: that gives new, untrained weights. "
            "Compile and fit it on inputs[:350] and targets[:350].",
            "epochs=10 * epochs. Then evaluate(*digits.validation), as the lesson does with its copy; "
            'the other number is history.history["val_accuracy"][-1].',
        ),
        solution={"few": 0.87, "all": 0.94},
        program="""
            new_network = keras.models.clone_model(network)  # the same layers, untrained
            new_network.compile(
                keras.optimizers.Adam(0.002), loss=network.loss, metrics=["accuracy"]
            )
            new_network.fit(
                digits.train.inputs[:350],
                digits.train.targets[:350],
                epochs=10 * epochs,
                batch_size=64,
                verbose=0,
            )
            _, few = new_network.evaluate(*digits.validation, verbose=0)
            many = history.history["val_accuracy"][-1]
            both_accuracies = {"few": few, "all": many}
            """,
        wrong_answers={
            "percentages": {"few": 80, "all": 93},
            "the trained network trained on": {"few": 0.95, "all": 0.94},
            "one key": {"few": 0.8},
            "not trained": {"few": 0.1, "all": 0.94},
            "training images": {"few": 0.87, "all": 0.999},
            "not a number": {"few": float("nan"), "all": 0.94},
            "a truth value": {"few": False, "all": True},
        },
        also_right={"another run": {"few": 0.852, "all": 0.93}},
        explanation="About as many steps, fewer images to learn from: more mistakes. Here the data were missing, not steps.",
    ),
]
