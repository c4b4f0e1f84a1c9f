"""Exercises of lesson 112, transfer and fine-tuning."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number

COUNT_MISTAKES = {
    23_520: "You counted the weights. The head has biases too, one for each class.",
    61_178: "The letters' head had 26 classes. The new one has 10.",
    2_362: "One weight for each feature AND class: a product, not a sum.",
    2_352: "Those are the features. Each has a weight for each class.",
    63_674: "That is the whole network, as in fine-tuning. Here the layers below are frozen.",
    63_386: "That is the whole network, as in fine-tuning. Here the layers below are frozen.",
    0: "The layers below are frozen, the head is not.",
}


def test_count(answer):
    number = one_number(answer)
    if number in COUNT_MISTAKES:
        raise Wrong(COUNT_MISTAKES[number])
    if number != 23_530:
        raise Wrong(f"It is not {number:g}.")


def standardise(known, new):
    spread = np.maximum(known.std(axis=0), 0.001)
    return (new - known.mean(axis=0)) / spread


def by_columns(known, new):
    result = np.empty(new.shape)
    for column in range(new.shape[1]):
        deviations = known[:, column] - known[:, column].mean()
        spread = max(float(np.sqrt((deviations**2).mean())), 0.001)
        result[:, column] = (new[:, column] - known[:, column].mean()) / spread
    return result


def with_numbers_of_new(known, new):
    return (new - new.mean(axis=0)) / np.maximum(new.std(axis=0), 0.001)


def one_mean_for_all(known, new):
    return (new - known.mean()) / max(known.std(), 0.001)


def each_example_alone(known, new):
    spread = np.maximum(new.std(axis=1, keepdims=True), 0.001)
    return (new - new.mean(axis=1, keepdims=True)) / spread


def without_floor(known, new):
    with np.errstate(divide="ignore", invalid="ignore"):
        return (new - known.mean(axis=0)) / known.std(axis=0)


def floor_added(known, new):
    return (new - known.mean(axis=0)) / (known.std(axis=0) + 0.001)


def mean_kept(known, new):
    return new / np.maximum(known.std(axis=0), 0.001)


def by_variance(known, new):
    return (new - known.mean(axis=0)) / np.maximum(known.var(axis=0), 0.001)


def by_one_less(known, new):
    return (new - known.mean(axis=0)) / np.maximum(known.std(axis=0, ddof=1), 0.001)


def only_zeros_lifted(known, new):
    spread = known.std(axis=0)
    spread[spread == 0] = 0.001
    return (new - known.mean(axis=0)) / spread


def the_known_ones(known, new):
    return standardise(known, known)


STANDARD_MISTAKES = (
    (with_numbers_of_new, "Mean and deviation must come from `known`, the examples that you own."),
    (one_mean_for_all, "You took one mean for all features. Each feature has its own: axis=0."),
    (each_example_alone, "You standardise each example. Each feature has one mean over the examples: axis=0."),
    (mean_kept, "Take the mean off before you divide."),
    (by_one_less, "You divide by n - 1. np.std divides by n."),
    (by_variance, "You divide by the variance. The standard deviation is its root."),
    (floor_added, "You added 0.001 to each deviation. Only those below it become 0.001: np.maximum."),
    (the_known_ones, "You return `known`. Wanted is `new`, with the numbers of `known`."),
)


def test_standardise(answer):
    random = np.random.default_rng(5)
    known = random.normal(size=(6, 4)) * [1, 3, 0.5, 2] + [0, 5, -2, 1]
    new = random.normal(size=(6, 4)) * 2 + 1
    result = answer(known, new)
    for mistake, message in STANDARD_MISTAKES:
        wrong = mistake(known, new)
        if np.shape(result) == wrong.shape and np.allclose(result, wrong):
            raise Wrong(message)
    expect_close(result, standardise(known, new), "The numbers differ. Mean and deviation of each column of `known`.")
    known[:, 2] = 7
    known[:, 3] = 2 + 0.0004 * np.array([1, -1, 1, -1, 1, -1])
    result = answer(known, new)
    if not np.isfinite(np.asarray(result, dtype="float64")).all():
        raise Wrong("A feature that is the same in all known examples has the deviation 0: it counts as 0.001.")
    expect_close(
        result, standardise(known, new), "A deviation below 0.001 counts as 0.001, also one that is not quite zero."
    )
    fewer = new[:2]
    expect_close(answer(known, fewer), standardise(known, fewer), "`new` may hold another number of examples.")


def test_finding(answer):
    names = "right labels", "shuffled labels"
    right, shuffled = measured_numbers(answer, *names, shares=names, apart=True)
    if max(right, shuffled) > 0.8:
        raise Wrong("That is hardly better than guessing. An error is wanted, not an accuracy.")
    if right == shuffled:
        raise Wrong("Twice the same? The second network starts from the one with shuffled labels.")
    if min(right, shuffled) < 0.08:
        raise Wrong(
            "So few mistakes? Fine-tune with 10 of each class, 100 digits in all, and judge on the test digits."
        )
    if right > shuffled:
        raise Wrong("Better from shuffled labels? The two may have changed places.")
    if right > 0.25:
        raise Wrong("The network with the right labels did better on the page. Does it start from `learned`?")


EXERCISES = [
    Exercise(
        key="112-1",
        title="What is trained",
        minutes=5,
        test=test_count,
        hints=(
            "Frozen layers do not change. How many weights does a dense layer from 2352 numbers to 10 have?",
            "2352 * 10 weights and 10 biases.",
        ),
        solution=23_530,
        wrong_answers={
            "no biases": 23_520,
            "letters' head": 61_178,
            "sum": 2_362,
            "features": 2_352,
            "nothing": 0,
            "the whole network": 63_674,
            "not a number": float("nan"),
            "truth value": True,
        },
        explanation="2352 * 10 + 10. The convolutions below are read, not changed.",
    ),
    Exercise(
        key="112-2",
        title="Standardise like the few",
        minutes=10,
        test=test_standardise,
        hints=(
            "known.mean(axis=0) has one number for each feature; known.std(axis=0) too.",
            "np.maximum(known.std(axis=0), 0.001) lifts the small ones.",
        ),
        solution=standardise,
        also_right={"column by column": by_columns},
        wrong_answers={
            "mean of new": with_numbers_of_new,
            "one mean": one_mean_for_all,
            "each example": each_example_alone,
            "division by zero": without_floor,
            "floor added": floor_added,
            "mean kept": mean_kept,
            "variance": by_variance,
            "known returned": the_known_ones,
            "n - 1": by_one_less,
            "only zeros lifted": only_zeros_lifted,
        },
        leaves_arguments=True,
        explanation="What is computed from `new` would be knowledge that you do not have when the next example comes.",
    ),
    Exercise(
        key="112-3",
        title="Take the letters away",
        minutes=25,
        test=test_finding,
        hints=(
            "build(classes=26), compile_for and fit as on the page, with "
            "np.random.default_rng(0).permutation(letters.train.targets) as labels.",
            "Its get_weights() take the place of `learned` in from_letters; then errors_of_network as on the page.",
        ),
        solution={"right labels": 0.167, "shuffled labels": 0.193},
        program="""
            shuffled_labels = np.random.default_rng(0).permutation(letters.train.targets)
            shuffled_network, _ = build(classes=26)
            compile_for(shuffled_network, 0.003, epochs * len(shuffled_labels) // 64)
            inputs = letters.train.inputs
            shuffled_network.fit(inputs, shuffled_labels, batch_size=64, epochs=epochs, verbose=0)
            right_ones = learned
            from_right, _ = errors_of_network(from_letters, rates["fine-tuned"][10], count=10)
            learned = shuffled_network.get_weights()  # from_letters takes whatever has this name
            from_shuffled = []
            for rate in (0.01, 0.02):
                found, _ = errors_of_network(from_letters, rate, count=10)
                from_shuffled.append(np.mean(found))
            learned = right_ones
            finding = {"right labels": np.mean(from_right), "shuffled labels": min(from_shuffled)}
            """,
        also_right={"another run": {"right labels": 0.16, "shuffled labels": 0.22}},
        wrong_answers={
            "accuracy": {"right labels": 0.85, "shuffled labels": 0.7},
            "the same twice": {"right labels": 0.149, "shuffled labels": 0.149},
            "percent": {"right labels": 14.9, "shuffled labels": 30.0},
            "changed places": {"right labels": 0.24, "shuffled labels": 0.15},
            "few digits themselves": {"right labels": 0.0, "shuffled labels": 0.0123},
            "learned not kept": {"right labels": 0.27, "shuffled labels": 0.3},
            "only one number": 0.15,
            "not a number": {"right labels": 0.15, "shuffled labels": float("nan")},
        },
        explanation="One such run. From nothing it is .22: to have seen ink may help a little, to have learned letters more.",
    ),
]
