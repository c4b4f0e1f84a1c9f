"""Lesson 103: batch_norm is that of Keras, the blocks of the page are those of the package, one switch changes one thing."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures import cnn  # noqa: E402
from course_utils.datasets.depths import load_depths  # noqa: E402

LESSON = functions_of("103")
batch_norm, build = LESSON["batch_norm"], LESSON["build"]
build.__globals__["channels"] = 16


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(2.0, 3.0, size=shape).astype("float32")


@pytest.mark.parametrize("shape", [(16, 3), (4, 5, 3), (4, 5, 6, 3)])
def test_batch_norm_is_that_of_keras(shape):
    layer = keras.layers.BatchNormalization(gamma_initializer="normal", beta_initializer="normal")
    layer.build(shape)
    gamma, beta, *_ = layer.get_weights()
    inputs = normal(*shape)
    assert np.allclose(batch_norm(inputs, gamma, beta), layer(inputs, training=True), atol=1e-4)


@pytest.mark.parametrize("weight", [0.1, 0.5, 1.5])
def test_a_shortcut_adds_one_to_each_slope(weight):
    one = np.ones((1, 1))
    assert np.isclose(LESSON["ten_layers"](weight, shortcut=False)(one)[0, 0], weight**10, rtol=1e-4)
    assert np.isclose(LESSON["ten_layers"](weight, shortcut=True)(one)[0, 0], (1 + weight) ** 10, rtol=1e-4)


def test_the_block_of_the_page_is_the_residual_block_of_the_package():
    inputs = keras.Input((7, 7, 16))
    page = keras.Model(inputs, LESSON["block"](inputs, normalized=True, shortcut=True))
    package = keras.Model(inputs, cnn.residual_block(inputs, 16))
    package.set_weights(page.get_weights())
    images = np.abs(normal(2, 7, 7, 16))
    assert np.allclose(page(images), package(images), atol=1e-5)


@pytest.mark.parametrize("depth", [3, 13])
@pytest.mark.parametrize("normalized", [False, True])
def test_depth_counts_the_convolutions_and_shortcuts_cost_no_weights(depth, normalized):
    plain, residual = (build(depth, normalized=normalized, shortcut=shortcut) for shortcut in (False, True))
    assert sum(isinstance(layer, keras.layers.Conv2D) for layer in plain.layers) == depth
    assert sum(isinstance(layer, keras.layers.Add) for layer in residual.layers) == (depth - 1) // 2
    assert plain.count_params() == residual.count_params()


def test_the_heads_have_the_weights_that_the_page_says():
    assert build(3).layers[-1].count_params() == 170 and build(3, head="flat").layers[-1].count_params() == 7850


def test_a_network_can_learn_one_batch_by_heart():
    keras.utils.set_random_seed(1)
    network = build(5, normalized=True, shortcut=True)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(0.01), loss, jit_compile=False)
    images, labels = normal(16, 28, 28, 1), np.arange(16) % 4
    learn_by_heart(network, images, labels, steps=60)
    assert (np.asarray(network(images, training=True)).argmax(axis=1) == labels).all()


def test_share_wrong_counts_wrong_answers():
    class Fixed:
        def predict(self, images, batch_size, verbose):
            return np.eye(10)[[3, 1, 4, 1]]

    assert LESSON["share_wrong"](Fixed(), None, np.array([3, 1, 4, 5])) == 0.25


def test_the_longer_runs_are_of_two_starts_and_as_long():
    longer = load_depths()
    assert (longer.groupby(["depth", "shortcut"])["seed"].nunique() == 2).all() and len(longer) == 4
    assert set(longer["steps"]) == {1100}, "20 epochs of 55 steps"
    assert (longer["losses"].str.len() == 20).all() and (longer["losses"].str[-1] == longer["last loss"]).all()
    assert list(longer.index) == ["25, none, 1", "25, shortcuts, 1", "25, none, 2", "25, shortcuts, 2"]
    shares = longer[[f"wrong on {part}" for part in ("train", "validation", "test")]]
    assert ((shares >= 0) & (shares < 0.3)).all().all()


def test_a_residual_block_whose_last_scale_is_zero_passes_its_inputs_on():
    inputs = keras.Input((6, 6, 4))
    model = keras.Model(inputs, cnn.residual_block(inputs, 4))
    last = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)][-1]
    last.gamma.assign(np.zeros(4))
    images = np.abs(normal(2, 6, 6, 4))
    assert np.allclose(model(images), images, atol=1e-6)


@pytest.mark.parametrize("filters, stride", [(8, 2), (12, 1)])
def test_a_residual_block_takes_the_input_along_where_shapes_change(filters, stride):
    inputs = keras.Input((8, 8, 8))
    model = keras.Model(inputs, cnn.residual_block(inputs, filters, stride=stride))
    assert model.output.shape == (None, 8 // stride, 8 // stride, filters)
    assert sum(getattr(layer, "kernel_size", None) == (1, 1) for layer in model.layers) == 1


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
