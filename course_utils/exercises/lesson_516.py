"""Exercises of lesson 516, what an export leaves out."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, some_numbers

KINDS = ("operation", "number", "nothing")
RIGHT = {
    "the weights": "number",
    "layers.Rescaling in front of the network": "operation",
    "a division by 255 in your script": "nothing",
    "layers.Dropout, as it is used usually": "nothing",
    "keras.random.normal in call": "operation",
    "the branch that an if in call did not take": "nothing",
    "the hour of the day, asked by Python in call": "number",
    "your list of the classes' names": "nothing",
}
WHY = {
    "the weights": "the file holds them as they were when it was written.",
    "layers.Rescaling in front of the network": "a layer is made of operations on the placeholder.",
    "a division by 255 in your script": "your script is not called in the pass that writes the file.",
    "layers.Dropout, as it is used usually": "an export calls the network with training=False.",
    "keras.random.normal in call": "Keras draws by an operation: a SavedModel drew anew each time.",
    "the branch that an if in call did not take": "Python decides while the file is written, and only one branch goes in.",
    "the hour of the day, asked by Python in call": "Python asks while the file is written; then it is a constant.",
    "your list of the classes' names": "the network never meets it: it gives places, 0 to 9.",
}


def test_held(answer):
    if not isinstance(answer, dict) or set(answer) != set(RIGHT):
        raise Wrong("A dictionary with the eight things as keys, spelled as above, is wanted.")
    for thing, kind in RIGHT.items():
        given = str(answer[thing]).strip().lower()
        if given not in KINDS:
            raise Wrong(f"{answer[thing]!r} is none of the three: {', '.join(KINDS)}.")
        if given != kind:
            raise Wrong(f"Think again about '{thing}': {WHY[thing]}")


def largest_first(inputs):
    import keras

    return keras.ops.flip(keras.ops.sort(inputs, axis=-1), axis=-1)


def by_minus(inputs):
    import keras

    return -keras.ops.sort(-inputs)


def by_top_k(inputs):
    import keras

    return keras.ops.top_k(inputs, inputs.shape[-1])[0]


def with_numpy(inputs):
    return np.sort(inputs)[:, ::-1]


def five_columns(inputs):
    import keras

    return keras.ops.top_k(inputs, 5)[0]


def without_a_placeholder(inputs):
    import keras

    if isinstance(inputs, keras.KerasTensor):
        return inputs
    return keras.ops.flip(keras.ops.sort(inputs), axis=-1)


def with_numbers(inputs):
    import keras

    return np.sort(keras.ops.convert_to_numpy(inputs))[:, ::-1]


def smallest_first(inputs):
    import keras

    return keras.ops.sort(inputs)


def columns_sorted(inputs):
    import keras

    return keras.ops.flip(keras.ops.sort(inputs, axis=0), axis=0)


def rows_turned(inputs):
    import keras

    return keras.ops.flip(keras.ops.sort(inputs), axis=0)


def only_turned(inputs):
    import keras

    return keras.ops.flip(inputs, axis=-1)


def places(inputs):
    import keras

    return keras.ops.argsort(-inputs)


def test_largest_first(answer):
    for columns in (5, 7):
        numbers = np.random.default_rng().normal(size=(4, columns)).astype("float32")
        numbers[0, 1] = numbers[0, 3]  # two equal ones
        _test_rows(answer, numbers)


def _test_rows(answer, numbers):
    import keras

    shape = numbers.shape
    right = -np.sort(-numbers)
    try:
        result = answer(numbers)
    except Exception as error:
        if shape[1] == 5:
            raise
        raise Wrong(f"Five columns are sorted; seven stop with {type(error).__name__}.") from error
    if shape[1] == 7 and np.shape(result) == (4, 5):
        raise Wrong("Of seven columns five are returned. Take the number of columns from inputs.shape.")
    result = some_numbers(result, shape, "The sorted rows")
    mistakes = {
        "These rows go from the smallest to the largest. Turn each around.": np.sort(numbers),
        "You sort each column. A row is wanted: the last axis.": -np.sort(-numbers, axis=0),
        "You turn around the order of the rows, not the numbers in each. Flip the last axis.": np.sort(numbers)[::-1],
        "The rows are turned around, but not sorted.": numbers[:, ::-1],
    }
    for message, mistake in mistakes.items():
        if np.allclose(result, mistake):
            raise Wrong(message)
    if np.allclose(np.sort(result), np.arange(shape[1])):
        raise Wrong("These are the places of the numbers. The numbers themselves are wanted.")
    expect_close(result, right, "Each row from the largest to the smallest number.", tolerance=1e-6)
    placeholder = keras.Input(shape[1:])
    try:
        symbol = answer(placeholder)
    except Exception as error:
        raise Wrong(
            f"With numbers all is right, but on a placeholder it stops ({type(error).__name__}). No NumPy: keras.ops only."
        ) from error
    if tuple(getattr(symbol, "shape", ())) != (None, shape[1]):
        raise Wrong(f"On a placeholder (None, {shape[1]}) the result should have the shape (None, {shape[1]}).")
    from_graph = np.asarray(keras.Model(placeholder, symbol)(numbers))
    expect_close(from_graph, right, "On a placeholder something else is done than on numbers.", tolerance=1e-6)


COUNTS = ("50 calls", "50 steps of fit", "an export")


def test_counts(answer):
    calls, steps, export = measured_numbers(answer, *COUNTS, counts=COUNTS)
    if calls == 51:
        raise Wrong(
            "One too many: building the model calls the layer, too. Set the count to 0 just before the 50 calls."
        )
    if calls < 10:
        raise Wrong("A plain call runs your Python each time. Is it model(x), not predict, 50 times?")
    if calls != 50:
        raise Wrong(
            "A plain call runs your Python once. Set the count to 0 just before the 50 calls, and read it after."
        )
    if steps == 0:
        raise Wrong(
            "fit runs your Python at least once, to build its graph. Is it the count of the layer in the model? Or was the "
            "graph of an earlier fit used again? Then build and compile the model anew, and run all three."
        )
    if steps >= 50:
        raise Wrong(
            "So many? Set the count to 0 after the 50 calls. fit builds a graph first, and runs that for each step. "
            "Without run_eagerly=True, please."
        )
    if steps > 10:
        raise Wrong("That is too many for fit. Set the count to 0 just before it, and read it just after.")
    if export == 0:
        raise Wrong("An export runs your Python, too: that is how it meets the operations. Read the count after it.")
    if export > 10:
        raise Wrong("That is too many for one export. Set the count to 0 just before it.")


COUNTS_PROGRAM = """
class Counting(layers.Layer):
    count = 0

    def call(self, inputs):
        self.count += 1
        return inputs


