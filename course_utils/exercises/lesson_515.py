"""Exercises of lesson 515, ship a trained network."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number

FILES = (".keras", "SavedModel", "ONNX", "LiteRT")
CHOSEN = {
    "go on with the training tomorrow": ".keras",
    "a phone app that works without internet": "LiteRT",
    "a server with TensorFlow that takes raw text": "SavedModel",
    "a C# program on a desktop computer": "ONNX",
}
WHY = {
    "go on with the training tomorrow": "only one of the four keeps the optimizer's memory.",
    "a phone app that works without internet": "a phone wants the smallest interpreter.",
    "a server with TensorFlow that takes raw text": "of these runtimes only TensorFlow's own carries out operations on strings.",
    "a C# program on a desktop computer": "an open standard with runtimes for many languages is wanted.",
}


def test_choices(answer):
    if not isinstance(answer, dict) or set(answer) != set(CHOSEN):
        raise Wrong("A dictionary with the four tasks as keys, spelled as above, is wanted.")
    names = {name.lower().lstrip("."): name for name in FILES}
    for task, file in CHOSEN.items():
        choice = names.get(str(answer[task]).strip().lower().lstrip("."))
        if choice is None:
            raise Wrong(f"{answer[task]!r} is none of the four: {', '.join(FILES)}.")
        if choice != file:
            raise Wrong(f"Think again about '{task}': {WHY[task]}")


def mark(times, share):
    for time in np.sort(times):
        if np.mean(times <= time) >= share:
            return time


def by_rank(times, share):
    rank = int(np.ceil(round(share * len(times), 9)))
    return sorted(times)[rank - 1]


def one_too_far(times, share):
    return sorted([*times, max(times)])[int(np.ceil(round(share * len(times), 9)))]


def rounded_down(times, share):
    return sorted(times)[max(0, int(share * len(times)) - 1)]


def in_order_of_calls(times, share):
    return times[int(np.ceil(round(share * len(times), 9))) - 1]


def of_the_largest(times, share):
    return share * max(times)


def test_mark(answer):
    mistakes = {
        lambda times, share: np.mean(times): "That is the mean. A few slow calls pull it up; count calls instead.",
        lambda times, share: max(times): "That is the slowest call of all. Some calls may be slower than the mark.",
        lambda times, share: np.quantile(times, share): (
            "That lies between two calls, as `np.quantile` has it. A time that was measured is wanted."
        ),
        one_too_far: "One call too far: the first place in Python is 0, so the call of rank r stands at r - 1.",
        rounded_down: "Fewer calls than `share` stay at or under it. Where share * n is no whole number, round up.",
        in_order_of_calls: "Sort the times first: you took a call by its turn, not by its length.",
        of_the_largest: "That is a share of the longest time. The share counts calls.",
    }
    random = np.random.default_rng(510)
    cases = [
        (np.array([3.0, 1.0, 2.0, 10.0]), 0.5),
        (np.array([5.5, 4.0, 9.0, 1.0, 7.0]), 0.5),
        *((random.exponential(2.0, size) + 0.1, share) for size, share in ((20, 0.95), (33, 0.95), (47, 0.5), (200, 0.9))),
    ]  # fmt: skip
    for times, share in cases:
        result = one_number(answer(times, share), "The mark")
        right = mark(times, share)
        if np.isclose(result, right, rtol=1e-6, atol=0):
            continue
        for mistake, message in mistakes.items():
            if np.isclose(result, mistake(times, share), rtol=1e-6, atol=0):
                raise Wrong(message)
        shown = np.round(times, 2).tolist() if len(times) < 6 else f"{len(times)} times"
        expect_close(result, right, f"For {shown} and share {share} the mark is {right:.3f}.", tolerance=1e-6)


NAMES = ("without rescaling", "with rescaling")


def test_camera(answer):
    without, with_it = measured_numbers(answer, *NAMES)
    if min(without, with_it) < 0:
        raise Wrong("A largest difference is not negative: take the absolute values first.")
    if without < 0.01 and with_it > 100:
        raise Wrong("Are the two exchanged? Only with the rescaling inside do pixels up to 255 give the same logits.")
    if with_it > 100:
        raise Wrong("With the rescaling the file is still far off. Is it 1 / 255, and before the network?")
    if without < 100:
        raise Wrong(
            "Without rescaling the logits move by hundreds. Did this file get `255 * images`, as the other one?"
        )
    if with_it > 0.001:
        raise Wrong(
            "With the rescaling inside, the difference is below 0.001. Report differences of logits, not mistakes."
        )
    if without > 1e6:
        raise Wrong("Without rescaling the difference is too large. Are the pixels multiplied by 255 once?")


PROGRAM = """
with_rescaling = keras.Sequential(
    [keras.Input((28, 28, 1)), keras.layers.Rescaling(1 / 255), model]
)
with quiet():
    with_rescaling.export(folder + "/camera.tflite", format="litert")

