"""Exercises of lesson 510, feed the network."""

import math

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
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
        (5000, 4010): "Those are milliseconds. Asked for are seconds.",
        (5, 4): "With overlap the last step still comes after the last batch is ready.",
        (5, 5): "With overlap the shorter of the two is hidden behind the longer one.",
        (5, 1.04): "The slower of the two sets the pace, not the faster.",
        (4.01, 5): "Both numbers are right, in the other order: first one after the other.",
        (0.05, 0.04): "That is one batch. There are 100.",
    }
    expect_no_known_number(found, mistakes)
    expect_close(found, (5.0, 4.01), "Not these two. Try `overlapped` for the second, and mind the seconds.")


def largest_number(buffer, size, n, count):
    read = buffer + (n + 1) * size - 1  # the buffer, and one after each draw but the last
    return min(count, read) - 1


def by_drawing(buffer, size, n, count):
    waiting = list(range(min(buffer, count)))
    following = len(waiting)
    seen = 0
    for draw in range((n + 1) * size):
        seen = max(seen, max(waiting)) if draw >= n * size else seen
        waiting.remove(min(waiting))
        if following < count:
            waiting.append(following)
            following += 1
    return seen


def beyond_the_last(buffer, size, n, count):
    return buffer + (n + 1) * size - 2


def counted_from_one(buffer, size, n, count):
    return min(count, buffer + (n + 1) * size - 1)


def one_draw_too_many(buffer, size, n, count):
    return min(count, buffer + (n + 1) * size) - 1


def first_batch_only(buffer, size, n, count):
    return min(count, buffer + size - 1) - 1


def batches_from_one(buffer, size, n, count):
    return min(count, buffer + n * size - 1) - 1


def without_a_buffer(buffer, size, n, count):
    return (n + 1) * size - 1


def test_largest_number(answer):
    cases = [
        (10, 64, 0, 384),
        (10, 64, 2, 384),
        (100, 32, 5, 384),
        (100, 32, 11, 384),
        (384, 64, 0, 384),
        (1, 8, 3, 100),
    ]
    results = [one_number(answer(*case), "The number") for case in cases]
    mistakes = {
        beyond_the_last: "There are only `count` examples: no number is larger than count - 1.",
        counted_from_one: "That is how many examples were read. The first has the number 0.",
        one_draw_too_many: "After the last draw of the batch nothing has to be read any more.",
        first_batch_only: "Batches before number `n` have drawn examples, too, and each draw reads one more.",
        batches_from_one: "The first batch has n = 0: up to the end of batch n there are (n + 1) batches.",
        without_a_buffer: "That is the order without shuffling. The buffer has read further than what was drawn.",
    }
    expect_no_mistake(results, cases, mistakes)
    expect_results_of(largest_number, results, cases)


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
        key="510-1",
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
        key="510-2",
        title="The reach of a buffer",
        minutes=10,
        test=test_largest_number,
        hints=(
            "How many draws are there up to the end of batch n? How many examples were read when the last one begins?",
            "Read are `buffer` and one after each draw but the last, at most `count`. The numbers begin at 0.",
        ),
        solution=largest_number,
        wrong_answers={
            "beyond the last example": beyond_the_last,
            "counted from one": counted_from_one,
            "one draw too many": one_draw_too_many,
            "the first batch only": first_batch_only,
            "batches from one": batches_from_one,
            "without a buffer": without_a_buffer,
            "always the last": lambda buffer, size, n, count: count - 1,
        },
        also_right={"by drawing": by_drawing},
        explanation="A small buffer never lets an example come much earlier than its place.",
    ),
    Exercise(
        key="510-3",
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
