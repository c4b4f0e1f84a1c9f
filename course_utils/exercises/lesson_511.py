"""Exercises of lesson 511, make the step faster."""

import math

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    expect_close,
    expect_no_known_number,
    expect_no_mistake,
    expect_results_of,
    one_number,
    some_numbers,
)


def test_two_times(answer):
    found = some_numbers(answer, (2,), "The answer")
    mistakes = {
        (0.32, 0.208): "Those are seconds. Asked for are milliseconds.",
        (320, 194): "That is one call for all 64 steps. With 8 steps a call there are 8 calls.",
        (320, 40): "That is as if eight steps took no longer than one. Each of the 64 steps takes its 3 milliseconds.",
        (320, 320): "Fewer calls come back to Python less often: 8 times instead of 64.",
        (208, 320): "Both numbers are right, in the other order: first one step a call.",
        (192, 192): "Those are the steps alone. Each call costs 2 milliseconds on top.",
        (5, 26): "That is one call. There are 64 steps.",
    }
    expect_no_known_number(found, mistakes)
    expect_close(found, (320, 208), "Not these two. Count the calls and the steps, each with its own price.")


def smallest_scale(slope, smallest):
    doublings = np.ceil(np.log2(smallest / slope))
    return 2.0 ** max(0, doublings)


def by_doubling(slope, smallest):
    scale = 1.0
    while slope * scale < smallest:  # without an end where the slope is not above 0
        scale *= 2
    return scale


def no_power_of_two(slope, smallest):
    return max(1, smallest / slope)


def below_one(slope, smallest):
    return 2.0 ** math.ceil(math.log2(smallest / slope))


def nearest_power(slope, smallest):
    return 2.0 ** max(0, round(math.log2(smallest / slope)))


def rounded_down(slope, smallest):
    return 2.0 ** max(0, math.floor(math.log2(smallest / slope)))


def strictly_above(slope, smallest):
    scale = 1.0
    while slope * scale <= smallest:
        scale *= 2
    return scale


def test_smallest_scale(answer):
    cases = [(1e-8, 6.1e-5), (1e-6, 7e-5), (2**-20, 2**-14), (3e-7, 2**-14), (1e-3, 6.1e-5), (1e-12, 6.1e-5)]
    results = [one_number(answer(*case), "The scale") for case in cases]
    mistakes = {
        no_power_of_two: "That is the least factor. Asked for is a power of two: 1, 2, 4 and so on.",
        below_one: "A slope that is large enough already needs the scale 1, none below it.",
        nearest_power: "The nearest power of two may be too small: the slope must reach `smallest`.",
        rounded_down: "Rounded down, the slope stays below `smallest`.",
        strictly_above: "A slope that reaches `smallest` exactly is large enough.",
    }
    expect_no_mistake(results, cases, mistakes)
    expect_results_of(smallest_scale, results, cases)


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
    expect_results_of(largest_batch, results, cases)


EXERCISES = [
    Exercise(
        key="511-1",
        title="Fewer calls",
        minutes=5,
        test=test_two_times,
        hints=(
            "How many calls are there, how many steps?",
            "64 steps of 3 milliseconds each way; 64 calls of 2 milliseconds, or 8 of them.",
        ),
        solution=[320, 208],
        wrong_answers={
            "seconds": [0.32, 0.208],
            "one call for all": [320, 194],
            "eight steps as one": [320, 40],
            "nothing saved": [320, 320],
            "turned round": [208, 320],
            "steps alone": [192, 192],
            "one call": [5, 26],
            "something else": [300, 200],
            "not a number": [320, math.nan],
        },
        explanation="The steps take 192 milliseconds either way; 64 calls cost 128, 8 calls 16.",
    ),
    Exercise(
        key="511-2",
        title="The smallest scale",
        minutes=10,
        test=test_smallest_scale,
        hints=(
            "Begin with 1 and double it until the slope is large enough.",
            "`while slope * scale < smallest: scale *= 2`, or without a loop: how many doublings are `np.log2(smallest / slope)`?",
        ),
        solution=smallest_scale,
        wrong_answers={
            "no power of two": no_power_of_two,
            "below one": below_one,
            "the nearest power": nearest_power,
            "rounded down": rounded_down,
            "strictly above": strictly_above,
            "that of Keras": lambda slope, smallest: 2**15,
        },
        also_right={"by doubling": by_doubling},
        explanation="Powers of two change the exponent only: no digit of a slope is lost by them.",
    ),
    Exercise(
        key="511-3",
        title="The largest batch",
        minutes=5,
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
        explanation="The fixed part is paid once, the rest is shared by the images. Leave a margin: a count is the least.",
    ),
]
