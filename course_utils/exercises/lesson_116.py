"""Exercises of lesson 116, segmentation."""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    expect_no_known_number,
    measured_numbers,
    one_number,
)

BAR_MISTAKES = {
    20 / 28: "You divided by the pixels that are too many. Divide by those in either mask: 48.",
    40 / 68: "That is Dice: twice the shared pixels by the sum of both. IoU divides 20 by those in either.",
    28 / 48: "That is the share that is wrong. Wanted is what both have, by what either has.",
    1.0: "All of the digit is found, but there is more in the answer: that is recall.",
    20 / 68: "You counted the shared pixels twice below. In either mask are 48.",
    48 / 20: "Upside down: IoU is at most 1.",
    20 / 33: "One pixel too many on EACH side: the answer is 4 x 12, not 3 x 11.",
    20.0: "That is how many pixels are in both. Divide by those in either.",
}


def test_bars(answer):
    found = one_number(answer)
    expect_no_known_number(found, BAR_MISTAKES, tolerance=2e-3)
    if abs(found - 20 / 48) > 5e-3:
        raise Wrong(f"It is not {found:g}. How many pixels are in both masks, how many in either?")


def dice(answers, truth):
    total = np.sum(answers) + np.sum(truth)
    if total == 0:
        return 1.0
    return 2 * np.sum(answers * truth) / total


def dice_by_sets(answers, truth):
    first, second = set(np.flatnonzero(answers)), set(np.flatnonzero(truth))
    return 2 * len(first & second) / (len(first) + len(second)) if first or second else 1.0


def plain_iou(answers, truth):
    either = np.logical_or(answers, truth).sum()
    return np.logical_and(answers, truth).sum() / either if either else 1.0


def without_the_two(answers, truth):
    total = np.sum(answers) + np.sum(truth)
    return np.sum(answers * truth) / total if total else 1.0


def by_either(answers, truth):
    either = np.logical_or(answers, truth).sum()
    return 2 * np.sum(answers * truth) / either if either else 1.0


def share_of_right_pixels(answers, truth):
    return np.mean(np.asarray(answers) == np.asarray(truth))


def recall(answers, truth):
    return np.sum(answers * truth) / np.sum(truth) if np.sum(truth) else 1.0


def precision(answers, truth):
    return np.sum(answers * truth) / np.sum(answers) if np.sum(answers) else 1.0


def two_empty_give_zero(answers, truth):
    return dice(answers, truth) if np.sum(answers) + np.sum(truth) else 0.0


def two_empty_divide_by_zero(answers, truth):
    with np.errstate(invalid="ignore"):
        return 2 * np.sum(answers * truth) / np.float64(np.sum(answers) + np.sum(truth))


DICE_MISTAKES = (
    (plain_iou, "That is IoU. Dice divides by the sum of both masks, and counts the shared pixels twice."),
    (without_the_two, "Two equal masks must have 1. The shared pixels count twice."),
    (by_either, "Divide by the pixels of the one plus those of the other: shared pixels count twice below, too."),
    (share_of_right_pixels, "That is accuracy: it counts the ground, too."),
    (recall, "That is recall: it says nothing about pixels that are too many."),
    (precision, "That is precision: it says nothing about pixels that are missed."),
    (two_empty_give_zero, "Two empty masks agree: they have 1."),
)


def dice_cases():
    random = np.random.default_rng(4)
    cases = [(random.random(shape) < 0.4, random.random(shape) < 0.3) for shape in ((6, 7), (2, 5, 5), (40,))]
    empty = np.zeros((3, 3), bool)
    return [(one.astype(int), other.astype(int)) for one, other in [*cases, (empty, empty), (empty, ~empty)]]


def test_dice(answer):
    cases = dice_cases()
    results = [answer(*case) for case in cases]
    if np.isnan(np.asarray(results[3], dtype="float64")).any():
        raise Wrong("Two empty masks lead to 0 / 0 with you. They have 1.")
    results = [one_number(result, "The result") for result in results]
    for mistake, message in DICE_MISTAKES:
        if np.allclose(results, [mistake(*case) for case in cases]):
            raise Wrong(message)
    for result, case in zip(results, cases):
        expect_close(result, dice(*case), f"You return {result:.3f} where it should be {dice(*case):.3f}.")


