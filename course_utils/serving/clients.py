"""Clients to try a server with: many at a time, slow ones; and the smallest server there is, to compare with."""

import contextlib
import http.server
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.workers.team import HOST


@dataclass(frozen=True)
class Replies:
    """What the clients got, in the order in which it came: `numbers` says which example, `answers` (n, ...) what.

    `milliseconds` (n,) is what each reply took, `seconds` what all took together. `failures` are the errors of examples
    that got no answer.
    """

    numbers: np.ndarray
    answers: np.ndarray
    milliseconds: np.ndarray
    seconds: float
    failures: list[str]

    def as_expected(self, expected: np.ndarray, tolerance: float = 1e-4) -> np.ndarray:
        """Which answers are those of their own examples: (n,), from the expected answers (examples, ...) to all."""
        far = np.abs(self.answers - expected[self.numbers])
        return far.reshape(len(far), -1).max(axis=1, initial=0) <= tolerance

    def answered_once(self, examples: Sequence) -> bool:
        """Whether each of these examples got exactly one answer, and none failed."""
        return not self.failures and sorted(self.numbers) == list(range(len(examples)))

    def summary(self) -> dict[str, float]:
        """The rate, and mean, median and 95 % mark of the latency. Raises ValueError if there was no answer."""
        if len(self.numbers) == 0:
            raise ValueError("There was no answer: nothing to sum up.")
        return {
            "answers a second": len(self.numbers) / self.seconds,
            "mean (ms)": self.milliseconds.mean(),
            "median (ms)": np.median(self.milliseconds),
            "95 % (ms)": np.quantile(self.milliseconds, 0.95),
        }


def run_clients(
    ask: Callable[[np.ndarray], np.ndarray],
    examples: np.ndarray,
    clients: int,
    meanwhile: Callable[[], object] | None = None,
) -> Replies:
    """Let so many clients ask at the same time, each the next example as soon as it has its answer.

    `ask` maps (1, ...) to (1, ...). `meanwhile` is called once, when a third of the examples are answered; what it raises
    comes through, when the clients have come to an end. Raises ValueError without an example or a client.
    """
    if len(examples) == 0 or clients < 1:
        raise ValueError("run_clients needs at least one example and one client.")
    numbers = itertools.count()  # next() of it is one step: no two clients get the same
    got: list[tuple[int, np.ndarray, float]] = []
    failures: list[str] = []
    third, over = threading.Event(), threading.Event()

    def client() -> None:
        for number in numbers:
            if number >= len(examples) or over.is_set():
                return
            begin = time.perf_counter()
            try:
                answer = ask(examples[number : number + 1])[0]
            except Exception as error:  # counted, for that is what the caller wants to know
                failures.append(f"{number}: {type(error).__name__}: {error}")
                continue
            got.append((number, answer, 1000 * (time.perf_counter() - begin)))
            if 3 * len(got) >= len(examples):
                third.set()

    threads = [threading.Thread(target=client, daemon=True) for _ in range(clients)]
    begin = time.perf_counter()
    try:
        for thread in threads:
            thread.start()
        if meanwhile is not None:
            while not third.wait(0.05) and any(thread.is_alive() for thread in threads):
                pass
            meanwhile()
        for thread in threads:
            thread.join()
    finally:
        over.set()  # an interrupted cell stops asking
    seconds = time.perf_counter() - begin
    order = np.array([number for number, _, _ in got], "int64")
    answers = np.array([answer for _, answer, _ in got])
    return Replies(order, answers, np.array([took for _, _, took in got]), seconds, failures)


def batch_speeds(
    ask: Callable[[np.ndarray], np.ndarray], examples: np.ndarray, sizes: Sequence[int], count: int = 30
) -> dict[int, dict[str, float]]:
    """One client asks `count` times for each number of examples (n, ...) at once: latency of a request in ms, examples a second.

    The sizes take turns, so that what else the machine does meanwhile hits all alike; three turns come before, unmeasured.
    Raises ValueError if there are fewer examples than the largest size.
    """
    if max(sizes) > len(examples):
        raise ValueError(f"{len(examples)} examples do not make one batch of {max(sizes)}.")
    times: dict[int, list[float]] = {size: [] for size in sizes}
    for turn in range(-3, count):
        for size in sizes:
            start = (turn * size) % (len(examples) - size + 1)
            begin = time.perf_counter()
            ask(examples[start : start + size])
            if turn >= 0:
                times[size].append(1000 * (time.perf_counter() - begin))
    return {
        size: {
            "median (ms)": np.median(taken),
            "95 % (ms)": np.quantile(taken, 0.95),
            "examples a second": 1000 * size / np.median(taken),
        }
        for size, taken in times.items()
    }


def send_slowly(
    address: tuple[str, int], path: str, promised: int, sent: bytes = b"", pause: float = 0.1, longest: float = 60
) -> float:
    """Promise a body of so many bytes, send those of `sent` one at a time, and no more. Seconds until the server cuts off.

    Returns infinity if it has not after `longest` seconds.
    """
    begin = time.perf_counter()
    head = f"POST {path} HTTP/1.1\r\nHost: {address[0]}\r\nContent-Length: {promised}\r\n\r\n"
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(head.encode())
        connection.settimeout(pause)
        left = iter(sent)
        while time.perf_counter() - begin < longest:
            byte = next(left, None)
            try:
                if byte is not None:
                    connection.sendall(bytes([byte]))
                if connection.recv(1000) == b"":
                    return time.perf_counter() - begin
            except TimeoutError:
                continue  # nothing came: the server still listens
            except OSError:
                return time.perf_counter() - begin
    return float("inf")


@contextlib.contextmanager
def slow_clients(address: tuple[str, int], path: str, count: int = 20, longest: float = 60) -> Iterator[Callable]:
    """Clients that send slowly while the block runs: every second one a byte each 0.1 seconds, the others nothing.

    What the block gets is a function that waits for all and returns the seconds after which each was cut off.
    """
    seconds: list[float] = []

    def client(number: int) -> None:
        try:
            seconds.append(send_slowly(address, path, 5000, b" " * 5000 * (number % 2), longest=longest))
        except OSError:  # it could not even connect
            seconds.append(0.0)

    threads = [threading.Thread(target=client, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()

    def cut_off() -> list[float]:
        for thread in threads:
            thread.join()
        return seconds

    time.sleep(0.3)  # so that they come first
    yield cut_off


class OneAtATime(http.server.HTTPServer):
    """Python's own small server: it reads, answers and closes one connection before it looks at the next."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Python's own prints the traceback of a failed request; here the client's missing answer is enough."""


@contextlib.contextmanager
def in_a_thread(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[tuple[str, int]]:
    """Serve by this handler on a free port while the block runs, in a thread of this process. Gives host and port."""
    server = OneAtATime((HOST, 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address
    finally:
        stopping = threading.Thread(target=server.shutdown, daemon=True)
        stopping.start()
        stopping.join(5)
        if not stopping.is_alive():  # else a handler still waits for a slow client, and ends with this process
            server.server_close()


def text_milliseconds(values: np.ndarray, times: int = 9) -> float:
    """Milliseconds to write these numbers as JSON and to read them again: the median of so many times."""
    measured = []
    for _ in range(times):
        begin = time.perf_counter()
        json.loads(json.dumps(values.tolist()))
        measured.append(1000 * (time.perf_counter() - begin))
    return float(np.median(measured))
