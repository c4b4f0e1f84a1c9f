"""Lesson 102: the moves, the shuffling and the networks of the page do what it says of them."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("102")
build_lenet, build_dense = LESSON["build_lenet"], LESSON["build_dense"]
moved = LESSON["moved"]


def images_of(*shape, seed=0):
    return np.random.default_rng(seed).random(shape).astype("float32")


@pytest.mark.parametrize("down, right", [(0, 0), (3, 0), (-2, 4), (-4, -1)])
def test_a_pixel_moves_down_and_right(down, right):
    image = np.zeros((1, 12, 12, 1))
    image[0, 6, 6, 0] = 1
    assert np.argwhere(moved(image, down, right)).tolist() == [[0, 6 + down, 6 + right, 0]]


def test_what_leaves_on_one_side_returns_on_the_other():
    images = images_of(2, 6, 5, 3)
    assert np.array_equal(moved(images, right=5), images) and np.array_equal(moved(images, down=-6), images)
    assert not np.array_equal(moved(images, right=1), images)


def test_all_images_are_shuffled_alike_and_nothing_is_lost():
    shuffled = LESSON["shuffled"]
    order = np.random.default_rng(5).permutation(784)
    shuffled.__globals__["new_order"] = order
    images = images_of(3, 28, 28, 1)
    result = shuffled(images)
    assert result.shape == images.shape
    for image, other in zip(images, result):
        assert np.array_equal(image.reshape(784)[order], other.reshape(784))


def test_the_difference_is_zero_where_a_map_moves_along():
    first = images_of(1, 28, 28, 1)
    along = np.concatenate([first, np.roll(first, 4, axis=2)])
    along[1, 3, 5] += 1
    shown = LESSON["compared"](along)
    assert np.array_equal(shown[:2], along)
    assert np.argwhere(shown[2]).tolist() == [[3, 5, 0]]


def test_maps_that_move_along_are_told_from_others():
    moves_along = LESSON["moves_along"]
    first = images_of(1, 28, 28, 1)
    along = np.concatenate([first, np.roll(first, 4, axis=2)])
    assert moves_along(along)
    along[1, 5, 5] += 1  # at the border, as the window sees it
    assert moves_along(along)
    along[1, 6, 6] += 1
    assert not moves_along(along)
    assert not moves_along(np.concatenate([first, first]))


def test_the_dense_network_has_about_as_many_weights_as_lenet():
    assert build_lenet().count_params() == 61_706
    assert abs(build_dense().count_params() / 61_706 - 1) < 0.01


@pytest.mark.parametrize("build", [build_lenet, build_dense])
def test_each_network_gives_ten_logits_and_overfits_one_batch(build):
    keras.utils.set_random_seed(1)
    network = build()
    images, labels = images_of(32, 28, 28, 1), np.arange(32) % 10
    assert network(images).shape == (32, 10)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(optimizer=keras.optimizers.Adam(0.003), loss=loss, jit_compile=False)
    learn_by_heart(network, images, labels, steps=100)
    assert np.mean(np.argmax(network(images), axis=1) == labels) > 0.9


def test_accuracy_is_the_share_of_right_answers():
    class Fixed:
        def predict(self, images, batch_size, verbose):
            return np.eye(10)[[3, 1, 4, 1]]

    assert LESSON["accuracy"](Fixed(), None, np.array([3, 1, 4, 5])) == 0.75


def test_moved_accuracy_is_the_mean_over_two_directions():
    seen = []

    class UpperHalf:
        """Says 1 where the ink stands in the upper half."""

        def predict(self, images, batch_size, verbose):
            seen.append(images)
            upper = images[:, :14].sum(axis=(1, 2, 3)) > 0
            return np.stack([~upper, upper], axis=1).astype(float)

    image = np.zeros((1, 28, 28, 1))
    image[0, 12, 12] = 1
    LESSON["moved_accuracy"].__globals__.update(test_images=image, test_labels=np.array([1]))
    assert LESSON["moved_accuracy"](UpperHalf(), 3) == 0.5  # wrong when moved down
    assert sorted(np.argwhere(images)[0, 1:3].tolist() for images in seen) == [[12, 15], [15, 12]]
