"""Lesson 106: conv3d is that of Keras, matching finds the step, and only what compares frames tells their order."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("106")
conv3d, build = LESSON["conv3d"], LESSON["build"]
LESSON["fits"].__globals__["shifts"] = np.array(list(np.ndindex(7, 7))) - 3


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


def test_a_split_kernel_is_the_product_of_its_two():
    clips = normal(2, 5, 6, 6, 1)
    space, time = normal(1, 3, 3, 1, 1), normal(2, 1, 1, 1, 1, seed=1)
    split = conv3d(conv3d(clips, space, np.zeros(1)), time, np.zeros(1))
    assert np.allclose(split, conv3d(clips, space * time, np.zeros(1)), atol=1e-4)


@pytest.mark.parametrize("step", [(0, 0), (1, 0), (0, -2), (3, 3), (-1, 2)])
def test_the_best_fit_is_the_step(step):
    first = normal(2, 12, 12).clip(0)
    clips = np.stack([np.roll(first, (frame * step[0], frame * step[1]), axis=(1, 2)) for frame in range(4)], axis=1)
    fits = LESSON["fits"](clips)
    shifts = LESSON["fits"].__globals__["shifts"]
    assert fits.shape == (2, 49) and shifts[fits.argmax(axis=1)].tolist() == [list(step)] * 2
    assert np.allclose(fits.mean(axis=1), 0, atol=1e-6) and np.allclose(fits.std(axis=1), 1)


@pytest.mark.parametrize("kind", ["frame-wise", "stacked", "(2+1)D"])
def test_the_order_of_the_frames_matters_to_all_but_the_frame_wise_network(kind):
    keras.utils.set_random_seed(1)
    network, clips = build(kind, classes=8), normal(3, 8, 32, 32, 1)
    forwards, backwards = (np.asarray(network(each)) for each in (clips, clips[:, ::-1].copy()))
    assert forwards.shape == (3, 8)
    assert (np.abs(forwards - backwards).max() > 1e-4) == (kind != "frame-wise")


def test_the_three_networks_differ_in_one_thing():
    shapes = {kind: [w.shape for w in build(kind, 8).trainable_weights] for kind in ("frame-wise", "stacked", "(2+1)D")}
    differ = {
        kind: [one for one, other in zip(shapes[kind], shapes["frame-wise"]) if one != other]
        for kind in ("stacked", "(2+1)D")
    }
    assert differ["stacked"] == [(1, 4, 4, 8, 12)]
    assert differ["(2+1)D"] == [(3, 1, 1, 12, 12), (3, 1, 1, 16, 16), (3, 1, 1, 32, 32)]


def test_stacked_frames_are_the_channels_of_one_picture():
    network, clips = build("stacked", 8), normal(2, 8, 32, 32, 1)
    permuted = keras.Model(network.input, network.layers[1].output)(clips)
    assert np.array_equal(permuted, np.moveaxis(clips[..., 0], 1, -1)[:, np.newaxis])


@pytest.mark.parametrize("kind", ["stacked", "(2+1)D"])
def test_a_network_learns_one_batch(kind):
    keras.utils.set_random_seed(1)
    network, clips = build(kind, classes=8), normal(8, 8, 32, 32, 1)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss, jit_compile=False)
    targets = np.arange(8)
    before = network.evaluate(clips, targets, verbose=0)
    learn_by_heart(network, clips, targets, steps=40)
    assert network.evaluate(clips, targets, verbose=0) < 0.3 * before
