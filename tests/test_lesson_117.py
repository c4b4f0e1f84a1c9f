"""Lesson 117: windows and their answers, the ConvLSTM is that of Keras, and a forecast that reads itself."""

import numpy as np
import pytest
from notebook_functions import functions_of
from one_batch import learn_by_heart

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("117")
conv_lstm, convolve = LESSON["conv_lstm"], LESSON["convolve"]
for name in ("drawer", "build_stacked"):
    LESSON[name].__globals__["same_size"] = {"padding": "same", "activation": "relu"}


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def test_windows_pair_four_frames_with_the_one_that_follows():
    films = np.broadcast_to(np.arange(16.0).reshape(1, 16, 1, 1, 1), (2, 16, 32, 32, 1))
    past, following = LESSON["windows"](films)
    assert past.shape == (8, 4, 32, 32, 1) and following.shape == (8, 32, 32, 1)
    assert np.array_equal(past[:, 3] + 1, following)
    assert np.array_equal(np.diff(past, axis=1), np.ones((8, 3, 32, 32, 1)))


@pytest.mark.parametrize("frames, rows, columns", [(1, 5, 5), (3, 7, 4)])
@pytest.mark.parametrize("channels, maps", [(1, 2), (3, 1), (2, 5)])
def test_conv_lstm_is_that_of_keras(frames, rows, columns, channels, maps):
    layer = keras.layers.ConvLSTM2D(maps, 3, padding="same", return_state=True, bias_initializer="normal")
    film = normal(frames, rows, columns, channels)
    _, shown, memory = layer(film[np.newaxis])
    by_hand = conv_lstm(film, *layer.get_weights())
    assert by_hand[0].shape == (rows, columns, maps)
    assert np.allclose(by_hand[0], shown[0], atol=1e-4) and np.allclose(by_hand[1], memory[0], atol=1e-4)


def test_convolve_is_that_of_keras():
    maps, kernel = normal(5, 6, 2), normal(3, 3, 2, 4, seed=1)
    assert np.allclose(convolve(maps, kernel), keras.ops.conv(maps[np.newaxis], kernel, padding="same")[0], atol=1e-4)


def test_what_happened_is_the_side_that_was_tossed():
    class Part:
        left, right = np.ones((3, 2, 2, 1)), np.zeros((3, 2, 2, 1))
        turns_left = np.array([True, False, True])

    assert LESSON["what_happened"](Part)[:, 0, 0, 0].tolist() == [1, 0, 1]


def test_error_is_one_number_a_film():
    truth = normal(3, 4, 4, 1)
    assert np.allclose(LESSON["error"](truth + np.array([0, 1, 2]).reshape(3, 1, 1, 1), truth), [0, 1, 4], atol=1e-5)


def test_run_on_reads_its_own_frames(monkeypatch):
    monkeypatch.setitem(LESSON["run_on"].__globals__, "forecast", lambda network, films: films[:, -1] + films[:, 0])
    films = np.arange(1.0, 5).reshape(1, 4, 1, 1, 1)
    continued = LESSON["run_on"](None, films, 3)
    assert continued.ravel().tolist() == [1, 2, 3, 4, 5, 7, 10]


def test_the_network_draws_what_it_likes_and_learns_one_batch():
    keras.utils.set_random_seed(1)
    network, films = LESSON["build_stacked"](), np.zeros((8, 4, 32, 32, 1), "float32")
    for number in range(8):
        for frame in range(4):
            films[number, frame, 2 * number : 2 * number + 10, 3 * frame : 3 * frame + 10] = 1
    answers = films[:, 3]
    assert network(films).shape == (8, 32, 32, 1)
    assert np.asarray(network(films)).min() < 0  # no activation at the end
    backwards = np.asarray(network(films[:, ::-1].copy()))
    assert np.abs(backwards - network(films)).max() > 1e-4
    network.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse", jit_compile=False)
    before = network.evaluate(films, answers, verbose=0)
    learn_by_heart(network, films, answers, steps=60)
    assert network.evaluate(films, answers, verbose=0) < 0.5 * before
