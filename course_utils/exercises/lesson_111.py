"""Exercises of lesson 111, learning from few examples."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, some_numbers

DROPPED = np.array([0.0, 5.0, 0.0, 10.0])
DROPOUT_MISTAKES = (
    ([0, 4, 0, 8], "The values that stay must grow: in training they are divided by 1 - rate."),
    ([0, 20, 0, 40], "You divided by the rate, 0.2. Divide by the share that stays, 0.8."),
    ([0, 3.2, 0, 6.4], "You multiplied by 0.8. Divide by it, so that the mean stays."),
    ([0, 0.8, 0, 1.6], "You multiplied by the rate. Divide by the share that stays, 0.8."),
    ([2.5, 0, 7.5, 0], "You dropped the others: a 0 of the mask drops, a 1 keeps."),
    (
        [0, 8, 0, 16],
        "You divided by the share of this mask, one half. Divide by 1 - rate: it is the same for each mask.",
    ),
    ([2.5, 5, 7.5, 10], "The mask is missing: where it is 0, the value becomes 0."),
)


def test_dropped(answer):
    values = some_numbers(answer, (4,))
    for mistake, message in DROPOUT_MISTAKES:
        if np.allclose(values, mistake, atol=1e-6):
            raise Wrong(message)
    if not np.allclose(values, DROPPED, atol=1e-6):
        raise Wrong("Multiply by the mask, then divide by 1 - 0.2.")


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


def test_letters(answer):
    nothing, yours = measured_numbers(answer, "nothing", "yours", shares=("nothing", "yours"))
    if min(nothing, yours) > 0.5:
        raise Wrong("These look like accuracies. The error is 1 minus the accuracy.")
    if not 0.02 < nothing < 0.075:
        raise Wrong(
            'Without augmentation that is not the error on the LETTERS of the validation part: means(by_size[few])["letters"].'
        )
    if not 0.01 < yours < 0.9:
        raise Wrong("Your augmentation changed the error so much? Measure it on the letters, as the one without.")
    if yours == nothing != round(nothing, 2):  # two decimals may well be equal
        raise Wrong("Exactly the same error twice? Then the augmentation was probably not part of the network.")


EXERCISES = [
    Exercise(
        key="111-1",
        title="Dropout on paper",
        minutes=5,
        test=test_dropped,
        hints=(
            "Where the mask holds 0, the value becomes 0.",
            "The others are divided by 1 - 0.2, so that the mean over many masks stays.",
        ),
        solution=[0, 5, 0, 10],
        wrong_answers={
            "not scaled": [0, 4, 0, 8],
            "divided by the rate": [0, 20, 0, 40],
            "multiplied": [0, 3.2, 0, 6.4],
            "times the rate": [0, 0.8, 0, 1.6],
            "the others dropped": [2.5, 0, 7.5, 0],
            "share of the mask": [0, 8, 0, 16],
            "no mask": [2.5, 5, 7.5, 10],
            "two numbers": [5, 10],
            "not a number": [0, 5, 0, float("nan")],
        },
        explanation="4 / 0.8 and 8 / 0.8. Over many masks, each value is kept in 8 of 10 cases: its mean is what it was.",
    ),
    Exercise(
        key="111-2",
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
        key="111-3",
        title="An augmentation for letters",
        minutes=20,
        test=test_letters,
        hints=(
            "Any layer that changes images in training only can be handed to three_starts as `front`.",
            "layers.RandomZoom(height_factor=0.0, width_factor=0.15, fill_mode='constant') makes letters wider or narrower, "
            "as typefaces do.",
        ),
        solution={"nothing": 0.044, "yours": 0.04},
        program="""
            zoom = layers.RandomZoom(0.0, 0.15, fill_mode="constant")
            zoomed, _ = three_starts(few, front=zoom)
            finding = {
                "nothing": means(by_size[few])["letters"],
                "yours": means(zoomed)["letters"],
            }
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
            "no augmentation": {"nothing": 0.0671, "yours": 0.0671},
            "not a number": {"nothing": 0.067, "yours": float("nan")},
        },
        explanation="Another seed, or other pictures, change about 0.01: three starts do not settle less than that.",
    ),
]
