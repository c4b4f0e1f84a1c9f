"""Exercises of lesson 302, digits from noise."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, one_number
from course_utils.scale import current_scale, scale

PAPER_MISTAKES = {
    45: "You added the squares of the standard deviations. Take their difference first, then its square.",
    457: "You squared the difference of the variances. It is the difference of the standard deviations: 5 - 2.",
    37: "You took the variances, 25 - 4, where the squared difference of the standard deviations belongs.",
    16: "That is the part of the means alone. The spreads differ too.",
    9: "That is the part of the spreads alone. The means differ too.",
    7: "You added the differences. Square each of them first.",
    5: "You took the root at the end. The Fréchet distance of this course is the sum of squares itself.",
}


def test_paper(answer):
    number = one_number(answer)
    for mistake, message in PAPER_MISTAKES.items():
        if np.isclose(number, mistake, atol=1e-3):
            raise Wrong(message)
    if not np.isclose(number, 25, atol=1e-3):
        raise Wrong(f"It is not {number:g}.")


def independent_distance(first, second):
    between_means = first.mean(axis=0) - second.mean(axis=0)
    between_spreads = first.std(axis=0, ddof=1) - second.std(axis=0, ddof=1)
    return (between_means**2 + between_spreads**2).sum()


def independent_distance_in_a_loop(first, second):
    total = 0.0
    for column in range(first.shape[1]):
        one, other = first[:, column], second[:, column]
        total += (one.mean() - other.mean()) ** 2 + (np.sqrt(one.var()) - np.sqrt(other.var())) ** 2
    return total


def mean_over_columns(first, second):
    return independent_distance(first, second) / first.shape[1]


def with_variances(first, second):
    between_means = first.mean(axis=0) - second.mean(axis=0)
    between_variances = first.var(axis=0, ddof=1) - second.var(axis=0, ddof=1)
    return (between_means**2 + between_variances**2).sum()


def all_in_one(first, second):
    return (first.mean() - second.mean()) ** 2 + (first.std(ddof=1) - second.std(ddof=1)) ** 2


def with_covariances(first, second):
    between_means = first.mean(axis=0) - second.mean(axis=0)
    covariances = [np.cov(each, rowvar=False) for each in (first, second)]
    roots = np.sqrt(np.maximum(np.linalg.eigvals(covariances[0] @ covariances[1]).real, 0))
    return (between_means**2).sum() + sum(np.trace(each) for each in covariances) - 2 * roots.sum()


def with_a_root(first, second):
    return np.sqrt(independent_distance(first, second))


def without_means(first, second):
    return ((first.std(axis=0, ddof=1) - second.std(axis=0, ddof=1)) ** 2).sum()


INDEPENDENT_MISTAKES = {
    mean_over_columns: "You averaged over the columns. The parts of the columns are added up.",
    with_variances: "You compare variances. The formula compares the standard deviations, their roots.",
    all_in_one: "You threw all columns together. Each column has its own mean and its own spread: axis=0.",
    with_covariances: "That is the whole distance, with covariances. Here it is the formula for one number, added up over the columns.",
    with_a_root: "You took the root at the end. The distance is the sum of the squares itself.",
    without_means: "The means are missing: each column adds the squared difference of its means, too.",
}


def test_independent(answer):
    random = np.random.default_rng(0)
    for count, columns in ((400, 3), (1000, 7), (300, 2)):
        first, second = (
            random.normal(0, 2, columns) + random.normal(size=(rows, columns)) @ random.normal(size=(columns, columns))
            for rows in (count, 2 * count)
        )  # the columns depend on each other, and differently in the two sets
        result = one_number(answer(first.copy(), second.copy()), "The distance")
        for mistake, message in INDEPENDENT_MISTAKES.items():
            if np.isclose(result, mistake(first, second), rtol=5e-3):
                raise Wrong(message)
        # ddof 0 or 1: both are right here, the difference is small
        expect_close(result, independent_distance(first, second), "That is another number.", tolerance=5e-3)


def nearest_distances(images, train):
    distances = np.linalg.norm(images[:, np.newaxis] - train, axis=-1)
    return distances.min(axis=1)


def nearest_distances_by_products(images, train):
    squares = (images**2).sum(axis=1)[:, np.newaxis] - 2 * images @ train.T + (train**2).sum(axis=1)
    return np.sqrt(np.maximum(squares, 0)).min(axis=1)


def not_cut_off(images, train):
    squares = (images**2).sum(axis=1)[:, np.newaxis] - 2 * images @ train.T + (train**2).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.sqrt(squares).min(axis=1)


def nearest_distances_in_32_bits(images, train):
    return nearest_distances_by_products(images.astype("float32"), train.astype("float32"))


def squared(images, train):
    return nearest_distances(images, train) ** 2


def mean_per_pixel(images, train):
    return nearest_distances(images, train) / np.sqrt(images.shape[1])


def places(images, train):
    return np.linalg.norm(images[:, np.newaxis] - train, axis=-1).argmin(axis=1)


def one_pixel_alone(images, train):
    return np.abs(images[:, np.newaxis] - train).max(axis=-1).min(axis=1)


def the_farthest(images, train):
    return np.linalg.norm(images[:, np.newaxis] - train, axis=-1).max(axis=1)


def for_each_training_image(images, train):
    return np.linalg.norm(images[:, np.newaxis] - train, axis=-1).min(axis=0)


NEAREST_MISTAKES = {
    squared: "These are the squares of the distances. Take the root.",
    mean_per_pixel: "You averaged over the pixels. The distance is the root of the sum of the squares.",
    one_pixel_alone: "You took the largest difference of a single pixel. All pixels count: the root of the sum of squares.",
    places: "These are the places of the nearest images. Their distances are wanted: min, not argmin.",
    the_farthest: "These are the distances to the farthest training image.",
    for_each_training_image: "You looked for the nearest drawing of each training image. It is the other way round.",
}


def test_nearest(answer):
    random = np.random.default_rng(1)
    for count, known, pixels, copies in ((5, 30, 6, 1), (12, 7, 196, 1), (1, 9, 4, 1), (60, 70, 40, 50)):
        images, train = random.random((count, pixels)), random.random((known, pixels))
        train[3 : 3 + copies] = images[:copies]  # of 50 copies some have a negative square when it is expanded
        result = answer(images.copy(), train.copy())
        right = nearest_distances(images, train)
        if np.shape(result) == right.shape and np.isnan(np.asarray(result, dtype="float64")).any():
            raise Wrong("Some are NaN: rounding made a square slightly negative. Cut it off at 0 before the root.")
        for mistake, message in NEAREST_MISTAKES.items():
            wrong = mistake(images, train)
            differs = wrong.shape != right.shape or not np.allclose(wrong, right, atol=1e-6)
            if differs and np.shape(result) == wrong.shape and np.allclose(result, wrong, atol=1e-6):
                raise Wrong(message)
        # the square expanded in 32 bits gives 0.003 for a copy
        expect_close(result, right, "One distance for each image is wanted; a copy has 0.", tolerance=5e-3)


def test_groups(answer):
    if not isinstance(answer, dict) or set(answer) != {1, 5, 20, 40}:
        raise Wrong("A dictionary with the keys 1, 5, 20 and 40 is wanted, the distances as values.")
    found = {groups: one_number(value, f"The value at {groups}") for groups, value in answer.items()}
    if len(set(found.values())) < 4:
        raise Wrong("Two are equal to the last digit. Was `groups` passed on? (If you rounded, give more digits.)")
    if min(found.values()) <= scale(quick=1, full=0.2):
        raise Wrong("No set of 1000 images comes so near, not even real ones. Are these the values of `distance`?")
    if not found[1] > found[5] > found[20]:
        raise Wrong("Five groups should be nearer than one, and twenty nearer still. Are the values at the right keys?")
    if found[5] > 0.85 * found[1]:
        raise Wrong("Five groups come clearly nearer than one, not by a little. Was the second one drawn with five?")
    if found[40] > found[5]:
        raise Wrong("Forty groups should be nearer than five. Are the values at the right keys?")
    if found[40] > 1.3 * found[20]:
        raise Wrong("Forty groups should be about as near as twenty, or nearer. Was that one drawn with forty?")
    if current_scale() == "quick" and not 10 < found[1] < 60:
        raise Wrong("One group is the row `one normal` of the verdict. Did you take `as_images` and 1000 drawings?")


PROGRAM = """
found = {}
for groups in (1, 5, 20, 40):
    drawn = as_images(many_normals(pixels, groups, 1000))
    found[groups] = float(distance(drawn))
