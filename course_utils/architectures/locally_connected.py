"""A convolution that does not share: the same windows, but at each place weights of their own."""

import math

import keras
from keras import layers, ops


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
