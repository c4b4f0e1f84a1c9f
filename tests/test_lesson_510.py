"""Lesson 510: files, seconds and waits of the package, and the functions of the page."""

from io import BytesIO
from time import perf_counter

import numpy as np
import pytest
from notebook_functions import functions_of
from PIL import Image

from course_utils import pipelines
from course_utils.environment import import_quietly
from course_utils.exercises.lesson_510 import largest_number

import_quietly()

import tensorflow as tf  # noqa: E402

LESSON = functions_of("510")


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


def test_cases_take_turns_and_one_slow_run_is_ignored(monkeypatch):
    clock = iter([0, 9, 10, 12, 20, 21, 30, 32, 40, 90, 100, 102])  # a: 9, 1, 50; b: 2, 2, 2
    monkeypatch.setattr(pipelines, "perf_counter", lambda: next(clock))
    calls = []
    seconds = pipelines.time_each(calls.append, {"first case": "a", "second case": "b"})
    assert seconds.to_dict("index") == {
        "first case": {"first": 9, "fastest": 1},
        "second case": {"first": 2, "fastest": 2},
    }
    assert "".join(calls) == "ababab"


def test_nothing_to_time_is_refused():
    for cases, runs in (({}, 3), ({"a": 1}, 0)):
        with pytest.raises(ValueError, match="at least one run of one case"):
            pipelines.time_each(print, cases, runs=runs)


def test_batches_wait_each_time_that_they_are_asked_for():
    batches = pipelines.waiting_batches(3, 0.02)
    for _ in range(2):
        begin = perf_counter()
        assert [int(number) for number in batches] == [0, 1, 2]
        assert perf_counter() - begin >= 0.059


@pytest.mark.parametrize(
    ("prepare", "step", "batches", "end"), [(3, 2, 10, 32), (2, 3, 10, 32), (1, 1, 1, 2), (5, 0, 4, 20)]
)
def test_the_slower_one_sets_the_pace(prepare, step, batches, end):
    assert LESSON["overlapped"](prepare, step, batches) == end


def test_in_advance_hands_over_all_batches_in_order_and_runs_one_ahead():
    begun = []

    def batches():
        for number in range(4):
            begun.append(number)
            yield number

    loop = LESSON["in_advance"](batches())
    assert begun == []  # nothing before it is asked for
    assert list(loop) == [0, 1, 2, 3] == begun


def test_a_file_becomes_a_small_image():
    file = pipelines.photograph_crops(7, size=176).inputs[0]
    image, label = LESSON["decode"](tf.constant(file), 4)
    assert image.shape == (32, 32, 3) and label == 4
    assert 0 <= float(tf.reduce_min(image)) < float(tf.reduce_max(image)) <= 1


def test_orders_that_differ_are_noticed():
    numbers = tf.data.Dataset.from_tensor_slices((np.arange(50), np.arange(50)))
    assert not LESSON["epochs_differ"](numbers.batch(10))
    assert LESSON["epochs_differ"](numbers.shuffle(50).batch(10))


def test_no_example_comes_earlier_than_its_buffer_allows():
    """The answer of exercise 510-2 is a bound that TensorFlow keeps, and comes near in many trials."""
    largest = [0, 0, 0]
    for seed in range(20):
        shuffled = tf.data.Dataset.range(100).shuffle(10, seed=seed).batch(8)
        for n, batch in zip(range(3), shuffled):
            largest[n] = max(largest[n], int(tf.reduce_max(batch)))
    bounds = [largest_number(10, 8, n, 100) for n in range(3)]
    assert all(bound - 2 <= reached <= bound for reached, bound in zip(largest, bounds))
