"""Lesson 519: its client tells what may be asked again, and its patient client asks until there is an answer."""

import http.client
import random
import time

import numpy as np
import pytest
from notebook_functions import functions_of


@pytest.fixture(scope="module")
def lesson():
    return functions_of("519")


@pytest.mark.parametrize(("status", "error"), [(503, ConnectionError), (400, ValueError), (404, ValueError)])
def test_the_client_raises_what_its_caller_must_know(lesson, monkeypatch, status, error):
    class Nowhere:
        address = ("127.0.0.1", 1)

    ask = lesson["predict"]
    monkeypatch.setitem(ask.__globals__, "server", Nowhere)
    monkeypatch.setitem(ask.__globals__, "PREDICT", "/here")
    monkeypatch.setitem(ask.__globals__, "call", lambda *words: (status, {"error": "a sentence"}))
    with pytest.raises(error, match="a sentence"):
        ask(np.zeros((1, 28, 28)))
    assert issubclass(ConnectionError, OSError) and not issubclass(ValueError, OSError)
    monkeypatch.setitem(ask.__globals__, "call", lambda *words: (200, {"predictions": [[1, 2]]}))
    assert ask(np.zeros((1, 28, 28))).tolist() == [[1, 2]]


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
    with pytest.raises(TimeoutError, match="a hundred"):
        patient(3)
    monkeypatch.setitem(patient.__globals__, "predict", wrong)
    with pytest.raises(ValueError, match="28 x 28"):
        patient(3)
    assert len(patient.__globals__["unanswered"]) == 100
