"""Exercises of lesson 206: frames, the room that CTC needs, edit distance, and noise."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_no_mistake, measured_numbers, one_number
from course_utils.scale import current_scale


def count_frames(samples, frame_length, hop):
    return 0 if samples < frame_length else 1 + (samples - frame_length) // hop


def frames_counted(samples, frame_length, hop):
    return sum(start + frame_length <= samples for start in range(0, samples, hop))


def samples_over_hop(samples, frame_length, hop):
    return samples // hop


def frames_without_overlap(samples, frame_length, hop):
    return samples // frame_length


def forgets_the_first(samples, frame_length, hop):
    return max(0, (samples - frame_length) // hop)


def counts_a_part_of_a_frame(samples, frame_length, hop):
    return max(0, 1 + int(np.ceil((samples - frame_length) / hop)))


def hop_and_length_exchanged(samples, frame_length, hop):
    return 0 if samples < frame_length else 1 + (samples - hop) // frame_length


def cuts_off_towards_zero(samples, frame_length, hop):
    return max(0, 1 + int((samples - frame_length) / hop))


FRAME_MISTAKES = {
    cuts_off_towards_zero: "A sound shorter than one frame holds none, even if little is missing: int(-0.5) is 0, -1 // 2 is -1.",
    hop_and_length_exchanged: "Frame length and hop are exchanged: the starts stand `hop` samples apart.",
    samples_over_hop: "You count the starts. The last frame must also end inside the sound.",
    frames_without_overlap: "That is the number of frames side by side. Here one starts every `hop` samples.",
    forgets_the_first: "One frame is missing: the first one, which starts at sample 0.",
    counts_a_part_of_a_frame: "You count a last frame that the sound does not fill. Only whole frames count.",
}


def test_count_frames(answer):
    random = np.random.default_rng(0)
    some = tuple(int(random.integers(*limits)) for limits in ((2000, 9000), (200, 600), (50, 200)))
    for sizes in (
        (1000, 256, 100),
        (8000, 256, 128),
        (256, 256, 128),
        (383, 256, 128),
        (100, 256, 128),
        (200, 256, 128),
        some,
    ):
        given, expected = one_number(answer(*sizes)), count_frames(*sizes)
        for mistake, message in FRAME_MISTAKES.items():
            if given == mistake(*sizes) != expected:
                raise Wrong(message)
        if given != expected:
            samples, frame_length, hop = sizes
            raise Wrong(f"{samples} samples hold {expected} frames of {frame_length} that start every {hop} samples.")


def fewest_frames(target):
    return len(target) + sum(first == second for first, second in zip(target, target[1:]))


def frames_of_the_path(target):
    path = []
    for digit in target:
        path += ["blank", digit] if path and path[-1] == digit else [digit]
    return len(path)


def as_many_as_digits(target):
    return len(target)


def blank_between_all(target):
    return max(0, 2 * len(target) - 1)


def blanks_everywhere(target):
    return 2 * len(target) + 1


def counts_repeats_anywhere(target):
    return len(target) + len(target) - len(set(target))


def merged_digits(target):
    return len(target) - sum(first == second for first, second in zip(target, target[1:]))


def one_blank_for_each_group(target):
    neighbours = [first == second for first, second in zip(target, target[1:])]
    return len(target) + sum(now and not before for before, now in zip([False, *neighbours], neighbours))


TARGET_MISTAKES = {
    as_many_as_digits: "Equal neighbours would be merged: 1 1 needs a blank between, and so a frame more.",
    merged_digits: "You merge equal neighbours. Both are in the target: that is what the blank between them is for.",
    blank_between_all: "Different neighbours need no blank between them: 1 2 fits into two frames.",
    blanks_everywhere: "The blanks at the ends and between different digits can be skipped.",
    counts_repeats_anywhere: "Only neighbours are merged. 1 2 1 needs no blank: the two 1s do not touch.",
    one_blank_for_each_group: "Three equal digits in a row need two blanks: one between each two.",
}


def test_fewest_frames(answer):
    random = np.random.default_rng(0)
    targets = [[1, 1, 2, 1, 3, 3, 3], [7], [], [5, 5], [1, 2, 3], [4, 4, 4, 4], [1, 2, 1, 2]]
    targets += [random.integers(1, 4, size=random.integers(1, 9)).tolist() for _ in range(5)]
    given = [one_number(answer(target)) for target in targets]
    expect_no_mistake(given, [(target,) for target in targets], TARGET_MISTAKES)
    for count, target in zip(given, targets):
        if count != fewest_frames(target):
            frames = fewest_frames(target)
            raise Wrong(f"{target} needs {frames} frame{'s' * (frames != 1)}, not {count:g}.")


def edit_distance(reference, hypothesis):
    row = list(range(len(hypothesis) + 1))
    for place, wanted in enumerate(reference, start=1):
        above, row = row, [place]
        for column, given in enumerate(hypothesis, start=1):
            row.append(min(above[column] + 1, row[column - 1] + 1, above[column - 1] + (wanted != given)))
    return row[-1]


def edit_table(reference, hypothesis, substitution=1, swap=2):
    """The last entry of the whole table, with the cost of a substitution and of an exchange of two neighbours."""
    table = np.zeros((len(reference) + 1, len(hypothesis) + 1), dtype=int)
    table[:, 0], table[0] = range(len(reference) + 1), range(len(hypothesis) + 1)
    for i, wanted in enumerate(reference, start=1):
        for j, given in enumerate(hypothesis, start=1):
            choices = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + substitution * (wanted != given)]
            if i > 1 and j > 1 and wanted == hypothesis[j - 2] and reference[i - 2] == given:
                choices.append(table[i - 2, j - 2] + swap)
            table[i, j] = min(choices)
    return table[-1, -1]


def edit_distance_by_recursion(reference, hypothesis):
    if not reference or not hypothesis:
        return len(reference) + len(hypothesis)
    if reference[0] == hypothesis[0]:
        return edit_distance_by_recursion(reference[1:], hypothesis[1:])
    shorter = (reference[1:], hypothesis), (reference, hypothesis[1:]), (reference[1:], hypothesis[1:])
    return 1 + min(edit_distance_by_recursion(*pair) for pair in shorter)


def place_by_place(reference, hypothesis):
    differences = sum(wanted != given for wanted, given in zip(reference, hypothesis))
    return differences + abs(len(reference) - len(hypothesis))


def substitution_costs_two(reference, hypothesis):
    return edit_table(reference, hypothesis, substitution=2)


def swap_costs_one(reference, hypothesis):
    return edit_table(reference, hypothesis, swap=1)


def deletions_cost_nothing(reference, hypothesis):
    row = list(range(len(hypothesis) + 1))
    for wanted in reference:
        above, row = row, [0]
        for column, given in enumerate(hypothesis, start=1):
            row.append(min(above[column], row[column - 1] + 1, above[column - 1] + (wanted != given)))
    return row[-1]


def ignores_order(reference, hypothesis):
    shared = sum(min(list(reference).count(word), list(hypothesis).count(word)) for word in set(reference))
    return max(len(reference), len(hypothesis)) - shared


def divides_by_length(reference, hypothesis):
    return edit_distance(reference, hypothesis) / max(len(reference), 1)


EDIT_MISTAKES = {
    place_by_place: "You compare place by place. One deletion at the start must count once, not shift all that follows.",
    substitution_costs_two: "A substitution costs one edit here, not a deletion and an insertion.",
    swap_costs_one: "Two exchanged neighbours are two edits here: there is no edit that swaps.",
    deletions_cost_nothing: "A word of the reference that was left out is an edit, too.",
    ignores_order: "The order of the words is ignored.",
    divides_by_length: "That is an error rate. The number of edits itself is asked for.",
}


def test_edit_distance(answer):
    pairs = [([1, 2, 3, 4, 5, 6], [2, 3, 4, 6, 5, 1]), ([], [1, 2]), ([1, 2], []), ([], []), ([7, 7, 3], [7, 3])]
    pairs += [([1], [2]), ([1, 2], [2, 1]), ([1, 2, 3], [3, 2, 1]), (["to", "be", "or"], ["be", "or", "to"])]
    random = np.random.default_rng(0)
    pairs += [tuple(random.integers(0, 3, random.integers(0, 7)).tolist() for _ in range(2)) for _ in range(20)]
    given = [one_number(answer(*pair)) for pair in pairs]
    expect_no_mistake(given, pairs, EDIT_MISTAKES)
    for count, (reference, hypothesis) in zip(given, pairs):
        if not np.isclose(count, edit_distance(reference, hypothesis)):
            edits = edit_distance(reference, hypothesis)
            raise Wrong(f"{reference} and {hypothesis} are {edits} edit{'s' * (edits != 1)} apart, not {count:g}.")


NOISE_RATES = {"faint": 0.06, "clear": 0.90, "loud": 0.92}


def test_noise_rates(answer):
    faint, clear, loud = measured_numbers(answer, *NOISE_RATES)
    if min(faint, clear, loud) < 0:
        raise Wrong("An error rate is never below 0.")
    if max(faint, clear, loud) > 3:
        raise Wrong("These look like percentages. The word error rate of a useless writer is about 1.")
    if max(faint, clear, loud) - min(faint, clear, loud) < 0.02:
        raise Wrong(
            "All three rates are equal: the noise never reached the network. Is it added to the sounds that you pass on?"
        )
    if faint > clear or clear > loud + 0.15:  # the two louder ones may both be near 1
        raise Wrong("More noise should give more errors. Start each time from the same clean sounds.")
    if current_scale() == "full":  # other voices, other rates
        return
    if faint > 0.2:
        raise Wrong(
            "Faint noise is close to what the training held: far fewer errors were expected. Is the reference target[target > 0]?"
        )
    if loud < 0.6:
        raise Wrong(
            "Noise of spread 0.3 nearly drowns the voice; more errors were expected. Is 0.3 the spread of the noise, random.normal(0, 0.3, sounds.shape)?"
        )
    if clear < 0.35:
        raise Wrong(
            "Noise of spread 0.03 is ten times what is faint, and far above what training held. Is it added once?"
        )


PROGRAM = """
sounds, string_targets = digit_strings(speech.test, 300, seed=1)
references = heard["new voices"][1]
random = np.random.default_rng(0)
noise_rates = {}
for name, spread in {"faint": 0.003, "clear": 0.03, "loud": 0.3}.items():
    noise = random.normal(0, spread, sounds.shape).astype("float32")
    noise_rates[name] = word_error_rate(references, write_down(sounds + noise)[1])
