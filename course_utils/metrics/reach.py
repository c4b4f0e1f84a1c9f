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


def influence_of_pixels(maps_of: keras.Model, images: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    """How much each pixel counts for one place (row, column) of a network's maps: (height, width), 0 where it does not reach.

    `maps_of` turns images (n, height, width, channels) into maps (n, rows, columns, filters). What counts is the gradient of
    the sum of the filters at that place: its absolute values, averaged over images and channels (Luo et al., 2016).
    """
    import tensorflow as tf

    pixels = tf.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        unit = tf.reduce_sum(maps_of(pixels, training=False)[:, place[0], place[1]])
    return np.abs(tape.gradient(unit, pixels)).mean(axis=(0, 3))
