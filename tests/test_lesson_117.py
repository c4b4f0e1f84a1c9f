"""Lesson 117: conv3d is that of Keras, and the two arithmetic baselines measure what they say."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("117")
conv3d, centre_of_mass, best_shift = (LESSON[name] for name in ("conv3d", "centre_of_mass", "best_shift"))


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@pytest.mark.parametrize("frames, rows, columns", [(5, 5, 5), (3, 7, 4), (6, 4, 9)])
@pytest.mark.parametrize("window", [(1, 1, 1), (2, 2, 2), (3, 1, 1), (1, 3, 3), (3, 4, 2)])
@pytest.mark.parametrize("channels_in, channels_out", [(1, 1), (3, 2), (2, 5)])
def test_conv3d_is_that_of_keras(frames, rows, columns, window, channels_in, channels_out):
    clips, bias = normal(2, frames, rows, columns, channels_in), normal(channels_out, seed=2)
    kernels = normal(*window, channels_in, channels_out, seed=1)
    layer = keras.layers.Conv3D(channels_out, window)
    layer.build(clips.shape)
    layer.set_weights([kernels, bias])
    expected = np.asarray(layer(clips))
    assert conv3d(clips, kernels, bias).shape == expected.shape
    assert np.allclose(conv3d(clips, kernels, bias), expected, atol=1e-4)


@pytest.mark.parametrize(
    "clips, kernels, bias, message",
    [
        ((1, 4, 6, 6, 3), (2, 3, 3, 2, 4), (4,), "do not fit"),
        ((4, 6, 6, 2), (2, 3, 3, 2, 4), (4,), "do not fit"),
        ((1, 4, 6, 6, 2), (3, 3, 2, 4), (4,), "do not fit"),
        ((1, 4, 6, 6, 2), (2, 3, 3, 2, 4), (2,), "bias"),
        ((1, 4, 6, 6, 2), (2, 3, 3, 2, 4), (), "bias"),
        ((1, 1, 6, 6, 2), (2, 3, 3, 2, 4), (4,), "window"),
        ((1, 4, 6, 2, 2), (2, 3, 3, 2, 4), (4,), "window"),
    ],
)
def test_conv3d_names_what_is_wrong(clips, kernels, bias, message):
    with pytest.raises(ValueError, match=message):
        conv3d(normal(*clips), normal(*kernels), normal(*bias) if bias else 0.0)


def test_a_clip_played_backwards_gives_another_answer_only_if_the_window_has_a_duration():
    clips = normal(1, 6, 5, 5, 2)
    flat, lasting = normal(1, 3, 3, 2, 4), normal(2, 3, 3, 2, 4)
    means = [
        [conv3d(each, kernels, np.zeros(4)).clip(0).mean() for each in (clips, clips[:, ::-1])]
        for kernels in (flat, lasting)
    ]
    assert np.isclose(*means[0]) and not np.isclose(*means[1], rtol=1e-3)


def test_centre_of_mass_of_a_known_case():
    frames = np.zeros((2, 5, 7))
    frames[0, 2, 3] = 0.5
    frames[1, 0, 1] = frames[1, 4, 1] = 1
    assert centre_of_mass(frames).tolist() == [[2, 3], [2, 1]]
    with pytest.raises(ValueError, match="without ink"):
        centre_of_mass(np.zeros((1, 5, 7)))


@pytest.mark.parametrize("step", [(0, 0), (1, 0), (0, -2), (3, 3), (-1, 2)])
def test_best_shift_finds_the_step(step):
    first = normal(2, 12, 12).clip(0)
    clips = np.stack([np.roll(first, (frame * step[0], frame * step[1]), axis=(1, 2)) for frame in range(4)], axis=1)
    assert best_shift(clips).tolist() == [list(step)] * 2


@pytest.mark.parametrize("shape", [(2, 1, 8, 8), (2, 8, 8), (2, 4, 8, 8, 1)])
def test_best_shift_names_what_is_wrong(shape):
    with pytest.raises(ValueError, match="two frames or more"):
        best_shift(np.zeros(shape))


def test_nearest_direction_counts_clockwise_from_right():
    steps = np.array([[0, 1], [1, 1], [1, 0], [1, -1], [0, -1], [-1, -1], [-1, 0], [-1, 1], [0.1, 5]])
    assert LESSON["nearest_direction"](steps).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 0]


def test_windows_pair_four_frames_with_the_one_that_follows():
    clips = np.broadcast_to(np.arange(16.0).reshape(1, 16, 1, 1, 1), (2, 16, 32, 32, 1))
    past, following = LESSON["windows"](clips)
    assert past.shape == (8, 32, 32, 4) and following.shape == (8, 32, 32, 1)
    assert np.array_equal(past[..., -1:] + 1, following) and np.array_equal(
        np.diff(past, axis=-1), np.ones((8, 32, 32, 3))
    )


@pytest.mark.parametrize("build", ["build_factorised", "build_convlstm"])
def test_the_order_of_the_frames_matters_to_the_video_networks(build):
    keras.utils.set_random_seed(1)
    network, clips = LESSON[build](), normal(3, 8, 32, 32, 1)
    forwards, backwards = (np.asarray(network(each)["direction"]) for each in (clips, clips[:, ::-1].copy()))
    assert np.abs(forwards - backwards).max() > 1e-4


def test_the_factorised_network_learns_one_batch():
    keras.utils.set_random_seed(1)
    network, clips = LESSON["build_factorised"](), normal(8, 8, 32, 32, 1)
    loss = "sparse_categorical_crossentropy"
    network.compile(optimizer=keras.optimizers.Adam(0.01), loss={"direction": loss, "digit": loss}, jit_compile=False)
    targets = {"direction": np.arange(8), "digit": np.arange(8)}
    before = network.evaluate(clips, targets, verbose=0, return_dict=True)["loss"]
    learn_by_heart(network, clips, targets, steps=40)
    assert network.evaluate(clips, targets, verbose=0, return_dict=True)["loss"] < 0.3 * before
