"""The server: right answers under load, a sentence for each kind of wrong input, slow clients, restarts, new versions."""

import asyncio
import gc
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest
from tornado.netutil import bind_sockets

from course_utils.serving import Server, publish, withdraw
from course_utils.serving.application import Queue, TooManyWaiting, make_server, parse_instances
from course_utils.serving.clients import (
    Replies,
    cores_used,
    handler_by_hand,
    in_a_thread,
    request_speeds,
    run_clients,
    run_side_by_side,
    send_slowly,
    slow_clients,
    text_costs,
)
from course_utils.serving.clients import call as one_request
from course_utils.serving.versions import Loaded, Versions

PREDICT = "/v1/models/sums:predict"
EXAMPLES = np.arange(900.0).reshape(300, 3)
SUMS = EXAMPLES.sum(axis=1)


def load_sums(place):
    """A stand-in for a SavedModel: examples of three numbers -> their sum, plus 1000 for each version beyond the first."""
    if (place / "broken").exists():
        raise OSError("no model in it")
    number = int(place.name)
    return Loaded((3,), lambda inputs: inputs.sum(axis=1) + 1000 * (number - 1))


def call(address, method, path, body=None, seconds=10):
    connection = http.client.HTTPConnection(*address, timeout=seconds)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        assert response.headers["Content-Type"] == "application/json"
        return response.status, json.loads(response.read())
    finally:
        connection.close()


class Here:
    """The server in a thread of this process, with the stand-in for a model: no start to wait for."""

    def __init__(self, folder, load=load_sums, **settings):
        self.versions = Versions(folder, load)
        self.settings = {"patience": 0.6, "largest_body": 20_000, **settings}
        self.started = threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()), daemon=True)
        self.thread.start()
        assert self.started.wait(10)
        return self

    async def run(self):
        self.loop, self.end = asyncio.get_running_loop(), asyncio.Event()
        self.server = make_server("sums", self.versions, **self.settings)
        sockets = bind_sockets(0, "127.0.0.1")
        self.server.add_sockets(sockets)
        self.address = sockets[0].getsockname()
        self.started.set()
        await self.end.wait()
        self.server.stop()

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.end.set)
        self.thread.join(10)

    def ask(self, examples):
        status, document = call(self.address, "POST", PREDICT, json.dumps({"instances": examples.tolist()}))
        assert status == 200, document
        return np.array(document["predictions"])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "1").mkdir()
    return tmp_path


@pytest.fixture
def here(folder):
    with Here(folder) as server:
        server.versions.refresh()
        yield server


# Load


@pytest.mark.parametrize("most", [1, 64])
@pytest.mark.parametrize("clients", [1, 16])
def test_under_load_each_example_gets_its_own_answer_once(folder, most, clients):
    with Here(folder, most=most) as server:
        server.versions.refresh()
        replies = run_clients(server.ask, EXAMPLES, clients)
        calls = server.server.queue.calls
    assert replies.answered_once(EXAMPLES) and replies.as_expected(SUMS, 1e-3).all()
    assert calls == 300 if most == 1 else calls <= 300


def test_requests_that_wait_are_computed_together():
    sizes = []

    def slow_sum(inputs):
        sizes.append(len(inputs))
        time.sleep(0.05)
        return inputs.sum(axis=1)

    async def many(most):
        queue = Queue(most)
        parts = [EXAMPLES[:1], EXAMPLES[1:3], EXAMPLES[3:6], EXAMPLES[6:10], EXAMPLES[10:11]]
        return await asyncio.gather(*(queue.ask(slow_sum, part) for part in parts))

    answers = asyncio.run(many(most=6))
    np.testing.assert_allclose(np.concatenate(answers), SUMS[:11])
    assert [len(answer) for answer in answers] == [1, 2, 3, 4, 1] and sizes == [6, 5]
    sizes.clear()
    asyncio.run(many(most=1))
    assert sizes == [1, 2, 3, 4, 1]


