"""Exercises of lesson 509, scale up on one machine."""

import math

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    expect_no_mistake,
    one_number,
    some_numbers,
)


def test_two_times(answer):
    found = some_numbers(answer, (2,), "The answer")
    mistakes = {
        (5000, 4010): "Those are milliseconds. Asked for are seconds.",
        (5, 4): "With overlap the last step still comes after the last batch is ready.",
        (5, 5): "With overlap the shorter of the two is hidden behind the longer one.",
        (5, 1.04): "The slower of the two sets the pace, not the faster.",
        (4.01, 5): "Both numbers are right, in the other order: first one after the other.",
        (0.05, 0.04): "That is one batch. There are 100.",
    }
    for mistake, message in mistakes.items():
        if np.allclose(found, mistake, rtol=1e-4):
            raise Wrong(message)
    expect_close(
        found, (5.0, 4.01), "100 times the sum, and 100 times the larger one plus the smaller one, in seconds."
    )


def largest_batch(memory, fixed, each):
    return max(0, (memory - fixed) // each)


def by_counting(memory, fixed, each):
    count = 0
    while fixed + (count + 1) * each <= memory:
        count += 1
    return count


def without_the_fixed_part(memory, fixed, each):
    return memory // each


def not_whole(memory, fixed, each):
    return max(0, (memory - fixed) / each)


def rounded_up(memory, fixed, each):
    return max(0, -((fixed - memory) // each))


def below_zero(memory, fixed, each):
    return (memory - fixed) // each


def fixed_for_each(memory, fixed, each):
    return memory // (fixed + each)


def test_largest_batch(answer):
    cases = [(1000, 100, 90), (1000, 100, 70), (50, 100, 10), (10_000, 0, 3), (100, 100, 7), (500_000, 310_896, 32_796)]
    results = [one_number(answer(*case), "The batch") for case in cases]
    mistakes = {
        without_the_fixed_part: "Weights and optimizer need their part first: subtract `fixed`.",
        not_whole: "A batch is a whole number of images: round down.",
        rounded_up: "Rounded up, the last image does not fit: round down.",
        below_zero: "If the fixed part alone does not fit, the answer is 0, not a number below it.",
        fixed_for_each: "The fixed part is needed once, not for each image.",
    }
    expect_no_mistake(results, cases, mistakes)
    for case, result in zip(cases, results):
        expect_close(
            result, largest_batch(*case), f"For {case} you return {result:g}; it should be {largest_batch(*case)}."
        )


ORDER = ["decode", "cache", "shuffle", "flip", "batch", "prefetch"]


def test_order(answer):
    order = [str(stage).strip().lower() for stage in answer]
    if sorted(order) != sorted(ORDER):
        raise Wrong("Use each of the six words once.")
    place = {stage: number for number, stage in enumerate(order)}
    if place["cache"] < place["decode"]:
        raise Wrong("That cache holds files: each epoch decodes them again.")
    if place["shuffle"] < place["cache"]:
        raise Wrong("The cache freezes the order: each epoch is that of the first. Shuffle after it.")
    if place["flip"] < place["cache"]:
        raise Wrong("The cache freezes the flips: each image is flipped once for all. Flip after it.")
    if place["prefetch"] != 5:
        raise Wrong("What comes after prefetch is not done in advance. Put it last.")
    if place["batch"] < place["flip"]:
        raise Wrong("`flip` works on single images: batch after it.")
    if place["batch"] < place["shuffle"]:
        raise Wrong("Shuffled after batching, whole batches change places, with the same images in each.")


EXERCISES = [
    Exercise(
        key="509-1",
        title="A hundred batches",
        minutes=5,
        test=test_two_times,
        hints=(
            "One after the other: 100 times the sum of both.",
            "With overlap: 100 times the larger one, and the smaller one once. A second has 1000 milliseconds.",
        ),
        solution=[5.0, 4.01],
        wrong_answers={
            "milliseconds": [5000, 4010],
            "the last step forgotten": [5, 4],
            "no overlap": [5, 5],
            "the pace of the faster one": [5, 1.04],
            "turned round": [4.01, 5],
            "one batch": [0.05, 0.04],
            "something else": [3, 2],
            "not a number": [5.0, math.nan],
        },
        explanation="The input sets the pace: 100 · 40 milliseconds, then the last step of 10.",
    ),
    Exercise(
        key="509-2",
        title="The largest batch",
        minutes=10,
        test=test_largest_batch,
        hints=(
            "What is left for images is memory - fixed.",
            "`//` divides and rounds down; `max(0, ...)` for the case that nothing is left.",
        ),
        solution=largest_batch,
        wrong_answers={
            "without the fixed part": without_the_fixed_part,
            "not a whole number": not_whole,
            "rounded up": rounded_up,
            "below zero": below_zero,
            "the fixed part for each image": fixed_for_each,
            "always one": lambda memory, fixed, each: 1,
        },
        also_right={"by counting": by_counting},
        explanation="The fixed part is paid once, the rest is shared by the images.",
    ),
    Exercise(
        key="509-3",
        title="In which order?",
        minutes=10,
        test=test_order,
        hints=(
            "What may be done once comes before the cache, what must be new in each epoch after it.",
            "Decode, cache, shuffle, then the three others; prefetch is the last.",
        ),
        solution=ORDER,
        wrong_answers={
            "files are cached": ["cache", "decode", "shuffle", "flip", "batch", "prefetch"],
            "shuffled before the cache": ["decode", "shuffle", "cache", "flip", "batch", "prefetch"],
            "flipped before the cache": ["decode", "flip", "cache", "shuffle", "batch", "prefetch"],
            "prefetch in the middle": ["decode", "cache", "shuffle", "prefetch", "flip", "batch"],
            "flipped in batches": ["decode", "cache", "shuffle", "batch", "flip", "prefetch"],
            "batches are shuffled": ["decode", "cache", "flip", "batch", "shuffle", "prefetch"],
            "one word twice": ["decode", "decode", "shuffle", "flip", "batch", "prefetch"],
        },
        also_right={"flip before shuffle": ["decode", "cache", "flip", "shuffle", "batch", "prefetch"]},
        explanation="Once: decode. New each time: order and flips. Then whole batches, in advance.",
    ),
]
