"""Recurrent stacks for the lessons after 203, which builds their layers gate by gate.

The stacks are functions that connect Keras's own layers, so a model made of them is saved and loaded without this file. All
layers keep the arguments with which a GPU uses cuDNN: no unrolling, no recurrent dropout, standard activations.
"""

from collections.abc import Sequence
from typing import Literal

import keras
import numpy as np
from keras import layers

KINDS = {"SimpleRNN": layers.SimpleRNN, "LSTM": layers.LSTM, "GRU": layers.GRU}


def recurrent_stack(
    inputs: keras.KerasTensor,
    units: int | Sequence[int],
    kind: Literal["SimpleRNN", "LSTM", "GRU"] = "GRU",
    bidirectional: bool = False,
    return_sequences: bool = False,
) -> keras.KerasTensor:
    """Recurrent layers on top of each other, one for each number in `units`: (n, time, features) -> (n, units).

    With return_sequences (n, time, units). Bidirectional layers (Schuster and Paliwal, 1997) read the sequence in both
    directions and return twice the units. Raises ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it must be one of {', '.join(KINDS)}.")
    sizes = [units] if isinstance(units, int) else list(units)
    if not sizes:
        raise ValueError("units is empty: name the units of at least one layer.")
    outputs = inputs
    for place, size in enumerate(sizes):
        last = place == len(sizes) - 1
        layer = KINDS[kind](size, return_sequences=return_sequences or not last)
        outputs = (layers.Bidirectional(layer) if bidirectional else layer)(outputs)
    return outputs


def lstm_record(
    numbers: np.ndarray, kernel: np.ndarray, recurrent_kernel: np.ndarray, bias: np.ndarray
) -> list[tuple[np.ndarray, ...]]:
    """What each step of an LSTM computes, as NumPy arrays (n, units): what a walk back through time needs.

    numbers (n, time, features), and the weights of a Keras LSTM, which starts from zeros. For each step input gate,
    forget gate, candidate, output gate, the cell before and the cell after it.
    """
    hidden_state = cell = np.zeros((len(numbers), len(recurrent_kernel)))
    record = []
    for step in range(numbers.shape[1]):
        mixed = numbers[:, step] @ kernel + hidden_state @ recurrent_kernel + bias
        write, forget, candidate, show = np.split(mixed, 4, axis=1)
        write, forget, show = (1 / (1 + np.exp(-gate)) for gate in (write, forget, show))
        candidate, old_cell = np.tanh(candidate), cell
        cell = forget * old_cell + write * candidate
        hidden_state = show * np.tanh(cell)
        record.append((write, forget, candidate, show, old_cell, cell))
    return record


def letter_model(letters: int, units: int, streams: int | None = None) -> keras.Sequential:
    """The language model of lesson 205: codes (streams, any length) -> logits (streams, length, letters).

    An embedding of 32 numbers, a GRU, a dense layer. With a number of streams the GRU carries its state from batch to
    batch; `model.get_layer("memory").reset_state()` sets it to zero.
    """
    return keras.Sequential(
        [
            keras.Input((None,), batch_size=streams, dtype="int32", name="letters"),
            layers.Embedding(letters, 32, name="embedding"),
            layers.GRU(units, return_sequences=True, stateful=streams is not None, name="memory"),
            layers.Dense(letters, name="logits"),
        ]
    )
