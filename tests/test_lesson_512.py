"""Lesson 512: its server of twelve lines, its `call`, and its patient client do what the page says."""

import http.client
import http.server
import json
import random
import time

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.architectures.lenet import behind_preparation, build_small_lenet
from course_utils.environment import import_quietly
from course_utils.serving.clients import in_a_thread

import_quietly()

import keras  # noqa: E402

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 28, 28))


@pytest.fixture(scope="module")
def lesson():
    keras.utils.set_random_seed(1)
    return functions_of("512")


def test_the_preparation_is_a_division_by_255():
    network = build_small_lenet()
    shipped = behind_preparation(network)
    np.testing.assert_allclose(shipped(PIXELS), network(PIXELS[..., None] / 255), atol=1e-5)


def test_the_server_of_twelve_lines_answers_as_its_network(lesson):
    shipped = behind_preparation(build_small_lenet())
    lesson["ByHand"].do_POST.__globals__["shipped"] = shipped
    with in_a_thread(lesson["ByHand"]) as address:
        body = json.dumps({"instances": PIXELS.tolist()})
        status, document = lesson["call"](address, "POST", "/anything", body)
        with pytest.raises(http.client.RemoteDisconnected):
            lesson["call"](address, "POST", "/anything", "12 apples")
        again, _ = lesson["call"](address, "POST", "/anything", body)
    assert status == again == 200
    np.testing.assert_allclose(document["predictions"], shipped(PIXELS), atol=1e-5)


def test_the_patient_client_waits_longer_each_time_and_answers_in_the_end(lesson, monkeypatch):
    waits, errors = [], [ConnectionRefusedError(), http.client.IncompleteRead(b""), TimeoutError()] * 3

    def predict(some_pixels):
        if errors:
            raise errors.pop()
        return some_pixels + 1

    patient = lesson["predict_patiently"]
    monkeypatch.setitem(patient.__globals__, "predict", predict)
    monkeypatch.setitem(patient.__globals__, "unanswered", [])
    monkeypatch.setattr(time, "sleep", waits.append)
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    assert patient(3) == 4
    assert waits[:5] == pytest.approx([0.05, 0.1, 0.2, 0.4, 0.8]) and waits[5:] == [1] * 4
    assert patient.__globals__["unanswered"].count("TimeoutError") == 3


def test_the_patient_client_gives_up_and_does_not_ask_again_what_is_wrong(lesson, monkeypatch):
    patient = lesson["predict_patiently"]
    monkeypatch.setitem(patient.__globals__, "unanswered", [])
    monkeypatch.setattr(time, "sleep", lambda seconds: None)

    def refuse(some_pixels):
        raise ConnectionRefusedError

    def wrong(some_pixels):
        raise ValueError("Each example must have the shape 28 x 28")

    monkeypatch.setitem(patient.__globals__, "predict", refuse)
    with pytest.raises(TimeoutError, match="two hundred"):
        patient(3)
    monkeypatch.setitem(patient.__globals__, "predict", wrong)
    with pytest.raises(ValueError, match="28 x 28"):
        patient(3)
    assert len(patient.__globals__["unanswered"]) == 200
