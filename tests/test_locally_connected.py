"""The layer without weight sharing: equal to a convolution when all places hold the same weights, free otherwise."""

import numpy as np
import pytest

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures.locally_connected import locally_connected  # noqa: E402


def unshared(shape, filters, size, **options):
    inputs = keras.Input(shape)
    return keras.Model(inputs, locally_connected(inputs, filters, size, **options))


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("rows, columns, channels, size", [(7, 9, 1, 3), (6, 6, 3, 5), (5, 8, 2, 2)])
def test_with_copies_of_one_kernel_it_is_a_convolution(padding, rows, columns, channels, size):
    images, kernel, bias = (
        normal(2, rows, columns, channels),
        normal(size, size, channels, 4, seed=1),
        normal(4, seed=2),
    )
    convolution = keras.layers.Conv2D(4, size, padding=padding, activation="relu")
    convolution.build(images.shape)
    convolution.set_weights([kernel, bias])
    model = unshared((rows, columns, channels), 4, size, padding=padding, activation="relu")
    shapes = [weights.shape for weights in model.get_weights()]
    model.set_weights([np.broadcast_to(kernel.reshape(-1, 4), shapes[0]), np.broadcast_to(bias, shapes[1])])
    assert np.allclose(model(images), convolution(images), atol=1e-5)


def test_each_place_has_weights_of_its_own():
    model = unshared((6, 6, 2), 3, 3)
    images = normal(1, 6, 6, 2)
    before = np.asarray(model(images))
    kernel, bias = model.get_weights()
    kernel[1, 2] += 1
    model.set_weights([kernel, bias])
    changed = np.abs(np.asarray(model(images)) - before).max(axis=(0, 3)) > 1e-6
    assert changed.sum() == 1 and changed[1, 2]
    assert model.count_params() == 4 * 4 * 3 * (3 * 3 * 2 + 1)


def test_it_begins_as_wide_as_a_convolution():
    convolution = keras.layers.Conv2D(16, 5)
    convolution.build((None, 14, 14, 6))
    widest = np.abs(convolution.get_weights()[0]).max()
    kernel, bias = unshared((14, 14, 6), 16, 5).get_weights()
    assert 0.98 < np.abs(kernel).max() / widest < 1.02 and not bias.any()


def test_a_wrong_padding_is_named():
    with pytest.raises(ValueError, match="'full'"):
        unshared((6, 6, 1), 1, 3, padding="full")
