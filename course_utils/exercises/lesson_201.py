"""Exercises of lesson 201: the recurrent layer by hand, and what a forecaster relies on."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, expect_equal


def count_weights(features, units, time_steps):
    return features * units + units * units + units


def _weights_times_steps(features, units, time_steps):
    return time_steps * count_weights(features, units, time_steps)


def _weights_without_recurrent_kernel(features, units, time_steps):
    return features * units + units


def _weights_without_bias(features, units, time_steps):
    return features * units + units * units


def test_count_weights(answer):
    sizes = (7, 64, 24)
    given = answer(*sizes)
    if given is None:
        raise Wrong("The function returns None: is the `return` missing?")
    named = {
        _weights_times_steps(*sizes): "You count the weights once for each step, but all steps share them.",
        _weights_without_recurrent_kernel(
            *sizes
        ): "The recurrent kernel is missing: it leads from every unit to every unit.",
        _weights_without_bias(*sizes): "The bias is missing: one number a unit.",
    }
    if given in named:
        raise Wrong(named[given])
    for features, units, time_steps in (sizes, (3, 4, 7), (1, 1, 100)):
        expected = count_weights(features, units, time_steps)
        message = f"For {features} features, {units} units and {time_steps} steps there are {expected} weights."
        expect_equal(answer(features, units, time_steps), expected, message)


def continue_rnn(inputs, kernel, recurrent_kernel, bias, initial_state):
    state = initial_state
    for step in range(inputs.shape[1]):
        state = np.tanh(inputs[:, step] @ kernel + state @ recurrent_kernel + bias)
    return state


def _ignores_initial_state(inputs, kernel, recurrent_kernel, bias, initial_state):
    return continue_rnn(inputs, kernel, recurrent_kernel, bias, np.zeros_like(initial_state))


def _forgets_tanh(inputs, kernel, recurrent_kernel, bias, initial_state):
    state = initial_state
    for step in range(inputs.shape[1]):
        state = inputs[:, step] @ kernel + state @ recurrent_kernel + bias
    return state


def _returns_all_states(inputs, kernel, recurrent_kernel, bias, initial_state):
    states = [initial_state]
    for step in range(inputs.shape[1]):
        states.append(continue_rnn(inputs[:, step : step + 1], kernel, recurrent_kernel, bias, states[-1]))
    return np.stack(states[1:], axis=1)


def _always_from_initial_state(inputs, kernel, recurrent_kernel, bias, initial_state):
    return continue_rnn(inputs[:, -1:], kernel, recurrent_kernel, bias, initial_state)


def test_continue_rnn(answer):
    random = np.random.default_rng(0)
    inputs, initial_state = random.normal(size=(2, 5, 3)), random.normal(size=(2, 4))
    weights = random.normal(size=(3, 4)), random.normal(size=(4, 4)) * 0.5, random.normal(size=4)
    arguments = inputs, *weights, initial_state
    expected, given = continue_rnn(*arguments), answer(*arguments)
    if np.shape(given) == (2, 5, 4):
        raise Wrong("You return the states of all steps, (batch, time, units). Only the last one is asked for.")
    mistakes = {
        "The initial state is not used: the result is that of a start from zero.": _ignores_initial_state,
        "The tanh is missing.": _forgets_tanh,
        "Every step starts again from initial_state: the state of the step before is lost.": _always_from_initial_state,
    }
    for message, mistake in mistakes.items():
        wrong = mistake(*arguments)
        if np.shape(given) == wrong.shape and np.allclose(given, wrong):
            raise Wrong(message)
    expect_close(
        given,
        expected,
        "The last state is not that of the formula: tanh(input @ kernel + state @ recurrent_kernel + bias).",
    )
    first_half = answer(inputs[:, :2], *weights, initial_state)
    halves = answer(inputs[:, 2:], *weights, first_half)
    expect_close(halves, expected, "Two halves, the second continued from the first, should end like the whole.")


def effect_of_first_state(states, recurrent_weight):
    states = np.asarray(states)
    return np.prod(recurrent_weight * (1 - states[1:] ** 2))


def _includes_first_slope(states, recurrent_weight):
    return np.prod(recurrent_weight * (1 - np.asarray(states) ** 2))


def _forgets_slope(states, recurrent_weight):
    return recurrent_weight ** (len(states) - 1)


def _forgets_weight(states, recurrent_weight):
    return np.prod(1 - np.asarray(states)[1:] ** 2)


def _adds_instead(states, recurrent_weight):
    return np.sum(recurrent_weight * (1 - np.asarray(states)[1:] ** 2))


def test_effect_of_first_state(answer):
    states = np.tanh(np.random.default_rng(1).normal(size=5))
    given = answer(states, 0.8)
    mistakes = {
        "One factor too many: the way from the first state to the last passes through the tanh of steps 2, 3, ... only.": _includes_first_slope,
        "The slopes of tanh, 1 - state², are missing.": _forgets_slope,
        "The recurrent weight is missing: each step multiplies by it.": _forgets_weight,
        "You add the factors of the steps. Along one path they are multiplied; only different paths are added.": _adds_instead,
    }
    for message, mistake in mistakes.items():
        if given is not None and np.shape(given) == () and np.isclose(given, mistake(states, 0.8)):
            raise Wrong(message)
    for length, weight in ((5, 0.8), (3, -1.2), (1, 0.5)):
        states = np.tanh(np.random.default_rng(length).normal(size=length))
        message = f"The effect over {length} states with recurrent weight {weight} is not the product of weight and slope along the path."
        expect_close(answer(states, weight), effect_of_first_state(states, weight), message, tolerance=1e-6)


SHUFFLED_ERRORS = {"temperature": 2.1, "dew point": 2.0, "pressure": 1.6, "wind": 1.8, "clock": 2.7}


def test_shuffled_errors(answer):
    if not isinstance(answer, dict) or set(answer) != set(SHUFFLED_ERRORS):
        raise Wrong(f"A dictionary with the keys {', '.join(SHUFFLED_ERRORS)} was expected.")
    try:
        errors = {name: float(value) for name, value in answer.items()}
    except (TypeError, ValueError) as error:
        raise Wrong(
            "Each value must be one number: the mean absolute error 6 hours ahead, column 5 of the forecast."
        ) from error
    if np.ptp(list(errors.values())) < 0.02:
        raise Wrong(
            "All five errors are equal: the shuffled columns never reached the network. Did you assign them to a copy?"
        )
    if max(errors.values()) < 1.2:
        raise Wrong(
            "Even the largest error is below what the network reaches undisturbed: take column 5 (6 hours ahead), in °C."
        )
    if max(errors, key=errors.get) != "clock":
        raise Wrong(
            "Without the clock the error should be the largest. Shuffle its columns 5 and 6 together, between windows."
        )
    if errors["pressure"] > min(errors["temperature"], errors["dew point"]):
        raise Wrong(
            "Pressure should matter less than temperature and dew point. Start each group from fresh, unshuffled inputs."
        )


EXERCISES = [
    Exercise(
        key="201-1",
        title="Count the weights of a recurrent layer",
        minutes=5,
        test=test_count_weights,
        hints=(
            "There are three arrays of weights: kernel, recurrent kernel and bias. Multiply out their shapes.",
            "Look at the shapes that the comparison with Keras displayed: (3, 4), (4, 4) and (4,).",
        ),
        solution=count_weights,
        wrong_answers={
            "weights of their own for each step": _weights_times_steps,
            "no recurrent kernel": _weights_without_recurrent_kernel,
            "no bias": _weights_without_bias,
        },
        explanation="features · units + units · units + units. The length does not appear: all steps share the weights.",
    ),
    Exercise(
        key="201-2",
        title="Continue a sequence from a given state",
        minutes=10,
        test=test_continue_rnn,
        hints=(
            "Copy the loop of simple_rnn. Only its first state and what it returns change.",
            "Start with state = initial_state, overwrite state at each step, and return it after the loop.",
        ),
        solution=continue_rnn,
        wrong_answers={
            "the initial state is ignored": _ignores_initial_state,
            "all states are returned": _returns_all_states,
            "no tanh": _forgets_tanh,
            "the state is not carried on": _always_from_initial_state,
        },
        explanation="The state is all that the layer knows of the past, so a stream can be cut anywhere. Keras calls this `stateful=True`.",
    ),
    Exercise(
        key="201-3",
        title="The effect of the first state on the last",
        minutes=10,
        test=test_effect_of_first_state,
        hints=(
            "From one state to the next there are two factors: the recurrent weight and the slope of tanh at the newer state.",
            "With T states there are T - 1 passages: multiply recurrent_weight * (1 - states[t] ** 2) for t = 1 to T - 1, counted from 0.",
        ),
        solution=effect_of_first_state,
        wrong_answers={
            "the slope of the first step too": _includes_first_slope,
            "no slopes": _forgets_slope,
            "no weight": _forgets_weight,
            "a sum in place of a product": _adds_instead,
        },
        explanation="A product of many factors below 1 vanishes; of many factors above 1 it explodes. The slope is at most 1.",
    ),
    Exercise(
        key="201-4",
        title="What the forecaster relies on",
        minutes=15,
        test=test_shuffled_errors,
        hints=(
            "order = np.random.default_rng(0).permutation(len(test_inputs)); inputs = test_inputs.copy(); "
            "inputs[:, :, columns] = inputs[order][:, :, columns], with columns a list such as [5, 6].",
            "The error is error_by_hour(forecast_from(inputs))[5]. Loop over the five groups, each from a fresh copy.",
        ),
        solution=SHUFFLED_ERRORS,
        wrong_answers={
            "nothing was shuffled": {name: 1.56 for name in SHUFFLED_ERRORS},
            "a group is missing": {name: value for name, value in SHUFFLED_ERRORS.items() if name != "clock"},
            "standardised units": {name: 0.3 * value for name, value in SHUFFLED_ERRORS.items()},
            "the clock shuffled within windows or in part": {**SHUFFLED_ERRORS, "clock": 1.7},
            "groups shuffled one on top of the other": {
                "temperature": 2.1,
                "dew point": 2.5,
                "pressure": 2.6,
                "wind": 2.8,
                "clock": 3.4,
            },
        },
        explanation="The network forecasts a change, and the time of day says whether warming or cooling is due. "
        "Shuffling measures what this network uses, not what the weather obeys: related inputs can stand in for each other.",
    ),
]