check("302-4", found)
"""

EXERCISES = [
    Exercise(
        key="302-1",
        title="A distance on paper",
        minutes=3,
        test=test_paper,
        hints=("Two parts: the squared difference of the means, and that of the spreads.", "(5 - 1)² + (2 - 5)²"),
        solution=25,
        wrong_answers={
            "variances squared": 457,
            "variances": 37,
            "means alone": 16,
            "not squared": 7,
            "root": 5,
            "spreads added": 45,
            "not a number": np.nan,
        },
        also_right={"with a point": 25.0},
        explanation="16 for the means and 9 for the spreads.",
    ),
    Exercise(
        key="302-2",
        title="Numbers that do not depend on each other",
        minutes=8,
        test=test_independent,
        hints=(
            "mean(axis=0) and std(axis=0, ddof=1) give one number for each column.",
            "Square both differences, add them, and sum over the columns.",
        ),
        solution=independent_distance,
        wrong_answers={
            "averaged": mean_over_columns,
            "variances": with_variances,
            "all columns in one": all_in_one,
            "no means": without_means,
            "with covariances": with_covariances,
            "root": with_a_root,
        },
        also_right={"column by column, divided by n": independent_distance_in_a_loop},
        explanation="The covariance matrices are diagonal then, so the trace falls apart into one part for each column.",
    ),
    Exercise(
        key="302-3",
        title="How far is the nearest training image?",
        minutes=10,
        test=test_nearest,
        hints=(
            "For one image, np.linalg.norm(train - image, axis=1) has the distance to each training image.",
            "Take the least of them, and do so for each image.",
        ),
        solution=nearest_distances,
        wrong_answers={
            "squares": squared,
            "mean over the pixels": mean_per_pixel,
            "places": places,
            "the farthest": the_farthest,
            "the other way round": for_each_training_image,
            "a single pixel": one_pixel_alone,
            "not cut off at 0": not_cut_off,
        },
        also_right={
            "the square expanded": nearest_distances_by_products,
            "the square expanded, in 32 bits": nearest_distances_in_32_bits,
        },
        explanation="A distance of 0 is a copy. Compare with real images that the training never saw: those have neighbours too.",
    ),
    Exercise(
        key="302-4",
        title="How many groups?",
        minutes=8,
        test=test_groups,
        hints=(
            "distance(as_images(many_normals(pixels, 5, 1000))) is the value for five groups.",
            "A loop over (1, 5, 20, 40) fills the dictionary.",
        ),
        solution={1: 24.0, 5: 13.0, 20: 5.0, 40: 4.0},
        wrong_answers={
            "a list": [24.0, 13.0, 5.0, 4.0],
            "order reversed": {1: 4.0, 5: 5.0, 20: 13.0, 40: 24.0},
            "five groups and forty exchanged": {1: 24.0, 5: 6.0, 20: 5.0, 40: 13.0},
            "halved": {1: 6.0, 5: 4.0, 20: 2.0, 40: 1.5},
            "scaled to 1": {1: 0.24, 5: 0.13, 20: 0.05, 40: 0.04},
            "five hardly nearer than one": {1: 59.0, 5: 58.0, 20: 1.5, 40: 57.0},
            "forty far behind twenty": {1: 24.0, 5: 13.0, 20: 5.0, 40: 12.0},
            "twenty twice": {1: 25.9, 5: 13.0, 20: 4.05, 40: 4.05},
            "not a number": {1: 24.0, 5: np.nan, 20: 5.0, 40: 4.0},
        },
        also_right={
            "forty no nearer than twenty": {1: 24.2, 5: 12.7, 20: 5.0, 40: 5.2},
            "keys as texts": {"1": 24.0, "5": 13.0, "20": 5.0, "40": 4.0},
            "another judge": {1: 33.0, 5: 21.5, 20: 8.1, 40: 6.4},
        },
        program=PROGRAM,
        explanation="More groups come nearer. With a group for each image they would return the training images: a photocopier. The distance would praise it.",
    ),
]
