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


def largest_change(weights, epsilon):
    return epsilon * np.abs(weights).sum()


def length_of_weights(weights, epsilon):
    return epsilon * np.sqrt(np.sum(np.square(weights)))


def plain_sum(weights, epsilon):
    return epsilon * np.sum(weights)


def largest_weight(weights, epsilon):
    return epsilon * np.abs(weights).max()


def mean_weight(weights, epsilon):
    return epsilon * np.abs(weights).mean()


def only_the_positive(weights, epsilon):
    return epsilon * np.sum(weights[weights > 0])


def size_of_the_sum(weights, epsilon):
    return epsilon * np.abs(np.sum(weights))


def without_epsilon(weights, epsilon):
    return np.abs(weights).sum()


def change_by_pushing(weights, epsilon):
    return (weights * (epsilon * np.sign(weights))).sum()


def change_by_loop(weights, epsilon):
    return sum(max(epsilon * weight, -epsilon * weight) for weight in np.ravel(weights).tolist())


CHANGE_MISTAKES = (
    (
        plain_sum,
        "Moving every input UP lets positive and negative weights cancel. Choose the direction for each input.",
    ),
    (
        length_of_weights,
        "That is the bound when the LENGTH of the change is limited. Here each input is limited on its own.",
    ),
    (largest_weight, "You moved the one input with the largest weight. All inputs may move at once."),
    (only_the_positive, "You moved the inputs with positive weights alone. Those with negative ones can move down."),
    (size_of_the_sum, "You summed first. Take the absolute value of each weight, then the sum."),
    (without_epsilon, "Where is epsilon? No input may move by more than that."),
    (mean_weight, "The effects add up: take the sum over the inputs, not the mean."),
)


def test_change(answer):
    generator = np.random.default_rng(3)
    for shape, epsilon in (((5,), 0.1), ((28, 28), 0.04), ((3, 4, 2), 1.5)):
        weights = generator.normal(size=shape)
        result, expected = answer(weights, epsilon), largest_change(weights, epsilon)
        result = one_number(result, "What your function returns")
        for mistake, message in CHANGE_MISTAKES:
            if np.isclose(result, mistake(weights, epsilon)):
                raise Wrong(message)
        expect_close(result, expected, "Try it on weights (1, -2) with epsilon 0.1: the best you can do is 0.3.")


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
    clean, attacked = measured_numbers(answer, "clean", "attacked", shares=("clean", "attacked"))
    if attacked > clean:
        raise Wrong("Better under attack than without? Perhaps the two changed places, or the step went down the loss.")
    if attacked == clean:
        raise Wrong("An attack that costs nothing? Change the test scenes by 0.02 along the new network's gradient.")
    if clean > 0.98:
        raise Wrong("So few mistakes? Measure on the test scenes, which the network has never seen.")
    if clean < 0.4:
        raise Wrong(
            "On clean scenes the defence has ruined the network: it knew more before. Train longer, or attack less."
        )
    if attacked < 0.375:
        raise Wrong(
            "That is hardly better than the undefended network under attack. Are changed scenes really in the training set?"
        )


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
        title="Many small pushes",
        minutes=10,
        test=test_change,
        hints=(
            "For each input, the best direction is the sign of its weight. What does that one input add to the score?",
            "epsilon times the sum of the absolute values of all weights.",
        ),
        solution=largest_change,
        wrong_answers={
            "all up": plain_sum,
            "length": length_of_weights,
            "one input": largest_weight,
            "mean": mean_weight,
            "positive weights alone": only_the_positive,
            "the size of the sum": size_of_the_sum,
            "no epsilon": without_epsilon,
        },
        also_right={"by pushing": change_by_pushing, "one by one": change_by_loop},
        explanation="It grows with the number of inputs: with ten thousand pixels a tiny epsilon is enough.",
    ),
    Exercise(
        key="104-3",
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
        key="104-4",
        title="Train against the adversary",
        minutes=15,
        test=test_finding,
        hints=(
            "Loop over the epochs: direction = fgsm_direction(part, labels) on pieces of the training scenes, then fit for one "
            "epoch on the clean and the changed ones together.",
            "After training, compute the test direction anew: the new network has another gradient.",
        ),
        solution={"clean": 0.55, "attacked": 0.44},
        program="""
            undefended, rounds = network, scale(quick=6, full=20)
            steps = rounds * -(-2 * len(train_images) // 64)
            falling_rate = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=steps)
            # fgsm_direction and accuracy_after work on whatever is called `network`
            network = keras.models.clone_model(undefended)
            network.compile(keras.optimizers.Adam(falling_rate), loss, metrics=["accuracy"])
            twice = np.concatenate([train_labels, train_labels])
            for _ in range(rounds):
                directions = []
                for first in range(0, len(train_images), 500):
                    part = slice(first, first + 500)
                    directions.append(fgsm_direction(train_images[part], train_labels[part]))
                changed = train_images + 0.02 * np.concatenate(directions)
                scenes_of_both = np.concatenate([train_images, changed.clip(0, 1)])
                network.fit(scenes_of_both, twice, batch_size=64, epochs=1, verbose=0)
            direction = fgsm_direction(test_images, test_labels)
            clean, attacked_now = accuracy_after(0 * direction), accuracy_after(0.02 * direction)
            finding = {"clean": clean, "attacked": attacked_now}
            network = undefended
            """,
        also_right={
            "another run": {"clean": 0.66, "attacked": 0.53},
            "a small effect": {"clean": 0.6, "attacked": 0.385},
        },
        wrong_answers={
            "no attack": {"clean": 0.6, "attacked": 0.6},
            "training scenes": {"clean": 1.0, "attacked": 0.9},
            "percent": {"clean": 68, "attacked": 50},
            "changed places": {"clean": 0.44, "attacked": 0.55},
            "not defended": {"clean": 0.718, "attacked": 0.368},
            "ruined": {"clean": 0.2, "attacked": 0.19},
            "only one number": 0.5,
            "not a number": {"clean": float("nan"), "attacked": 0.44},
        },
        explanation="Robustness is bought with training time and with accuracy on clean scenes.",
    ),
]
