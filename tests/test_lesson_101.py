"""Lesson 101: conv2d, max_pool2d and dense on the page are those of Keras."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("101")
conv2d, max_pool2d, dense = (LESSON[name] for name in ("conv2d", "max_pool2d", "dense"))


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def agrees_with_keras(images, kernels, bias, stride, padding):
    layer = keras.layers.Conv2D(kernels.shape[3], kernels.shape[:2], strides=stride, padding=padding)
    layer.build(images.shape)
    layer.set_weights([kernels, bias])
    expected = np.asarray(layer(images))
    ours = conv2d(images, kernels, bias, stride, padding)
    return ours.shape == expected.shape and np.allclose(ours, expected, atol=1e-5)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("rows, columns", [(8, 8), (7, 7), (9, 6), (5, 10)])
@pytest.mark.parametrize("height, width", [(1, 1), (2, 2), (3, 3), (5, 2)])
def test_conv2d_is_that_of_keras(padding, stride, rows, columns, height, width):
    images, kernels, bias = normal(2, rows, columns, 3), normal(height, width, 3, 4, seed=1), normal(4, seed=2)
    assert agrees_with_keras(images, kernels, bias, stride, padding)


@pytest.mark.parametrize("channels_in, channels_out", [(1, 1), (1, 6), (6, 1)])
def test_conv2d_with_few_or_many_channels(channels_in, channels_out):
    images, kernels = normal(1, 8, 8, channels_in), normal(3, 3, channels_in, channels_out, seed=1)
    assert agrees_with_keras(images, kernels, normal(channels_out, seed=2), 2, "same")


def test_conv2d_is_valid_with_stride_1_by_default():
    assert conv2d(normal(1, 6, 6, 2), normal(3, 3, 2, 5), normal(5)).shape == (1, 4, 4, 5)


@pytest.mark.parametrize(
    "images, kernels, bias, padding, message",
    [
        ((1, 6, 6, 3), (3, 3, 2, 4), (4,), "same", "do not fit"),
        ((6, 6, 2), (3, 3, 2, 4), (4,), "same", "do not fit"),
        ((1, 6, 6, 2), (3, 3, 2), (2,), "same", "do not fit"),
        ((1, 6, 6, 2), (3, 3, 2, 4), (3,), "same", "bias"),
        ((1, 6, 6, 2), (3, 3, 2, 4), (), "same", "bias"),
        ((1, 6, 6, 2), (3, 3, 2, 4), (4,), "full", "padding"),
        ((1, 2, 6, 2), (3, 3, 2, 4), (4,), "valid", "does not fit"),
    ],
)
def test_conv2d_names_what_is_wrong(images, kernels, bias, padding, message):
    with pytest.raises(ValueError, match=message):
        conv2d(normal(*images), normal(*kernels), normal(*bias) if bias else 0.0, 1, padding)


@pytest.mark.parametrize("size, stride", [(2, 2), (2, 1), (3, 2), (3, 3), (2, 3), (1, 2)])
@pytest.mark.parametrize("rows, columns", [(8, 8), (7, 9), (5, 6)])
def test_max_pool2d_is_that_of_keras(size, stride, rows, columns):
    images = normal(2, rows, columns, 3)
    expected = np.asarray(keras.layers.MaxPooling2D(size, strides=stride)(images))
    assert max_pool2d(images, size, stride).shape == expected.shape
    assert np.allclose(max_pool2d(images, size, stride), expected, atol=1e-5)


@pytest.mark.parametrize("shape", [(6, 6, 2), (1, 2, 6, 1), (4,)])
def test_max_pool2d_names_what_is_wrong(shape):
    with pytest.raises(ValueError, match="Windows of 3 x 3"):
        max_pool2d(normal(*shape), 3, 1)


@pytest.mark.parametrize("shape", [(5, 7), (2, 3, 7), (2, 4, 4, 7)])
def test_dense_is_that_of_keras(shape):
    layer = keras.layers.Dense(4, bias_initializer="normal")
    expected = np.asarray(layer(normal(*shape)))
    assert np.allclose(dense(normal(*shape), *layer.get_weights()), expected, atol=1e-5)


@pytest.mark.parametrize(
    "inputs, weights, bias",
    [((2, 6), (7, 4), (4,)), ((2, 7), (7, 4), (7,)), ((2, 7), (7,), (4,)), ((2, 7), (7, 4), (1,))],
)
def test_dense_names_what_is_wrong(inputs, weights, bias):
    with pytest.raises(ValueError, match="do not fit"):
        dense(normal(*inputs), normal(*weights), normal(*bias))


@pytest.mark.parametrize("down, right", [(0, 0), (3, 0), (-2, 4), (-4, -1)])
def test_moved_brings_in_white(down, right):
    image = np.zeros((1, 12, 12, 1))
    image[0, 6, 6, 0] = 1
    assert np.argwhere(LESSON["moved"](image, down, right)).tolist() == [[0, 6 + down, 6 + right, 0]]
    assert LESSON["moved"](image, down, right).shape == image.shape


def test_convolution_moves_with_the_image_and_a_dense_layer_does_not():
    images, kernels, bias = np.zeros((1, 20, 20, 1)), normal(3, 3, 1, 2), normal(2)
    images[:, 8:12, 8:12] = normal(1, 4, 4, 1)
    moved = LESSON["moved"](images, down=2, right=3)
    outputs, moved_outputs = (conv2d(each, kernels, bias, 1, "same") for each in (images, moved))
    assert np.allclose(moved_outputs[:, 3:, 4:], outputs[:, 1:-2, 1:-3])
    weights = normal(400, 5)
    assert not np.allclose(
        dense(images.reshape(1, 400), weights, normal(5)), dense(moved.reshape(1, 400), weights, normal(5))
    )
