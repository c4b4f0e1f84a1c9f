"""Exercises of lesson 002, training by hand."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close

STEP_MISTAKES = (
    (2.9, "2.9 lies uphill: the step goes against the slope, so subtract it."),
    (1.7, "Your slope lacks the inner derivative: the error depends on 3 * weight, so multiply by the input 3."),
    (1.55, "Your slope lacks the factor 2 that the square leaves behind."),
    (18.0, "18 is the slope. The question is where the weight goes: one step of rate times slope away from 2."),
    (0.9, "0.9 is the length of the step. Subtract it from the weight."),
    (1.0, "1 is the bottom of the parabola. One step with this rate does not get there."),
)


def test_step(answer):
    for mistake, message in STEP_MISTAKES:
        if np.shape(answer) == () and np.isreal(answer) and np.isclose(answer, mistake):
            raise Wrong(message)
    expect_close(answer, 1.1, f"It is not {answer!r}.")


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


def test_tanh(answer):
    generator = np.random.default_rng(0)
    hidden, hidden_slope = np.tanh(generator.normal(size=(4, 3))), generator.normal(size=(4, 3))
    result = answer(hidden.copy(), hidden_slope.copy())
    mistakes = (
        (relu_backward, "This is the backward pass of ReLU: it lets all through or nothing. tanh damps by 1 - tanh²."),
        (
            derivative_only,
            "You return the derivative of tanh alone. The chain rule multiplies it with the slope that arrives.",
        ),
        (tanh_twice, "You apply tanh once more. `hidden` is tanh(z) already."),
        (no_square, "Your derivative is 1 - tanh(z). Square the tanh."),
    )
    for mistake, message in mistakes:
        if np.shape(result) == hidden.shape and np.allclose(result, mistake(hidden, hidden_slope)):
            raise Wrong(message)
    expect_close(
        result,
        tanh_backward(hidden, hidden_slope),
        "The numbers differ from the chain rule: slope times (1 - hidden²).",
    )


def momentum_step(parameter, velocity, slope, learning_rate, momentum):
    new_velocity = momentum * velocity - learning_rate * slope
    return parameter + new_velocity, new_velocity


def uphill(parameter, velocity, slope, learning_rate, momentum):
    new_velocity = momentum * velocity + learning_rate * slope
    return parameter + new_velocity, new_velocity


def no_memory(parameter, velocity, slope, learning_rate, momentum):
    new_velocity = -learning_rate * slope
    return parameter + new_velocity, new_velocity


def old_velocity(parameter, velocity, slope, learning_rate, momentum):
    return parameter + velocity, momentum * velocity - learning_rate * slope


def rate_twice(parameter, velocity, slope, learning_rate, momentum):
    new_velocity = momentum * velocity - learning_rate * slope
    return parameter + learning_rate * new_velocity, new_velocity


def in_place(parameter, velocity, slope, learning_rate, momentum):
    velocity *= momentum
    velocity -= learning_rate * slope
    parameter += velocity
    return parameter, velocity


def parameter_only(parameter, velocity, slope, learning_rate, momentum):
    return parameter + momentum * velocity - learning_rate * slope


def test_momentum(answer):
    generator = np.random.default_rng(0)
    parameter, velocity, slope = generator.normal(size=(3, 2, 4))
    given = parameter.copy(), velocity.copy(), slope.copy()
    result = answer(*given, 0.1, 0.9)
    if result is None:
        raise Wrong("The function returns None: is the `return` missing?")
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise Wrong("Return two things, in this order: the new parameter, the new velocity.")
    if not all(np.array_equal(now, before) for now, before in zip(given, (parameter, velocity, slope))):
        raise Wrong("The function changes the arrays that it was given (`+=` does that). Build new ones.")
    mistakes = (
        (uphill, "The ball rolls uphill: subtract learning_rate * slope from the velocity."),
        (no_memory, "The old velocity is lost. Keep momentum times it."),
        (old_velocity, "The parameter moves by the old velocity. Update the velocity first."),
        (rate_twice, "The learning rate acts twice: it is in the velocity already."),
    )
    for mistake, message in mistakes:
        expected = mistake(parameter, velocity, slope, 0.1, 0.9)
        if all(np.shape(r) == np.shape(e) and np.allclose(r, e) for r, e in zip(result, expected)):
            raise Wrong(message)
    for name, actual, expected in zip(
        ("parameter", "velocity"), result, momentum_step(parameter, velocity, slope, 0.1, 0.9)
    ):
        expect_close(actual, expected, f"The new {name} is not what the two lines of the text give.")


def test_starts(answer):
    keys = ("arrays that moved", "different units")
    if not isinstance(answer, dict) or set(answer) != set(keys):
        raise Wrong(f"Answer with a dictionary of two numbers, under the keys {keys[0]!r} and {keys[1]!r}.")
    moved, units = (answer[key] for key in keys)
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
    if units == 64:
        raise Wrong("(b) Not 64. Did you count on the weights from the random start?")
    if units == 784:
        raise Wrong("(b) 784 is the number of pixels. One hidden unit is a column: `axis=1`, then `.shape[1]`.")
    if units != 1:
        raise Wrong(
            "(b) All units begin alike and see the same. Start from exactly 0.05, one epoch at 0.3, and round to 3 digits."
        )


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
        },
        explanation="The slope is 2 * (6 - 3) * 3 = 18; the step 0.05 * 18 = 0.9 goes against it, from 2 to 1.1.",
    ),
    Exercise(
        key="002-2",
        title="The backward pass of tanh",
        minutes=10,
        test=test_tanh,
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
        },
        explanation="The chain rule multiplies; and keeping `hidden` from the forward pass saves computing tanh again.",
    ),
    Exercise(
        key="002-3",
        title="Momentum",
        minutes=10,
        test=test_momentum,
        hints=(
            "Two lines: first the new velocity, from the old one and the slope; then the parameter plus the new velocity.",
            "Use `new_velocity = ...` and `return parameter + new_velocity, new_velocity`; no `+=` on the arguments.",
        ),
        solution=momentum_step,
        wrong_answers={
            "uphill": uphill,
            "forgets the velocity": no_memory,
            "moves by the old velocity": old_velocity,
            "learning rate twice": rate_twice,
            "changes its arguments": in_place,
            "returns one thing": parameter_only,
        },
        explanation="This is what keras.optimizers.SGD(momentum=0.9) does: slopes that keep their sign add up, those that flip cancel.",
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
        solution={"arrays that moved": 1, "different units": 1},
        wrong_answers={
            "everything moves": {"arrays that moved": 4, "different units": 1},
            "both biases move": {"arrays that moved": 2, "different units": 1},
            "nothing moves": {"arrays that moved": 0, "different units": 1},
            "counts on the random start": {"arrays that moved": 1, "different units": 64},
            "counts pixels": {"arrays that moved": 1, "different units": 784},
            "only one number": 1,
        },
        explanation=(
            "From zeros, hidden values and passed-back errors are 0, so only the output bias moves. From equal weights all units "
            "get equal slopes and stay copies of one unit. In a longer run from 0.01, rounding errors may part the copies: a tie "
            "broken by accident. Random starts break it on purpose."
        ),
    ),
]