def test_only_requests_for_the_same_model_are_computed_together():
    def double(inputs):
        return 2 * inputs

    def negative(inputs):
        return -inputs

    async def mixed():
        queue = Queue(most=100)
        asked = [(double, EXAMPLES[:1]), (double, EXAMPLES[1:2]), (negative, EXAMPLES[2:3]), (double, EXAMPLES[3:4])]
        answers = await asyncio.gather(*(queue.ask(answer, inputs) for answer, inputs in asked))
        return answers, queue.calls

    answers, calls = asyncio.run(mixed())
    np.testing.assert_array_equal(np.concatenate(answers), EXAMPLES[:4] * [[2], [2], [-1], [2]])
    assert calls == 3


def test_only_so_many_may_wait():
    async def crowd():
        def slow(inputs):
            return time.sleep(0.2) or inputs

        queue = Queue(longest=2)
        return await asyncio.gather(*(queue.ask(slow, EXAMPLES[:1]) for _ in range(5)), return_exceptions=True)

    found = [type(each) for each in asyncio.run(crowd())]
    assert found.count(TooManyWaiting) == 3


def test_a_crowd_is_told_to_come_again(folder):
    def load_slow(place):
        return Loaded((3,), lambda inputs: time.sleep(0.3) or inputs.sum(axis=1))

    with Here(folder, load_slow, longest=1) as server:
        server.versions.refresh()
        body = json.dumps({"instances": EXAMPLES[:1].tolist()})
        found = []
        threads = [
            threading.Thread(target=lambda: found.append(call(server.address, "POST", PREDICT, body)[0]))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(found) == {200, 503} and len(found) == 8
        assert server.ask(EXAMPLES[:2]).tolist() == SUMS[:2].tolist()


# Wrong input

WRONG = {
    "empty": (b"", "not JSON"),
    "no JSON": (b"12 apples", "not JSON"),
    "not UTF-8": (b'{"instances": "\xff"}', "not JSON"),
    "NaN": (b'{"instances": [[1, 2, NaN]]}', "NaN is no number of JSON"),
    "very deep": (b"[" * 9000, "not JSON"),
    "a list": (b"[[1, 2, 3]]", 'the key "instances"'),
    "no instances": (b'{"inputs": [[1, 2, 3]]}', 'the key "instances"'),
    "null": (b'{"instances": null}', "a list of at least one example"),
    "no example": (b'{"instances": []}', "a list of at least one example"),
    "ragged": (b'{"instances": [[1, 2, 3], [4, 5]]}', "ragged"),
    "text": (b'{"instances": [["1", "2", "3"]]}', "numbers only"),
    "truth values": (b'{"instances": [[true, false, true]]}', "numbers only"),
    "a truth value among numbers": (b'{"instances": [[1, 2, 3], [4, false, 0.5]]}', "numbers only"),
    "objects": (b'{"instances": [{"x": 1}]}', "numbers only"),
    "two numbers": (b'{"instances": [[1, 2]]}', "shape 3, and has 2"),
    "one axis too few": (b'{"instances": [1, 2, 3]}', "shape 3, and has a single number"),
    "one axis too many": (b'{"instances": [[[1, 2, 3]]]}', "shape 3, and has 1 x 3"),
    "too large a number": (b'{"instances": [[1, 2, 1e39]]}', "too large for 32 bits"),
    "a very long number": (b'{"instances": [[1, 2, ' + b"9" * 400 + b"]]}", "numbers only"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_gets_a_sentence_and_the_server_lives_on(here, name):
    body, sentence = WRONG[name]
    status, document = call(here.address, "POST", PREDICT, body)
    assert status == 400 and sentence in document["error"], document
    np.testing.assert_allclose(here.ask(EXAMPLES[:5]), SUMS[:5])


def test_the_word_true_outside_the_instances_does_no_harm():
    assert parse_instances(b'{"instances": [[1]], "signature_name": "true", "x": true}', (1,)).tolist() == [[1]]


def test_numbers_of_all_kinds_are_taken():
    values = parse_instances(b'{"instances": [[1, 2.5, -3e2]], "signature_name": "serving_default"}', (None,))
    assert values.dtype == np.float32 and values.tolist() == [[1, 2.5, -300]]


@pytest.mark.parametrize(
    ("method", "path", "code", "sentence"),
    [
        ("POST", "/v1/models/other:predict", 404, 'no model "other" here, but "sums"'),
        ("POST", "/v1/models/sums/versions/7:predict", 404, "Version 7 of sums does not answer here, but version 1."),
        ("GET", "/v1/models/other", 404, 'no model "other"'),
        ("GET", "/v1/models/sums/versions/7", 404, "ersion 7"),
        ("GET", "/", 404, "nothing at /"),
        ("POST", "/v1/models/sums:train", 404, "nothing at"),
        ("GET", PREDICT, 405, "Method Not Allowed"),
        ("POST", "/v1/models/sums", 405, "Method Not Allowed"),
    ],
)
def test_wrong_paths_and_methods_get_their_code(here, method, path, code, sentence):
    status, document = call(here.address, method, path, '{"instances": [[1, 2, 3]]}' if method == "POST" else None)
    assert status == code and sentence in document["error"], document


@pytest.mark.parametrize("times", [1.1, 7, 500])
def test_too_much_is_refused_with_its_code(here, times):
    body = b"0" * int(20_000 * times)
    if times < 8:
        status, document = call(here.address, "POST", PREDICT, body)
        assert status == 413 and "larger than 20000 bytes" in document["error"]
    else:  # told before it is sent: a client that does not listen may meet a closed connection
        with socket.create_connection(here.address, timeout=5) as connection:
            connection.sendall(f"POST {PREDICT} HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            assert connection.recv(1000).startswith(b"HTTP/1.1 413")
    assert here.ask(EXAMPLES[:1]).tolist() == [3]


def test_a_body_in_pieces_of_unknown_length_is_counted_too(here):
    for size, code in ((10, 400), (30_000, 413)):
        connection = http.client.HTTPConnection(*here.address, timeout=5)
        connection.request("POST", PREDICT, iter([b"0" * size]), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
        assert connection.getresponse().status == code
        connection.close()


@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"hello\r\n\r\n", b"POST " + PREDICT.encode() + b" HTTP/1.1\r\nContent-Length: x\r\n\r\n"],
    ids=["encrypted", "no request", "a length that is no number"],
)  # fmt: skip
def test_what_is_no_http_is_cut_off(here, sent):
    with socket.create_connection(here.address, timeout=5) as connection:
        connection.sendall(sent)
        while connection.recv(1000):
            pass
    assert here.ask(EXAMPLES[:1]).tolist() == [3]


def test_a_model_that_fails_is_told_and_the_next_request_answered(folder):
    def load_moody(place):
        def answer(inputs):
            if inputs[0, 0] < 0:
                raise RuntimeError("secret inside")
            return np.full(len(inputs), np.inf) if inputs[0, 0] == 7 else inputs.sum(axis=1)

        return Loaded((3,), answer)

    with Here(folder, load_moody) as server:
        server.versions.refresh()
        for first in (-1, 7):  # it raises; it answers infinity, which is no number of JSON
            status, document = call(server.address, "POST", PREDICT, json.dumps({"instances": [[first, 0, 0]]}))
            assert status == 500 and "secret" not in document["error"]
        assert server.ask(EXAMPLES[:1]).tolist() == [3]


# Slow clients


def test_slow_clients_are_cut_off_and_hold_nobody_up(here):
    with slow_clients(here.address, PREDICT, count=20, longest=20) as wait_until_cut_off:
        replies = run_clients(here.ask, EXAMPLES[:50], 2)
        seconds = wait_until_cut_off()
    assert replies.answered_once(EXAMPLES[:50]) and replies.as_expected(SUMS, 1e-3).all()
    assert len(seconds) == 20 and 0.55 < seconds[0] <= seconds[-1] < 10


def test_by_hand_one_slow_client_holds_up_the_next_but_not_where_each_has_a_thread():
    body = json.dumps({"instances": EXAMPLES[:2].tolist()})
    handler = handler_by_hand(lambda inputs: inputs.sum(axis=1))
    handler.timeout = 0.5  # seconds of silence; the other half of the slow clients is never silent
    with in_a_thread(handler, thread_each=True) as address:
        with slow_clients(address, PREDICT, count=10, longest=1.5) as wait_until_cut_off:
            assert one_request(address, "POST", PREDICT, body) == (200, {"predictions": SUMS[:2].tolist()})
            seconds = wait_until_cut_off()
        assert (seconds < 1.4).sum() == 5 and np.isinf(seconds).sum() == 5
    with in_a_thread(handler_by_hand(lambda inputs: inputs.sum(axis=1))) as address:
        with slow_clients(address, PREDICT, count=1, longest=1):
            with pytest.raises(TimeoutError):
                one_request(address, "POST", PREDICT, body, seconds=0.3)


def test_who_does_not_even_finish_the_head_is_cut_off(here):
    begin = time.perf_counter()
    with socket.create_connection(here.address, timeout=20) as connection:
        connection.sendall(b"POST /v1/models/su")
        assert connection.recv(100) == b""
    assert 0.4 < time.perf_counter() - begin < 10


def test_who_is_slow_but_in_time_is_answered(here):
    body = b'{"instances": [[1, 2, 3]]}'
    with socket.create_connection(here.address, timeout=5) as connection:
        connection.sendall(f"POST {PREDICT} HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        for byte in body:
            connection.sendall(bytes([byte]))
            time.sleep(0.005)
        assert b'"predictions": [6.0]' in connection.recv(1000)


def test_who_goes_away_before_the_answer_does_no_harm(folder):
    def load_slow(place):
        return Loaded((3,), lambda inputs: time.sleep(0.1) or inputs.sum(axis=1))

    with Here(folder, load_slow) as server:
        server.versions.refresh()
        body = b'{"instances": [[1, 2, 3]]}'
        for _ in range(5):
            with socket.create_connection(server.address, timeout=5) as connection:
                connection.sendall(
                    f"POST {PREDICT} HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
                )
        assert server.ask(EXAMPLES[:3]).tolist() == SUMS[:3].tolist()


def test_a_server_without_time_limit_is_told_from_one(folder):
    with Here(folder, patience=60) as server:
        assert send_slowly(server.address, PREDICT, 100, longest=1) == float("inf")


# Versions


def test_before_a_version_is_loaded_clients_are_told_to_come_again(tmp_path):
    with Here(tmp_path / "nothing") as server:
        assert server.versions.refresh() is False
        status, document = call(server.address, "POST", PREDICT, "{}")
        assert status == 503 and "not loaded yet" in document["error"]
        assert call(server.address, "GET", "/v1/models/sums") == (200, {"model_version_status": []})


def test_the_newest_readable_version_answers(folder):
    versions = Versions(folder, load_sums)
    assert versions.refresh() and versions.current == 1 and not versions.refresh()
    (folder / "10").mkdir()
    (folder / "9").mkdir()
    (folder / "11x").mkdir()
    (folder / "12").write_text("a file")
    assert versions.refresh() and versions.current == 10
    (folder / "13").mkdir()
    (folder / "13" / "broken").mkdir()
    assert not versions.refresh() and versions.current == 10 and not versions.refresh()
    rows = {row["version"]: row for row in versions.status()}
    assert [row["version"] for row in versions.status()] == ["13", "10", "1"]
    assert {version: row["state"] for version, row in rows.items()} == {"1": "END", "10": "AVAILABLE", "13": "END"}
    assert "no model in it" in rows["13"]["status"]["error_message"] and rows["1"]["status"]["error_code"] == "OK"
    withdraw(folder, 10)
    withdraw(folder, 10)
    assert versions.refresh() and versions.current == 9
    withdraw(folder, 13)
    assert not versions.refresh()  # sees that it has gone
    (folder / "13").mkdir()
    assert versions.refresh() and versions.current == 13


def test_if_no_version_is_left_the_last_one_answers_on(folder):
    versions = Versions(folder, load_sums)
    versions.refresh()
    withdraw(folder, 1)
    assert not versions.refresh() and versions.current == 1
    assert versions.model.answer(EXAMPLES[:1]).tolist() == [3]


def test_status_and_answers_name_the_same_version(folder):
    with Here(folder) as server:
        server.versions.refresh()
        (folder / "2").mkdir()
        replies = run_clients(server.ask, EXAMPLES, 4, meanwhile=server.versions.refresh)
        assert replies.answered_once(EXAMPLES)
        first, second = replies.as_expected(SUMS, 1e-3), replies.as_expected(SUMS + 1000, 1e-3)
        assert (first | second).all() and first[:90].all()
        np.testing.assert_allclose(server.ask(EXAMPLES[:1]), SUMS[:1] + 1000)  # on a slow machine nobody asked after it
        status, document = call(server.address, "GET", "/v1/models/sums/versions/2")
        assert status == 200 and [row["state"] for row in document["model_version_status"]] == ["AVAILABLE"]
        body = json.dumps({"instances": EXAMPLES[:1].tolist()})
        assert call(server.address, "POST", "/v1/models/sums/versions/2:predict", body)[0] == 200


class Gate:
    """A model that begins to answer only when it is let."""

    def __init__(self):
        self.called, self.open = threading.Event(), threading.Event()

    def __call__(self, inputs):
        self.called.set()
        assert self.open.wait(10)
        return inputs.sum(axis=1)


def test_who_waits_while_the_version_changes_gets_the_answer_of_the_one_asked(folder):
    gate = Gate()

    def load(place):
        return Loaded((3,), gate) if place.name == "1" else Loaded((2,), lambda inputs: inputs[:, 0])

    with Here(folder, load) as server:
        server.versions.refresh()
        found = []
        threads = [threading.Thread(target=lambda: found.append(server.ask(EXAMPLES[1:2]))) for _ in range(3)]
        for thread in threads:
            thread.start()
        assert gate.called.wait(10)
        time.sleep(0.3)  # the other two are in the line by now
        (folder / "2").mkdir()
        assert server.versions.refresh()
        gate.open.set()
        for thread in threads:
            thread.join()
        assert [answer.tolist() for answer in found] == [[SUMS[1]]] * 3
        assert server.ask(EXAMPLES[:1, :2]).tolist() == [0]  # version 2 takes two numbers


# The process


@pytest.fixture(scope="module")
def model():
    from course_utils.environment import import_quietly

    import_quietly()
    import keras

    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, kernel_initializer="ones", name="sum")])
    return keras.Sequential([network, keras.layers.Reshape(())])


@pytest.fixture(scope="module")
def published(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    publish(model, folder, 1)
    return folder


def gone(pid, seconds=20):
    for _ in range(int(seconds / 0.1)):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


def test_publish_writes_whole_versions_once(model, published):
    assert sorted(path.name for path in published.iterdir()) == ["1"]
    with pytest.raises(FileExistsError, match="Version 1 is published already"):
        publish(model, published, 1)
    with pytest.raises(ValueError, match="from 1, not 0"):
        publish(model, published, 0)


def test_a_server_that_is_killed_under_load_and_started_anew_loses_nothing(published):
    with Server("sums", published, patience=2) as server:
        port, first, refused = server.port, server.process.pid, []

        def ask(examples):
            body = json.dumps({"instances": examples.tolist()})
            for _ in range(1500):  # a machine with much to do starts slowly
                try:
                    status, document = call(server.address, "POST", PREDICT, body)
                    if status == 200:
                        return np.array(document["predictions"])
                    refused.append(status)
                except (OSError, http.client.HTTPException) as error:
                    refused.append(type(error))
                time.sleep(0.1)
            raise TimeoutError

        def kill_and_start():
            server.kill()
            assert not server.runs()
            with pytest.raises(RuntimeError, match="does not run"):
                server.kill()
            server.start()

        replies = run_clients(ask, EXAMPLES, 4, meanwhile=kill_and_start)
        assert replies.answered_once(EXAMPLES) and replies.as_expected(SUMS, 1e-2).all()
        assert len(refused) >= 4 and set(refused) <= {503, ConnectionRefusedError, ConnectionResetError, http.client.RemoteDisconnected}  # fmt: skip
        assert server.port == port and server.process.pid != first
        second = server.process.pid
    assert gone(first) and gone(second) and not server.runs()


def test_one_server_a_folder_and_none_without_a_name_for_it(published):
    first = Server("sums", published).launch()
    number = first.process.pid
    assert first.launch() is first and first.process.pid == number
    second = Server("sums", published).launch()  # as a cell does that is run twice
    assert not first.runs() and second.runs()
    number = second.process.pid
    del second
    gc.collect()
    assert gone(number)


def test_it_listens_before_it_has_loaded_and_outlives_an_interrupt(published):
    server = Server("sums", published).launch()
    try:
        assert call(server.address, "POST", PREDICT, "{}")[0] == 503
        if os.name != "nt":
            assert os.getpgid(server.process.pid) != os.getpgid(0)
    finally:
        server.stop()
        server.stop()


def test_back_to_the_first_version_whatever_came_later(model, tmp_path):
    publish(model, tmp_path, 1)
    with Server("sums", tmp_path, look_every=0.05) as server:
        server.back_to(1)
        publish(model, tmp_path, 3)
        server.wait_for_version(3)
        server.stop()
        server.back_to(1)
        assert server.runs() and [path.name for path in tmp_path.iterdir()] == ["1"]
        document = call(server.address, "GET", "/v1/models/sums")[1]
        assert document["model_version_status"][-1]["state"] == "AVAILABLE"


def test_a_port_that_is_taken_is_named(published):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RuntimeError, match=f"Port {port} cannot be used"):
            Server("sums", published, port=port).start()


def test_a_folder_without_a_readable_model_is_not_waited_for_for_ever(tmp_path):
    (tmp_path / "1").mkdir()
    server = Server("sums", tmp_path)
    with pytest.raises(TimeoutError, match="no version within 1 seconds"):
        server.start(seconds=1)
    server.stop()
    assert not server.runs()


def test_the_server_ends_with_the_process_that_started_it(published):
    code = f"""
import os
from course_utils.serving import Server
server = Server("sums", {str(published)!r}).launch()
print(server.process.pid, flush=True)
os._exit(0)  # as a kernel that is killed: nothing is tidied up
"""
    result = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, timeout=60)
    assert gone(int(result.stdout))


