"""The small LeNet of lesson 501, for the pages that need a digit classifier and teach something else."""

import keras
from keras import layers


def small_lenet() -> keras.Sequential:
    """Images (n, 28, 28, 1) -> logits (n, 10): two convolutions with pooling, a hidden layer; 20,522 weights.

    The layers of lesson 501's convolutional network; not compiled.
    """
    model = keras.Sequential(name="small_lenet")
    model.add(keras.Input((28, 28, 1)))
    model.add(layers.Conv2D(8, 5, activation="relu", name="convolution_1"))
    model.add(layers.MaxPooling2D(name="pooling_1"))
    model.add(layers.Conv2D(16, 5, activation="relu", name="convolution_2"))
    model.add(layers.MaxPooling2D(name="pooling_2"))
    model.add(layers.Flatten(name="flatten"))
    model.add(layers.Dense(64, activation="relu", name="hidden"))
    model.add(layers.Dense(10, name="digits"))
    return model
