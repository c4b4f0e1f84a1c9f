"""Lesson 518: its `call` and its server of twelve lines do what the page says, and what the package repeats of them."""

import http.client
import json

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.architectures.lenet import behind_preparation, build_small_lenet
from course_utils.environment import import_quietly
from course_utils.exercises.lesson_518 import request_for, waits_of
from course_utils.serving.clients import call, handler_by_hand, in_a_thread

import_quietly()

import keras  # noqa: E402

PIXELS = np.random.default_rng(0).integers(0, 256, (3, 28, 28))


@pytest.fixture(scope="module")
def lesson():
    keras.utils.set_random_seed(1)
    return functions_of("518")


def test_the_preparation_is_a_division_by_255():
    network = build_small_lenet()
    shipped = behind_preparation(network)
    np.testing.assert_allclose(shipped(PIXELS), network(PIXELS[..., None] / 255), atol=1e-5)


@pytest.mark.parametrize("whose", ["the page's", "the package's"])
def test_the_server_of_twelve_lines_answers_as_its_network(lesson, whose):
    shipped = behind_preparation(build_small_lenet())
    lesson["ByHand"].do_POST.__globals__["shipped"] = shipped
    handler, ask = {
        "the page's": (lesson["ByHand"], lesson["call"]),
        "the package's": (handler_by_hand(shipped), call),
    }[whose]
    with in_a_thread(handler) as address:
        body = json.dumps({"instances": PIXELS.tolist()})
        status, document = ask(address, "POST", "/anything", body)
        with pytest.raises(http.client.RemoteDisconnected):
            ask(address, "POST", "/anything", "12 apples")
        again, _ = ask(address, "POST", "/anything", body)
    assert status == again == 200
    np.testing.assert_allclose(document["predictions"], shipped(PIXELS), atol=1e-5)


def test_the_request_of_the_exercise_is_understood(lesson):
    """What the solution writes is answered by the server of the page."""
    import socket

    shipped = behind_preparation(build_small_lenet())
    lesson["ByHand"].do_POST.__globals__["shipped"] = shipped
    with in_a_thread(lesson["ByHand"]) as address, socket.create_connection(address, timeout=10) as connection:
        connection.sendall(request_for("/anything", json.dumps({"instances": PIXELS.tolist()})))
        assert connection.recv(1000).startswith(b"HTTP/1.0 200")


def test_who_asks_only_after_the_answer_notes_one_slow_answer_and_users_three():
    planned, work = [0, 1, 2, 3, 9], [0.5, 3, 0.5, 0.5, 0.5]
    assert sum(seconds > 1 for seconds in work) == 1
    assert sum(wait > 1 for wait in waits_of(planned, work)) == 3
