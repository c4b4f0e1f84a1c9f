"""Exercises of lesson 521, how sure is it?"""

import math

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number


def test_error(answer):
    found = one_number(answer, "The error")
    mistakes = {
        0.1: "Each group counts by its share of the answers: ten of forty, and thirty of forty.",
        0.2: "That is the gap of the first group alone. The second has a share, too.",
        5: "Percent? The error lies between 0 and 1.",
        2: "That is a sum over answers. Divide by their number.",
        0.35: "Compare with the shares of right answers in each group, not with those of wrong ones.",
    }
    for mistake, message in mistakes.items():
        if np.isclose(found, mistake):
            raise Wrong(message)
    expect_close(found, 0.05, f"You give {found:g}. Take the gap of each group times its share, and add.")


def equal_count_error(confidence, right, bins):
    order = np.argsort(confidence)
    error = 0.0
    for group in np.array_split(order, bins):
        gap = abs(confidence[group].mean() - right[group].mean())
        error += len(group) / len(confidence) * gap
    return error


def by_sums(confidence, right, bins):
    order = np.argsort(confidence)
    groups = np.array_split((confidence - right)[order], bins)
    return sum(abs(group.sum()) for group in groups) / len(order)


def unsorted_groups(confidence, right, bins):
    error = 0.0
    for group in np.array_split(np.arange(len(confidence)), bins):
        error += len(group) / len(confidence) * abs(confidence[group].mean() - right[group].mean())
    return error


def sorted_apart(confidence, right, bins):
    error = 0.0
    for sure, verdict in zip(np.array_split(np.sort(confidence), bins), np.array_split(right, bins)):
        error += len(sure) / len(confidence) * abs(sure.mean() - verdict.mean())
    return error


def plain_mean(confidence, right, bins):
    order = np.argsort(confidence)
    groups = np.array_split(order, bins)
    return np.mean([abs(confidence[group].mean() - right[group].mean()) for group in groups])


def largest_gap(confidence, right, bins):
    order = np.argsort(confidence)
    groups = np.array_split(order, bins)
    return max(abs(confidence[group].mean() - right[group].mean()) for group in groups)


def signed_gaps(confidence, right, bins):
    return confidence.mean() - right.mean()


def test_equal_count(answer):
    mistakes = {
        unsorted_groups: "The groups are cut in the order of arrival. Sort by confidence first.",
        sorted_apart: "The confidences are sorted, the verdicts are not: use one order, from np.argsort, for both.",
        plain_mean: "The groups may differ by one answer: each counts by its share.",
        largest_gap: "That is the largest gap. The mean was asked for, each group by its share.",
        signed_gaps: "Gaps above and below cancel each other: take the absolute value in each group.",
    }
    random = np.random.default_rng(520)
    for size, bins in ((23, 4), (50, 7), (40, 5)):
        confidence = random.uniform(0.2, 1, size)
        right = (random.random(size) < 1.2 - confidence).astype("float64")  # gaps on both sides
        result = one_number(answer(confidence, right, bins), "The error")
        wanted = equal_count_error(confidence, right, bins)
        if np.isclose(result, wanted):
            continue
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(confidence, right, bins)):
                raise Wrong(message)
        raise Wrong(f"For {size} answers in {bins} groups you return {result:.4f}; it should be {wanted:.4f}.")


NAMES = ("temperature", "is right", "calibration error")


def test_stopped(answer):
    temperature, right, error = measured_numbers(answer, *NAMES, shares=("is right", "calibration error"))
    if not 0.5 <= temperature <= 5:
        raise Wrong("The page tries temperatures from 0.5 to 5. Is it `best_temperature` of the logits of validation?")
    if right < 0.8:
        raise Wrong("Less than 80 of 100 right: was the network trained? Are the logits those of the test images?")
    if temperature > 1.8:
        raise Wrong("Stopped early, the logits are not so much too large. Does the stopping watch the validation loss?")
    if temperature <= 1.02:
        raise Wrong("1? Was the temperature fitted twice, on logits that were divided by one already?")
    if error > 0.05:
        raise Wrong("That is nearly the error of a full training. Is it measured on the stopped network?")