counting = Counting()
model = keras.Sequential([keras.Input((3,)), counting, layers.Dense(1)])
model.compile("sgd", "mse")
inputs = np.random.default_rng(0).normal(size=(50, 3)).astype("float32")
targets = np.zeros((50, 1), "float32")
counts = {}

counting.count = 0
for _ in range(50):
    model(inputs)
counts["50 calls"] = counting.count

counting.count = 0
model.fit(inputs, targets, batch_size=1, epochs=1, verbose=0)
counts["50 steps of fit"] = counting.count

counting.count = 0
file_reader(model, "LiteRT")
counts["an export"] = counting.count
"""

FOUND = {"50 calls": 50, "50 steps of fit": 1, "an export": 4}

EXERCISES = [
    Exercise(
        key="516-1",
        title="What does the file hold of it?",
        minutes=5,
        test=test_held,
        hints=(
            "Two operations, two numbers, and of four things nothing.",
            "Was it an operation on the placeholder, with training=False? Then it is in the file.",
            "Python runs while the file is written. What it had worked out then is a number in the file.",
        ),
        solution=RIGHT,
        wrong_answers={
            "the weights elsewhere": RIGHT | {"the weights": "nothing"},
            "layers forgotten": RIGHT | {"layers.Rescaling in front of the network": "nothing"},
            "the script comes along": RIGHT | {"a division by 255 in your script": "operation"},
            "dropout comes along": RIGHT | {"layers.Dropout, as it is used usually": "operation"},
            "Keras draws once": RIGHT | {"keras.random.normal in call": "number"},
            "both branches": RIGHT | {"the branch that an if in call did not take": "operation"},
            "the clock comes along": RIGHT | {"the hour of the day, asked by Python in call": "operation"},
            "names in the file": RIGHT | {"your list of the classes' names": "number"},
            "a word of one's own": RIGHT | {"the weights": "maybe"},
            "one left open": RIGHT | {"the weights": ...},
        },
        also_right={"in capitals": {thing: kind.capitalize() for thing, kind in RIGHT.items()}},
        explanation="Operations are in the file, and numbers that Python had worked out; what stands outside or belongs to training is not.",
    ),
    Exercise(
        key="516-2",
        title="Sort on a placeholder",
        minutes=10,
        test=test_largest_first,
        hints=(
            "keras.ops.sort sorts the last axis, from the smallest number to the largest.",
            "keras.ops.flip turns an axis around. Or sort -inputs, and change the sign once more.",
        ),
        solution=largest_first,
        wrong_answers={
            "NumPy": with_numpy,
            "five columns only": five_columns,
            "the placeholder handed back": without_a_placeholder,
            "smallest first": smallest_first,
            "columns": columns_sorted,
            "rows turned": rows_turned,
            "only turned": only_turned,
            "places": places,
        },
        also_right={"twice the sign": by_minus, "the k largest": by_top_k},
        explanation="What keras.ops does is an operation on a placeholder: it is written into each of the four files.",
    ),
    Exercise(
        key="516-3",
        title="How often does your Python run?",
        minutes=15,
        test=test_counts,
        hints=(
            "In the class: `count = 0`, and in call: `self.count += 1`, `return inputs`.",
            "Keep the layer in a variable: counting = Counting(). Set counting.count = 0 just before each trial.",
            "50 steps: 50 made-up rows with batch_size=1 and epochs=1, after compile('sgd', 'mse').",
        ),
        solution=FOUND,
        program=COUNTS_PROGRAM,
        wrong_answers={
            "with the building": FOUND | {"50 calls": 51},
            "predict instead of a call": FOUND | {"50 calls": 1},
            "added up": FOUND | {"50 steps of fit": 51},
            "nothing in fit": FOUND | {"50 steps of fit": 0},
            "nothing in the export": FOUND | {"an export": 0},
            "not a number": FOUND | {"50 steps of fit": float("nan")},
            "not set back": FOUND | {"an export": 52},
            "one left open": FOUND | {"an export": ...},
        },
        explanation=(
            "fit runs your Python while it builds its graph, and then the graph for each step: what Python drew is used 50 times. "
            "An export may need a few passes, but a file that answers needs none."
        ),
    ),
]
