"""Lesson 514: the ring adds up lists of any length for any number of workers; the model behaves at its ends."""

import socket

import numpy as np
import pandas as pd
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

from course_utils.workers import traffic  # noqa: E402

LESSON = functions_of("514")


@pytest.mark.parametrize("workers", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("length", [1, 7, 40])
def test_the_ring_gives_each_worker_the_sum(workers, length):
    lists = np.random.default_rng(workers * length).normal(size=(workers, length))
    before = lists.copy()
    results, sent = LESSON["ring_all_reduce"](lists)
    for result in results:
        np.testing.assert_allclose(result, lists.sum(axis=0))
    np.testing.assert_array_equal(lists, before)
    assert sent.sum() == 2 * (workers - 1) * length


def test_the_model_at_its_ends():
    seconds = LESSON["exchange_seconds"]
    assert seconds(1, 4e6, 1e6) == 0 and seconds(2, 4e6, 1e6) == 4
    values = [seconds(workers, 4e6, 1e6) for workers in (1, 2, 8, 64)]
    assert values == sorted(values) and values[-1] < 2 * 4
    assert seconds(8, 4e6, 1e6, wait=3.0) == seconds(8, 4e6, 1e6) + 3


def test_the_efficiency_is_computing_by_the_whole_step():
    page = functions_of("514")
    given = {"measured": {"alone": {"net": 2.0}}, "list_bytes": {"net": 4e6}, "speed": 1e6, "many": np.array([2, 4])}
    page["efficiency_of"].__globals__.update(given)
    assert page["efficiency_of"]("net", 0.0).tolist() == [2 / (2 + 4), 2 / (2 + 6)]
    assert page["efficiency_of"]("net", np.array([1.0, 2.0])).tolist() == [2 / (2 + 5), 2 / (2 + 8)]


def test_steps_are_taken_in_turns_and_the_first_ones_are_not_counted(monkeypatch):
    clock, net, log = [0.0], [0], []

    def take(name, seconds, sent):
        def step():
            log.append(name)
            first = log.count(name) <= traffic.FIRST_TURNS
            clock[0] += 0.0 if first else seconds
            net[0] += 0 if first else sent

        return step

    monkeypatch.setattr(traffic.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(traffic, "bytes_sent", lambda: net[0])
    one, other = (take("a", 1.0, 0), take("b", 3.0, 50)), (take("c", 2.0, 0), take("d", 4.0, 70))
    result = traffic.measure({"one": one, "other": other}, turns=5)
    assert log == ["a", "b", "c", "d"] * (traffic.FIRST_TURNS + 5)
    assert result["one"] == {"alone": 1.0, "together": 3.0, "bytes": 50}
    assert result["other"] == {"alone": 2.0, "together": 4.0, "bytes": 70}


def test_a_process_counts_what_it_sends_itself():
    if not hasattr(socket, "TCP_INFO"):
        pytest.skip("Linux alone counts the bytes of each connection")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as one:
        other, _ = server.accept()
        before = traffic.bytes_sent()
        one.sendall(b"x" * 5000)
        with other:
            left = 5000
            while left:
                left -= len(other.recv(left))
            assert traffic.bytes_sent() - before == 5000


def test_the_table_has_a_column_of_bytes_for_each_worker():
    rows = [
        {
            "worker": worker,
            "network": network,
            "weights": 7,
            "alone": 1.0 + worker,
            "together": 2.0,
            "bytes": 10 * worker,
        }
        for worker in (0, 1)
        for network in ("b", "a")
    ]
    table = traffic.table_of(pd.DataFrame(rows))
    assert table.index.tolist() == ["b", "a"] and table["alone"].tolist() == [1.0, 1.0]
    assert list(table) == ["weights", "alone", "together", "bytes of worker 0", "bytes of worker 1"]
    assert table["bytes of worker 1"].tolist() == [10, 10]


def test_a_step_alone_learns_and_costs_no_bytes():
    images = np.random.default_rng(1).random((6, 28, 28, 1)).astype("float32")
    step = traffic.make_step(traffic.choose_strategy(1), traffic.NETWORKS["narrow"], images, np.arange(6))
    losses = [step() for _ in range(5)]
    assert losses[-1] < losses[0]