check("206-4", noise_rates)
"""

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
            "starts in place of frames": samples_over_hop,
            "frames side by side": frames_without_overlap,
            "the first frame is forgotten": forgets_the_first,
            "a part of a frame": counts_a_part_of_a_frame,
            "cut off towards 0": cuts_off_towards_zero,
            "hop and length exchanged": hop_and_length_exchanged,
        },
        also_right={"counted": frames_counted},
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
            "one frame a digit": as_many_as_digits,
            "a blank between all digits": blank_between_all,
            "blanks around all digits": blanks_everywhere,
            "repeats that do not touch": counts_repeats_anywhere,
            "one blank for three equal digits": one_blank_for_each_group,
            "equal digits merged": merged_digits,
        },
        also_right={"a shortest path": frames_of_the_path},
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
            "place by place": place_by_place,
            "a substitution costs two": substitution_costs_two,
            "a swap costs one": swap_costs_one,
            "order ignored": ignores_order,
            "deletions cost nothing": deletions_cost_nothing,
            "a rate in place of a count": divides_by_length,
        },
        also_right={"the whole table": edit_table, "recursion": edit_distance_by_recursion},
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
            "two spreads alike": {"faint": 0.19, "clear": 0.19, "loud": 0.92},
            "loud noise too weak": {"faint": 0.06, "clear": 0.4, "loud": 0.5},
            "not a number": {"faint": 0.06, "clear": float("nan"), "loud": 0.92},
        },
        program=PROGRAM,
        explanation="The writer bears the noise it was trained with and not much more. Noise in training is the cheapest remedy.",
    ),
]
