"""Exercises of lesson 201: the recurrent layer by hand."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number


def count_weights(features, units, time_steps):
    return features * units + units * units + units


def weights_of_one_matrix(features, units, time_steps):
    return units * (features + units + 1)


def weights_times_steps(features, units, time_steps):
    return time_steps * count_weights(features, units, time_steps)


def weights_without_recurrent_kernel(features, units, time_steps):
    return features * units + units


def weights_without_bias(features, units, time_steps):
    return features * units + units * units


def weights_without_kernel(features, units, time_steps):
    return units * units + units


def weights_with_two_biases(features, units, time_steps):
    return features * units + units * units + 2 * units


def weights_of_one_memory_a_unit(features, units, time_steps):
    return features * units + 2 * units


WEIGHT_MISTAKES = (
    (weights_times_steps, "You count the weights once for each step, but all steps share them."),
    (
        weights_without_recurrent_kernel,
        "The recurrent kernel is missing: it leads from every unit to every unit.",
    ),
    (weights_without_kernel, "The kernel is missing: it leads from every feature to every unit."),
    (weights_with_two_biases, "Two biases a unit are one too many: the sum of both products gets a single one."),
    (weights_without_bias, "The bias is missing: one number a unit."),
    (
        weights_of_one_memory_a_unit,
        "Your recurrent kernel leads from each unit to itself only. It leads from every unit to every unit.",
    ),
)


def test_count_weights(answer):
    random = np.random.default_rng(0)
    for sizes in ((7, 64, 24), (3, 4, 7), tuple(random.integers(2, 30, size=3).tolist())):
        given, expected = one_number(answer(*sizes)), count_weights(*sizes)
        for mistake, message in WEIGHT_MISTAKES:
            if given == mistake(*sizes) != expected:
                raise Wrong(message)
        if given != expected:
            raise Wrong("{} features, {} units and {} steps: {} weights are expected.".format(*sizes, expected))


def continue_rnn(inputs, kernel, recurrent_kernel, bias, initial_state):
    state = initial_state
    for step in range(inputs.shape[1]):
        state = np.tanh(inputs[:, step] @ kernel + state @ recurrent_kernel + bias)
    return state


def continue_with_one_matrix(inputs, kernel, recurrent_kernel, bias, initial_state):
    state, weights = initial_state, np.concatenate([kernel, recurrent_kernel])
    for step in range(inputs.shape[1]):
        state = np.tanh(np.concatenate([inputs[:, step], state], axis=1) @ weights + bias)
    return state


def ignores_initial_state(inputs, kernel, recurrent_kernel, bias, initial_state):
    return continue_rnn(inputs, kernel, recurrent_kernel, bias, np.zeros_like(initial_state))


def forgets_tanh(inputs, kernel, recurrent_kernel, bias, initial_state):
    state = initial_state
    for step in range(inputs.shape[1]):
        state = inputs[:, step] @ kernel + state @ recurrent_kernel + bias
    return state


def returns_all_states(inputs, kernel, recurrent_kernel, bias, initial_state):
    states = [initial_state]
    for step in range(inputs.shape[1]):
        states.append(continue_rnn(inputs[:, step : step + 1], kernel, recurrent_kernel, bias, states[-1]))
    return np.stack(states[1:], axis=1)


def always_from_initial_state(inputs, kernel, recurrent_kernel, bias, initial_state):
    return continue_rnn(inputs[:, -1:], kernel, recurrent_kernel, bias, initial_state)


def forgets_bias(inputs, kernel, recurrent_kernel, bias, initial_state):
    return continue_rnn(inputs, kernel, recurrent_kernel, 0 * bias, initial_state)


def stops_one_step_early(inputs, kernel, recurrent_kernel, bias, initial_state):
    return continue_rnn(inputs[:, :-1], kernel, recurrent_kernel, bias, initial_state)


CONTINUE_MISTAKES = (
    (forgets_bias, "The bias is missing."),
    (stops_one_step_early, "You stop one step early: the last inputs are never read."),
    (ignores_initial_state, "The initial state is not used: the result is that of a start from zero."),
    (forgets_tanh, "The tanh is missing."),
    (
        always_from_initial_state,
        "Every step starts again from initial_state: the state of the step before is lost.",
    ),
)


def test_continue_rnn(answer):
    for seed, (batch, time, features, units) in enumerate([(2, 5, 3, 4), (1, 3, 2, 6), (4, 6, 1, 2)]):
        random = np.random.default_rng(seed)
        inputs, initial_state = random.normal(size=(batch, time, features)), random.normal(size=(batch, units))
        weights = (
            random.normal(size=(features, units)),
            random.normal(size=(units, units)) / 2,
            random.normal(size=units),
        )

        def ask(inputs, initial_state, weights=weights):
            return answer(*(array.copy() for array in (inputs, *weights, initial_state)))

        expected, given = continue_rnn(inputs, *weights, initial_state), ask(inputs, initial_state)
        if isinstance(given, tuple):
            raise Wrong("You return several arrays. Only the last state is asked for.")
        if np.shape(given) == (batch, time, units):
            raise Wrong("You return the states of all steps, (batch, time, units). Only the last one is asked for.")
        for mistake, message in CONTINUE_MISTAKES:
            wrong = mistake(inputs, *weights, initial_state)
            if np.shape(given) == wrong.shape and np.allclose(given, wrong):
                raise Wrong(message)
        formula = "tanh(input @ kernel + state @ recurrent_kernel + bias)"
        expect_close(given, expected, f"The last state is not that of the formula: {formula}.")
        halves = ask(inputs[:, 2:], np.asarray(ask(inputs[:, :2], initial_state)))
        expect_close(halves, expected, "Two halves, the second continued from the first, should end like the whole.")


def effect_of_first_state(states, recurrent_weight):
    states = np.asarray(states)
    return np.prod(recurrent_weight * (1 - states[1:] ** 2))


def effect_walked_backwards(states, recurrent_weight):
    effect = 1.0
    for state in states[:0:-1]:
        effect = effect * (1 - state**2) * recurrent_weight
    return effect


def includes_first_slope(states, recurrent_weight):
    return np.prod(recurrent_weight * (1 - np.asarray(states) ** 2))


def forgets_slope(states, recurrent_weight):
    return recurrent_weight ** (len(states) - 1)


def one_step_off(states, recurrent_weight):
    return np.prod(recurrent_weight * (1 - np.asarray(states)[:-1] ** 2))


def forgets_weight(states, recurrent_weight):
    return np.prod(1 - np.asarray(states)[1:] ** 2)


def adds_instead(states, recurrent_weight):
    return np.sum(recurrent_weight * (1 - np.asarray(states)[1:] ** 2))


def cuts_factors(states, recurrent_weight):
    return np.prod(np.minimum(recurrent_weight * (1 - np.asarray(states)[1:] ** 2), 1))


def loses_the_sign(states, recurrent_weight):
    return np.abs(effect_of_first_state(states, recurrent_weight))


EFFECT_MISTAKES = (
    (
        includes_first_slope,
        "One factor too many: the way from states[0] to the last state passes through the tanh of steps 2, 3, ... only.",
    ),
    (
        one_step_off,
        "One step off: the slopes are those of the newer states. The last state's counts, that of states[0] does not.",
    ),
    (forgets_slope, "The slopes of tanh, 1 - state², are missing."),
    (forgets_weight, "The recurrent weight is missing: each step multiplies by it."),
    (
        adds_instead,
        "You add the factors of the steps. Along one path they are multiplied; only different paths are added.",
    ),
    (cuts_factors, "You cut the factors at 1. A factor may be larger: that is how gradients explode."),
    (loses_the_sign, "The size is right, the sign is not: a negative recurrent weight turns it at each passage."),
)


def test_effect_of_first_state(answer):
    # both signs, odd and even powers, small states whose factors are above 1
    for length, weight, spread in ((5, 0.8, 1), (4, -1.2, 1), (8, -1.1, 1), (3, 1.1, 1), (1, 0.5, 1), (6, 2.0, 0.4)):
        states = np.tanh(spread * np.random.default_rng(length).normal(size=length))
        given, expected = one_number(answer(states.copy(), weight)), effect_of_first_state(states, weight)
        for mistake, message in EFFECT_MISTAKES:
            if length > 1 and np.isclose(given, mistake(states, weight)) and not np.isclose(given, expected):
                raise Wrong(message)
        message = f"Over {length} state{'s' * (length > 1)} with recurrent weight {weight} it is not the product along the path."
        expect_close(given, expected, message, tolerance=1e-5)


SHARES_FOUND = {"keeps": 1.0, "halves": 0.0}


def test_shares_found(answer):
    keeps, halves = measured_numbers(answer, *SHARES_FOUND, shares=tuple(SHARES_FOUND))
    if min(keeps, halves) > 0.95:
        raise Wrong("At one of the six lengths the halving reader does far worse. Did you ask both at all six?")
    if 0.4 < min(keeps, halves) and max(keeps, halves) < 0.6:
        raise Wrong("Both guess, as before their training. Run the cells that train them, in order.")
    if halves > keeps + 0.5:
        raise Wrong("It is the halving reader that does worse. Are the two at the right names?")
    if halves > 0.7:
        raise Wrong("At one of the six lengths the halving reader does worse. Is it the smallest share, not the mean?")


PROGRAM = """
shares_found = {}
for name in ("keeps", "halves"):
    right = []
    for length in (10, 20, 30, 40, 50, 60):
        right.append(share_right(readers[name, 40], length))
    print(name, right)
    shares_found[name] = min(right)
