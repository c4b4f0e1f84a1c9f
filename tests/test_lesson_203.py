"""Lesson 203: LSTM and GRU by hand, the two memory tasks, and the measured gradient."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("203")
KINDS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
SIZES = [(1, 1, 1, 1), (4, 6, 3, 5), (2, 20, 7, 8)]


def layer_and_inputs(name: str, batch: int, time: int, features: int, units: int):
    random = np.random.default_rng(0)
    inputs = random.normal(size=(batch, time, features)).astype("float32")
    layer = KINDS[name](units, return_sequences=True)
    layer.build(inputs.shape)
    layer.set_weights([random.normal(scale=0.5, size=weights.shape) for weights in layer.get_weights()])
    return layer, inputs


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("sizes", SIZES)
def test_states_equal_keras(name: str, sizes: tuple[int, ...]) -> None:
    layer, inputs = layer_and_inputs(name, *sizes)
    states = LESSON[name](inputs, *layer.get_weights())
    np.testing.assert_allclose(states, layer(inputs), atol=1e-5)


@pytest.mark.parametrize("name, block", [("lstm", one) for one in range(4)] + [("gru", one) for one in range(3)])
def test_swapped_gates_are_noticed(name: str, block: int) -> None:
    layer, inputs = layer_and_inputs(name, 4, 6, 3, 5)
    blocks = 4 if name == "lstm" else 3
    order = np.arange(blocks)
    order[[block, (block + 1) % blocks]] = order[[(block + 1) % blocks, block]]
    swapped = [
        np.concatenate([np.split(array, blocks, axis=-1)[place] for place in order], -1)
        for array in layer.get_weights()
    ]
    assert np.abs(LESSON[name](inputs, *swapped) - layer(inputs)).max() > 1e-2


def test_reset_gate_acts_after_the_recurrent_product() -> None:
    layer, inputs = layer_and_inputs("gru", 4, 6, 3, 5)
    before = keras.layers.GRU(5, return_sequences=True, reset_after=False)
    before.build(inputs.shape)
    kernel, recurrent_kernel, bias = layer.get_weights()
    before.set_weights([kernel, recurrent_kernel, bias.sum(axis=0)])
    assert np.abs(LESSON["gru"](inputs, kernel, recurrent_kernel, bias) - before(inputs)).max() > 1e-3


def test_one_step_returns_the_four_gates() -> None:
    layer, inputs = layer_and_inputs("lstm", 2, 1, 3, 5)
    zeros = np.zeros((2, 5))
    hidden, cell, gates = LESSON["lstm_step"](inputs[:, 0], zeros, zeros, *layer.get_weights())
    assert len(gates) == 4 and all(gate.shape == (2, 5) for gate in gates)
    np.testing.assert_allclose(cell, gates[0] * gates[2], atol=1e-6)
    np.testing.assert_allclose(hidden, layer(inputs)[:, 0], atol=1e-5)


@pytest.mark.parametrize("name", KINDS)
def test_wrong_shapes_get_a_message(name: str) -> None:
    layer, inputs = layer_and_inputs(name, 2, 3, 3, 5)
    kernel, recurrent_kernel, bias = layer.get_weights()
    for wrong in (
        (inputs[0], kernel, recurrent_kernel, bias),
        (inputs, kernel.T, recurrent_kernel, bias),
        (inputs, kernel, recurrent_kernel, bias[..., :-1]),
    ):
        with pytest.raises(ValueError, match="do not fit"):
            LESSON[name](*wrong)


@pytest.mark.parametrize("length", [2, 10, 51])
def test_adding_problem(length: int) -> None:
    inputs, answers = LESSON["adding_problem"](300, length, seed=0)
    marked = inputs[..., 1] == 1
    half = length // 2
    assert inputs.shape == (300, length, 2) and answers.shape == (300, 1)
    assert (marked[:, :half].sum(axis=1) == 1).all() and (marked[:, half:].sum(axis=1) == 1).all()
    np.testing.assert_allclose(answers[:, 0], inputs[marked][:, 0].reshape(300, 2).sum(axis=1), atol=1e-6)


def test_always_answering_one_has_the_error_of_the_page() -> None:
    answers = LESSON["adding_problem"](100_000, 10, seed=0)[1]
    assert abs(((answers - 1) ** 2).mean() - 1 / 6) < 0.003


def test_copy_task() -> None:
    inputs, symbols = LESSON["copy_task"](50, 10, seed=0)
    assert inputs.shape == (50, 18, 6) and symbols.shape == (50, 4)
    tokens = inputs.argmax(axis=-1)
    assert (tokens[:, :4] == symbols).all() and set(symbols.ravel()) == {0, 1, 2, 3}
    assert (tokens[:, 14] == 5).all() and (np.delete(tokens, [0, 1, 2, 3, 14], axis=1) == 4).all()


def test_gradient_by_lag_of_a_network_that_only_sees_the_last_step() -> None:
    sequence = keras.Input((None, 2))
    model = keras.Model(sequence, keras.layers.Dense(1)(sequence[:, -1] + 0.25 * sequence[:, -3]))
    curve = LESSON["gradient_by_lag"](model)
    assert curve.shape == (201,)
    np.testing.assert_allclose(curve[:4], [1, 0, 0.25, 0], atol=1e-6)
    assert not curve[4:].any()
