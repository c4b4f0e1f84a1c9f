"""Lesson 502: slopes of parts and of the whole, on the page and in the program of two devices."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.workers import two_devices  # noqa: E402
from course_utils.workers.network import build_network  # noqa: E402

LESSON = functions_of("502")


@pytest.mark.parametrize("parts", [2, 4, 8])
def test_equal_parts_average_to_the_slope_of_the_whole(parts):
    x, y = np.random.default_rng(1).normal(size=(2, 8))
    slopes = [LESSON["slope"](*pair) for pair in zip(np.split(x, parts), np.split(y, parts))]
    assert np.mean(slopes) == pytest.approx(LESSON["slope"](x, y))


def test_centring_makes_the_parts_differ():
    x, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 0.0, 1.0, 2.0])
    centred = LESSON["slope_after_centring"]
    assert centred(x, y) == 1.5 and centred(x[:2], y[:2]) == 1 and centred(x[2:], y[2:]) == 0


def test_the_programs_watch_sees_each_step_and_each_image():
    images = np.random.default_rng(2).random((20, 28, 28, 1)).astype("float32")
    labels = np.arange(20) % 10
    result = two_devices.watched_fit(two_devices.no_normalization, images, labels, 8)
    assert result["calls"] == [8, 8, 4]
    assert result["weights"].shape == (3, build_network().count_params())
    assert not np.array_equal(result["weights"][0], result["weights"][2])


def test_each_training_of_the_program_begins_with_the_same_weights():
    one, other = build_network(), build_network(normalization=keras.layers.BatchNormalization())
    np.testing.assert_array_equal(one.get_weights()[0], other.get_weights()[0])