# The clients themselves


def test_clients_count_what_fails_and_what_comes_twice():
    def moody(examples):
        if examples[0, 0] == 30:
            raise ValueError("not this one")
        return examples.sum(axis=1)

    replies = run_clients(moody, EXAMPLES[:20], 3)
    assert replies.failures == ["10: ValueError: not this one"] and len(replies.numbers) == 19
    assert not replies.answered_once(EXAMPLES[:20])
    nobody = np.zeros(0, int)
    twice = Replies(np.array([0, 1, 1]), SUMS[[0, 1, 1]], np.ones(3), 1.0, [], np.zeros(3, int))
    assert not twice.answered_once(EXAMPLES[:2]) and not twice.answered_once(EXAMPLES[:3])
    swapped = Replies(np.array([1, 0]), SUMS[:2], np.array([3.0, 1.0]), 0.5, [], np.zeros(2, int))
    assert swapped.answered_once(EXAMPLES[:2]) and not swapped.as_expected(SUMS).any()
    assert swapped.summary()["answers a second"] == 4 and swapped.summary()["median (ms)"] == 2
    none = Replies(nobody, np.zeros(0), np.zeros(0), 1.0, ["lost"], nobody)
    assert none.as_expected(SUMS).all() and not none.answered_once(EXAMPLES[:1])
    with pytest.raises(ValueError, match="no answer"):
        none.summary()
    with pytest.raises(ValueError, match="at least one example"):
        run_clients(moody, EXAMPLES[:0], 3)


