"""The small network that the programs of the workers train."""

from course_utils.environment import import_quietly

import_quietly(touch_devices=False)

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402


def build_network(width: int = 64, normalization: keras.layers.Layer | None = None) -> keras.Sequential:
    """A dense network for digits (28, 28, 1), with the same initial weights in each process; `normalization` is a layer or None."""
    keras.utils.set_random_seed(1)
    network = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(width)])
    if normalization is not None:
        network.add(normalization)
    network.add(layers.Activation("relu"))
    network.add(layers.Dense(10))
    return network


def build_convolution() -> keras.Sequential:
    """A convolutional network for digits (28, 28, 1): few weights, much work. The same initial weights in each process."""
    keras.utils.set_random_seed(1)
    network = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (16, 16):
        network.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
    network.add(layers.GlobalAveragePooling2D())
    network.add(layers.Dense(10))
    return network


def build_optimizer(network: keras.Model, **settings: object) -> keras.optimizers.SGD:
    """Stochastic gradient descent with momentum, its memory made at once and not at the first step; `settings` for SGD."""
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9, **settings)
    optimizer.build(network.trainable_variables)
    return optimizer


def all_weights(network: keras.Model) -> np.ndarray:
    """All trainable weights of a network, one after the other, as one vector; no moving averages."""
    return np.concatenate([keras.ops.convert_to_numpy(weight).ravel() for weight in network.trainable_variables])
