"""Lesson 511: quantization by hand does what it says, for weights and for ranges that do not begin at 0."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

LESSON = functions_of("511")
quantize, restore = LESSON["quantize"], LESSON["restore"]


def normal(*shape):
    return np.random.default_rng(5).normal(size=shape).astype("float32")


@pytest.mark.parametrize("shape", [(64, 10), (5, 5, 8, 16)])
def test_rounding_moves_no_weight_by_more_than_half_a_scale(shape):
    weights = normal(*shape)
    scales = LESSON["scales_of"](weights)
    assert scales.shape == shape[-1:]
    whole = quantize(weights, scales)
    assert whole.dtype == np.int8 and np.abs(whole.astype(int)).max() == 127
    assert (np.abs(restore(whole, scales) - weights) <= scales / 2 + 1e-6).all()


def test_each_output_has_a_scale_of_its_own():
    weights = normal(64, 2)
    weights[:, 1] *= 1000
    np.testing.assert_allclose(LESSON["rounded"](weights, 8)[:, 0], weights[:, 0], atol=0.02)


@pytest.mark.parametrize("bits, values", [(8, 255), (4, 15), (3, 7), (2, 3)])
def test_so_many_bits_leave_so_many_values(bits, values):
    function = LESSON["rounded"]
    function.__globals__.update(LESSON)
    column = np.linspace(-1, 1, 2001)[:, np.newaxis]
    assert len(np.unique(function(column, bits))) == values


def test_the_zero_point_stands_for_zero_and_what_lies_outside_is_cut_off():
    pixels = np.array([0.0, 0.6, 1.0, 7.0, -3.0])
    whole = quantize(pixels, 1 / 255, zero_point=-128)
    assert whole.tolist() == [-128, 25, 127, 127, -128]
    np.testing.assert_allclose(restore(whole, 1 / 255, zero_point=-128), [0, 0.6, 1, 1, 0], atol=1e-6)