FINDING = ("200 scenes", "all")


def test_finding(answer):
    few, everything = measured_numbers(answer, *FINDING, shares=FINDING, apart=True)
    if everything < 0.8:
        raise Wrong("The page's U-Net did better. Is it the IoU of the TEST scenes?")
    if few > everything + 0.02:  # level is possible
        raise Wrong("So much better with 200 scenes? The two may have changed places.")
    if few == everything:
        raise Wrong("Twice the same? Train a NEW network for the 200 scenes: build(True).")
    if few < 0.5:
        raise Wrong("So little? It needs as many steps as above: more epochs, each of which has 13 steps.")


EXERCISES = [
    Exercise(
        key="116-1",
        title="A mask that is too wide",
        minutes=5,
        test=test_bars,
        hints=(
            "All 20 pixels of the digit lie in the answer.",
            "In either mask are the 48 pixels of the answer. 20 / 48.",
        ),
        solution=20 / 48,
        also_right={"rounded": 0.417, "four decimals": 0.4167, "two decimals": 0.42},
        wrong_answers={
            "by those too many": 20 / 28,
            "Dice": 40 / 68,
            "the wrong share": 28 / 48,
            "recall": 1.0,
            "sum of both": 20 / 68,
            "upside down": 2.4,
            "half a pixel": 20 / 33,
            "both, not divided": 20,
            "not a number": float("nan"),
        },
        explanation="One pixel around a thin stroke costs more than half of the IoU.",
    ),
    Exercise(
        key="116-2",
        title="Dice",
        minutes=10,
        test=test_dice,
        hints=(
            "The product of two masks of 0 and 1 is 1 where both are.",
            "2 * (answers * truth).sum() / (answers.sum() + truth.sum()), and 1 where the sum below is 0.",
        ),
        solution=dice,
        also_right={"by sets of places": dice_by_sets},
        wrong_answers={
            "IoU": plain_iou,
            "without the two": without_the_two,
            "by either": by_either,
            "accuracy": share_of_right_pixels,
            "recall": recall,
            "precision": precision,
            "two empty ones: 0": two_empty_give_zero,
            "two empty ones: 0 / 0": two_empty_divide_by_zero,
            "not a number": lambda answers, truth: float("nan") if np.sum(truth) else 1.0,
        },
        explanation="Dice is 2 IoU / (1 + IoU): never the smaller of the two. It ranks answers as IoU does.",
    ),
    Exercise(
        key="116-3",
        title="Few masks",
        minutes=15,
        test=test_finding,
        hints=(
            "200 scenes make 13 batches. How many epochs give as many steps as the page's training?",
            'used = 200, epochs = round(steps / 13), then train(build(True), rates["U-Net"]) and iou(mask_of(...), test_masks).',
        ),
        solution={"200 scenes": 0.896, "all": 0.91},
        program="""
            steps = epochs * math.ceil(used / 16)
            page_used, page_epochs = used, epochs
            used, epochs = 200, round(steps / 13)  # `train` takes whatever has these names
            few = build(True)
            train(few, rates["U-Net"])
            used, epochs = page_used, page_epochs
            finding = {
                "200 scenes": iou(mask_of(few, test_scenes), test_masks),
                "all": iou(answers["U-Net"], test_masks),
            }
            """,
        also_right={"another run": {"200 scenes": 0.8, "all": 0.89}, "level": {"200 scenes": 0.898, "all": 0.897}},
        wrong_answers={
            "percent": {"200 scenes": 85, "all": 90},
            "changed places": {"200 scenes": 0.9, "all": 0.85},
            "the same twice": {"200 scenes": 0.9, "all": 0.9},
            "one epoch for each": {"200 scenes": 0.2, "all": 0.9},
            "another part": {"200 scenes": 0.6, "all": 0.7},
            "not a number": {"200 scenes": float("nan"), "all": 0.9},
            "one number": 0.85,
        },
        explanation="A few hundred masks go a long way, since each holds thousands of pixels.",
    ),
]
