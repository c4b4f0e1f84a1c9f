"""What a training did to the units of a network, and which way an optimizer walks."""

import keras
import numpy as np


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
