"""Lesson 517: quantization by hand does what it says, and whole-number arithmetic gives the logits of a file."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.architectures.lenet import build_small_lenet
from course_utils.environment import import_quietly
from course_utils.exercises.lesson_517 import whole_logits
from course_utils.shipping import find_tensor, quiet

import_quietly()

import tensorflow as tf  # noqa: E402

LESSON = functions_of("517")
quantize, restore = LESSON["quantize"], LESSON["restore"]


def normal(*shape):
    return np.random.default_rng(5).normal(size=shape).astype("float32")


@pytest.mark.parametrize("shape", [(64, 10), (5, 5, 8, 16)])
def test_rounding_moves_no_weight_by_more_than_half_a_step(shape):
    weights = normal(*shape)
    steps = LESSON["steps_of"](weights)
    assert steps.shape == shape[-1:]
    whole = quantize(weights, steps)
    assert whole.dtype == np.int8 and np.abs(whole.astype(int)).max() == 127
    assert (np.abs(restore(whole, steps) - weights) <= steps / 2 + 1e-6).all()


def test_each_output_has_a_step_of_its_own():
    weights = normal(64, 2)
    weights[:, 1] *= 1000
    back = LESSON["rounded"](weights, LESSON["steps_of"](weights), 127)
    np.testing.assert_allclose(back[:, 0], weights[:, 0], atol=0.02)


def test_the_step_of_least_error_is_never_worse_and_is_smaller_where_one_weight_lies_far_out():
    weights = normal(64, 2)
    weights[0, 0] = 30
    for top in (1, 7):
        steps, widest = LESSON["least_error"](weights, top), LESSON["steps_of"](weights, top)
        errors = [((np.clip(np.round(weights / s), -top, top) * s - weights) ** 2).sum(axis=0) for s in (steps, widest)]
        assert (errors[0] <= errors[1]).all() and steps[0] <= widest[0]
    assert LESSON["one_for_all"](weights, 10).tolist() == [3.0, 3.0]


@pytest.mark.parametrize("bits, values", [(8, 255), (4, 15), (3, 7), (2, 3)])
def test_so_many_bits_leave_so_many_values(bits, values):
    top = LESSON["largest_whole"](bits)
    column = np.linspace(-1, 1, 2001)[:, np.newaxis]
    steps = LESSON["steps_of"](column, top)
    assert len(np.unique(LESSON["rounded"](column, steps, top))) == values


def test_the_zero_point_stands_for_zero_and_what_lies_outside_is_cut_off():
    pixels = np.array([0.0, 0.6, 1.0, 7.0, -3.0])
    whole = quantize(pixels, 1 / 255, zero_point=-128)
    assert whole.tolist() == [-128, 25, 127, 127, -128]
    np.testing.assert_allclose(restore(whole, 1 / 255, zero_point=-128), [0, 0.6, 1, 1, 0], atol=1e-6)


def test_the_solution_of_511_3_gives_the_whole_logits_of_a_file(tmp_path):
    network, images = build_small_lenet(), np.random.default_rng(3).random((30, 28, 28, 1)).astype("float32")
    network.layers[-1].bias.assign(np.linspace(-0.1, 0.1, 10))  # a bias of zeros would not be stored
    file = str(tmp_path / "int8.tflite")
    with quiet():
        network.export(
            file,
            format="litert",
            optimizations=[tf.lite.Optimize.DEFAULT],
            representative_dataset=lambda: ([images[n : n + 1]] for n in range(20)),
            target_spec={"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]},
        )
    hidden = find_tensor(file, images, (30, 64), "int8")
    output = find_tensor(file, images, (30, 10), "int8")
    weights = find_tensor(file, images, (10, 64), "int8")
    bias = find_tensor(file, images, (10,), "int32").values
    factor = weights.steps * hidden.steps / output.steps
    ours = whole_logits(hidden.values, hidden.zero_points, weights.values.T, bias, factor, output.zero_points)
    assert np.abs(ours - output.values).max() <= 1  # a number between two whole ones may be rounded either way
    assert len(np.unique(output.values)) > 100
