"""Exercises of lesson 524: average precision on paper, a leak by groups, what a baseline is, points by the rubric."""

import math

from course_utils.exercises.exercise import Exercise, Wrong, expect_no_mistake, one_number


def test_precision(answer):
    result = one_number(answer)
    mistakes = {
        3 / 5: "That is the share of wet windows. Write the share so far at each wet window, and average those.",
        (1 + 1 / 2 + 1 / 3 + 2 / 4 + 3 / 5) / 5: "Only the wet windows count: places 1, 4 and 5.",
        (1 + 2 / 4 + 3 / 5) / 5: "Divide by the number of wet windows, 3, not by all five.",
        (1 + 1 / 4 + 1 / 5) / 3: "At place 4 two wet ones have been seen, at place 5 three: 2/4 and 3/5.",
        (1 + 3 / 5 + 3 / 5) / 3: "That is lesson 105's smoothed precision. Here take each share so far as it is.",
        (1 + 1 / 3 + 2 / 4) / 3: "The places of the wet ones are 1, 4 and 5.",
    }
    if math.isclose(result, 0.7, abs_tol=0.006):
        return
    for mistake, message in mistakes.items():
        if math.isclose(result, mistake, abs_tol=0.006):
            raise Wrong(message)
    if result > 1:
        raise Wrong("Average precision lies between 0 and 1.")
    raise Wrong(f"{result:g} is not it. The shares so far are 1/1, 2/4 and 3/5: which number is their mean?")


def leaking_share(train_groups, test_groups):
    known = set(train_groups)
    return sum(group in known for group in test_groups) / len(test_groups)


def by_counting(train_groups, test_groups):
    shared = 0
    for group in test_groups:
        if list(train_groups).count(group) > 0:
            shared += 1
    return shared / len(test_groups)


def share_of_groups(train_groups, test_groups):
    return len(set(train_groups) & set(test_groups)) / len(set(test_groups))


def of_training(train_groups, test_groups):
    known = set(test_groups)
    return sum(group in known for group in train_groups) / len(train_groups)


def clean_share(train_groups, test_groups):
    return 1 - leaking_share(train_groups, test_groups)


def how_many(train_groups, test_groups):
    return leaking_share(train_groups, test_groups) * len(test_groups)


def of_all(train_groups, test_groups):
    return how_many(train_groups, test_groups) / (len(train_groups) + len(test_groups))


def same_place(train_groups, test_groups):
    return sum(one == other for one, other in zip(train_groups, test_groups)) / len(test_groups)


def never(train_groups, test_groups):
    return 0.0


CASES = (
    (["anna", "ben", "ben", "carl"], ["ben", "ben", "ben", "dora", "emil"]),
    ([1, 2, 3, 4, 5, 5], [5, 5, 6, 6, 6, 4, 7]),
    (["mon", "tue"], ["wed", "thu", "thu"]),
    (["x", "y", "z"], ["z", "z", "x", "w"]),
)
MISTAKES = {
    share_of_groups: "You count groups. A group with many test examples weighs more: count examples.",
    of_training: "That is the share of the training examples. It was asked for the test examples.",
    clean_share: "That is the share that does not leak.",
    how_many: "That is a number of examples. Divide by how many test examples there are.",
    of_all: "Divide by the number of test examples, not of all.",
    same_place: "The places in the two lists have nothing to do with each other: ask whether the group occurs anywhere.",
    never: "Some of these groups occur in both lists.",
}


def test_leaking_share(answer):
    results = [one_number(answer(list(train), list(test)), "The share") for train, test in CASES]
    wanted = [leaking_share(*case) for case in CASES]
    if all(math.isclose(result, right, abs_tol=1e-6) for result, right in zip(results, wanted)):
        return
    expect_no_mistake(results, CASES, MISTAKES)
    place = next(place for place, result in enumerate(results) if not math.isclose(result, wanted[place], abs_tol=1e-6))
    train, test = CASES[place]
    raise Wrong(f"For training {train} and test {test} you return {results[place]:g}; it should be {wanted[place]:g}.")


BASELINES = {"a": "yes", "b": "no", "c": "yes", "d": "no", "e": "no", "f": "yes", "g": "no"}
WHY = {
    "a": "Today's value, on the same days, is what anybody would say first: a fair baseline.",
    "b": "Another city has another weather: an error from there compares nothing. Same examples, same measure.",
    "c": "Ridge regression with the same inputs and the same care is a strong baseline.",
    "d": "An untrained network is no rival at all: everything beats it.",
    "e": "Tomorrow morning is not known today: that is a leak, not a baseline.",
    "f": "The usual value of the date, from the training part alone: cheap, known today, and hard to beat far ahead.",
    "g": "A rival trained with less care than your own network is beaten for that alone: the same care for both.",
}


def test_baselines(answer):
    if set(answer) != set(BASELINES):
        raise Wrong("The answer should have the keys a, b, c, d, e, f and g.")
    said = {letter: str(word).strip().lower() for letter, word in answer.items()}
    for letter, word in said.items():
        if word not in ("yes", "no"):
            raise Wrong(f"Say yes or no to {letter}, not {answer[letter]!r}.")
    if "no" not in said.values():
        raise Wrong(
            "All seven? A baseline is judged on the same days, knows no more than the network, and is worth beating."
        )
    if "yes" not in said.values():
        raise Wrong("None of them? Three are what a practitioner would do in ten lines.")
    for letter, right in BASELINES.items():
        if said[letter] != right:
            raise Wrong(f"Look at {letter} again. {WHY[letter]}")


