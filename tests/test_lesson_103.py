"""Lesson 103: batch_norm on the page is that of Keras, the blocks of the page are those of the package, and costs are counted right."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures import cnn  # noqa: E402

LESSON = functions_of("103")
batch_norm, multiply_adds = LESSON["batch_norm"], LESSON["multiply_adds"]


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(2.0, 3.0, size=shape).astype("float32")


@pytest.mark.parametrize("shape", [(16, 3), (4, 5, 3), (4, 5, 6, 3)])
def test_batch_norm_is_that_of_keras(shape):
    layer = keras.layers.BatchNormalization(gamma_initializer="normal", beta_initializer="normal")
    layer.build(shape)
    gamma, beta, mean, variance = layer.get_weights()
    layer.set_weights([gamma, beta, mean + 1.5, variance * 4])
    inputs = normal(*shape)
    expected = batch_norm(inputs, gamma, beta, mean + 1.5, variance * 4)
    assert np.allclose(expected, layer(inputs, training=False), atol=1e-4)
    assert np.allclose(batch_norm(inputs, gamma, beta), layer(inputs, training=True), atol=1e-4)


def test_batch_norm_names_what_is_wrong():
    with pytest.raises(ValueError, match="do not fit"):
        batch_norm(normal(4, 3), np.ones(4), np.zeros(4))
    with pytest.raises(ValueError, match="do not fit"):
        batch_norm(normal(4, 3), np.ones(3), np.zeros(1))


def test_multiply_adds_of_one_layer():
    inputs = keras.Input((14, 14, 16))
    outputs = keras.layers.Conv2D(32, 3, strides=2, padding="same")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(5)(keras.layers.Flatten()(outputs)))
    assert multiply_adds(model) == 7 * 7 * 9 * 16 * 32 + 7 * 7 * 32 * 5


@pytest.mark.parametrize("filters, stride", [(8, 1), (8, 2), (12, 1)])
def test_the_residual_block_of_the_package_is_that_of_the_page(filters, stride):
    inputs = keras.Input((8, 8, 8))
    page, package = (
        keras.Model(inputs, block(inputs, filters, stride=stride))
        for block in (LESSON["residual_block"], cnn.residual_block)
    )
    package.set_weights(page.get_weights())
    assert np.allclose(page(normal(2, 8, 8, 8)), package(normal(2, 8, 8, 8)), atol=1e-5)
    assert page.output.shape == (None, 8 // stride, 8 // stride, filters)


def test_a_residual_block_whose_last_scale_is_zero_passes_its_inputs_on():
    inputs = keras.Input((6, 6, 4))
    model = keras.Model(inputs, cnn.residual_block(inputs, 4))
    last = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)][-1]
    last.gamma.assign(np.zeros(4))
    images = np.abs(normal(2, 6, 6, 4))
    assert np.allclose(model(images), images, atol=1e-6)


def test_resnet_20_has_the_published_number_of_weighted_layers_and_weights():
    model = cnn.resnet((32, 32, 3), 10)
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert sum(layer.kernel_size == (3, 3) for layer in convolutions) + 1 == 20
    assert 0.26e6 < model.count_params() < 0.28e6, "0.27 M in table 6 of the paper"
    assert model.get_layer("features").input.shape == (None, 8, 8, 64), "two of the three stages halve the map"


def test_resnet_is_saved_and_loaded_without_its_code(tmp_path):
    model = cnn.resnet((16, 16, 1), 3, blocks=1, widths=(4, 8))
    images = normal(2, 16, 16, 1)
    model.save(tmp_path / "model.keras")
    assert np.allclose(keras.saving.load_model(tmp_path / "model.keras")(images), model(images), atol=1e-6)


@pytest.mark.parametrize("blocks, widths", [(0, (4, 8)), (1, ())])
def test_resnet_names_what_is_wrong(blocks, widths):
    with pytest.raises(ValueError, match="At least one block"):
        cnn.resnet((16, 16, 1), 3, blocks=blocks, widths=widths)


def test_resnet_can_learn_one_batch_by_heart():
    keras.utils.set_random_seed(1)
    model = cnn.resnet((8, 8, 1), 4, blocks=1, widths=(8, 16))
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", jit_compile=False)
    images, labels = normal(16, 8, 8, 1), np.arange(16) % 4
    learn_by_heart(model, images, labels, steps=40)
    assert (model(images, training=True).numpy().argmax(axis=1) == labels).all()
