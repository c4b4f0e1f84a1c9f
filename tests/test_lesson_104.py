"""Lesson 104: fields by formula are those that a gradient measures; maps divide the logit; covering covers."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from course_utils.metrics.reach import influence_of_pixels  # noqa: E402
from course_utils.viz.explanations import patches  # noqa: E402

LESSON = functions_of("104")
receptive_field = LESSON["receptive_field"]
LESSON["build_reader"].__globals__["windows"] = [(5, 2), (3, 1), (3, 2), (3, 1)]


def random_images(count=4, seed=0):
    return np.random.default_rng(seed).random((count, 48, 48, 1)).astype("float32")


def measured_field(windows):
    """Convolutions of equal weights on a long row; the gradient of one unit in the middle of the last map."""
    inputs = outputs = keras.Input((1, 201, 1))
    for size, stride in windows:
        outputs = keras.layers.Conv2D(1, (1, size), strides=(1, stride), kernel_initializer="ones", use_bias=False)(
            outputs
        )
    model, row = keras.Model(inputs, outputs), tf.Variable(tf.ones((1, 1, 201, 1)))
    with tf.GradientTape() as tape:
        unit = model(row)[0, 0, model.output.shape[2] // 2, 0]
    seen = np.flatnonzero(np.ravel(tape.gradient(unit, row)))
    return seen.max() - seen.min() + 1


@pytest.mark.parametrize(
    "windows",
    [
        [(3, 1)],
        [(3, 1), (3, 1)],
        [(5, 2), (3, 1), (3, 2), (3, 1)],
        [(7, 2), (3, 2), (3, 1), (3, 1)],
        [(2, 2), (2, 2), (2, 2)],
        [(1, 1), (4, 3), (5, 2)],
    ],
)
def test_the_formula_is_what_a_gradient_measures(windows):
    assert receptive_field(windows) == measured_field(windows)


def test_known_fields():
    assert receptive_field([]) == 1
    assert receptive_field([(5, 1), (2, 2), (5, 1), (2, 2)]) == 16, "LeNet after its second pooling"


def test_the_reader_gives_ten_logits_and_its_maps_and_overfits_one_batch():
    keras.utils.set_random_seed(1)
    network, last_maps = LESSON["build_reader"]()
    images, labels = random_images(20), np.arange(20) % 10
    assert network(images).shape == (20, 10) and last_maps(images).shape == (20, 12, 12, 40)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(0.01), loss, jit_compile=False)
    learn_by_heart(network, images, labels, steps=80)
    assert np.mean(np.argmax(network(images, training=True), axis=1) == labels) > 0.9


def test_place_6_6_of_the_last_maps_looks_at_pixel_27():
    """The offset that the pictures use: the middle of place k lies on pixel 3 + 4 k."""
    _, last_maps = LESSON["build_reader"]()
    counts = influence_of_pixels(last_maps, random_images(16), place=(6, 6))
    seen = np.argwhere(counts > 0)
    assert counts.shape == (48, 48)
    assert seen.min(axis=0).tolist() == [17, 17] and seen.max(axis=0).tolist() == [37, 37]


def test_grad_cam_divides_the_logit_among_the_places():
    keras.utils.set_random_seed(2)
    network, last_maps = LESSON["build_reader"]()
    images, classes = random_images(6), np.array([0, 1, 2, 3, 9, 9])
    maps = LESSON["grad_cam"](network, last_maps, images, classes)
    assert maps.shape == (6, 12, 12)
    bias = network.get_layer("digits").get_weights()[1]
    logits = np.asarray(network(images))[np.arange(6), classes]
    assert np.allclose(maps.sum(axis=(1, 2)) + bias[classes], logits, atol=1e-4)


def test_class_activation_maps_take_the_weights_of_each_scene():
    maps = np.ones((2, 2, 2, 3))
    weights = np.array([[1.0, 2, 3], [0, 0, -4]])[:, np.newaxis, np.newaxis]
    found = LESSON["class_activation_maps"](maps, weights)
    assert found.shape == (2, 2, 2)
    assert np.allclose(found[0], 6 / 4) and np.allclose(found[1], -1)


def test_occlusion_finds_the_only_place_that_counts():
    def network(images):
        """Answers class 1 if the pixels of rows 20 to 23, columns 8 to 11 are dark."""
        spot = tf.reduce_mean(tf.cast(images, "float32")[:, 20:24, 8:12], axis=(1, 2, 3))
        return tf.stack([tf.zeros_like(spot), 10 * (spot - 0.5)], axis=1)

    LESSON["occlusion"].__globals__.update(network=network, corners=patches(48, size=8, step=4))
    found = LESSON["occlusion"](np.ones((48, 48, 1), "float32"), answer=1)
    assert found.shape == (11, 11)
    row, column = np.unravel_index(found.argmax(), found.shape)
    assert 4 * row <= 20 and 24 <= 4 * row + 8 and 4 * column <= 8 and 12 <= 4 * column + 8
    assert found[0, 9] == 0