POINTS = {"B2": 0, "B3": 0, "C1": 1, "D3": 0, "E1": 0, "E3": 1}
REASONS = {
    "B2": "B2: pairs are divided by lot, so the same typeface stands on both sides.",
    "B3": "B3: ten networks were tried, and the best was kept by the pairs of the result. The sealed part was never opened.",
    "C1": "C1: the brief's baseline is asked, on the same pairs and by the same measure. (Both have met their faces: that is B2.)",
    "D3": "D3: one seed is there, 7, and no spread.",
    "E1": "E1: no cell gives the 91 %: below, the network judges another share right.",
    "E3": "E3: both axes are named, and a sentence says what the curves do.",
}
MOST = {"B2": 1, "B3": 2, "C1": 1, "D3": 1, "E1": 1, "E3": 1}


def test_points(answer):
    if set(answer) != set(POINTS):
        raise Wrong(f"The answer should have the keys {', '.join(POINTS)}.")
    given = {line: one_number(value, f"The points of {line}") for line, value in answer.items()}
    for line, value in given.items():
        if value not in (0, MOST[line]):
            raise Wrong(f"{line} is given whole or not at all: 0 or {MOST[line]}, not {value:g}.")
    if not any(given.values()):
        raise Wrong(
            "No points at all? Two lines are well done: look at what stands beside the network, and at the picture."
        )
    for line, value in given.items():
        if value != POINTS[line]:
            raise Wrong(f"Look at {line} again. {REASONS[line]}")


EXERCISES = [
    Exercise(
        key="524-1",
        title="Average precision on paper",
        minutes=5,
        test=test_precision,
        hints=("The wet windows stand at places 1, 4 and 5.", "The shares so far there are 1/1, 2/4 and 3/5."),
        solution=0.7,
        wrong_answers={
            "share of wet windows": 0.6,
            "all places": (1 + 1 / 2 + 1 / 3 + 2 / 4 + 3 / 5) / 5,
            "divided by five": 0.42,
            "not counted up": (1 + 1 / 4 + 1 / 5) / 3,
            "smoothed, as in lesson 105": (1 + 3 / 5 + 3 / 5) / 3,
            "one place too early": (1 + 1 / 3 + 2 / 4) / 3,
            "percent": 70,
            "something else": 0.9,
            "not a number": math.nan,
        },
        also_right={"as a fraction": 7 / 10},
        explanation="(1/1 + 2/4 + 3/5) / 3 = 2.1 / 3 = 0.7.",
    ),
    Exercise(
        key="524-2",
        title="How much of the test part leaks?",
        minutes=10,
        test=test_leaking_share,
        hints=(
            "`known = set(train_groups)` holds each group once.",
            "Count the test examples with `group in known`, and divide by `len(test_groups)`.",
        ),
        solution=leaking_share,
        wrong_answers={
            "groups, not examples": share_of_groups,
            "of the training examples": of_training,
            "what is clean": clean_share,
            "a number of examples": how_many,
            "of all examples": of_all,
            "place by place": same_place,
            "always 0": never,
            "not a number": lambda train_groups, test_groups: math.nan,
        },
        also_right={"by counting": by_counting},
        explanation="A share of 0 does not prove that nothing leaks, but a share above 0 proves that something does.",
    ),
    Exercise(
        key="524-3",
        title="Which of these is a baseline?",
        minutes=5,
        test=test_baselines,
        hints=(
            "A baseline is judged on the same examples by the same measure, and knows nothing that the network may not know.",
            "And it is worth beating. Three of the seven are.",
        ),
        solution=BASELINES,
        wrong_answers={
            "all": dict.fromkeys(BASELINES, "yes"),
            "none": dict.fromkeys(BASELINES, "no"),
            "a forgotten": BASELINES | {"a": "no"},
            "a published number": BASELINES | {"b": "yes"},
            "ridge forgotten": BASELINES | {"c": "no"},
            "untrained": BASELINES | {"d": "yes"},
            "the leak": BASELINES | {"e": "yes"},
            "the date forgotten": BASELINES | {"f": "no"},
            "a rival without care": BASELINES | {"g": "yes"},
            "perhaps": BASELINES | {"a": "perhaps"},
            "numbers": dict.fromkeys(BASELINES, math.nan),
        },
        also_right={"in capitals": {letter: word.upper() for letter, word in BASELINES.items()}},
        explanation="Today's value, the usual one, and a linear model on the same inputs. The others compare with nothing, or know too much.",
    ),
    Exercise(
        key="524-4",
        title="Grade this",
        minutes=10,
        test=test_points,
        hints=(
            "What belongs together here? By which number was the network kept?",
            "Four of the six lines get nothing.",
        ),
        solution=POINTS,
        wrong_answers={
            "nothing": dict.fromkeys(POINTS, 0),
            "everything": MOST,
            "half a seal": POINTS | {"B3": 1},
            "the seal": POINTS | {"B3": 2},
            "no baseline": POINTS | {"C1": 0},
            "one seed": POINTS | {"D3": 1},
            "the number": POINTS | {"E1": 1},
            "the picture": POINTS | {"E3": 0},
            "not a number": POINTS | {"E1": math.nan},
        },
        explanation="2 of 7. A typeface on both sides and ten silent attempts cost the project its result, not only its points.",
    ),
]
