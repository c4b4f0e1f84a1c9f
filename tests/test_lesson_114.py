"""Lesson 114: the transposed convolution on the page is that of Keras, and the formulas have their known values."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("114")
conv2d_transpose, kl = LESSON["conv2d_transpose"], LESSON["kl_to_standard_normal"]


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("rows, columns", [(1, 1), (4, 4), (3, 6)])
@pytest.mark.parametrize("height, width", [(1, 1), (2, 2), (3, 3), (4, 4), (5, 2)])
def test_conv2d_transpose_is_that_of_keras(padding, stride, rows, columns, height, width):
    images, kernels = normal(2, rows, columns, 3), normal(height, width, 5, 3, seed=1)
    layer = keras.layers.Conv2DTranspose(5, (height, width), strides=stride, padding=padding, use_bias=False)
    layer.build(images.shape)
    layer.set_weights([kernels])
    expected, ours = np.asarray(layer(images)), conv2d_transpose(images, kernels, stride, padding)
    assert ours.shape == expected.shape
    assert np.allclose(ours, expected, atol=1e-4)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_conv2d_transpose_is_the_adjoint_of_keras_convolution(padding, stride, size):
    images, kernels = normal(2, 4, 3, 2), normal(size, size, 6, 2, seed=1)
    stamped = conv2d_transpose(images, kernels, stride, padding)
    others = normal(*stamped.shape, seed=2)
    layer = keras.layers.Conv2D(2, size, strides=stride, padding=padding, use_bias=False)
    layer.build(others.shape)
    layer.set_weights([kernels])
    collected = np.asarray(layer(others))
    assert collected.shape == images.shape
    assert np.isclose((collected * images).sum(), (others * stamped).sum(), rtol=1e-4, atol=1e-3)


def test_conv2d_transpose_stamps_the_kernel():
    image, kernel = np.zeros((1, 3, 3, 1)), np.arange(1.0, 5).reshape(2, 2, 1, 1)
    image[0, 1, 2, 0] = 10
    stamped = conv2d_transpose(image, kernel, 2, "valid")[0, :, :, 0]
    assert stamped.shape == (6, 6)
    assert stamped[2:4, 4:6].tolist() == [[10, 20], [30, 40]] and stamped.sum() == 100


@pytest.mark.parametrize(
    "images, kernels, stride, padding, message",
    [
        ((4, 4, 3), (3, 3, 5, 3), 1, "same", "do not fit"),
        ((1, 4, 4, 3), (3, 3, 3), 1, "same", "do not fit"),
        ((1, 4, 4, 5), (3, 3, 5, 3), 1, "same", "do not fit"),  # channels in and out have changed places
        ((1, 4, 4, 3), (3, 3, 5, 3), 1, "full", "padding"),
        ((1, 4, 4, 3), (3, 3, 5, 3), 0, "same", "stride"),
        ((1, 4, 4, 3), (3, 3, 5, 3), 1.5, "same", "stride"),
    ],
)
def test_conv2d_transpose_names_what_is_wrong(images, kernels, stride, padding, message):
    with pytest.raises(ValueError, match=message):
        conv2d_transpose(normal(*images), normal(*kernels), stride, padding)


def test_kl_of_known_clouds():
    assert np.allclose(kl(np.zeros((2, 3)), np.zeros((2, 3))), 0)
    assert np.allclose(kl(np.array([[3.0, 4.0]]), np.zeros((1, 2))), [12.5])
    assert np.allclose(kl(np.zeros((1, 1)), np.array([[np.log(4)]])), [(4 - 1 - np.log(4)) / 2])
    assert (kl(normal(50, 8), normal(50, 8, seed=1)) > 0).all()


@pytest.mark.parametrize("mean, log_variance", [((2, 3), (2, 4)), ((3,), (3,)), ((2, 3), (3,))])
def test_kl_names_what_is_wrong(mean, log_variance):
    with pytest.raises(ValueError, match="one shape"):
        kl(normal(*mean), normal(*log_variance))


def test_small_keeps_ten_letters_and_the_mean_ink():
    images = np.zeros((3, 28, 28, 1))
    images[:, 2:4, 2:4] = 1  # the first block inside the margin
    smaller, labels = LESSON["small"](images, np.array([0, 9, 10]))
    assert smaller.shape == (2, 12, 12, 1) and labels.tolist() == [0, 9]
    assert smaller[0, 0, 0, 0] == 1 and smaller.sum() == 2


def denoise_with(steps, diffusion_steps=100):
    denoise = LESSON["denoise"]
    alpha_bar = np.cumprod(1 - np.linspace(0.001, 0.2, diffusion_steps)).astype("float32")
    letter = np.random.default_rng(1).uniform(-1, 1, size=(1, 12, 12, 1))
    settings = {
        "alpha_bar": alpha_bar,
        "diffusion_steps": diffusion_steps,
        "randomness": np.random.default_rng(0),
    }

    def oracle(images, times):
        kept = alpha_bar[times].reshape(-1, 1, 1, 1)
        return (images - np.sqrt(kept) * letter) / np.sqrt(1 - kept)

    denoise.__globals__.update(settings)
    return denoise(oracle, 2000, steps), letter, alpha_bar


@pytest.mark.parametrize("steps", [1, 10, 100])
def test_denoise_ends_at_the_letter_that_an_oracle_knows(steps):
    path, letter, _ = denoise_with(steps)
    assert len(path) == steps + 1 and path[-1].shape == (2000, 12, 12, 1)
    assert np.allclose(path[-1], letter, atol=1e-3)


def test_denoise_goes_back_through_the_forward_distributions():
    path, letter, alpha_bar = denoise_with(100)
    for place in (40, 50, 60, 90):  # after so many steps back, the image is at step 99 - place
        kept = alpha_bar[99 - place]
        gap = path[place] - np.sqrt(kept) * letter
        assert (
            abs((gap * letter).mean() / (letter**2).mean()) < 0.01
        )  # the letter's share is that of the forward process
        assert abs(gap.mean()) < 0.02 and abs(gap.var() / (1 - kept) - 1) < 0.05
