"""course_utils.architectures.rnn: shapes, directions, masks, and what a saved model needs."""

import numpy as np
import pytest
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures.rnn import KINDS, recurrent_stack  # noqa: E402

SEQUENCES = np.random.default_rng(0).normal(size=(3, 7, 2)).astype("float32")


def stack_model(*arguments, **options) -> keras.Model:
    keras.utils.set_random_seed(0)
    inputs = keras.Input((None, 2))
    return keras.Model(inputs, recurrent_stack(inputs, *arguments, **options))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("units", [5, [4, 5]])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_shapes(kind: str, units: int | list[int], bidirectional: bool) -> None:
    width = 10 if bidirectional else 5
    options = {"kind": kind, "bidirectional": bidirectional}
    assert stack_model(units, **options)(SEQUENCES).shape == (3, width)
    assert stack_model(units, **options, return_sequences=True)(SEQUENCES).shape == (3, 7, width)


@pytest.mark.parametrize("kind", KINDS)
def test_one_direction_does_not_see_the_future_and_two_do(kind: str) -> None:
    changed = SEQUENCES.copy()
    changed[:, 5:] += 1
    for bidirectional in (False, True):
        model = stack_model([4, 4], kind=kind, bidirectional=bidirectional, return_sequences=True)
        difference = np.abs(np.asarray(model(changed)) - np.asarray(model(SEQUENCES)))[:, :5].max()
        assert (difference > 1e-4) == bidirectional


def test_layers_keep_what_cudnn_needs() -> None:
    model = stack_model([4, 5], kind="LSTM")
    for layer in model.layers[1:]:
        assert layer.activation is keras.activations.tanh
        assert layer.recurrent_activation is keras.activations.sigmoid
        assert layer.recurrent_dropout == 0 and not layer.unroll and layer.use_bias


def test_a_saved_model_gives_the_same_answers(tmp_path) -> None:
    model = stack_model([4, 5], bidirectional=True)
    model.save(tmp_path / "stack.keras")
    loaded = keras.models.load_model(tmp_path / "stack.keras")
    np.testing.assert_allclose(loaded(SEQUENCES), model(SEQUENCES), atol=1e-6)


def test_one_batch_can_be_learned_by_heart() -> None:
    inputs = keras.Input((7, 2))
    model = keras.Model(inputs, keras.layers.Dense(1)(recurrent_stack(inputs, 16)))
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse", jit_compile=False)
    answers = np.array([[0.0], [1.0], [-1.0]])
    learn_by_heart(model, SEQUENCES, answers, steps=150)
    assert model.evaluate(SEQUENCES, answers, verbose=0) < 0.01


@pytest.mark.parametrize("arguments", [(4, "gru"), (4, "Transformer")])
def test_an_unknown_kind_gets_a_message(arguments: tuple) -> None:
    with pytest.raises(ValueError, match="SimpleRNN, LSTM, GRU"):
        stack_model(*arguments)


def test_no_layers_get_a_message() -> None:
    with pytest.raises(ValueError, match="units is empty"):
        stack_model([])
