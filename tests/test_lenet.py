"""The twins of LeNet-5: without sharing equal to it when all places hold the same weights; sliding, blind to moves."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures.lenet import (  # noqa: E402
    build_sliding_lenet,
    build_small_lenet,
    build_unshared_lenet,
    locally_connected,
    trained_small_lenet,
)
from course_utils.datasets import Split  # noqa: E402


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


def spread(weights, shape):
    """The kernel (height, width, in, out) or bias (out,) of a convolution, repeated at all places."""
    weights = weights.reshape(-1, weights.shape[-1]) if weights.ndim == 4 and len(shape) == 4 else weights
    return np.broadcast_to(weights, shape)


def test_with_copies_of_its_kernels_the_unshared_twin_is_lenet():
    lenet, twin = functions_of("102")["build_lenet"](), build_unshared_lenet()
    shapes = [weights.shape for weights in twin.get_weights()]
    twin.set_weights([spread(weights, shape) for weights, shape in zip(lenet.get_weights(), shapes)])
    images = normal(3, 28, 28, 1)
    assert np.allclose(twin(images), lenet(images), atol=1e-4)


def change(model, images):
    """How much a move by four pixels changes the outputs, as a share of their size."""
    before, after = np.asarray(model(images)), np.asarray(model(np.roll(images, 4, axis=2)))
    return np.abs(after - before).mean() / np.abs(before).mean()


def test_the_sliding_twin_has_as_many_weights_and_minds_a_move_far_less():
    lenet, twin = functions_of("102")["build_lenet"](), build_sliding_lenet()
    assert twin.count_params() == lenet.count_params()
    images = np.zeros((20, 28, 28, 1), dtype="float32")
    images[:, 10:16, 10:16] = np.abs(normal(20, 6, 6, 1))
    assert change(twin, images) < change(lenet, images) / 3


def test_the_trained_small_lenet_has_learned_and_an_empty_set_is_refused(capsys):
    keras.utils.set_random_seed(1)
    images = np.repeat(np.linspace(0, 1, 10), 28 * 28).reshape(10, 28, 28, 1).astype("float32")  # ten shades of grey
    images = np.tile(images, (20, 1, 1, 1))
    shades = Split(images, np.tile(np.arange(10), 20))
    network = trained_small_lenet(shades, epochs=40)
    assert network.count_params() == 20_522 and capsys.readouterr().out.splitlines()[-1].startswith("epoch 40/40")
    assert np.mean(network(images).numpy().argmax(axis=1) == shades.targets) > 0.5  # by chance 0.1
    with pytest.raises(ValueError, match="no image"):
        trained_small_lenet(Split(images[:0], shades.targets[:0]))


def test_dropout_comes_before_the_last_layer_and_only_when_asked_for():
    assert not [layer for layer in build_small_lenet().layers if isinstance(layer, keras.layers.Dropout)]
    network = build_small_lenet(dropout=0.5)
    assert [layer.name for layer in network.layers[-3:]] == ["dense_1", "dropout", "classes"]
    assert network.get_layer("dropout").rate == 0.5 and network.count_params() == 20_522
