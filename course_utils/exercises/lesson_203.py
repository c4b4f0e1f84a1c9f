"""Exercises of lesson 203: the weights of gated layers, a forget bias, coupled gates, and lengths never seen."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, expect_equal, measured_numbers


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def count_weights(kind, features, units):
    if kind == "LSTM":
        return 4 * (features * units + units * units + units)
    return 3 * (features * units + units * units + 2 * units)


def _weights_of_one_block(kind, features, units):
    return features * units + units * units + units


def _weights_with_one_bias(kind, features, units):
    blocks = 4 if kind == "LSTM" else 3
    return blocks * (features * units + units * units + units)


def _weights_of_three_gates(kind, features, units):
    gates = 3 if kind == "LSTM" else 2
    return gates * (features * units + units * units + units)


def test_count_weights(answer):
    sizes = (3, 5)
    given = {kind: answer(kind, *sizes) for kind in ("LSTM", "GRU")}
    if given["LSTM"] is None:
        raise Wrong("The function returns None: is the `return` missing?")
    if given["LSTM"] == _weights_of_one_block("LSTM", *sizes):
        raise Wrong("That is a plain layer. How many blocks of weights stand side by side in the kernel of an LSTM?")
    if given["LSTM"] == _weights_of_three_gates("LSTM", *sizes):
        raise Wrong("You count the gates only. The candidate has weights of its own too.")
    if given["GRU"] == _weights_with_one_bias("GRU", *sizes):
        raise Wrong("The LSTM is right. The GRU of Keras has two biases a block: look at the shapes that were printed.")
    for kind, features, units in (("LSTM", 3, 5), ("GRU", 3, 5), ("LSTM", 1, 32), ("GRU", 7, 1)):
        expected = count_weights(kind, features, units)
        message = f"{kind} with {features} features and {units} units: there are {expected} weights."
        expect_equal(answer(kind, features, units), expected, message)


def bias_for_half_life(steps):
    keep = 0.5 ** (1 / steps)
    return np.log(keep / (1 - keep))


def _gate_in_place_of_bias(steps):
    return 0.5 ** (1 / steps)


def _half_over_steps(steps):
    keep = 1 - 0.5 / steps
    return np.log(keep / (1 - keep))


def _sign_turned(steps):
    return -bias_for_half_life(steps)


def test_bias_for_half_life(answer):
    given = answer(200)
    if given is None:
        raise Wrong("The function returns None: is the `return` missing?")
    if np.allclose(given, _gate_in_place_of_bias(200)):
        raise Wrong("That is the forget gate itself. Which bias gives this gate? Turn the sigmoid around.")
    if np.allclose(given, _sign_turned(200)):
        raise Wrong("The sign is turned: this bias forgets half of the cell 200 times faster. A large bias must keep.")
    if np.allclose(given, _half_over_steps(200)):
        raise Wrong(
            "You take the same amount away at each step. The gate multiplies: gate to the power of steps is a half."
        )
    for steps in (200, 1, 10, 1000):
        expect_close(
            float(answer(steps)), bias_for_half_life(steps), f"For {steps} steps, sigmoid(bias) ** {steps} is not 0.5."
        )


def coupled_step(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    forget_gate, candidate, output_gate = np.split(inputs @ kernel + hidden_state @ recurrent_kernel + bias, 3, axis=-1)
    forget_gate, output_gate = _sigmoid(forget_gate), _sigmoid(output_gate)
    cell_state = forget_gate * cell_state + (1 - forget_gate) * np.tanh(candidate)
    return output_gate * np.tanh(cell_state), cell_state


def _writes_everything(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    forget_gate, candidate, output_gate = np.split(inputs @ kernel + hidden_state @ recurrent_kernel + bias, 3, axis=-1)
    cell_state = _sigmoid(forget_gate) * cell_state + np.tanh(candidate)
    return _sigmoid(output_gate) * np.tanh(cell_state), cell_state


def _gates_swapped(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    forget_gate, candidate, output_gate = np.split(inputs @ kernel + hidden_state @ recurrent_kernel + bias, 3, axis=-1)
    forget_gate = 1 - _sigmoid(forget_gate)
    cell_state = forget_gate * cell_state + (1 - forget_gate) * np.tanh(candidate)
    return _sigmoid(output_gate) * np.tanh(cell_state), cell_state


def _shows_the_raw_cell(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    new_hidden, new_cell = coupled_step(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias)
    return new_hidden / np.tanh(new_cell) * new_cell, new_cell


def _states_in_wrong_order(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    return coupled_step(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias)[::-1]


def test_coupled_step(answer):
    random = np.random.default_rng(0)
    arguments = [random.normal(size=size) for size in ((2, 3), (2, 4), (2, 4), (3, 12), (4, 12), (12,))]
    expected, given = coupled_step(*arguments), answer(*arguments)
    if not isinstance(given, tuple) or len(given) != 2:
        raise Wrong("Return two arrays: the new hidden state and the new cell.")
    if any(np.shape(array) != (2, 4) for array in given):
        raise Wrong(f"Both states must be (batch, units); yours are {[np.shape(array) for array in given]}.")
    named = (
        (_states_in_wrong_order, "The two states are in the wrong order: hidden state first, then the cell."),
        (_gates_swapped, "Forget gate and its complement are swapped: the forget gate says what is *kept*."),
        (_shows_the_raw_cell, "The cell is right. The hidden state is the output gate times *tanh* of the cell."),
        (_writes_everything, "The candidate is written in full. Multiply it by what was forgotten, 1 - forget gate."),
    )
    for wrong, message in named:
        if all(np.allclose(one, other) for one, other in zip(given, wrong(*arguments))):
            raise Wrong(message)
    expect_close(given[1], expected[1], "The new cell differs: forget * old cell + (1 - forget) * tanh(candidate).")
    expect_close(given[0], expected[0], "The cell is right, the hidden state differs: output gate * tanh(new cell).")


ERRORS_AT_LENGTH = {"LSTM 50": 0.004, "LSTM 200": 0.28, "GRU 50": 0.003, "GRU 200": 0.11}


def test_errors_at_length(answer):
    lstm_50, lstm_200, gru_50, gru_200 = measured_numbers(answer, "LSTM 50", "LSTM 200", "GRU 50", "GRU 200")
    if min(lstm_50, lstm_200, gru_50, gru_200) <= 0:
        raise Wrong("A mean squared error is above zero. Did you average the differences without squaring them?")
    if max(lstm_50, gru_50) > 0.05:
        raise Wrong(
            "Length 50 is what they were trained on: the error must be small. Is it `trained[..., 50, 0]`, and squared?"
        )
    if lstm_200 < lstm_50 * 1.01 and gru_200 < gru_50 * 1.01:
        raise Wrong(
            "Neither error grows at length 200. Did you make new sequences with adding_problem(1000, 200, seed=...)?"
        )


EXERCISES = [
    Exercise(
        key="203-1",
        title="Count the weights of gated layers",
        minutes=5,
        test=test_count_weights,
        hints=(
            "A plain layer has features * units + units * units + units. How many such blocks have LSTM and GRU?",
            "LSTM: four blocks, three gates and the candidate. GRU: three blocks, and the bias is (2, 3 * units).",
        ),
        solution=count_weights,
        wrong_answers={
            "a single block": _weights_of_one_block,
            "the candidate forgotten": _weights_of_three_gates,
            "one bias in the GRU": _weights_with_one_bias,
        },
        explanation="For equal numbers of weights a GRU may have about 15 % more units than an LSTM.",
    ),
    Exercise(
        key="203-2",
        title="A forget bias for a half-life",
        minutes=10,
        test=test_bias_for_half_life,
        hints=(
            "After n steps the cell is multiplied by gate ** n. Set that to 0.5 and solve for the gate.",
            "The gate is sigmoid(bias). The inverse of the sigmoid is log(gate / (1 - gate)).",
        ),
        solution=bias_for_half_life,
        wrong_answers={
            "the gate": _gate_in_place_of_bias,
            "the same amount each step": _half_over_steps,
            "the sign": _sign_turned,
        },
        explanation="For long half-lives the bias is about log(steps / 0.69): it grows slowly, so 5 or 6 reaches hundreds of steps.",
    ),
    Exercise(
        key="203-3",
        title="Coupled gates",
        minutes=10,
        test=test_coupled_step,
        hints=(
            "Start from lstm_step. Split into three blocks, and use 1 - forget_gate where the input gate stood.",
            "cell = forget * cell + (1 - forget) * tanh(candidate); hidden = output * tanh(cell).",
        ),
        solution=coupled_step,
        wrong_answers={
            "the candidate in full": _writes_everything,
            "the two shares swapped": _gates_swapped,
            "no tanh around the cell": _shows_the_raw_cell,
            "the order of the states": _states_in_wrong_order,
        },
        explanation="A GRU's update gate does the same. The cell is then an average of candidates and cannot grow without bound.",
    ),
    Exercise(
        key="203-4",
        title="Lengths that were never seen",
        minutes=15,
        test=test_errors_at_length,
        hints=(
            "new_inputs, new_answers = adding_problem(1000, 200, seed=12), then trained['LSTM', 50, 0].predict(new_inputs, verbose=0).",
            "The mean squared error is ((prediction - new_answers) ** 2).mean(). Repeat for both kinds and both lengths.",
        ),
        solution=ERRORS_AT_LENGTH,
        wrong_answers={
            "differences not squared": {**ERRORS_AT_LENGTH, "LSTM 50": -0.01},
            "an untrained network": {"LSTM 50": 1.2, "LSTM 200": 1.2, "GRU 50": 1.1, "GRU 200": 1.2},
            "length 50 twice": {"LSTM 50": 0.006, "LSTM 200": 0.006, "GRU 50": 0.005, "GRU 200": 0.005},
        },
        explanation="The rule, mark means write, does not depend on the length. But small losses and small unwanted writings add up: at four times the length a network may be worse than the baseline.",
    ),
]
