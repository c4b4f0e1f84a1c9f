"""What a training did to the units of a network, and which way an optimizer walks."""

from collections.abc import Callable, Sequence

import keras
import numpy as np
import pandas as pd


def dead_share(model: keras.Model, layer: str, inputs: np.ndarray) -> float:
    """The share of units of a named layer that answer 0 to every input (n, ...), in a model with one input."""
    part = keras.Model(model.inputs[0], model.get_layer(layer).output)
    dead = True
    for first in range(0, len(inputs), 1024):  # calls, no `predict`: nothing is traced
        answers = keras.ops.convert_to_numpy(part(inputs[first : first + 1024]))
        dead = dead & (answers == 0).reshape(-1, answers.shape[-1]).all(axis=0)
    return float(np.mean(dead))


def keras_walk(optimizer: keras.Optimizer, valley: np.ndarray, start: np.ndarray, steps: int = 60) -> np.ndarray:
    """The weights (steps + 1, n) on the walk of an optimizer from `start` (n,), where the slopes are valley @ weights."""
    weights = keras.Variable(start, dtype="float32")
    path = [np.asarray(start, dtype="float32")]
    for _ in range(steps):
        slopes = keras.ops.convert_to_tensor(valley @ path[-1], "float32")
        optimizer.apply([slopes], [weights])
        path.append(keras.ops.convert_to_numpy(weights))
    return np.array(path)


def steps_when_turned(
    step: Callable,
    memory: object,
    rates: Sequence[float],
    valley: np.ndarray,
    start: np.ndarray,
    below: float = 1.0,
    steps: int = 300,
) -> pd.DataFrame:
    """Steps until the loss stays `below`, in a valley (2, 2) and in the same valley turned by 45 degrees about its bottom.

    `step(weights, slopes, memory, rate)` gives new weights (2,) and memory. Rows: "valley", "turned"; a column for each rate;
    a missing value where the loss is not below after the last of all `steps`.
    """
    turn = np.array([[1, -1], [1, 1]]) / np.sqrt(2)
    cases = {"valley": (valley, start), "turned": (turn @ valley @ turn.T, turn @ start)}
    table = pd.DataFrame(index=list(cases), columns=list(rates), dtype="Int64")
    for name, (matrix, place) in cases.items():
        for rate in rates:
            weights, kept = place, memory
            last_above = 0  # the start
            for number in range(1, steps + 1):
                weights, kept = step(weights, matrix @ weights, kept, rate)
                if not 0.5 * weights @ matrix @ weights < below:  # nan is not below either
                    last_above = number
            if last_above < steps:
                table.loc[name, rate] = last_above + 1
    return table


def same_weights(one: Sequence[np.ndarray], other: Sequence[np.ndarray], tolerance: float = 1e-3) -> bool:
    """Whether two lists of arrays agree, each pair to `tolerance`. Raises ValueError if one list is longer."""
    return all(np.allclose(left, right, atol=tolerance) for left, right in zip(one, other, strict=True))


def largest_difference(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> float:
    """The largest distance of any number from its partner, in two lists of arrays. Raises ValueError if one list is longer."""
    return max(float(np.abs(left - right).max()) for left, right in zip(one, other, strict=True))
