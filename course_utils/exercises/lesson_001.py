"""Exercises of lesson 001, start here."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, expect_equal


def test_count(answer):
    if answer == 784 * 10:
        raise Wrong("You counted the weights. The layer also learns a bias for each output.")
    if answer == 784 + 10:
        raise Wrong("Each of the 10 outputs has 784 weights of its own: multiply, do not add.")
    expect_equal(answer, 7850, f"It is not {answer!r}.")


def accuracy(predicted, labels):
    return np.mean(np.asarray(predicted) == np.asarray(labels))


def count_right(predicted, labels):
    return np.sum(np.asarray(predicted) == np.asarray(labels))


def error_rate(predicted, labels):
    return np.mean(np.asarray(predicted) != np.asarray(labels))


def test_accuracy(answer):
    predicted, labels = np.array([1, 2, 3, 4, 5]), np.array([1, 2, 3, 0, 0])
    result = answer(predicted, labels)
    if result is not None and np.shape(result) == ():
        if np.isclose(result, 3):
            raise Wrong("For 3 right of 5 you return 3. Divide the count by the number of predictions.")
        if np.isclose(result, 0.4):
            raise Wrong("For 3 right of 5 you return 0.4: that is the share of mistakes.")
    expect_close(result, 0.6, "For 3 right of 5 the accuracy is 0.6.")
    expect_close(answer(labels, labels), 1.0, "If all predictions are right, the accuracy is 1.")


def nearest_mean(image, mean_images):
    return int(np.argmin(np.sum((mean_images - image) ** 2, axis=1)))


def farthest_mean(image, mean_images):
    return int(np.argmax(np.sum((mean_images - image) ** 2, axis=1)))


def signed_difference(image, mean_images):
    return int(np.argmin(np.sum(mean_images - image, axis=1)))


def distance_not_label(image, mean_images):
    return np.min(np.sum((mean_images - image) ** 2, axis=1))


def test_nearest_mean(answer):
    generator = np.random.default_rng(0)
    means = generator.random((10, 784))
    images = [means[label] + 0.1 * generator.standard_normal(784) for label in (3, 7, 0)]
    results = [answer(image, means) for image in images]
    if any(result is None for result in results):
        raise Wrong("The function returns None: is the `return` missing?")
    if any(result not in range(10) for result in results):
        raise Wrong(f"You return {results[0]!r}. The label is wanted: the index of the smallest distance, from 0 to 9.")
    if results == [farthest_mean(image, means) for image in images]:
        raise Wrong("You return the mean that is farthest away: look for the smallest distance.")
    if results == [signed_difference(image, means) for image in images]:
        raise Wrong("Positive and negative differences cancel in your sum. Square them first.")
    expect_equal(results, [3, 7, 0], f"Three images near the means 3, 7 and 0 gave {results}.")


def test_accuracies(answer):
    if not isinstance(answer, dict) or set(answer) != {350, 3500}:
        raise Wrong("A dictionary with the keys 350 and 3500 is wanted, the accuracies as values.")
    few, many = answer[350], answer[3500]
    if max(few, many) > 1:
        raise Wrong("These look like percentages or counts. Give shares from 0 to 1.")
    if few >= many:
        raise Wrong("With a tenth of the data the accuracy should be lower. Is the network new, or trained before?")
    if few < 0.6:
        raise Wrong("So low? Train for as many epochs as before, and measure on digits.test.")
    if many < 0.88:
        raise Wrong("The network of this lesson does better with 3500 images. Did you measure on the test images?")


EXERCISES = [
    Exercise(
        key="001-1",
        title="Count what a dense layer learns",
        minutes=5,
        test=test_count,
        hints=("Each output is a weighted sum of all 784 pixels, plus one constant.", "There are 10 such sums."),
        solution=7850,
        wrong_answers={"biases forgotten": 7840, "added instead of multiplied": 794},
        explanation="784 weights for each of 10 outputs, and 10 biases.",
    ),
    Exercise(
        key="001-2",
        title="Write the accuracy",
        minutes=10,
        test=test_accuracy,
        hints=(
            "Comparing two arrays with == gives an array of true and false.",
            "The mean of true and false values is the share of true.",
        ),
        solution=accuracy,
        wrong_answers={"a count": count_right, "the share of mistakes": error_rate},
        explanation="The mean counts True as 1 and False as 0.",
    ),
    Exercise(
        key="001-3",
        title="Write the nearest mean",
        minutes=10,
        test=test_nearest_mean,
        hints=(
            "mean_images - image has shape (10, 784): one row of differences a digit.",
            "Square, sum along the row, then np.argmin.",
        ),
        solution=nearest_mean,
        wrong_answers={
            "farthest": farthest_mean,
            "no square": signed_difference,
            "the distance itself": distance_not_label,
        },
        explanation="The smallest sum of squared differences belongs to the nearest mean.",
    ),
    Exercise(
        key="001-4",
        title="Measure what less data costs",
        minutes=15,
        test=test_accuracies,
        hints=(
            "Copy the cell that builds the network: that gives new, untrained weights. Compile and fit it on inputs[:350] and targets[:350].",
            "Then evaluate on digits.test, as the lesson does with argmax.",
        ),
        solution={350: 0.86, 3500: 0.93},
        wrong_answers={
            "percentages": {350: 80, 3500: 93},
            "the trained network trained on": {350: 0.94, 3500: 0.93},
            "one key": {350: 0.8},
        },
        explanation="Ten times the data takes away about half of the mistakes here.",
    ),
]
