"""Lesson 511: memory that TensorFlow counts, and the functions of the page."""

import ml_dtypes
import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils import pipelines
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

LESSON = functions_of("511")


def test_memory_is_counted_at_its_highest():
    def one_after_another():
        for _ in range(10):
            tf.zeros(1_000_000) + 1.0  # 4 MB, and 4 more for a moment

    def all_at_once():
        return [tf.zeros(1_000_000) + 1.0 for _ in range(10)]

    # TensorFlow may hand out a free block of up to twice the size asked for, without cutting it.
    assert 8e6 <= pipelines.peak_bytes(one_after_another) < 2 * 8e6
    assert 4e7 <= pipelines.peak_bytes(all_at_once) < 2 * 4.4e7


def test_what_was_held_before_does_not_count():
    before = tf.zeros(1_000_000) + 1.0
    assert pipelines.peak_bytes(lambda: tf.zeros(1000) + 1.0) < 1e6 < before.shape[0] * 4


def test_without_the_counting_allocator_it_says_what_to_do(monkeypatch):
    def not_available(device):
        raise ValueError("Allocator stats not available for device")

    monkeypatch.setattr(tf.config.experimental, "reset_memory_stats", not_available)
    with pytest.raises(RuntimeError, match="Restart the kernel"):
        pipelines.peak_bytes(print)


@pytest.mark.parametrize(("bits", "name"), [(7, "bfloat16"), (10, "float16")])
def test_rounding_by_hand_equals_the_format_on_all_its_neighbours(bits, name):
    numbers = np.random.default_rng(1).uniform(-900, 900, 10_000).astype("float32")
    halfway = np.float32(1) + np.arange(2**bits + 1, dtype="float32") / 2 ** (bits + 1)  # ties, too
    for some in (numbers, halfway):
        theirs = some.astype(ml_dtypes.bfloat16 if name == "bfloat16" else name).astype("float32")
        assert (LESSON["rounded"](some, bits) == theirs).all()


def test_a_small_step_is_lost_only_where_numbers_are_far_apart():
    assert LESSON["after_a_thousand_steps"](7) == 1
    assert LESSON["after_a_thousand_steps"](23) == pytest.approx(2, abs=1e-4)


def test_the_limits_are_those_of_the_format():
    limits = LESSON["limits_of"]("float16")
    assert limits["largest"] == "6.6e+04" and limits["next after 1"] == "1.0009766"
    assert limits["smallest in full"] == "6.1e-05" and limits["smallest above 0"] == "6.0e-08"


def test_the_policy_ends_with_the_network():
    half = LESSON["build_in"]("mixed_float16")
    assert half.dtype_policy.name == "mixed_float16" and half.layers[-1].compute_dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"


def test_the_wrapper_divides_what_it_multiplied():
    optimizer, weight = LESSON["wrapped_descent"]()
    optimizer.apply([tf.constant(1.0) * 2**15])
    assert weight.numpy() == -1


def test_an_infinite_slope_moves_no_weight_and_halves_the_scale():
    optimizer, weight = LESSON["wrapped_descent"]()
    too_large = tf.cast(tf.cast(3.0 * 2**15, "float16"), "float32")
    assert np.isinf(too_large.numpy())
    optimizer.apply([too_large])
    assert weight.numpy() == 0
    assert float(optimizer.scale_loss(1.0)) == 2**14


def test_the_way_apart_is_a_share_of_the_way_of_as_usual():
    class Ended:
        def __init__(self, *weights):
            self.get_weights = lambda: [np.array(each, dtype="float32") for each in weights]

    LESSON["weights_apart"].__globals__["start"] = [np.zeros(2), np.zeros(1)]
    apart = LESSON["weights_apart"]({"as usual": Ended([3, 4], [0]), "other": Ended([3, 4], [1])})
    assert apart["as usual"] == 0 and apart["other"] == pytest.approx(0.2)
