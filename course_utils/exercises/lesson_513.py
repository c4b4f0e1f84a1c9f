"""Exercises of lesson 513, survive a killed worker."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number

NEEDED = {
    "weights": "yes",
    "moving averages of batch normalization": "yes",
    "Adam's two averages of each slope": "yes",
    "number of steps": "yes",
    "slopes of the last step": "no",
    "training images": "no",
}
WHY = {
    "weights": "they are what was learned.",
    "moving averages of batch normalization": "no slope changes them, and nothing else could bring them back.",
    "Adam's two averages of each slope": "the next step divides and moves by them.",
    "number of steps": "the next batch follows from it.",
    "slopes of the last step": "the step is done; the next one computes its own.",
    "training images": "they lie on the disk and do not change.",
}


def test_needed(answer):
    if not isinstance(answer, dict) or set(answer) != set(NEEDED):
        raise Wrong("A dictionary with the six things as keys, spelled as above, is wanted.")
    for thing, right in NEEDED.items():
        word = str(answer[thing]).strip().lower()
        if word not in ("yes", "no"):
            raise Wrong(f'{answer[thing]!r}: write "yes" or "no".')
        if word != right:
            raise Wrong(f"Think again about '{thing}': {WHY[thing]}")


def done_by_both(first_run, second_run):
    return len(set(first_run) & set(second_run))


def last_minus_first(first_run, second_run):
    return max(first_run) - min(second_run)


def all_of_the_second(first_run, second_run):
    return len(second_run)


def done_by_any(first_run, second_run):
    return len(set(first_run) | set(second_run))


def more_than_the_last(first_run, second_run):
    return len(first_run) + len(second_run) - max(max(first_run), max(second_run)) + 1


def difference_of_lengths(first_run, second_run):
    return len(first_run) - len(second_run)


def only_in_the_first(first_run, second_run):
    return len(set(first_run) - set(second_run))


def one_by_one(first_run, second_run):
    count = 0
    for step in first_run:
        if step in second_run:
            count += 1
    return count


CASES = ((range(1, 16), range(21, 31)), (range(1, 28), range(21, 71)), (range(1, 21), range(21, 31)), (range(11, 20), range(16, 41)), (range(1, 6), range(1, 9)))  # fmt: skip


def test_both(answer):
    mistakes = {
        last_minus_first: "With steps 21 to 27, 27 - 21 is 6, but these are seven steps. And none may be done twice at all.",
        all_of_the_second: "That is the length of the second run. Which of its steps had the first run done too?",
        done_by_any: "That counts the steps done at least once.",
        more_than_the_last: "One too many.",
        difference_of_lengths: "How long the runs are does not say which steps both did.",
        only_in_the_first: "Those are the steps of the first run that the second did *not* do.",
    }
    for first_run, second_run in CASES:
        result = one_number(answer(list(first_run), list(second_run)), "The number of steps")
        right = done_by_both(first_run, second_run)
        if result == right:
            continue
        for mistake, message in mistakes.items():
            if result == mistake(first_run, second_run):
                raise Wrong(message)
        raise Wrong(
            f"Steps {first_run[0]} to {first_run[-1]}, then {second_run[0]} to {second_run[-1]}: {right} were done twice, not {result:g}."
        )


def best_interval(save_seconds, machines, days):
    seconds_between_kills = days * 24 * 3600 / machines
    return np.sqrt(2 * save_seconds * seconds_between_kills)


def of_one_machine(save_seconds, machines, days):
    return np.sqrt(2 * save_seconds * days * 86400)


def in_days(save_seconds, machines, days):
    return np.sqrt(2 * save_seconds * days / machines)


def more_machines_fail_less(save_seconds, machines, days):
    return np.sqrt(2 * save_seconds * days * 86400 * machines)


def without_the_two(save_seconds, machines, days):
    return np.sqrt(save_seconds * days * 86400 / machines)


def without_the_root(save_seconds, machines, days):
    return 2 * save_seconds * days * 86400 / machines


def half_of_it(save_seconds, machines, days):
    return best_interval(save_seconds, machines, days) / 2


def by_trying(save_seconds, machines, days):
    """Halve the steps around the least share until it is found."""
    kills = days * 86400 / machines
    low, high = 1e-3, 1e9
    for _ in range(300):
        third = (high - low) / 3
        one, other = low + third, high - third
        if save_seconds / one + one / (2 * kills) < save_seconds / other + other / (2 * kills):
            high = other
        else:
            low = one
    return low


def test_interval(answer):
    mistakes = {
        of_one_machine: "One failure stops all: with more machines, failures come more often.",
        in_days: "Days and seconds are mixed: a day has 86,400 seconds.",
        more_machines_fail_less: "With more machines a failure comes sooner: divide by their number.",
        without_the_two: "The 2 under the root is missing: on average, half an interval is repeated.",
        without_the_root: "The root is missing.",
    }
    for arguments in [(2, 1, 1 / 24), (10, 100, 100), (30, 64, 365), (0.01, 8, 0.5)]:
        result = one_number(answer(*arguments), "The interval")
        right = best_interval(*arguments)
        if np.isclose(result, right, rtol=1e-3):
            continue
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(*arguments), rtol=1e-3):
                raise Wrong(message)
        expect_close(result, right, f"For {arguments} you return {result:.4g}; it should be about {right:.4g}.")


def test_kill(answer):
    start, twice, difference = measured_numbers(
        answer, "began after", "done twice", "largest difference", counts=("began after", "done twice")
    )
    if start % 10:
        raise Wrong("A backup is made after every tenth step. Where does the second run begin?")
    if start == 0:
        raise Wrong(
            "Began at nothing? Take the start of the *second* run, and kill after step 33, not before the first backup."
        )
    if start > 60:
        raise Wrong("At step 70 all is done: take the first backup that the second run found.")
    if start < 30:
        raise Wrong("The backup of step 30 was there. Did you kill after step 33?")
    if start > 40:
        raise Wrong("A kill after step 33 comes before step 50. Take the first backup that the second run found.")
    if twice > 9:
        raise Wrong("Fewer than ten steps lie between two backups: count the steps that *both* runs did.")
    if start + twice < 33:
        raise Wrong(
            "Worker 0 had done step 33 before it was killed: the steps up to the backup and those done twice are fewer."
        )
    if difference < 0:
        raise Wrong("A difference without its sign is wanted.")
    if difference > 1e-5:
        raise Wrong(
            "The weights should agree. Did you load the last backup of this run, and compare with its `undisturbed`?"
        )


PROGRAM = """
other = tempfile.mkdtemp()
codes, first, second = train_with_a_kill(0, 33, other)
first_run = steps_of(first, worker=0)
second_run = steps_of(second, worker=0)
began_after = second_run.index.min() - 1
finding = {
    "began after": began_after,
    "done twice": first_run.index.max() - began_after,
    "largest difference": largest_difference(weights_in(other), weights_in(f"{other}/undisturbed")),
}
"""

EXERCISES = [
    Exercise(
        key="513-1",
        title="What belongs in the backup?",
        minutes=5,
        test=test_needed,
        hints=(
            "Ask of each: could it be had again, after the kill, from something else?",
            "Four of the six are needed.",
        ),
        solution=NEEDED,
        wrong_answers={
            "weights can be trained again": NEEDED | {"weights": "no"},
            "averages come by themselves": NEEDED | {"moving averages of batch normalization": "no"},
            "Adam begins anew": NEEDED | {"Adam's two averages of each slope": "no"},
            "the step does not matter": NEEDED | {"number of steps": "no"},
            "slopes too": NEEDED | {"slopes of the last step": "yes"},
            "images too": NEEDED | {"training images": "yes"},
            "a word of one's own": NEEDED | {"weights": "of course"},
            "a list": list(NEEDED.values()),
        },
        explanation="With dropout or augmentation, what random numbers come next belongs to it as well.",
    ),
    Exercise(
        key="513-2",
        title="Count the steps done twice",
        minutes=10,
        test=test_both,
        hints=("A set of numbers knows which it shares with another: one & other.", "The length of what they share."),
        solution=done_by_both,
        wrong_answers={
            "the last minus the first": last_minus_first,
            "all of the second run": all_of_the_second,
            "done by any": done_by_any,
            "one too many": more_than_the_last,
            "the difference of the lengths": difference_of_lengths,
            "only in the first": only_in_the_first,
        },
        also_right={"one by one": one_by_one},
        explanation="max(first) - min(second) + 1 is right only while the runs overlap.",
    ),
    Exercise(
        key="513-3",
        title="How often to save",
        minutes=10,
        test=test_interval,
        hints=(
            "If each of m machines fails once in d days, one of them fails every d / m days.",
            "In seconds that is T; the best interval is the root of 2 × save_seconds × T.",
        ),
        solution=best_interval,
        wrong_answers={
            "the machines forgotten": of_one_machine,
            "in days": in_days,
            "more machines fail less": more_machines_fail_less,
            "without the two": without_the_two,
            "without the root": without_the_root,
            "half of it": half_of_it,
        },
        also_right={"by trying": by_trying},
        explanation="Four times the machines: save twice as often.",
    ),
    Exercise(
        key="513-4",
        title="Kill the other one",
        minutes=20,
        test=test_kill,
        hints=(
            "train_with_a_kill(0, 33, folder) with a new folder: tempfile.mkdtemp(). Then steps_of, as above, for both runs.",
            "The second run began after its first step less one. weights_in(folder) and weights_in(f'{folder}/undisturbed') are to be compared.",
        ),
        solution={"began after": 30, "done twice": 4, "largest difference": 0.0},
        program=PROGRAM,
        wrong_answers={
            "the step of the kill": {"began after": 33, "done twice": 4, "largest difference": 1e-7},
            "start of the first run": {"began after": 0, "done twice": 4, "largest difference": 1e-7},
            "killed too early": {"began after": 20, "done twice": 4, "largest difference": 1e-7},
            "all steps of the second run": {"began after": 30, "done twice": 40, "largest difference": 1e-7},
            "another network": {"began after": 30, "done twice": 4, "largest difference": 0.3},
            "too few done twice": {"began after": 30, "done twice": 1, "largest difference": 0.0},
            "a backup too late": {"began after": 50, "done twice": 2, "largest difference": 0.0},
            "half a step": {"began after": 30, "done twice": 3.5, "largest difference": 1e-7},
            "no number": {"began after": 30, "done twice": 4, "largest difference": float("nan")},
            "one left open": {"began after": 30, "done twice": ..., "largest difference": 1e-7},
        },
        explanation="Worker 0 is no exception: what it had written lies on the disk, and that is all that a restart needs.",
    ),
]