by_camera = load_litert(folder + "/camera.tflite")
plain = readers["LiteRT"](255 * images)
prepared = by_camera(255 * images)
camera = {
    "without rescaling": np.abs(plain - logits).max(),
    "with rescaling": np.abs(prepared - logits).max(),
}
"""

EXERCISES = [
    Exercise(
        key="515-1",
        title="Choose the file",
        minutes=5,
        test=test_choices,
        hints=(
            "Each of the four files is right once.",
            "Look at the column `read by` of the table, and at what *When to use it* says about text.",
        ),
        solution=CHOSEN,
        wrong_answers={
            "an exported file to train on": CHOSEN | {"go on with the training tomorrow": "SavedModel"},
            "TensorFlow on a phone": CHOSEN | {"a phone app that works without internet": "SavedModel"},
            "text by ONNX": CHOSEN | {"a server with TensorFlow that takes raw text": "ONNX"},
            "Keras in C#": CHOSEN | {"a C# program on a desktop computer": ".keras"},
            "a word of one's own": CHOSEN | {"a C# program on a desktop computer": "pickle"},
            "one left open": CHOSEN | {"a C# program on a desktop computer": ...},
        },
        also_right={
            "without the dot, in small letters": {task: file.lower().lstrip(".") for task, file in CHOSEN.items()}
        },
        explanation="The optimizer's memory, a small interpreter, strings, an open standard: each file has its own strength.",
    ),
    Exercise(
        key="515-2",
        title="The mark that most calls stay under",
        minutes=10,
        test=test_mark,
        hints=(
            "Sort the times. If 95 of 100 calls shall not exceed the mark, it is the call of rank 95.",
            "The rank is share * n, rounded up; Python counts places from 0.",
            "Or go through the sorted times and stop at the first for which np.mean(times <= time) >= share.",
        ),
        solution=mark,
        wrong_answers={
            "the mean": lambda times, share: np.mean(times),
            "the slowest": lambda times, share: max(times),
            "between two calls": lambda times, share: np.quantile(times, share),
            "one too far": one_too_far,
            "rounded down": rounded_down,
            "not sorted": in_order_of_calls,
            "a share of the largest": of_the_largest,
        },
        also_right={
            "by rank": by_rank,
            "NumPy's inverted distribution": lambda times, share: np.quantile(times, share, method="inverted_cdf"),
        },
        explanation="`np.quantile` does the same, but puts the mark between two calls where the rank is not whole.",
    ),
    Exercise(
        key="515-3",
        title="Put the preparation into the file",
        minutes=15,
        test=test_camera,
        hints=(
            "A trained model is a layer, too: keras.Sequential([keras.Input(...), keras.layers.Rescaling(1 / 255), model]).",
            "Export it with format='litert' under another name, read it with `load_litert`, and hand it 255 * images.",
            "The first file is readers['LiteRT']. The difference is np.abs(answers - logits).max().",
        ),
        solution={"without rescaling": 4300.0, "with rescaling": 2e-5},
        program=PROGRAM,
        wrong_answers={
            "exchanged": {"without rescaling": 2e-5, "with rescaling": 4300.0},
            "255 instead of 1 / 255": {"without rescaling": 4300.0, "with rescaling": 1e6},
            "the first file got images from 0 to 1": {"without rescaling": 1e-5, "with rescaling": 1e-5},
            "mistakes instead of differences": {"without rescaling": 4300.0, "with rescaling": 46},
            "one left open": {"without rescaling": 4300.0, "with rescaling": ...},
            "not a number": {"without rescaling": 4300.0, "with rescaling": float("nan")},
            "a sign": {"without rescaling": -4300.0, "with rescaling": 2e-5},
        },
        explanation=(
            "What is a layer of the model is in the file. And the mistakes? Without rescaling this network still reads most "
            "digits rightly, because nearly all of its sums grow alike. Its logits are wrong all the same."
        ),
    ),
]
