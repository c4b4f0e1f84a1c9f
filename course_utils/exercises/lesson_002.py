"""Exercises of lesson 002, training by hand."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, one_number

STEP_MISTAKES = (
    (2.9, "2.9 lies uphill: the step goes against the slope, so subtract it."),
    (1.7, "Your slope lacks the inner derivative: the error depends on 3 * weight, so multiply by the input 3."),
    (1.55, "Your slope lacks the factor 2 that the square leaves behind."),
    (18.0, "18 is the slope. The question is where the weight goes: one step of rate times slope away from 2."),
    (0.9, "0.9 is the length of the step. Subtract it from the weight."),
    (1.0, "1 is the bottom of the parabola. One step with this rate does not get there."),
)


def test_step(answer):
    weight = one_number(answer)
    for mistake, message in STEP_MISTAKES:
        if np.isclose(weight, mistake):
            raise Wrong(message)
    if not np.isclose(weight, 1.1, atol=1e-4):
        raise Wrong(f"It is not {weight:g}.")


def tanh_backward(hidden, hidden_slope):
    return hidden_slope * (1 - hidden**2)


def relu_backward(hidden, hidden_slope):
    return hidden_slope * (hidden > 0)


def derivative_only(hidden, hidden_slope):
    return 1 - hidden**2


def tanh_twice(hidden, hidden_slope):
    return hidden_slope * (1 - np.tanh(hidden) ** 2)


def no_square(hidden, hidden_slope):
    return hidden_slope * (1 - hidden)


def tanh_in_place(hidden, hidden_slope):
    hidden_slope *= 1 - hidden**2
    return hidden_slope


def tanh_backward_by_parts(hidden, hidden_slope):
    result = np.empty(hidden.shape)
    for place in np.ndindex(hidden.shape):
        result[place] = hidden_slope[place] - hidden_slope[place] * hidden[place] * hidden[place]
    return result


TANH_MISTAKES = (
    (relu_backward, "This is the backward pass of ReLU: it lets all through or nothing. tanh damps by 1 - tanh²."),
    (
        derivative_only,
        "You return the derivative of tanh alone. The chain rule multiplies it with the slope that arrives.",
    ),
    (tanh_twice, "You apply tanh once more. `hidden` is tanh(z) already."),
    (no_square, "Your derivative is 1 - tanh(z). Square the tanh."),
)


def test_tanh(answer):
    generator = np.random.default_rng(0)
    for shape in ((4, 3), (1, 5), (6, 1)):
        hidden = np.tanh(generator.normal(size=shape))
        hidden_slope = generator.normal(size=shape)
        result = answer(hidden, hidden_slope)
        for mistake, message in TANH_MISTAKES:
            if np.shape(result) == shape and np.allclose(result, mistake(hidden, hidden_slope)):
                raise Wrong(message)
        expected = tanh_backward(hidden, hidden_slope)
        expect_close(result, expected, "The numbers differ from the chain rule: slope times (1 - hidden²).")


NAMES = ("hidden weights", "hidden bias", "output weights", "output bias")


def colleague_gradients(inputs, labels, parameters):
    """The slopes of the loss of a two-layer network, as a colleague wrote them: two of the four arrays are wrong."""
    hidden_weights, hidden_bias, output_weights, output_bias = parameters
    hidden = np.maximum(inputs @ hidden_weights + hidden_bias, 0)
    logits = hidden @ output_weights + output_bias
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    error = (probabilities - np.eye(logits.shape[1])[labels]) / len(labels)
    hidden_error = error @ output_weights.T
    return [inputs.T @ hidden_error, hidden_error.sum(axis=0), hidden.T @ error, error.sum(axis=0)]


def test_bug(answer):
    if not isinstance(answer, dict) or set(answer) != {"wrong", "step"}:
        raise Wrong('Answer with a dictionary: the names under "wrong", the number of the step under "step".')
    names = answer["wrong"]
    names = names.tolist() if isinstance(names, np.ndarray) else names
    if isinstance(names, str) or not isinstance(names, (list, tuple, set)):
        raise Wrong('Under "wrong" stands a list of two names, such as ["hidden bias", "output bias"].')
    step = one_number(answer["step"], "The step")
    named = {str(name).strip().lower().replace("_", " ") for name in names}
    if not named <= set(NAMES):
        raise Wrong(f"{sorted(named - set(NAMES))} are no names of our arrays. They are: {', '.join(NAMES)}.")
    if len(named) != 2:
        raise Wrong(f"Two arrays are wrong; you name {len(named)}. Compare them one by one.")
    if named & {"output weights", "output bias"} == named:
        raise Wrong("These two agree with small differences. The bug comes after them on the way back.")
    if named != {"hidden weights", "hidden bias"}:
        raise Wrong("One of these is right. Print both versions of each array: np.allclose(suspect, numeric).")
    if step in (6, 7):
        raise Wrong("Step 6 or 7 alone would spoil one array. Which step comes before both?")
    if step != 5:
        raise Wrong("The arrays are the right ones, the step is not. Which one makes unit 2's slopes 0?")


def test_starts(answer):
    keys = ("arrays that moved", "units differ by")
    if not isinstance(answer, dict) or set(answer) != set(keys):
        raise Wrong(f"Answer with a dictionary of two numbers, under the keys {keys[0]!r} and {keys[1]!r}.")
    moved = one_number(answer[keys[0]], f"The number of {keys[0]}")
    apart = one_number(answer[keys[1]], "The difference of the units")
    if moved == 4:
        raise Wrong("(a) Not all four move. Compare each array after training with the zeros: `(array != 0).any()`.")
    if moved == 2:
        raise Wrong(
            "(a) Do both biases move? Compute the hidden error: it passes through output weights that are all 0."
        )
    if moved == 0:
        raise Wrong("(a) One array does move. The error itself is not 0; which array gets it directly?")
    if moved != 1:
        raise Wrong("(a) Count the arrays, not the numbers, that differ from 0 after training.")
    if apart < 0:
        raise Wrong("(b) Largest minus smallest is never negative.")
    if apart > 0.3:
        raise Wrong("(b) So far apart? Units are the columns: `axis=1`. And is each weight array 0.05 everywhere?")
    if apart > 1e-3:
        raise Wrong("(b) All units begin alike and see the same. Start from exactly 0.05, not from the random start.")


EXERCISES = [
    Exercise(
        key="002-1",
        title="One step with a pencil",
        minutes=5,
        test=test_step,
        hints=(
            "The loss is (3 * weight - 3)². What is its slope at weight 2? Outer derivative times inner derivative.",
            "The slope is 2 * (3 * 2 - 3) * 3. The new weight is 2 - 0.05 * slope.",
        ),
        solution=1.1,
        wrong_answers={
            "uphill": 2.9,
            "no inner derivative": 1.7,
            "no factor two": 1.55,
            "the slope itself": 18,
            "the step itself": 0.9,
            "the minimum": 1.0,
            "not a number": float("nan"),
        },
        explanation="The slope is 2 * (6 - 3) * 3 = 18; the step 0.05 * 18 = 0.9 goes against it, from 2 to 1.1.",
    ),
    Exercise(
        key="002-2",
        title="The backward pass of tanh",
        minutes=10,
        test=test_tanh,
        leaves_arguments=True,
        hints=(
            "For ReLU, the slope that arrives is multiplied by 1 or 0. What stands there for tanh?",
            "`hidden` is tanh(z), so the derivative is 1 - hidden**2, number by number. Multiply it with `hidden_slope`.",
        ),
        solution=tanh_backward,
        wrong_answers={
            "ReLU's pass": relu_backward,
            "no chain rule": derivative_only,
            "tanh of tanh": tanh_twice,
            "no square": no_square,
            "changes its arguments": tanh_in_place,
            "one sum": lambda hidden, hidden_slope: (hidden_slope * (1 - hidden**2)).sum(),
        },
        also_right={"number by number": tanh_backward_by_parts},
        explanation="The chain rule multiplies; and keeping `hidden` from the forward pass saves computing tanh again.",
    ),
    Exercise(
        key="002-3",
        title="Find the bug",
        minutes=10,
        test=test_bug,
        hints=(
            "`tiny_numeric` holds the slopes by small differences. Go through both lists with zip(names, suspects, tiny_numeric).",
            "Hidden unit 2 answers 0 on the tiny network. Should it get a slope?",
        ),
        solution={"wrong": ["hidden weights", "hidden bias"], "step": 5},
        program="""
            suspects = colleague_gradients(tiny_inputs, tiny_labels, tiny_parameters)
            wrong = []
            for name, suspect, numeric in zip(names, suspects, tiny_numeric):
                if not np.allclose(suspect, numeric, atol=1e-4):
                    wrong.append(name)
            bug = {"wrong": wrong, "step": 5}
            """,
        also_right={
            "in another order": {"wrong": ("hidden bias", "hidden weights"), "step": 5.0},
            "an array": {"wrong": np.array(["hidden_weights", "hidden_bias"]), "step": np.int64(5)},
        },
        wrong_answers={
            "the other two": {"wrong": ["output weights", "output bias"], "step": 5},
            "one of them": {"wrong": ["hidden weights", "output bias"], "step": 5},
            "only one": {"wrong": ["hidden weights"], "step": 5},
            "no step": ["hidden weights", "hidden bias"],
            "a text": {"wrong": "hidden weights", "step": 5},
            "numbers": {"wrong": [0, 1], "step": 5},
            "a later step": {"wrong": ["hidden weights", "hidden bias"], "step": 7},
            "not a number": {"wrong": ["hidden weights", "hidden bias"], "step": float("nan")},
            "an earlier step": {"wrong": ["hidden weights", "hidden bias"], "step": 4},
        },
        explanation=(
            "Step 5 is missing: the error passes back through a ReLU that was closed. "
            "So unit 2 gets slopes, and only the arrays before the ReLU are wrong."
        ),
    ),
    Exercise(
        key="002-4",
        title="Where to start",
        minutes=15,
        test=test_starts,
        hints=(
            "(a) `zeros = [np.zeros_like(array) for array in start]`, then `train(zeros, train_inputs, train_labels, 0.3, 1)`.",
            "(a) Remember: what came in, times the error that came back. Which of the two is 0 for each of the four arrays?",
            "(b) `[np.full_like(array, 0.05 if array.ndim == 2 else 0) for array in start]`. Equal units get equal slopes.",
        ),
        solution={"arrays that moved": 1, "units differ by": 0.0},
        program="""
            zeros = [np.zeros_like(array) for array in start]
            after, _ = train(zeros, train_inputs, train_labels, 0.3, 1)
            moved = sum((array != 0).any() for array in after)

            equal = [np.full_like(array, 0.05 if array.ndim == 2 else 0) for array in start]
            after, _ = train(equal, train_inputs, train_labels, 0.3, 1)
            apart = np.ptp(after[0], axis=1).max()
            findings = {"arrays that moved": moved, "units differ by": apart}
            """,
        also_right={"rounded": {"arrays that moved": 1, "units differ by": 3e-8}},
        wrong_answers={
            "everything moves": {"arrays that moved": 4, "units differ by": 0},
            "both biases move": {"arrays that moved": 2, "units differ by": 0},
            "nothing moves": {"arrays that moved": 0, "units differ by": 0},
            "counts on the random start": {"arrays that moved": 1, "units differ by": 0.2},
            "counts units": {"arrays that moved": 1, "units differ by": 64},
            "only one number": 1,
            "not a number": {"arrays that moved": 1, "units differ by": float("nan")},
        },
        explanation=(
            "From zeros, hidden values and passed-back errors are 0, so only the output bias moves. From equal weights all units "
            "get equal slopes and stay copies of one unit. In a longer run from 0.01, rounding errors may part the copies: a tie "
            "broken by accident. Random starts break it on purpose."
        ),
    ),
]