check("201-4", shares_found)
"""

EXERCISES = [
    Exercise(
        key="201-1",
        title="Count the weights of a recurrent layer",
        minutes=5,
        test=test_count_weights,
        hints=(
            "There are three arrays of weights: kernel, recurrent kernel and bias. Multiply out their shapes.",
            "Look at the shapes that the comparison with Keras displayed: (3, 4) and (4, 4), and one bias a unit.",
        ),
        solution=count_weights,
        wrong_answers={
            "weights of their own for each step": weights_times_steps,
            "no recurrent kernel": weights_without_recurrent_kernel,
            "no bias": weights_without_bias,
            "no kernel": weights_without_kernel,
            "two biases": weights_with_two_biases,
            "each unit remembers only itself": weights_of_one_memory_a_unit,
        },
        also_right={"one matrix of both kernels": weights_of_one_matrix},
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
            "the initial state is ignored": ignores_initial_state,
            "all states are returned": returns_all_states,
            "no tanh": forgets_tanh,
            "no bias": forgets_bias,
            "one step early": stops_one_step_early,
            "the state is not carried on": always_from_initial_state,
        },
        also_right={"both kernels as one matrix": continue_with_one_matrix},
        explanation="The state is all that the layer knows of the past, so a stream can be cut anywhere. "
        "Keras calls this `stateful=True`.",
    ),
    Exercise(
        key="201-3",
        title="The effect of the first state on the last",
        minutes=10,
        test=test_effect_of_first_state,
        hints=(
            "From one state to the next there are two factors: the recurrent weight and the slope of tanh at the newer state.",
            "With T states there are T - 1 passages: multiply recurrent_weight * (1 - states[t] ** 2) for t = 1 to T - 1, "
            "counted from 0.",
        ),
        solution=effect_of_first_state,
        wrong_answers={
            "the slope of the first step too": includes_first_slope,
            "the slopes one step off": one_step_off,
            "no slopes": forgets_slope,
            "no weight": forgets_weight,
            "a sum in place of a product": adds_instead,
            "the size without the sign": loses_the_sign,
            "no factor above 1": cuts_factors,
        },
        also_right={"a loop from the end": effect_walked_backwards},
        explanation="A product of many factors below 1 vanishes; of many factors above 1 it explodes. The slope is at most 1.",
    ),
    Exercise(
        key="201-4",
        title="Right at any length?",
        minutes=15,
        test=test_shares_found,
        hints=(
            'reader = readers["halves", 40]; share_right(reader, 20) is its share at 20 numbers.',
            "found = [share_right(reader, length) for length in (10, 20, 30, 40, 50, 60)]; then min(found).",
        ),
        solution=SHARES_FOUND,
        wrong_answers={
            "the two swapped": {"keeps": 0.0, "halves": 1.0},
            "only the length 40": {"keeps": 1.0, "halves": 1.0},
            "before the training": {"keeps": 0.47, "halves": 0.49},
            "means": {"keeps": 1.0, "halves": 0.8},
            "in per cent": {"keeps": 100.0, "halves": 0.0},
            "not a number": {"keeps": 1.0, "halves": float("nan")},
            "one left out": {"keeps": 1.0},
        },
        also_right={"another start": {"keeps": 0.0, "halves": 0.001}, "a third": {"keeps": 0.94, "halves": 0.11}},
        program=PROGRAM,
        explanation="Accepting any length is not being right at any length. A state that became a switch stays where it is; one "
        "that goes on moving stands elsewhere before and after step 40, to which the dense layer was fitted. A share far "
        "below one half means reversed answers. Which of the two a training finds changes from start to start.",
    ),
]
