"""Exercises of lesson 206: frames, the room that CTC needs, edit distance, and noise."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_equal, measured_numbers


def count_frames(samples, frame_length, hop):
    return 0 if samples < frame_length else 1 + (samples - frame_length) // hop


def _samples_over_hop(samples, frame_length, hop):
    return samples // hop


def _frames_without_overlap(samples, frame_length, hop):
    return samples // frame_length


def _forgets_the_first(samples, frame_length, hop):
    return max(0, (samples - frame_length) // hop)


def test_count_frames(answer):
    sizes = (8000, 256, 128)
    given = answer(*sizes)
    if given is None:
        raise Wrong("The function returns None: is the `return` missing?")
    named = {
        _samples_over_hop(*sizes): "You count the starts. The last frame must also end inside the sound.",
        _frames_without_overlap(
            *sizes
        ): "That is the number of frames side by side. Here one starts every `hop` samples.",
        _forgets_the_first(*sizes): "One frame is missing: the first one, which starts at sample 0.",
    }
    if given in named:
        raise Wrong(named[given])
    for samples, frame_length, hop in (sizes, (256, 256, 128), (383, 256, 128), (1000, 256, 100), (100, 256, 128)):
        expected = count_frames(samples, frame_length, hop)
        message = f"{samples} samples hold {expected} frames of {frame_length} that start every {hop} samples."
        expect_equal(answer(samples, frame_length, hop), expected, message)


def fewest_frames(target):
    return len(target) + sum(first == second for first, second in zip(target, target[1:]))


def _as_many_as_digits(target):
    return len(target)


def _blank_between_all(target):
    return max(0, 2 * len(target) - 1)


def _blanks_everywhere(target):
    return 2 * len(target) + 1


def _counts_repeats_anywhere(target):
    return len(target) + len(target) - len(set(target))


def test_fewest_frames(answer):
    target = [1, 1, 2, 1, 3, 3, 3]
    given = answer(target)
    if given is None:
        raise Wrong("The function returns None: is the `return` missing?")
    named = {
        _as_many_as_digits(target): "Equal neighbours would be merged: 1 1 needs a blank between, and so a frame more.",
        _blank_between_all(target): "Different neighbours need no blank between them: 1 2 fits into two frames.",
        _blanks_everywhere(target): "The blanks at the ends and between different digits can be skipped.",
        _counts_repeats_anywhere(target): "Only neighbours are merged. 1 2 1 needs no blank: the two 1s do not touch.",
    }
    if given in named:
        raise Wrong(named[given])
    for digits in (target, [7], [], [5, 5], [1, 2, 3], [4, 4, 4, 4], [1, 2, 1, 2]):
        expect_equal(answer(digits), fewest_frames(digits), f"{digits} needs {fewest_frames(digits)} frames.")


def edit_distance(reference, hypothesis):
    row = list(range(len(hypothesis) + 1))
    for place, wanted in enumerate(reference, start=1):
        above, row = row, [place]
        for column, given in enumerate(hypothesis, start=1):
            row.append(min(above[column] + 1, row[column - 1] + 1, above[column - 1] + (wanted != given)))
    return row[-1]


def _place_by_place(reference, hypothesis):
    differences = sum(wanted != given for wanted, given in zip(reference, hypothesis))
    return differences + abs(len(reference) - len(hypothesis))


def _substitution_costs_two(reference, hypothesis):
    row = list(range(len(hypothesis) + 1))
    for place, wanted in enumerate(reference, start=1):
        above, row = row, [place]
        for column, given in enumerate(hypothesis, start=1):
            row.append(min(above[column] + 1, row[column - 1] + 1, above[column - 1] + 2 * (wanted != given)))
    return row[-1]


def _ignores_order(reference, hypothesis):
    shared = sum(min(list(reference).count(word), list(hypothesis).count(word)) for word in set(reference))
    return max(len(reference), len(hypothesis)) - shared


def _divides_by_length(reference, hypothesis):
    return edit_distance(reference, hypothesis) / len(reference)


def test_edit_distance(answer):
    reference, hypothesis = [1, 2, 3, 4, 5, 6], [2, 3, 4, 6, 5, 1]
    given = answer(reference, hypothesis)
    if given is None:
        raise Wrong("The function returns None: is the `return` missing?")
    named = {
        _place_by_place(reference, hypothesis): "You compare place by place. One deletion at the start must count once, not shift all that follows.",
        _substitution_costs_two(reference, hypothesis): "A substitution costs one edit here, not a deletion and an insertion.",
        _ignores_order(reference, hypothesis): "The order of the words is ignored.",
        _divides_by_length(reference, hypothesis): "That is an error rate. The number of edits itself is asked for.",
    }  # fmt: skip
    if given in named:
        raise Wrong(named[given])
    pairs = [
        (reference, hypothesis),
        ([], [1, 2]),
        ([1, 2], []),
        ([], []),
        ([7, 7, 3], [7, 3]),
        ([1], [2]),
        ([1, 2, 3], [3, 2, 1]),
    ]
    random = np.random.default_rng(0)
    pairs += [tuple(random.integers(0, 3, random.integers(0, 7)).tolist() for _ in range(2)) for _ in range(20)]
    for right, other in pairs:
        expected = edit_distance(right, other)
        expect_equal(answer(list(right), list(other)), expected, f"{right} and {other} are {expected} edits apart.")


NOISE_RATES = {"faint": 0.06, "clear": 0.90, "loud": 0.92}


def test_noise_rates(answer):
    faint, clear, loud = measured_numbers(answer, *NOISE_RATES)
    if max(faint, clear, loud) > 3:
        raise Wrong("These look like percentages. The word error rate of a useless writer is about 1.")
    if max(faint, clear, loud) - min(faint, clear, loud) < 0.02:
        raise Wrong(
            "All three rates are equal: the noise never reached the network. Is it added to the sounds that you pass on?"
        )
    if faint > clear or clear > loud + 0.15:  # the two louder ones may both be near 1
        raise Wrong("More noise should give more errors. Start each time from the same clean sounds.")
    if faint > 0.2:
        raise Wrong(
            "Faint noise is close to what the training held: far fewer errors were expected. Is the reference target[target > 0]?"
        )
    if loud < 0.4:
        raise Wrong(
            "Noise of spread 0.3 nearly drowns the voice; more errors were expected. Is 0.3 the spread of the noise, random.normal(0, 0.3, sounds.shape)?"
        )


EXERCISES = [
    Exercise(
        key="206-1",
        title="Count the frames of a sound",
        minutes=5,
        test=test_count_frames,
        hints=(
            "The first frame starts at 0. The last one may start at samples - frame_length at the latest.",
            "1 + (samples - frame_length) // hop, and 0 if not even one frame fits.",
        ),
        solution=count_frames,
        wrong_answers={
            "starts in place of frames": _samples_over_hop,
            "frames side by side": _frames_without_overlap,
            "the first frame is forgotten": _forgets_the_first,
        },
        explanation="Frames overlap so that nothing falls into the faded ends of a window.",
    ),
    Exercise(
        key="206-2",
        title="The fewest frames for a target",
        minutes=10,
        test=test_fewest_frames,
        hints=(
            "Each digit needs a frame. Which pairs of digits need one more between them?",
            "Count the neighbours that are equal: zip(target, target[1:]).",
        ),
        solution=fewest_frames,
        wrong_answers={
            "one frame a digit": _as_many_as_digits,
            "a blank between all digits": _blank_between_all,
            "blanks around all digits": _blanks_everywhere,
            "repeats that do not touch": _counts_repeats_anywhere,
        },
        explanation="With fewer frames no path spells the target and the loss is infinite. Strides in front of CTC must leave enough steps.",
    ),
    Exercise(
        key="206-3",
        title="The edit distance",
        minutes=10,
        test=test_edit_distance,
        hints=(
            "Fill a table: d[i][j] is the distance of the first i words of one and the first j words of the other.",
            "d[i][0] = i, d[0][j] = j, and d[i][j] is the least of d[i-1][j] + 1, d[i][j-1] + 1 and d[i-1][j-1] + (words differ).",
        ),
        solution=edit_distance,
        wrong_answers={
            "place by place": _place_by_place,
            "a substitution costs two": _substitution_costs_two,
            "order ignored": _ignores_order,
            "a rate in place of a count": _divides_by_length,
        },
        explanation="The same kind of table as in CTC: there paths are added up, here the cheapest one is kept.",
    ),
    Exercise(
        key="206-4",
        title="How much noise the writer bears",
        minutes=15,
        test=test_noise_rates,
        hints=(
            "noisy = sounds + np.random.default_rng(0).normal(0, spread, sounds.shape).astype('float32')",
            "references = [tuple(target[target > 0]) for target in string_targets]; word_error_rate(references, write_down(noisy)[1]).",
        ),
        solution=NOISE_RATES,
        wrong_answers={
            "the noise is never added": {"faint": 0.05, "clear": 0.05, "loud": 0.05},
            "per cent": {"faint": 6.0, "clear": 90.0, "loud": 92.0},
            "the wrong way round": {"faint": 0.92, "clear": 0.90, "loud": 0.06},
            "references with their padding": {"faint": 0.4, "clear": 0.6, "loud": 0.97},
            "noise a hundred times too weak": {"faint": 0.04, "clear": 0.05, "loud": 0.07},
        },
        explanation="The writer bears the noise it was trained with and not much more. Noise in training is the cheapest remedy.",
    ),
]  # fmt: skip
