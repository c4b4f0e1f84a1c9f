"""Lesson 101: the convolutions and the pooling on the page are those of Keras."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("101")
conv2d, conv2d_loops, max_pool2d = LESSON["conv2d"], LESSON["conv2d_loops"], LESSON["max_pool2d"]
count_stops, count_zeros, pad_same = LESSON["count_stops"], LESSON["count_zeros"], LESSON["pad_same"]
PADDINGS, STRIDES = ["same", "valid"], [1, 2, 3]


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def of_keras(images, kernels, bias, stride, padding):
    layer = keras.layers.Conv2D(kernels.shape[3], kernels.shape[:2], strides=stride, padding=padding)
    layer.build(images.shape)
    layer.set_weights([kernels, bias])
    return np.asarray(layer(images))


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("rows, columns", [(8, 8), (7, 7), (9, 6), (5, 10)])
@pytest.mark.parametrize("height, width", [(1, 1), (2, 2), (3, 3), (5, 2)])
def test_conv2d_is_that_of_keras(padding, stride, rows, columns, height, width):
    images, kernels, bias = normal(2, rows, columns, 3), normal(height, width, 3, 4, seed=1), normal(4, seed=2)
    expected = of_keras(images, kernels, bias, stride, padding)
    ours = conv2d(images, kernels, bias, stride, padding)
    assert ours.shape == expected.shape and np.allclose(ours, expected, atol=1e-5)
    assert np.allclose(LESSON["keras_conv2d"](images, kernels, bias, stride, padding), expected)


@pytest.mark.parametrize("channels_in, channels_out", [(1, 1), (1, 6), (6, 1)])
def test_conv2d_with_few_or_many_channels(channels_in, channels_out):
    images, kernels = normal(1, 8, 8, channels_in), normal(3, 3, channels_in, channels_out, seed=1)
    bias = normal(channels_out, seed=2)
    assert np.allclose(conv2d(images, kernels, bias, 2, "same"), of_keras(images, kernels, bias, 2, "same"), atol=1e-5)


def test_conv2d_is_valid_with_stride_1_by_default():
    assert conv2d(normal(1, 6, 6, 2), normal(3, 3, 2, 5), normal(5)).shape == (1, 4, 4, 5)


@pytest.mark.parametrize("height, width", [(1, 1), (3, 2), (4, 5)])
def test_the_loop_is_the_fast_version(height, width):
    images, kernels, bias = normal(2, 6, 7, 3), normal(height, width, 3, 2, seed=1), normal(2, seed=2)
    ours = conv2d_loops(images, kernels, bias)
    assert ours.shape == (2, 7 - height, 8 - width, 2)
    assert np.allclose(ours, conv2d(images, kernels, bias), atol=1e-5)


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("size, window", [(5, 3), (28, 3), (28, 5), (7, 2), (6, 1), (3, 5)])
def test_zeros_and_stops_fit_together(size, window, stride):
    before, after = count_zeros(size, window, stride)
    stops = count_stops(size, window, stride, "same")
    assert stops == -(-size // stride) and 0 <= after - before <= 1
    assert count_stops(size + before + after, window, stride, "valid") == stops


def test_zeros_stand_around_rows_and_columns_only():
    images = normal(2, 5, 28, 3)
    padded = pad_same(images, 3, 3, 2)
    assert padded.shape == (2, 7, 29, 3)
    assert np.array_equal(padded[:, 1:-1, :-1], images)
    assert not padded[:, [0, -1]].any() and not padded[:, :, -1].any()


@pytest.mark.parametrize("size, stride", [(2, 2), (2, 1), (3, 2), (3, 3), (2, 3), (1, 2)])
@pytest.mark.parametrize("rows, columns", [(8, 8), (7, 9), (5, 6)])
def test_max_pool2d_is_that_of_keras(size, stride, rows, columns):
    images = normal(2, rows, columns, 3) - 3  # mostly negative: the largest is not zero
    expected = np.asarray(keras.layers.MaxPooling2D(size, strides=stride)(images))
    assert max_pool2d(images, size, stride).shape == expected.shape
    assert np.allclose(max_pool2d(images, size, stride), expected, atol=1e-5)
