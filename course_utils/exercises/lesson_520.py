"""Exercises of lesson 520, how sure is it?"""

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


def pays_from(wrong, refusal):
    return max(0.0, 1 - refusal / wrong)


def cost_ratio(wrong, refusal):
    return refusal / wrong


def below_zero(wrong, refusal):
    return 1 - refusal / wrong


def turned_round(wrong, refusal):
    return max(0.0, 1 - wrong / refusal)


def share_of_both(wrong, refusal):
    return wrong / (wrong + refusal)


def always_nine_tenths(wrong, refusal):
    return 0.9


def test_pays_from(answer):
    mistakes = {
        cost_ratio: "That is the cost ratio, the smallest 1 - p at which to refuse. Asked for is p.",
        turned_round: "The ratio is turned round: a dear mistake must raise the threshold.",
        share_of_both: "Answering costs wrong * (1 - p), refusing costs refusal. Set both equal and solve for p.",
        always_nine_tenths: "0.9 belongs to the prices 10 and 1. The threshold follows from the two arguments.",
    }
    random = np.random.default_rng(520)
    prices = [(10, 1), (8, 2), (100, 1), (3, 5), *map(tuple, random.integers(1, 50, (4, 2)).tolist())]
    for wrong, refusal in prices:
        result = one_number(answer(wrong, refusal), "The threshold")
        right = pays_from(wrong, refusal)
        if np.isclose(result, right):
            continue
        if result < 0:
            raise Wrong(f"For the prices {wrong} and {refusal} you return {result:g}. A confidence is at least 0.")
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(wrong, refusal)):
                raise Wrong(message)
        raise Wrong(f"For the prices {wrong} and {refusal} you return {result:g}; it should be {right:g}.")


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


NAMES = ("is right", "error", "cost")


def test_stopped(answer):
    right, error, cost = measured_numbers(answer, *NAMES, shares=("is right", "error"))
    if right < 0.8:
        raise Wrong("Less than 80 of 100 right: was the network trained? Are the logits those of the test images?")
    if error > 0.04:
        raise Wrong("That is nearly the error of a full training. Does the stopping watch the validation loss?")
    if not 0.2 < cost < 0.7:
        raise Wrong("The cost of a digit should lie between 0.2 and 0.7: below 0.9 it is 1, a mistake above is 10.")
    if cost <= 10 * (1 - right) / 5:
        raise Wrong("So small a cost with so many mistakes? `judge` it with temperature 1 and the threshold 0.9.")


PROGRAM = """
model = build_small_lenet()
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(0.003), loss, steps_per_execution=10)
stopping = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
model.fit(
    train.inputs,
    train.targets,
    validation_data=validation,
    epochs=40,
    batch_size=50,
    verbose=0,
    callbacks=[stopping],
)
measures = judge(model.predict(test.inputs, verbose=0), 1.0, 0.9)
finding = {name: measures[name] for name in ("is right", "error", "cost")}
"""

EXERCISES = [
    Exercise(
        key="520-1",
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
        key="520-2",
        title="The threshold for any two prices",
        minutes=10,
        test=test_pays_from,
        hints=(
            "Answering costs wrong * (1 - p) on average, refusing costs refusal.",
            "Equal at p = 1 - refusal / wrong. And if a refusal costs more than a mistake?",
        ),
        solution=pays_from,
        wrong_answers={
            "the cost ratio": cost_ratio,
            "below 0 if refusing is dear": below_zero,
            "turned round": turned_round,
            "share of both prices": share_of_both,
            "0.9 for all prices": always_nine_tenths,
            "a price": lambda wrong, refusal: wrong - refusal,
        },
        also_right={"by the difference": lambda wrong, refusal: max(wrong - refusal, 0) / wrong},
        explanation="If a refusal costs more than a mistake, it pays to answer always: the threshold is 0.",
    ),
    Exercise(
        key="520-3",
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
        key="520-4",
        title="Stop early instead",
        minutes=15,
        test=test_stopped,
        hints=(
            "Compile as in `train_one`, with smoothing 0, and pass `validation_data` and the callback to `fit`. "
            "Validation labels must have the form of the training labels.",
            "The last line: `judge(model.predict(test.inputs, verbose=0), 1.0, 0.9)`.",
        ),
        solution={"is right": 0.904, "error": 0.022, "cost": 0.39},
        program=PROGRAM,
        wrong_answers={
            "percentages": {"is right": 90.4, "error": 2.2, "cost": 0.39},
            "untrained": {"is right": 0.1, "error": 0.02, "cost": 1.0},
            "trained to the end": {"is right": 0.925, "error": 0.05, "cost": 0.46},
            "the cost of all digits": {"is right": 0.904, "error": 0.022, "cost": 390},
            "another threshold": {"is right": 0.86, "error": 0.022, "cost": 0.21},
            "not a number": {"is right": 0.904, "error": 0.022, "cost": math.nan},
            "one left open": {"is right": 0.904, "error": ..., "cost": 0.39},
        },
        explanation=(
            "Stopped where the validation loss is least, the network is nearly calibrated without a temperature; but in "
            "most runs it is right a little less often, and costs more than the full training with one."
        ),
    ),
]
