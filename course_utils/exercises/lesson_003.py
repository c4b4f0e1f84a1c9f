"""Exercises of lesson 003, optimizers by hand."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number, some_numbers
from course_utils.scale import scale

RATE_MISTAKES = (
    (4.0, "4 is the limit of the flattest direction. The steepest one would fly off."),
    (0.25, "0.25 is the limit of the middle direction. The steepest one would fly off."),
    (0.025, "With 1 / curvature the factor is 0, which is best for that direction, not the limit. The factor may go down to -1."),
    (0.1237, "The mean of the curvatures does not decide. Look at the steepest direction alone."),
    (40.0, "40 is the greatest curvature. For which rate is 1 - rate * 40 equal to -1?"),
)  # fmt: skip


def test_largest_rate(answer):
    rate = one_number(answer, "The rate")
    for mistake, message in RATE_MISTAKES:
        if np.isclose(rate, mistake, rtol=1e-2, atol=0):
            raise Wrong(message)
    expect_close(
        rate,
        0.05,
        f"With the rate {rate:g}, compute 1 - rate * curvature for each of the three: the limit is where one is -1.",
        tolerance=1e-6,
    )


FIRST_STEP_MISTAKES = (
    ([0.99997, 6.0], "That is a step of plain descent. Adam divides each slope by its own size."),
    ([0.99, 0.99], "The second slope is negative: its weight grows."),
    ([1.01, 0.99], "Both go uphill. A step goes against the slope."),
    ([0.9684, 1.0316], "The bias correction is missing: mean / (1 - 0.9) and square / (1 - 0.999)."),
    ([0.999, 1.001], "Only the mean is a tenth too small here. Correct it, too: divide by 1 - 0.9."),
    ([-0.01, 0.01], "These are the steps. Add them to the weights, which are 1."),
)  # fmt: skip


def test_first_step(answer):
    weights = some_numbers(answer, (2,))
    for mistake, message in FIRST_STEP_MISTAKES:
        if np.allclose(weights, mistake, rtol=0, atol=2e-5 if mistake[0] == 0.99997 else 2e-4):
            raise Wrong(message)
    expect_close(weights, [0.99, 1.01], "After the bias correction, mean / sqrt(square) is slope / |slope|: a sign.")


def nesterov_step(weights, slopes, velocity, learning_rate, momentum):
    new_velocity = momentum * velocity - learning_rate * slopes
    new_weights = weights + momentum * new_velocity - learning_rate * slopes
    return new_weights, new_velocity


def momentum_step(weights, slopes, velocity, learning_rate, momentum):
    new_velocity = momentum * velocity - learning_rate * slopes
    return weights + new_velocity, new_velocity


def uphill(weights, slopes, velocity, learning_rate, momentum):
    new_velocity = momentum * velocity + learning_rate * slopes
    return weights + momentum * new_velocity + learning_rate * slopes, new_velocity


def no_push(weights, slopes, velocity, learning_rate, momentum):
    new_velocity = momentum * velocity - learning_rate * slopes
    return weights + momentum * new_velocity, new_velocity


def old_velocity(weights, slopes, velocity, learning_rate, momentum):
    return nesterov_step(weights, slopes, velocity, learning_rate, momentum)[0], velocity


def nesterov_by_looking_ahead(weights, slopes, velocity, learning_rate, momentum):
    push = -learning_rate * np.asarray(slopes)
    coming = push + np.multiply(velocity, momentum)
    return [weights + push + coming * momentum, coming]


def in_place(weights, slopes, velocity, learning_rate, momentum):
    velocity *= momentum
    velocity -= learning_rate * slopes
    weights += momentum * velocity - learning_rate * slopes
    return weights, velocity


def weights_only(weights, slopes, velocity, learning_rate, momentum):
    return nesterov_step(weights, slopes, velocity, learning_rate, momentum)[0]


def swapped(weights, slopes, velocity, learning_rate, momentum):
    return nesterov_step(weights, slopes, velocity, learning_rate, momentum)[::-1]


NESTEROV_MISTAKES = (
    (momentum_step, "This is momentum as on the page. Nesterov's weight moves by momentum * new velocity - learning_rate * slope."),
    (uphill, "The ball rolls uphill: subtract learning_rate * slope."),
    (no_push, "The weight moves by momentum * new velocity alone. The push of the slope comes on top, once more."),
    (old_velocity, "You return the velocity that you were given. The next step needs the new one."),
    (swapped, "The order is: the new weights, then the new velocity."),
)  # fmt: skip


def test_nesterov(answer):
    generator = np.random.default_rng(0)
    for learning_rate, momentum in ((0.1, 0.9), (0.5, 0.3), (0.02, 0.99)):
        arrays = generator.normal(size=(3, 2, 4))
        _nesterov_case(answer, arrays, learning_rate, momentum)


def _nesterov_case(answer, arrays, learning_rate, momentum):
    weights, slopes, velocity = arrays
    result = answer(weights, slopes, velocity, learning_rate, momentum)
    if isinstance(result, np.ndarray) and result.ndim == 3:
        result = list(result)  # an array of two arrays
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise Wrong("Return two things, in this order: the new weights, the new velocity.")
    for mistake, message in NESTEROV_MISTAKES:
        expected = mistake(*arrays, learning_rate, momentum)
        if all(np.shape(r) == np.shape(e) and np.allclose(r, e) for r, e in zip(result, expected)):
            raise Wrong(message)
    right = nesterov_step(*arrays, learning_rate, momentum)
    for name, actual, expected in zip(("weights", "velocity"), result, right):
        expect_close(actual, expected, f"The new {name}: not what the text of the exercise gives.")


def test_scale_alone(answer):
    rate, accuracy = measured_numbers(answer, "rate", "validation accuracy", shares=("validation accuracy",))
    if not any(np.isclose(rate, tried) for tried in (0.001, 0.003, 0.01)):
        raise Wrong("The rate is one of 0.001, 0.003 and 0.01.")
    if accuracy < 0.5:
        raise Wrong(
            "Fewer than half: that is no trained network. Take the last value of `val_accuracy` of `train(...)`."
        )
    least, most = scale(quick=(0.905, 0.965), full=(0.9, 0.99))
    if accuracy < least:
        raise Wrong("One of the three rates reads more than nine of ten. Take the greatest accuracy of the three.")
    if accuracy > most:
        raise Wrong("More than the network reaches on validation digits. Did you read the training accuracy?")


EXERCISES = [
    Exercise(
        key="003-1",
        title="The largest rate",
        minutes=5,
        test=test_largest_rate,
        hints=(
            "One step multiplies a distance by 1 - rate * curvature. Between which two numbers must that lie?",
            "The steepest direction comes first to its limit: 1 - rate * 40 = -1.",
        ),
        solution=0.05,
        wrong_answers={
            "the flattest direction": 4.0,
            "the middle direction": 0.25,
            "one over the curvature": 0.025,
            "the mean curvature": 0.1237,
            "the curvature": 40,
            "true": True,
            "not a number": float("nan"),
        },
        explanation="1 - rate * 40 is -1 at 2 / 40 = 0.05. The other two directions would bear more, but they must wait.",
    ),
    Exercise(
        key="003-2",
        title="The first step of Adam",
        minutes=5,
        test=test_first_step,
        hints=(
            "After one step and its correction, what is the mean? And what is the square?",
            "The mean is the slope, the square is the slope squared. Divide the mean by the root of the square.",
        ),
        solution=[0.99, 1.01],
        wrong_answers={
            "plain descent": [0.99997, 6.0],
            "the sign is lost": [0.99, 0.99],
            "uphill": [1.01, 0.99],
            "no correction": [0.9684, 1.0316],
            "the steps": [-0.01, 0.01],
            "one number": 0.99,
            "not a number": [0.99, float("nan")],
        },
        explanation="The first step of Adam is the sign of the slope times the rate: 0.003 and -500 count alike.",
    ),
    Exercise(
        key="003-3",
        title="Nesterov's momentum",
        minutes=10,
        test=test_nesterov,
        leaves_arguments=True,
        hints=(
            "The first line is that of `momentum_step`. Only what is added to the weights differs.",
            "`new_velocity = momentum * velocity - learning_rate * slopes`, and the weights move by "
            "`momentum * new_velocity - learning_rate * slopes`; no `+=` on the arguments.",
        ),
        solution=nesterov_step,
        also_right={"in other words": nesterov_by_looking_ahead},
        wrong_answers={
            "plain momentum": momentum_step,
            "uphill": uphill,
            "no push": no_push,
            "swapped": swapped,
            "the old velocity": old_velocity,
            "changes its arguments": in_place,
            "returns one thing": weights_only,
        },
        explanation="This is keras.optimizers.SGD(momentum=0.9, nesterov=True): the ball takes the next push of its velocity at once.",
    ),
    Exercise(
        key="003-4",
        title="Scale without momentum (open)",
        minutes=15,
        test=test_scale_alone,
        hints=(
            "`history = train(keras.optimizers.Adam(0.001, beta_1=0.0))`, then `history['val_accuracy'][-1]`.",
            "Do it in a loop over the three rates and keep rate and accuracy of the greatest.",
        ),
        solution={"rate": 0.003, "validation accuracy": 0.94},
        program="""
            accuracies = {}
            for rate in (0.001, 0.003, 0.01):
                history = train(keras.optimizers.Adam(rate, beta_1=0.0))
                accuracies[rate] = history["val_accuracy"][-1]
            best = max(accuracies, key=accuracies.get)
            finding = {"rate": best, "validation accuracy": accuracies[best]}
            """,
        also_right={"another run": {"rate": 0.01, "validation accuracy": 0.928}},
        wrong_answers={
            "percent": {"rate": 0.003, "validation accuracy": 93.8},
            "another rate": {"rate": 0.3, "validation accuracy": 0.93},
            "untrained": {"rate": 0.003, "validation accuracy": 0.1},
            "a bad rate": {"rate": 0.001, "validation accuracy": 0.85},
            "training accuracy": {"rate": 0.003, "validation accuracy": 0.984},
            "only one number": 0.93,
            "not a number": {"rate": 0.003, "validation accuracy": float("nan")},
        },
        explanation="In our run 0.003 read 0.940 of the validation digits, Adam with momentum 0.944: two digits of 500, no difference.",
    ),
]
