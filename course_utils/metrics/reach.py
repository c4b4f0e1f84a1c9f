"""How far a network sees: how far back attention looks, how many steps a place of a convolution hears of."""

import keras
import numpy as np


def weight_by_distance(maps: np.ndarray) -> np.ndarray:
    """Attention maps (..., length, length) -> the share of all weight on places 0, 1, 2, ... before the looker (..., length).

    Entry 0 is the weight on the place itself. What looks ahead is left out, so for a causal map the shares sum to 1.
    Raises ValueError for maps that are not square.
    """
    maps = np.asarray(maps)
    length = maps.shape[-1]
    if maps.shape[-2] != length:
        raise ValueError(f"Maps of self-attention are square, these are {maps.shape[-2]} by {length}.")
    diagonals = [np.trace(maps, offset=-distance, axis1=-2, axis2=-1) for distance in range(length)]
    return np.stack(diagonals, axis=-1) / length


def steps_seen(network: keras.Model, signal: np.ndarray, place: int) -> int:
    """The receptive field of one place, measured: how many steps of the signal change what stands there.

    `signal` (steps, channels) is one input of the network, whose outputs are (places, features). Each step is raised by 1
    in turn. Raises IndexError if the outputs have no such place.
    """
    each_step_raised = signal + np.eye(len(signal))[:, :, np.newaxis]  # (steps, steps, channels): in row k, step k
    before = np.asarray(network(signal[np.newaxis]))[0, place]
    after = np.asarray(network(each_step_raised))[:, place]  # (steps, features)
    return int((abs(after - before) > 1e-5).any(axis=1).sum())
