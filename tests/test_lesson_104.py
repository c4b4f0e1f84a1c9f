"""Lesson 104: the receptive field by formula is the one that a gradient measures, for networks of all sorts."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

receptive_field = functions_of("104")["receptive_field"]


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


@pytest.mark.parametrize("windows", [[(0, 1)], [(3, 0)], [(3, 1), (3, -1)]])
def test_impossible_windows_are_named(windows):
    with pytest.raises(ValueError, match="at least 1"):
        receptive_field(windows)
