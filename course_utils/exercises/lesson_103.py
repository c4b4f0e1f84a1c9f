"""Exercises of lesson 103, image classification."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number, some_numbers

PRODUCT_MISTAKES = (
    (14 * 14 * 9 * 16 * 32, "You counted the stops of stride 1. With stride 2 the output has 7 x 7 places."),
    (7 * 7 * 9 * 32, "Each kernel reads all 16 input channels: 9 * 16 products at each place."),
    (9 * 16 * 32, "That is the number of weights. Each serves at every place of the output."),
    (7 * 7 * (9 * 16 + 1) * 32, "You counted the biases too. They are added, not multiplied."),
    (6 * 6 * 9 * 16 * 32, 'That is padding "valid". With "same", 14 pixels and stride 2 give 7 places.'),
)


def test_products(answer):
    products = one_number(answer)
    for mistake, message in PRODUCT_MISTAKES:
        if products == mistake:
            raise Wrong(message)
    if products != 7 * 7 * 9 * 16 * 32:
        raise Wrong(f"It is not {products:g}.")


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


def normalized_confusion(labels, answers, classes):
    counts = np.zeros((classes, classes))
    np.add.at(counts, (labels, answers), 1)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def confusion_by_loop(labels, answers, classes):
    rows = []
    for truth in range(classes):
        said = [answer for answer, label in zip(answers, labels) if label == truth]
        rows.append([said.count(answer) / max(len(said), 1) for answer in range(classes)])
    return rows


def confusion_by_library(labels, answers, classes):
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(labels, answers, labels=range(classes), normalize="true")


def counts_only(labels, answers, classes):
    counts = np.zeros((classes, classes))
    np.add.at(counts, (labels, answers), 1)
    return counts


def counts_by_library(labels, answers, classes):
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(labels, answers, labels=range(classes))


def whole_per_cents(labels, answers, classes):
    """Per cents, cut off to whole numbers."""
    return np.int64(100 * normalized_confusion(labels, answers, classes))


def transposed(labels, answers, classes):
    return normalized_confusion(answers, labels, classes)


def divided_by_columns(labels, answers, classes):
    counts = counts_only(labels, answers, classes)
    return counts / np.maximum(counts.sum(axis=0, keepdims=True), 1)


def divided_by_all(labels, answers, classes):
    return counts_only(labels, answers, classes) / len(labels)


def each_pair_once(labels, answers, classes):
    counts = np.zeros((classes, classes))
    counts[labels, answers] += 1
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def classes_that_occur(labels, answers, classes):
    """Counts up to the largest class that occurs."""
    return normalized_confusion(labels, answers, max(np.max(labels), np.max(answers)) + 1)


def not_a_number(labels, answers, classes):
    counts = counts_only(labels, answers, classes)
    with np.errstate(invalid="ignore"):
        return counts / counts.sum(axis=1, keepdims=True)


CONFUSION_MISTAKES = (
    (counts_only, "These are counts. Divide each row by its sum."),
    (transposed, "Rows and columns have changed places: the true class chooses the row."),
    (divided_by_columns, "You divided by the sums of the columns. Each row, a true class, should add up to 1."),
    (divided_by_all, "You divided by the number of all examples. Divide each row by its own sum."),
    (
        each_pair_once,
        "`counts[labels, answers] += 1` adds 1 only once to a place that occurs several times. Use np.add.at or a loop.",
    ),
)


def test_confusion(answer):
    generator = np.random.default_rng(2)
    for classes, missing, size in ((5, 4, 60), (3, 0, 20), (7, 2, 200), (4, 3, 30)):
        labels, answers = generator.integers(0, classes, (2, size))
        labels[labels == missing] = (missing + 1) % classes  # a class without examples
        if classes == 4:
            answers[answers == missing] = 0  # and one that nobody answers
        result, expected = answer(labels, answers, classes), normalized_confusion(labels, answers, classes)
        if np.shape(result) == (missing, missing):
            raise Wrong(
                "A class that does not occur has a row and a column as well: `classes` says how many there are."
            )
        numeric = np.asarray(result).dtype.kind in "iuf" if np.shape(result) == expected.shape else False
        if numeric and np.isnan(result).any():
            raise Wrong("A class without examples gives 0 / 0. Its row should hold zeros.")
        for mistake, message in CONFUSION_MISTAKES:
            wrong = mistake(labels, answers, classes)
            if numeric and np.allclose(result, wrong):
                raise Wrong(message)
        expect_close(result, expected, "The shares are not those of a count by hand.")


def test_finding(answer):
    nothing, yours = measured_numbers(answer, "nothing", "yours", shares=("nothing", "yours"))
    if min(nothing, yours) > 0.5:
        raise Wrong("These look like accuracies. The error is 1 minus the accuracy.")
    if not 0.02 < nothing < 0.2:
        raise Wrong(
            "Without augmentation and with 1500 images, LeNet's error on letters was far from that. Look again."
        )
    if not 0.01 < yours < 0.3:
        raise Wrong("Your augmentation changed the error so much? Measure it on the test letters, as the one without.")
    if yours == nothing != round(nothing, 2):  # two decimals may well be equal
        raise Wrong("Exactly the same error twice? Then the augmentation was probably not part of the model.")


EXERCISES = [
    Exercise(
        key="103-1",
        title="Count multiply-adds",
        minutes=5,
        test=test_products,
        hints=(
            "How many places has the output? Stride 2 on 14 pixels, padding same.",
            "7 * 7 places, at each of them 32 kernels of 3 * 3 * 16 weights.",
        ),
        solution=7 * 7 * 9 * 16 * 32,
        wrong_answers={
            "stride forgotten": 14 * 14 * 9 * 16 * 32,
            "one channel": 7 * 7 * 9 * 32,
            "weights": 9 * 16 * 32,
            "biases": 7 * 7 * (9 * 16 + 1) * 32,
            "valid": 6 * 6 * 9 * 16 * 32,
            "not a number": float("nan"),
        },
        explanation="7 * 7 * 9 * 16 * 32: places, window, channels in, kernels.",
    ),
    Exercise(
        key="103-2",
        title="Batch normalization on paper",
        minutes=10,
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
        title="A confusion matrix in shares",
        minutes=10,
        test=test_confusion,
        hints=(
            "Count first, as in the lesson: np.add.at(counts, (labels, answers), 1).",
            "Divide by counts.sum(axis=1, keepdims=True), but by at least 1.",
        ),
        solution=normalized_confusion,
        wrong_answers={
            "counts": counts_by_library,
            "transposed": transposed,
            "columns": divided_by_columns,
            "all": divided_by_all,
            "each pair once": each_pair_once,
            "not a number": not_a_number,
            "classes that occur": classes_that_occur,
            "whole per cents": whole_per_cents,
        },
        also_right={"by a loop": confusion_by_loop, "by scikit-learn": confusion_by_library},
        explanation="Each row then adds up to 1, and the diagonal is the share of the class that was recognised.",
    ),
    Exercise(
        key="103-4",
        title="An augmentation for letters",
        minutes=15,
        test=test_finding,
        hints=(
            "Any layer that changes images only while training can stand in `lenet(front=(...,))`.",
            "layers.RandomZoom(height_factor=0.0, width_factor=0.15, fill_mode='constant') makes letters wider or narrower, "
            "as typefaces do.",
        ),
        solution={"nothing": 0.067, "yours": 0.064},
        program="""
            zoom = layers.RandomZoom(
                height_factor=0.0, width_factor=0.15, fill_mode="constant"
            )
            errors = {"nothing": [], "yours": []}
            for seed in (1, 2):
                for name, front in {"nothing": (), "yours": (zoom,)}.items():
                    keras.utils.set_random_seed(seed)
                    model = lenet(front=front)
                    mistakes, _ = train(model, few_images, few_labels, 20, 0.003)
                    errors[name].append(mistakes[~is_digit].mean())
            finding = {name: np.mean(values) for name, values in errors.items()}
            """,
        also_right={
            "it does not help": {"nothing": 0.06, "yours": 0.075},
            "alike in two decimals": {"nothing": 0.07, "yours": 0.07},
        },
        wrong_answers={
            "training letters": {"nothing": 0.067, "yours": 0.0},
            "percent": {"nothing": 6.7, "yours": 6.4},
            "accuracies": {"nothing": 0.93, "yours": 0.94},
            "only one number": 0.064,
            "not measured": {"nothing": 0.0, "yours": 0.0},
            "no augmentation": {"nothing": 0.067, "yours": 0.067},
            "not a number": {"nothing": 0.067, "yours": float("nan")},
        },
        explanation="Differences below about 0.01 are within what another seed changes: a claim needs several seeds.",
    ),
]
