"""The convolutional blocks of lesson 103 and a residual network made of them, for the lessons that follow.

They are functions that connect Keras's own layers, so a model made of them is saved and loaded without this file.
"""

from collections.abc import Sequence

import keras
from keras import layers


def convolution_block(
    inputs: keras.KerasTensor, filters: int, size: int = 3, stride: int = 1, activation: str | None = "relu"
) -> keras.KerasTensor:
    """Convolution without bias, batch normalization (Ioffe and Szegedy, 2015), activation: (n, h, w, c) -> (n, h/stride, w/stride, filters).

    The momentum of 0.9 instead of Keras's 0.99 lets the moving averages arrive within a hundred steps.
    """
    outputs = layers.Conv2D(
        filters, size, strides=stride, padding="same", use_bias=False, kernel_initializer="he_normal"
    )(inputs)
    outputs = layers.BatchNormalization(momentum=0.9)(outputs)
    return outputs if activation is None else layers.Activation(activation)(outputs)


def residual_block(inputs: keras.KerasTensor, filters: int, stride: int = 1) -> keras.KerasTensor:
    """relu(inputs + F(inputs)) with F of two 3 x 3 convolution blocks (He et al., 2015, figure 2).

    Where shapes change, a 1 x 1 convolution block takes the inputs along (their option B).
    """
    residual = convolution_block(inputs, filters, stride=stride)
    residual = convolution_block(residual, filters, activation=None)
    if stride != 1 or inputs.shape[-1] != filters:
        inputs = convolution_block(inputs, filters, size=1, stride=stride, activation=None)
    return layers.Activation("relu")(layers.Add()([inputs, residual]))


def resnet(
    input_shape: tuple[int, int, int], classes: int, blocks: int = 3, widths: Sequence[int] = (16, 32, 64)
) -> keras.Model:
    """A residual network for small images (He et al., 2015, section 4.2): with 3 blocks a stage and the widths 16, 32, 64, ResNet-20.

    Images (n, *input_shape) -> probabilities (n, classes). Each stage after the first halves height and width. The layer named
    "features" is the global average before the classes. Raises ValueError for fewer than one block or no widths.
    """
    if blocks < 1 or not widths:
        raise ValueError(f"At least one block and one width are needed, not {blocks} and {tuple(widths)}.")
    inputs = keras.Input(input_shape)
    outputs = convolution_block(inputs, widths[0])
    for stage, filters in enumerate(widths):
        for block in range(blocks):
            outputs = residual_block(outputs, filters, stride=2 if stage and block == 0 else 1)
    features = layers.GlobalAveragePooling2D(name="features")(outputs)
    # float32 in mixed precision too: 16 bits are too few for probabilities.
    classify = layers.Dense(classes, activation="softmax", name="classes", dtype="float32")
    return keras.Model(inputs, classify(features), name="resnet")


def build_signal_network() -> keras.Sequential:
    """Signals (40, 1) to ten logits: two convolutions of stride 2 and a dense layer, the network of lessons 508 and 509."""
    return keras.Sequential(
        [
            keras.Input((40, 1)),
            layers.Conv1D(16, 5, strides=2, activation="relu"),
            layers.Conv1D(16, 5, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