def test_what_happens_meanwhile_happens_once_in_the_middle_and_its_error_comes_through():
    seen, events = [], []
    run_clients(lambda examples: seen.append(1) or examples, EXAMPLES, 2, meanwhile=lambda: events.append(len(seen)))
    assert len(events) == 1 and events[0] >= 100
    with pytest.raises(ZeroDivisionError):
        run_clients(lambda examples: examples, EXAMPLES, 2, meanwhile=lambda: 1 / 0)


def test_what_is_asked_round_and_round_ends_after_so_many_more():
    asked, at_the_end = [], []

    def ask(examples):
        asked.append(examples[0, 0])
        return examples.sum(axis=1)

    def meanwhile():
        while len(asked) < 50:
            time.sleep(0.001)
        at_the_end.append(len(asked))

    replies = run_clients(ask, EXAMPLES[:9], 2, meanwhile, then=30)
    assert at_the_end[0] + 28 <= len(replies.numbers) <= len(asked) and set(replies.numbers) == set(range(9))
    assert replies.as_expected(SUMS).all() and set(replies.clients) == {0, 1}
    with pytest.raises(ValueError, match="give both"):
        run_clients(ask, EXAMPLES, 1, then=5)


def test_whether_a_client_ever_goes_back():
    clients = np.array([0, 1, 0, 1, 1])
    replies = Replies(np.arange(5), SUMS[:5], np.ones(5), 1.0, [], clients)
    assert replies.never_back(np.array([False, True, True, True, True]))
    assert not replies.never_back(np.array([False, True, True, False, True]))


