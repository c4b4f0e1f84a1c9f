"""Lesson 107: the transposed convolution on the page is that of Keras, and alarms are counted as the page says."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("107")
conv2d_transpose = LESSON["conv2d_transpose"]


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("rows, columns", [(1, 1), (4, 4), (3, 6)])
@pytest.mark.parametrize("size", [3, 4, 5])
def test_conv2d_transpose_is_that_of_keras(stride, rows, columns, size):
    images, kernels = normal(2, rows, columns, 3), normal(size, size, 5, 3, seed=1)
    layer = keras.layers.Conv2DTranspose(5, size, strides=stride, use_bias=False)
    layer.build(images.shape)
    layer.set_weights([kernels])
    expected, ours = np.asarray(layer(images)), conv2d_transpose(images, kernels, stride)
    assert ours.shape == expected.shape
    assert np.allclose(ours, expected, atol=1e-4)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [3, 4, 5])
def test_conv2d_transpose_is_the_adjoint_of_keras_convolution(stride, size):
    images, kernels = normal(2, 4, 3, 2), normal(size, size, 6, 2, seed=1)
    stamped = conv2d_transpose(images, kernels, stride)
    others = normal(*stamped.shape, seed=2)
    layer = keras.layers.Conv2D(2, size, strides=stride, use_bias=False)
    layer.build(others.shape)
    layer.set_weights([kernels])
    collected = np.asarray(layer(others))
    assert collected.shape == images.shape
    assert np.isclose((collected * images).sum(), (others * stamped).sum(), rtol=1e-4, atol=1e-3)


def test_conv2d_transpose_stamps_the_kernel():
    image, kernel = np.zeros((1, 3, 3, 1)), np.arange(1.0, 5).reshape(2, 2, 1, 1)
    image[0, 1, 2, 0] = 10
    stamped = conv2d_transpose(image, kernel, 2)[0, :, :, 0]
    assert stamped.shape == (6, 6)
    assert stamped[2:4, 4:6].tolist() == [[10, 20], [30, 40]] and stamped.sum() == 100


@pytest.mark.parametrize("code_size", [2, 8])
def test_the_autoencoder_has_a_narrow_code_and_overfits_one_batch(code_size):
    keras.utils.set_random_seed(1)
    encoder, decoder = LESSON["build_encoder"](code_size), LESSON["build_decoder"](code_size)
    network = keras.Sequential([encoder, decoder])
    images = (normal(16, 12, 12, 1) > 0.5).astype("float32")
    assert encoder(images).shape == (16, code_size)
    before = LESSON["error"](np.asarray(network(images)), images)
    network.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", jit_compile=False)
    learn_by_heart(network, images, images, steps=200)
    restored = np.asarray(network(images))
    assert restored.shape == images.shape and restored.min() >= 0 and restored.max() <= 1
    assert LESSON["error"](restored, images) < 0.7 * before


def test_the_page_counts_the_weights_as_its_prose_does():
    network = keras.Sequential([LESSON["build_encoder"](8), LESSON["build_decoder"](8)])
    assert network.count_params() == 186_025


def test_noise_has_the_level_of_the_page_and_leaves_the_images():
    noisy = LESSON["noisy"]
    noisy.__globals__["noise_level"] = 0.5
    images = np.full((50, 12, 12, 1), 0.3, "float32")
    spoiled = noisy(images, seed=1)
    assert spoiled.dtype == np.float32 and images.std() == 0
    assert abs(spoiled.mean() - 0.3) < 0.02 and abs(spoiled.std() - 0.5) < 0.02
    assert np.array_equal(spoiled, noisy(images, seed=1)) and not np.array_equal(spoiled, noisy(images, seed=2))


def test_alarms_are_shares_above_what_five_of_a_hundred_ordinary_ones_exceed():
    distance_by, alarms = LESSON["distance_by"], LESSON["alarms"]
    levels = np.arange(100, dtype=float).reshape(100, 1, 1, 1)

    def worse_by_level(images):  # the error of an image is its level, squared
        return np.zeros(images.shape)

    assert np.allclose(distance_by(worse_by_level, levels), np.arange(100.0) ** 2)
    alarms.__globals__.update(
        validation_images=levels,
        test_images=np.array([10.0, 96.0]).reshape(2, 1, 1, 1),
        strange_images=np.array([90.0, 97.0, 98.0, 500.0]).reshape(4, 1, 1, 1),
    )
    assert alarms(worse_by_level) == {"false alarms": 0.5, "found": 0.75}
