"""Exercises of lesson 104, what a network sees."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number

FIELD_MISTAKES = (
    (23, "You counted pooling as if it saw one pixel. Its window of 3 widens the field too: by 2 steps of 2 pixels."),
    (15, "You left pooling out. Its window and its stride count like those of a convolution."),
    (13, "You added the windows without their steps: 1 + 6 + 2 + 2 + 2. A later step is worth 4 pixels."),
    (37, "You let each stride act on its own layer already. A layer's step is the product of the strides before it."),
    (7, "That is the first layer alone. All later windows widen the field."),
)


def test_field(answer):
    field = one_number(answer)
    for mistake, message in FIELD_MISTAKES:
        if field == mistake:
            raise Wrong(message)
    if field != 27:
        raise Wrong(f"It is not {field:g}. Start with 1 and add (size - 1) times the step so far.")


def class_activation_map(maps, weights, label):
    positive = np.maximum(maps @ weights[:, label], 0)
    return positive / positive.max() if positive.max() > 0 else positive


def negative_kept(maps, weights, label):
    summed = maps @ weights[:, label]
    return summed / summed.max() if summed.max() > 0 else np.zeros_like(summed)


def not_scaled(maps, weights, label):
    return np.maximum(maps @ weights[:, label], 0)


def without_weights(maps, weights, label):
    positive = np.maximum(maps.sum(axis=2), 0)
    return positive / positive.max()


def wrong_axis(maps, weights, label):
    size = min(maps.shape[2], weights.shape[1])
    positive = np.maximum(maps[..., :size] @ weights[label, :size], 0)
    return positive / positive.max() if positive.max() > 0 else positive


def divides_by_zero(maps, weights, label):
    positive = np.maximum(maps @ weights[:, label], 0)
    with np.errstate(invalid="ignore"):
        return positive / positive.max()


def from_least_to_most(maps, weights, label):
    summed = np.maximum(maps @ weights[:, label], 0)
    return (summed - summed.min()) / max(np.ptp(summed), 1e-12)


def positive_channels(maps, weights, label):
    summed = np.maximum(maps * weights[:, label], 0).sum(axis=2)
    return summed / max(summed.max(), 1e-12)


def map_by_loop(maps, weights, label):
    result = np.zeros(maps.shape[:2])
    for channel in range(maps.shape[2]):
        result += maps[..., channel] * weights[channel, label]
    result[result < 0] = 0
    return result / result.max() if result.any() else result


MAP_MISTAKES = (
    (negative_kept, "Places that speak against the class are still negative. Set them to zero."),
    (not_scaled, "Divide by the largest value, so that the map reaches 1."),
    (without_weights, "You added the channels as they are. Each counts with its weight for the class."),
    (from_least_to_most, "You took off the smallest value. Divide by the largest one, nothing else."),
    (positive_channels, "You set channels to zero before adding. Add them up first, then set negative places to zero."),
    (wrong_axis, "You took a row of the weights. They are (channels, classes): the class chooses the column."),
)


def test_map(answer):
    generator = np.random.default_rng(4)
    square = generator.uniform(size=(5, 6, 7)), generator.normal(size=(7, 7))
    all_speak = generator.uniform(size=(4, 4, 3)) + 0.5, np.abs(generator.normal(size=(3, 5)))
    few_channels = generator.uniform(size=(6, 3, 4)) - 0.1, generator.normal(size=(4, 9))
    for (maps, weights), label in ((square, 0), (square, 3), (all_speak, 2), (few_channels, 8), (few_channels, 1)):
        result, expected = answer(maps, weights, label), class_activation_map(maps, weights, label)
        for mistake, message in MAP_MISTAKES:
            wrong = mistake(maps, weights, label) if mistake is not wrong_axis or label < len(weights) else expected
            numeric = np.shape(result) == wrong.shape and np.asarray(result).dtype.kind in "iuf"
            if numeric and np.allclose(result, wrong) and not np.allclose(wrong, expected):
                raise Wrong(message)
        expect_close(result, expected, "The map differs from the weighted sum of the channels.")
    maps, weights = square
    nothing = answer(maps, -np.abs(weights), 1)
    if not np.array_equal(nothing, np.zeros((5, 6))):
        raise Wrong("When nothing speaks for the class, the map should be zeros: mind the division by zero.")


def test_finding(answer):
    of_the_answer, of_the_digit = measured_numbers(answer, "answer", "digit", shares=("answer", "digit"), apart=True)
    if of_the_digit == of_the_answer:
        raise Wrong("Twice the same? For wrong answers, the class of the answer and that of the digit differ.")
    if min(of_the_answer, of_the_digit) > 0.8:
        raise Wrong("That is as good as over all scenes. Take the wrong answers alone: ~right.")
    if max(of_the_answer, of_the_digit) < 0.25:
        raise Wrong("That is no better than the map of another scene. Do maps and boxes belong to the same scenes?")
    if of_the_digit < of_the_answer:
        raise Wrong("The wrong class points at the digit more often than its own? The two may have changed places.")


EXERCISES = [
    Exercise(
        key="104-1",
        title="A receptive field with strides",
        minutes=5,
        test=test_field,
        hints=(
            "receptive_field takes pairs (size, stride); pooling counts like a convolution.",
            "1 + 6 * 1 + 2 * 2 + 2 * 4 + 2 * 4.",
        ),
        solution=27,
        wrong_answers={
            "pooling sees one pixel": 23,
            "pooling left out": 15,
            "windows added": 13,
            "stride too early": 37,
            "first layer": 7,
            "not a number": float("nan"),
        },
        explanation="1 + 6 * 1 + 2 * 2 + 2 * 4 + 2 * 4: each window counts with the product of the strides before it.",
    ),
    Exercise(
        key="104-2",
        title="A class activation map",
        minutes=10,
        test=test_map,
        hints=(
            "maps @ weights[:, label] adds the channels of each place with their weights.",
            "np.maximum(..., 0), then divide by the largest value if that is above zero.",
        ),
        solution=class_activation_map,
        wrong_answers={
            "negative kept": negative_kept,
            "not scaled": not_scaled,
            "without weights": without_weights,
            "row instead of column": wrong_axis,
            "division by zero": divides_by_zero,
            "from least to most": from_least_to_most,
            "positive channels alone": positive_channels,
        },
        also_right={"by a loop": map_by_loop},
        explanation="Only the shape is left: scaling hides how sure the network was, so show the probability beside it.",
    ),
    Exercise(
        key="104-3",
        title="Ask for the right class",
        minutes=15,
        test=test_finding,
        hints=(
            "grad_cam takes any class, not only the answer: for `digits` it says what spoke for the right class.",
            "strongest_places(grad_cam(network, last_maps, test_images, digits), 3, 4), then lies_in with the digits' "
            "boxes, then the mean over ~right.",
        ),
        solution={"answer": 0.59, "digit": 0.79},
        program="""
            maps_of_digits = grad_cam(network, last_maps, test_images, digits)
            of_digits = strongest_places(maps_of_digits, 3, 4)
            points_at_digit = lies_in(of_digits, test_targets.digit_boxes)
            finding = {"answer": at_digit[~right].mean(), "digit": points_at_digit[~right].mean()}
            """,
        also_right={"another run": {"answer": 0.55, "digit": 0.7}},
        wrong_answers={
            "all scenes": {"answer": 0.87, "digit": 0.9},
            "the same map twice": {"answer": 0.59, "digit": 0.59},
            "percent": {"answer": 59.0, "digit": 79.0},
            "changed places": {"answer": 0.79, "digit": 0.59},
            "maps of other scenes": {"answer": 0.1, "digit": 0.11},
            "only one number": 0.79,
            "not a number": {"answer": 0.59, "digit": float("nan")},
            "truth value": {"answer": 0.59, "digit": True},
        },
        explanation="One such run: even where the answer is wrong, what spoke for the right class mostly stood on the digit. "
        "It was outvoted, not overlooked.",
    ),
]