def test_two_kinds_of_clients_meet_the_same_event():
    down = threading.Event()

    def once(examples):
        if down.is_set():
            raise ConnectionRefusedError
        return examples.sum(axis=1)

    def patient(examples):
        while down.is_set():
            time.sleep(0.01)
        return examples.sum(axis=1)

    def go_down():
        down.set()
        time.sleep(0.3)
        down.clear()

    def slowly(ask):
        return lambda examples: time.sleep(0.002) or ask(examples)

    kinds = {"once": slowly(once), "patient": slowly(patient)}
    found = run_side_by_side(kinds, EXAMPLES, 3, go_down)
    assert found["patient"].answered_once(EXAMPLES) and found["patient"].as_expected(SUMS).all()
    assert len(found["once"].failures) + len(found["once"].numbers) == 300
    assert len(found["once"].numbers) >= 100 and len(found["once"].failures) > 100


def test_speeds_of_all_kinds_are_measured_in_turn():
    sizes = []

    def ask(examples):
        sizes.append(len(examples))
        time.sleep(0.002)

    found = request_speeds({"one": (ask, 1), "all": (ask, 300)}, EXAMPLES, blocks=2, each=3)
    assert sizes == ([1] * 4 + [300] * 4) * 2 and list(found) == ["one", "all"] and found["one"]["median (ms)"] >= 2
    assert found["all"]["examples a second"] == pytest.approx(300_000 / found["all"]["median (ms)"])
    with pytest.raises(ValueError, match="300 examples do not make one batch of 400"):
        request_speeds({"more": (len, 400)}, EXAMPLES)


def test_text_costs_by_its_length():
    costs = text_costs({"whole": np.arange(10), "decimals": np.arange(10) / 7, "bytes": bytes(30)}, times=2)
    assert costs["whole"]["characters"] == len("[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]")
    assert costs["bytes"]["characters"] == len('{"b64": ""}') + 40
    assert costs["decimals"]["characters"] > 150 and all(cost["ms"] > 0 for cost in costs.values())


def test_the_cores_that_two_processes_use(published):
    with Server("sums", published).launch() as server:
        with cores_used(server) as used:
            end = time.perf_counter() + 0.5
            while time.perf_counter() < end:
                pass
    assert set(used) == {"server (cores)", "clients (cores)"} and 0.1 < used["clients (cores)"] < 1.5
