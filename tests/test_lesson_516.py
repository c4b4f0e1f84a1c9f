"""Lesson 516: its layers do what the page says of them, on numbers; and a file fixes what Python decided."""

import numpy as np
from notebook_functions import functions_of

from course_utils.environment import import_quietly
from course_utils.shipping import file_reader

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("516")


def normal(*shape):
    return np.random.default_rng(7).normal(size=shape).astype("float32")


def test_prepare_turns_paper_into_nothing_and_ink_into_one():
    prepared = LESSON["prepare"](np.array([[255.0, 0.0, 127.5]]))
    np.testing.assert_allclose(prepared, [[0.0, 1.0, 0.5]])


def test_the_class_with_numpy_works_on_numbers_only():
    model, rows = LESSON["Sorted"](), normal(4, 3)
    np.testing.assert_allclose(model(rows), model(rows[:, ::-1]), atol=1e-6)  # sorted: their order is lost


def test_the_noise_is_as_large_as_it_says_and_new_in_each_call():
    zeros, layer = np.zeros((1, 28, 28, 1), "float32"), LESSON["NumpyNoise"]()
    first, second = np.asarray(layer(zeros)), np.asarray(layer(zeros))
    assert 0.27 < first.std() < 0.33 and np.abs(first - second).max() > 0.1


def test_an_attribute_is_fixed_when_the_file_is_written():
    class Factor(keras.layers.Layer):
        factor = 1.0

        def call(self, inputs):
            return self.factor * inputs if self.factor < 5 else -inputs

    layer, ones = Factor(), np.ones((2, 3), "float32")
    model = keras.Sequential([keras.Input((3,)), layer])
    answer = file_reader(model, "LiteRT")
    layer.factor = 9.0
    np.testing.assert_array_equal(model(ones), -ones)
    np.testing.assert_array_equal(answer(ones), ones)
