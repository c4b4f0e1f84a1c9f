"""Exercises of lesson 203: the weights of gated layers, a forget bias, coupled gates, and lengths never seen."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, one_number, some_numbers


def count_weights(kind, features, units):
    if kind == "LSTM":
        return 4 * (features * units + units * units + units)
    return 3 * (features * units + units * units + 2 * units)


def weights_by_shapes(kind, features, units):
    width = {"LSTM": 4, "GRU": 3}[kind] * units
    shapes = [(features, width), (units, width), (1, width) if kind == "LSTM" else (2, width)]
    return sum(rows * columns for rows, columns in shapes)


def weights_of_one_block(kind, features, units):
    return features * units + units * units + units


def weights_with_one_bias(kind, features, units):
    blocks = 4 if kind == "LSTM" else 3
    return blocks * (features * units + units * units + units)


def weights_of_the_gates(kind, features, units):
    gates = 3 if kind == "LSTM" else 2
    return gates * (features * units + units * units + units)


def weights_with_two_biases(kind, features, units):
    blocks = 4 if kind == "LSTM" else 3
    return blocks * (features * units + units * units + 2 * units)


def weights_without_recurrent_kernels(kind, features, units):
    return 4 * (features * units + units) if kind == "LSTM" else 3 * (features * units + 2 * units)


def weights_of_an_lstm(kind, features, units):
    return count_weights("LSTM", features, units)


WEIGHT_MISTAKES = {
    weights_of_one_block: "That is a plain layer. How many blocks of weights stand side by side in its kernel?",
    weights_of_the_gates: "You count the gates only. The candidate has weights of its own too.",
    weights_with_one_bias: "The GRU of Keras has two biases a block: look at the shapes that were printed.",
    weights_with_two_biases: "The LSTM has one bias a block. Only the GRU has two.",
    weights_without_recurrent_kernels: "The recurrent kernels are missing: they lead from every unit to every unit.",
    weights_of_an_lstm: "That is the LSTM. A GRU has three blocks: look at `kind`.",
}


def test_count_weights(answer):
    random = np.random.default_rng(0)
    for features, units in ((3, 5), (1, 32), (7, 1), tuple(random.integers(2, 40, size=2).tolist())):
        for kind in ("LSTM", "GRU"):
            given, expected = one_number(answer(kind, features, units)), count_weights(kind, features, units)
            for mistake, message in WEIGHT_MISTAKES.items():
                if given == mistake(kind, features, units) != expected:
                    raise Wrong(message)
            if given != expected:
                raise Wrong(f"{kind} with {features} features and {units} units: there are {expected} weights.")


def bias_for_half_life(steps):
    keep = 0.5 ** (1 / steps)
    return np.log(keep / (1 - keep))


def bias_by_exponentials(steps):
    return -np.log(np.expm1(np.log(2) / steps))


def gate_in_place_of_bias(steps):
    return 0.5 ** (1 / steps)


def half_over_steps(steps):
    keep = 1 - 0.5 / steps
    return np.log(keep / (1 - keep))


def sign_turned(steps):
    return -bias_for_half_life(steps)


def falls_to_one_over_e(steps):
    keep = np.exp(-1 / steps)
    return np.log(keep / (1 - keep))


def common_logarithm(steps):
    keep = 0.5 ** (1 / steps)
    return np.log10(keep / (1 - keep))


def logarithm_of_the_gate(steps):
    return np.log(0.5) / steps


BIAS_MISTAKES = {
    gate_in_place_of_bias: "That is the forget gate itself. Which bias gives this gate? Turn the sigmoid around.",
    sign_turned: "The sign is turned: this bias nearly closes the gate. A large bias must keep.",
    half_over_steps: "You take the same amount away at each step. The gate multiplies: gate to the power of steps is a half.",
    falls_to_one_over_e: "With this bias 37 % is left, one over e. Half of the cell should be.",
    common_logarithm: "The sigmoid holds powers of e: take the natural logarithm, np.log.",
    logarithm_of_the_gate: "That is the logarithm of the gate. The sigmoid turned around is log(gate / (1 - gate)).",
}


def test_bias_for_half_life(answer):
    for steps in (200, 10, 1, 1000, int(np.random.default_rng(0).integers(2, 500))):
        given, expected = one_number(answer(steps), "The bias"), bias_for_half_life(steps)
        for mistake, message in BIAS_MISTAKES.items():
            if np.isclose(given, mistake(steps), rtol=1e-5) and not np.isclose(mistake(steps), expected, rtol=1e-3):
                raise Wrong(message)
        expect_close(given, expected, f"For {steps} steps, sigmoid(bias) ** {steps} is not 0.5.", tolerance=5e-4)


def coupled_step(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    mixed = inputs @ kernel + hidden_state @ recurrent_kernel + bias
    forget_gate, candidate, output_gate = np.split(mixed, 3, axis=-1)
    forget_gate, output_gate = 1 / (1 + np.exp(-forget_gate)), 1 / (1 + np.exp(-output_gate))
    cell_state = forget_gate * cell_state + (1 - forget_gate) * np.tanh(candidate)
    return output_gate * np.tanh(cell_state), cell_state


def gates_and_candidate(inputs, hidden_state, kernel, recurrent_kernel, bias):
    mixed = inputs @ kernel + hidden_state @ recurrent_kernel + bias
    forget_gate, candidate, output_gate = np.split(mixed, 3, axis=-1)
    return 1 / (1 + np.exp(-forget_gate)), np.tanh(candidate), 1 / (1 + np.exp(-output_gate))


def coupled_step_unit_by_unit(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    units, hidden, cell = hidden_state.shape[1], np.empty(hidden_state.shape), np.empty(hidden_state.shape)
    for unit in range(units):
        columns = [unit, units + unit, 2 * units + unit]  # forget, candidate, output
        mixed = inputs @ kernel[:, columns] + hidden_state @ recurrent_kernel[:, columns] + bias[columns]
        forget_gate, output_gate = (0.5 + 0.5 * np.tanh(mixed[:, block] / 2) for block in (0, 2))
        candidate = np.tanh(mixed[:, 1])
        cell[:, unit] = candidate + forget_gate * (cell_state[:, unit] - candidate)
        hidden[:, unit] = output_gate * np.tanh(cell[:, unit])
    return [hidden, cell]


def writes_everything(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    forget_gate, candidate, output_gate = gates_and_candidate(inputs, hidden_state, kernel, recurrent_kernel, bias)
    cell_state = forget_gate * cell_state + candidate
    return output_gate * np.tanh(cell_state), cell_state


def gates_swapped(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    forget_gate, candidate, output_gate = gates_and_candidate(inputs, hidden_state, kernel, recurrent_kernel, bias)
    cell_state = (1 - forget_gate) * cell_state + forget_gate * candidate
    return output_gate * np.tanh(cell_state), cell_state


def shows_the_raw_cell(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    output_gate = gates_and_candidate(inputs, hidden_state, kernel, recurrent_kernel, bias)[2]
    new_cell = coupled_step(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias)[1]
    return output_gate * new_cell, new_cell


def shows_the_old_cell(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    output_gate = gates_and_candidate(inputs, hidden_state, kernel, recurrent_kernel, bias)[2]
    new_cell = coupled_step(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias)[1]
    return output_gate * np.tanh(cell_state), new_cell


def the_cell_alone(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    return coupled_step(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias)[1]


def states_in_wrong_order(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    return coupled_step(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias)[::-1]


COUPLED_MISTAKES = {
    states_in_wrong_order: "The two states are in the wrong order: hidden state first, then the cell.",
    gates_swapped: "Forget gate and its complement are swapped: the forget gate says what is *kept*.",
    shows_the_raw_cell: "The cell is right. The hidden state is the output gate times *tanh* of the cell.",
    shows_the_old_cell: "The cell is right. The hidden state shows the *new* cell, not the old one.",
    writes_everything: "The candidate is written in full. Multiply it by what was forgotten, 1 - forget gate.",
}


def test_coupled_step(answer):
    for seed, (batch, features, units) in enumerate([(2, 3, 4), (1, 5, 2), (6, 1, 3)]):
        random = np.random.default_rng(seed)
        shapes = (
            (batch, features),
            (batch, units),
            (batch, units),
            (features, 3 * units),
            (units, 3 * units),
            (3 * units,),
        )
        arguments = [random.normal(size=shape) for shape in shapes]
        expected, given = coupled_step(*arguments), answer(*arguments)
        if not isinstance(given, (tuple, list, np.ndarray)) or len(given) != 2:
            raise Wrong("Return two arrays: the new hidden state and the new cell.")
        names = ("The new hidden state", "The new cell")
        given = [some_numbers(array, (batch, units), name) for array, name in zip(given, names)]
        for wrong, message in COUPLED_MISTAKES.items():
            if np.allclose(given, wrong(*arguments), atol=1e-5):
                raise Wrong(message)
        expect_close(given[1], expected[1], "The new cell differs: forget * old cell + (1 - forget) * tanh(candidate).")
        expect_close(
            given[0], expected[0], "The cell is right, the hidden state differs: output gate * tanh(new cell)."
        )


ERRORS_AT_LENGTH = {"LSTM 50": 0.004, "LSTM 200": 0.28, "GRU 50": 0.003, "GRU 200": 0.11}


def test_errors_at_length(answer):
    lstm_50, lstm_200, gru_50, gru_200 = measured_numbers(
        answer, "LSTM 50", "LSTM 200", "GRU 50", "GRU 200", apart=True
    )
    if min(lstm_50, lstm_200, gru_50, gru_200) < 0:
        raise Wrong("A mean squared error is not below zero. Did you average the differences without squaring them?")
    if max(lstm_200, gru_200) > 1.5:
        raise Wrong("The sums lie between 0 and 2: such an error is not credible. Is it the mean of the squares?")
    if max(lstm_50, gru_50) > 0.05:
        raise Wrong(
            "Length 50 is what they were trained on: the error must be small. Is it `trained[..., 50, 0]`, and squared?"
        )
    if lstm_200 <= lstm_50 * 1.01 and gru_200 <= gru_50 * 1.01:
        raise Wrong(
            "Neither error grows at length 200. Did you make new sequences with adding_problem(1000, 200, seed=...)?"
        )

    for kind, short, long in (("LSTM", lstm_50, lstm_200), ("GRU", gru_50, gru_200)):
        if long < 0.7 * short:
            raise Wrong(f"The {kind} does better at a length that it has never seen? Are its two numbers exchanged?")


PROGRAM = """
errors_at_length = {}
for length in (50, 200):
    new_inputs, new_answers = adding_problem(1000, length, seed=12)
    for kind in ("LSTM", "GRU"):
        predicted = trained[kind, 50, 0].predict(new_inputs, verbose=0)
        errors_at_length[f"{kind} {length}"] = float(((predicted - new_answers) ** 2).mean())