PROGRAM = """
model = build_small_lenet()
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(0.003), loss, steps_per_execution=10)
stopping = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
model.fit(
    images,
    labels,
    validation_data=(validation.inputs, validation.targets),
    epochs=40,
    batch_size=50,
    verbose=0,
    callbacks=[stopping],
)
found = measures(*sure_and_right(model.predict(test.inputs, verbose=0), test.targets))
finding = {
    "temperature": best_temperature(model.predict(validation.inputs, verbose=0)),
    "is right": found["is right"],
    "calibration error": found["calibration error"],
}
"""

EXERCISES = [
    Exercise(
        key="521-1",
        title="The error of forty answers",
        minutes=5,
        test=test_error,
        hints=(
            "The gaps are |0.9 - 7/10| and |0.6 - 18/30|.",
            "The shares are 10/40 and 30/40.",
        ),
        solution=0.05,
        wrong_answers={
            "plain mean of the gaps": 0.1,
            "largest gap": 0.2,
            "percent": 5,
            "sum over answers": 2,
            "wrong ones instead of right ones": 0.35,
            "something else": 0.5,
            "not a number": math.nan,
        },
        also_right={"as a fraction": 1 / 20},
        explanation="0.25 · 0.2 + 0.75 · 0 = 0.05: the second group keeps its word.",
    ),
    Exercise(
        key="521-2",
        title="Bins of equal count",
        minutes=15,
        test=test_equal_count,
        hints=(
            "`order = np.argsort(confidence)` holds places; `np.array_split(order, bins)` cuts them into groups.",
            "Of each group: abs(confidence[group].mean() - right[group].mean()), times len(group) / len(confidence).",
        ),
        solution=equal_count_error,
        wrong_answers={
            "not sorted": unsorted_groups,
            "sorted apart": sorted_apart,
            "plain mean": plain_mean,
            "largest gap": largest_gap,
            "signed gaps": signed_gaps,
            "nothing": lambda confidence, right, bins: 0.0,
        },
        also_right={"by sums": by_sums},
        explanation="No bin is nearly empty now; in return the bins are narrow where most answers are.",
    ),
    Exercise(
        key="521-3",
        title="Stop early instead",
        minutes=15,
        test=test_stopped,
        hints=(
            "Compile as on the page, and pass `validation_data=(validation.inputs, validation.targets)` and "
            "`callbacks=[keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)]` to `fit`.",
            "`best_temperature` wants the logits of validation; `measures(*sure_and_right(logits, test.targets))` those of "
            "the test images.",
        ),
        solution={"temperature": 1.3, "is right": 0.904, "calibration error": 0.026},
        program=PROGRAM,
        wrong_answers={
            "percentages": {"temperature": 1.3, "is right": 90.4, "calibration error": 2.2},
            "untrained": {"temperature": 1.3, "is right": 0.1, "calibration error": 0.02},
            "trained to the end": {"temperature": 2.4, "is right": 0.925, "calibration error": 0.05},
            "the error of another network": {"temperature": 1.3, "is right": 0.904, "calibration error": 0.057},
            "the full training, softened": {"temperature": 1.0, "is right": 0.922, "calibration error": 0.015},
            "a number of the list, not the temperature": {
                "temperature": 16,
                "is right": 0.904,
                "calibration error": 0.026,
            },
            "not a number": {"temperature": math.nan, "is right": 0.904, "calibration error": 0.026},
            "one left open": {"temperature": 1.3, "is right": 0.904, "calibration error": ...},
        },
        explanation=(
            "Stopped where the validation loss is least, the network is nearly calibrated without a temperature. In most "
            "runs it is right a little less often than after the full training."
        ),
    ),
]
