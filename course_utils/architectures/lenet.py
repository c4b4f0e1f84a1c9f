"""Twins of LeNet-5 that differ from it in one thing: no weight sharing, or more of it; and a smaller sister."""

import math

import keras
from keras import layers, ops

from course_utils.datasets.dataset import Split
from course_utils.scale import scale
from course_utils.training import ProgressLine


def locally_connected(
    inputs: keras.KerasTensor,
    filters: int,
    size: int,
    *,
    padding: str = "valid",
    activation: str | None = None,
    name: str | None = None,
) -> keras.KerasTensor:
    """Maps (n, rows, columns, in) -> (n, rows', columns', filters), as Conv2D with stride 1 but without weight sharing.

    Kernels (rows', columns', size * size * in, filters) and biases (rows', columns', filters); they begin as wide as
    those of Conv2D (Glorot and Bengio, 2010). Raises ValueError for a padding other than "valid" and "same".
    """
    if padding not in ("valid", "same"):
        raise ValueError(f"padding must be 'valid' or 'same', not {padding!r}.")
    patches = ops.image.extract_patches(inputs, size, strides=1, padding=padding)
    rows, columns, weights = patches.shape[1:]
    # Keras would count the places as inputs and begin with far smaller weights.
    limit = math.sqrt(6 / (weights + size * size * filters))
    return layers.EinsumDense(
        "nyxp,yxpk->nyxk",
        output_shape=(rows, columns, filters),
        bias_axes="yxk",
        activation=activation,
        kernel_initializer=keras.initializers.RandomUniform(-limit, limit),
        name=name,
    )(patches)


def build_unshared_lenet() -> keras.Model:
    """LeNet-5 without weight sharing: images (n, 28, 28, 1) -> logits (n, 10).

    The windows of both convolutions stay; at each place they have kernels and biases of their own.
    """
    inputs = keras.Input((28, 28, 1))
    maps = locally_connected(inputs, 6, 5, padding="same", activation="relu", name="windows_1")
    maps = layers.MaxPooling2D(2, name="pooling_1")(maps)
    maps = locally_connected(maps, 16, 5, activation="relu", name="windows_2")
    maps = layers.MaxPooling2D(2, name="pooling_2")(maps)
    hidden = layers.Flatten(name="flatten")(maps)
    hidden = layers.Dense(120, activation="relu", name="dense_1")(hidden)
    hidden = layers.Dense(84, activation="relu", name="dense_2")(hidden)
    return keras.Model(inputs, layers.Dense(10, name="classes")(hidden), name="unshared_lenet")


def build_sliding_lenet() -> keras.Sequential:
    """LeNet-5 whose first dense layer slides: images (n, 28, 28, 1) -> logits (n, 10).

    Its 5 * 5 * 16 * 120 weights are a convolution here, over maps that "same" keeps at 7 x 7; a global maximum follows.
    It has exactly as many weights as LeNet-5.
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="relu", name="convolution_1"),
            layers.MaxPooling2D(2, name="pooling_1"),
            layers.Conv2D(16, 5, padding="same", activation="relu", name="convolution_2"),
            layers.MaxPooling2D(2, name="pooling_2"),
            layers.Conv2D(120, 5, padding="same", activation="relu", name="slides_too"),
            layers.GlobalMaxPooling2D(name="largest"),
            layers.Dense(84, activation="relu", name="dense_2"),
            layers.Dense(10, name="classes"),
        ],
        name="sliding_lenet",
    )


def build_small_lenet(dropout: float = 0.0) -> keras.Sequential:
    """The convolutional network of lesson 501: images (n, 28, 28, 1) -> logits (n, 10), 20,522 weights.

    With `dropout`, a layer before the last drops that share of the hidden values.
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 5, activation="relu", name="convolution_1"),
            layers.MaxPooling2D(name="pooling_1"),
            layers.Conv2D(16, 5, activation="relu", name="convolution_2"),
            layers.MaxPooling2D(name="pooling_2"),
            layers.Flatten(name="flatten"),
            layers.Dense(64, activation="relu", name="dense_1"),
            *([layers.Dropout(dropout, name="dropout")] if dropout else []),
            layers.Dense(10, name="classes"),
        ],
        name="small_lenet",
    )


def trained_small_lenet(train: Split, epochs: int | None = None, dropout: float = 0.0) -> keras.Sequential:
    """A new `build_small_lenet`, trained as lesson 515 trains it on images (n, 28, 28, 1) from 0 to 1 with labels (n,).

    Six epochs, twelve at full, unless `epochs` says otherwise; batches of 50, Adam at 0.003. Prints a line every third
    epoch. `dropout` as in `build_small_lenet`. Raises ValueError if `train` holds no image.
    """
    if len(train.inputs) == 0:
        raise ValueError("There is no image to train on.")
    network = build_small_lenet(dropout)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(0.003), loss, steps_per_execution=70)
    network.fit(
        train.inputs,
        train.targets,
        epochs=scale(quick=6, full=12) if epochs is None else epochs,
        batch_size=50,
        verbose=0,
        callbacks=[ProgressLine(every=3)],
    )
    return network


def behind_preparation(network: keras.Model) -> keras.Sequential:
    """A network for images (n, 28, 28, 1) from 0 to 1 behind layers that take whole pixels (n, 28, 28) from 0 to 255."""
    return keras.Sequential(
        [keras.Input((28, 28)), layers.Rescaling(1 / 255), layers.Reshape((28, 28, 1)), network], name="for_pixels"
    )