check("203-4", errors_at_length)
"""

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
            "a single block": weights_of_one_block,
            "the candidate forgotten": weights_of_the_gates,
            "one bias in the GRU": weights_with_one_bias,
            "two biases in the LSTM": weights_with_two_biases,
            "an LSTM for both kinds": weights_of_an_lstm,
            "no recurrent kernels": weights_without_recurrent_kernels,
        },
        also_right={"the sizes of the three arrays": weights_by_shapes},
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
            "the gate": gate_in_place_of_bias,
            "the same amount each step": half_over_steps,
            "the sign": sign_turned,
            "one over e in place of a half": falls_to_one_over_e,
            "the logarithm of the gate": logarithm_of_the_gate,
            "the common logarithm": common_logarithm,
        },
        also_right={"another formula": bias_by_exponentials},
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
            "the candidate in full": writes_everything,
            "the two shares swapped": gates_swapped,
            "no tanh around the cell": shows_the_raw_cell,
            "the old cell is shown": shows_the_old_cell,
            "the order of the states": states_in_wrong_order,
            "the cell alone": the_cell_alone,
        },
        also_right={"unit by unit, and a list": coupled_step_unit_by_unit},
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
            "sums in place of means": {**ERRORS_AT_LENGTH, "LSTM 200": 280.0},
            "the LSTM's exchanged": {**ERRORS_AT_LENGTH, "LSTM 50": 0.03, "LSTM 200": 0.004},
            "the GRU's exchanged": {**ERRORS_AT_LENGTH, "GRU 50": 0.05, "GRU 200": 0.0001},
            "one network twice": {"LSTM 50": 0.00412, "LSTM 200": 0.28114, "GRU 50": 0.00412, "GRU 200": 0.28114},
            "not a number": {**ERRORS_AT_LENGTH, "GRU 200": float("nan")},
            "length 50 twice": {"LSTM 50": 0.006, "LSTM 200": 0.006, "GRU 50": 0.005, "GRU 200": 0.005},
        },
        also_right={
            "two decimals": {"LSTM 50": 0.0, "LSTM 200": 0.28, "GRU 50": 0.0, "GRU 200": 0.11},
            "one holds": {"LSTM 50": 0.006, "LSTM 200": 0.1, "GRU 50": 0.004, "GRU 200": 0.0038},
        },
        program=PROGRAM,
        explanation="The rule, mark means write, does not depend on the length. But small losses and small unwanted writings add up: at four times the length a network may be worse than the baseline.",
    ),
]
