"""Lesson 509: files, medians and memory of the package, and the functions of the page."""

from io import BytesIO

import numpy as np
import pytest
from notebook_functions import functions_of
from PIL import Image

from course_utils import pipelines
from course_utils.environment import import_quietly

import_quietly()

import tensorflow as tf  # noqa: E402

LESSON = functions_of("509")


def test_crops_are_files_of_their_photographs_in_equal_numbers():
    crops = pipelines.photograph_crops(21, size=64)
    assert np.bincount(crops.targets).tolist() == [3] * 7
    sizes = {Image.open(BytesIO(file)).size for file in crops.inputs}
    assert sizes == {(64, 64)}
    again = pipelines.photograph_crops(21, size=64)
    assert again.inputs.tolist() == crops.inputs.tolist()
    assert pipelines.photograph_crops(21, size=64, seed=1).inputs.tolist() != crops.inputs.tolist()


def test_a_whole_photograph_comes_back_nearly_as_it_was():
    from course_utils.datasets.photographs import load_photographs

    photographs = load_photographs()
    pictures = np.concatenate([getattr(photographs, part).inputs for part in ("train", "validation", "test")])
    whole = pipelines.photograph_crops(7, size=192)
    for file, label in zip(whole.inputs, whole.targets):
        decoded = np.asarray(Image.open(BytesIO(file))) / 255
        assert abs(decoded - pictures[label]).mean() < 0.05


def test_no_crop_is_larger_than_its_photograph():
    for size in (0, 193):
        with pytest.raises(ValueError, match="pixels wide"):
            pipelines.photograph_crops(7, size=size)


def test_medians_take_turns_and_ignore_one_slow_run(monkeypatch):
    clock = iter([0, 1, 10, 12, 20, 21, 30, 32, 40, 90, 100, 102])  # a: 1, 1, 50; b: 2, 2, 2
    monkeypatch.setattr(pipelines, "perf_counter", lambda: next(clock))
    calls = []
    medians = pipelines.median_seconds({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, repeats=3)
    assert medians == {"a": 1, "b": 2} and "".join(calls) == "abababab"
    with pytest.raises(ValueError, match="repeats"):
        pipelines.median_seconds({}, repeats=0)


def test_held_memory_is_noticed():
    assert 60 < pipelines.resident_growth(lambda: np.ones(10_000_000)) < 120  # 80 MB


@pytest.mark.parametrize(
    ("prepare", "step", "batches", "end"), [(3, 2, 10, 32), (2, 3, 10, 32), (1, 1, 1, 2), (5, 0, 4, 20)]
)
def test_the_slower_one_sets_the_pace(prepare, step, batches, end):
    assert LESSON["overlapped"](prepare, step, batches) == end


def test_a_file_becomes_a_small_image_and_is_counted():
    page = functions_of("509")
    counter = tf.Variable(0)
    page["decode"].__globals__["decodings"] = counter
    file = pipelines.photograph_crops(7, size=176).inputs[0]
    image, label = page["decode"](tf.constant(file), 4)
    assert image.shape == (32, 32, 3) and label == 4 and int(counter.numpy()) == 1
    assert 0 <= float(tf.reduce_min(image)) < float(tf.reduce_max(image)) <= 1


def test_the_policy_ends_with_the_network():
    import keras

    half = LESSON["build_network"]("mixed_float16")
    assert half.dtype_policy.name == "mixed_float16" and half.layers[-1].compute_dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"


def test_orders_that_differ_are_noticed():
    numbers = tf.data.Dataset.from_tensor_slices((np.arange(50), np.arange(50)))
    assert not LESSON["epochs_differ"](numbers.batch(10))
    assert LESSON["epochs_differ"](numbers.shuffle(50).batch(10))
