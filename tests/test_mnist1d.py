"""MNIST-1D, made afresh: the strokes, equal classes, other seeds, and a task about as hard as the published one."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from course_utils.datasets.mnist1d import mnist1d, one_of_each, strokes


def test_strokes_begin_at_zero_with_one_spread():
    clean = strokes()
    assert clean.shape == (10, 12)
    np.testing.assert_allclose(clean[:, 0], 0)
    np.testing.assert_allclose(clean.std(axis=1), 1 / 6)


def test_shapes_classes_and_seeds():
    signals, classes = mnist1d(200, seed=1)
    assert signals.shape == (200, 40) and signals.dtype == np.float32
    np.testing.assert_array_equal(np.bincount(classes), 20)
    assert abs(signals.mean()) < 1e-5 and abs(signals.std() - 1) < 1e-5
    np.testing.assert_array_equal(signals, mnist1d(200, seed=1).inputs)
    assert not np.allclose(signals, mnist1d(200, seed=2).inputs)


def test_channels_are_an_axis_and_the_signals_the_same():
    with_channels = mnist1d(50, seed=3, channels=True).inputs
    assert with_channels.shape == (50, 40, 1)
    np.testing.assert_array_equal(with_channels[..., 0], mnist1d(50, seed=3).inputs)


def test_the_stroke_of_each_signal_is_known():
    signals, is_stroke = one_of_each(seed=1)
    assert signals.shape == is_stroke.shape == (10, 40)
    assert set(is_stroke.sum(axis=1)) <= set(range(6, 13))  # 12 numbers of 48 to 72, squeezed into 40
    inside = [signals[number][is_stroke[number]] for number in range(10)]
    outside = [signals[number][~is_stroke[number]] for number in range(10)]
    assert np.mean([np.std(part) for part in inside]) > np.mean([np.std(part) for part in outside])


def test_too_few_are_refused():
    with pytest.raises(ValueError, match="At least 10"):
        mnist1d(9)


def test_a_linear_model_gets_about_a_third_as_published():
    train, test = mnist1d(4000, seed=1), mnist1d(1000, seed=2)
    linear = LogisticRegression(max_iter=500).fit(*train).score(*test)
    assert 0.25 < linear < 0.42
    assert KNeighborsClassifier(1).fit(*train).score(*test) > linear + 0.1  # the classes are there to be found
