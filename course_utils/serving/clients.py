"""Clients to try a server with: many at a time, slow ones, one request; and the smallest server there is."""

import base64
import contextlib
import http.client
import http.server
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import psutil

from course_utils.serving.process import Server
from course_utils.workers.team import HOST


@dataclass(frozen=True)
class Replies:
    """What the clients got, in the order in which it came: `numbers` says which example, `answers` (n, ...) what.

    `milliseconds` (n,) is what each reply took, `seconds` what all took together, `clients` (n,) whose it is. `failures`
    are the errors of examples that got no answer.
    """

    numbers: np.ndarray
    answers: np.ndarray
    milliseconds: np.ndarray
    seconds: float
    failures: list[str]
    clients: np.ndarray

    def as_expected(self, expected: np.ndarray, tolerance: float = 1e-4) -> np.ndarray:
        """Which answers are those of their own examples: (n,), from the expected answers (examples, ...) to all."""
        if len(self.numbers) == 0:
            return np.zeros(0, bool)
        far = np.abs(self.answers - expected[self.numbers])
        return far.reshape(len(far), -1).max(axis=1, initial=0) <= tolerance

    def answered_once(self, examples: Sequence) -> bool:
        """Whether each of these examples got exactly one answer, and none failed."""
        return not self.failures and sorted(self.numbers) == list(range(len(examples)))

    def never_back(self, flags: np.ndarray) -> bool:
        """Whether for each client the flags (n,) of its answers, once true, stay true."""
        return all((np.diff(flags[self.clients == client].astype(int)) >= 0).all() for client in set(self.clients))

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


class _Group:
    """Clients of one kind. They share the examples: none is asked by two of them."""

    def __init__(self, ask: Callable[[np.ndarray], np.ndarray], examples: np.ndarray, round_and_round: bool) -> None:
        self.ask, self.examples = ask, examples
        self.numbers = itertools.count()  # next() of it is one step: no two clients get the same
        self.last = None if round_and_round else len(examples)  # how many questions there are; None: not known yet
        self.got: list[tuple[int, np.ndarray, float, int]] = []
        self.failures: list[str] = []
        self.third = threading.Event()
        self.seconds = 0.0

    def work(self, client: int, over: threading.Event) -> None:
        """One client: ask, wait for the answer, ask the next."""
        started = time.perf_counter()
        for number in self.numbers:
            if over.is_set() or (self.last is not None and number >= self.last):
                break
            place = number % len(self.examples)
            begin = time.perf_counter()
            try:
                answer = self.ask(self.examples[place : place + 1])[0]
            except Exception as error:  # counted, for that is what the caller wants to know
                self.failures.append(f"{place}: {type(error).__name__}: {error}")
                continue
            self.got.append((place, answer, 1000 * (time.perf_counter() - begin), client))
            if 3 * len(self.got) >= len(self.examples):
                self.third.set()
        self.seconds = max(self.seconds, time.perf_counter() - started)

    def replies(self) -> Replies:
        places, answers, took, clients = zip(*self.got) if self.got else ((), (), (), ())
        return Replies(
            np.array(places, "int64"),
            np.array(answers),
            np.array(took),
            self.seconds,
            self.failures,
            np.array(clients, "int64"),
        )


def run_clients(
    ask: Callable[[np.ndarray], np.ndarray],
    examples: np.ndarray,
    clients: int,
    meanwhile: Callable[[], object] | None = None,
    *,
    then: int = 0,
) -> Replies:
    """Let so many clients ask at the same time, each the next example as soon as it has its answer.

    `ask` maps (1, ...) to (1, ...). `meanwhile` is called once, when a third of the examples are answered; what it raises
    comes through, when the clients have come to an end. With `then` they ask the examples round and round until
    `meanwhile` has returned, and so many more. Raises ValueError without an example or a client.
    """
    return run_side_by_side({"": ask}, examples, clients, meanwhile, then=then)[""]


def run_side_by_side(
    asks: Mapping[str, Callable[[np.ndarray], np.ndarray]],
    examples: np.ndarray,
    clients: int,
    meanwhile: Callable[[], object] | None = None,
    *,
    then: int = 0,
) -> dict[str, Replies]:
    """`run_clients` for several kinds of clients at the same time: each kind has so many, and asks all examples.

    `meanwhile` is called when a third of the examples are answered to each kind. Errors as those of `run_clients`.
    """
    if len(examples) == 0 or clients < 1:
        raise ValueError("run_clients needs at least one example and one client.")
    if then and meanwhile is None:
        raise ValueError("`then` counts from the end of `meanwhile`: give both.")
    over = threading.Event()
    groups = {name: _Group(ask, examples, then > 0) for name, ask in asks.items()}
    threads = [
        threading.Thread(target=group.work, args=(client, over), daemon=True)
        for group in groups.values()
        for client in range(clients)
    ]
    try:
        for thread in threads:
            thread.start()
        if meanwhile is not None:
            for group in groups.values():
                while (
                    not group.third.wait(0.05)
                    and any(thread.is_alive() for thread in threads)
                    and not (then and len(group.failures) > len(examples))
                ):
                    pass
            meanwhile()
        for group in groups.values():
            if then:
                group.last = len(group.got) + len(group.failures) + clients + then
        for thread in threads:
            thread.join()
    finally:
        over.set()  # an interrupted cell stops asking
    return {name: group.replies() for name, group in groups.items()}


@contextlib.contextmanager
def cores_used(server: Server) -> Iterator[dict[str, float]]:
    """How many cores the server's process and this one keep busy while the block runs, on the mean.

    The dictionary is filled when the block ends: {"server (cores)": 0.8, "clients (cores)": 1.1}.
    """
    processes = {"server (cores)": psutil.Process(server.process.pid), "clients (cores)": psutil.Process()}

    def seconds() -> dict[str, float]:
        times = {name: process.cpu_times() for name, process in processes.items()}
        return {name: each.user + each.system for name, each in times.items()}

    used: dict[str, float] = {}
    before, begin = seconds(), time.perf_counter()
    yield used
    after, took = seconds(), time.perf_counter() - begin
    used.update({name: (after[name] - before[name]) / took for name in before})


def request_speeds(
    kinds: Mapping[str, tuple[Callable[[np.ndarray], np.ndarray], int]],
    examples: np.ndarray,
    *,
    blocks: int = 3,
    each: int = 10,
) -> dict[str, dict[str, float]]:
    """Latency of a request in ms and examples a second, for kinds {name: (ask, how many examples (n, ...) at once)}.

    One client asks in blocks of `each` requests of one kind, so that a kind does not pay for the one before; the first
    request of a block is not measured. The kinds take turns, so that what else the machine does hits all alike. Raises
    ValueError if there are fewer examples than one request needs.
    """
    most = max(size for _, size in kinds.values())
    if most > len(examples):
        raise ValueError(f"{len(examples)} examples do not make one batch of {most}.")
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for block in range(blocks):
        for name, (ask, size) in kinds.items():
            for turn in range(each + 1):
                start = ((block * each + turn) * size) % (len(examples) - size + 1)
                begin = time.perf_counter()
                ask(examples[start : start + size])
                if turn > 0:
                    times[name].append(1000 * (time.perf_counter() - begin))
    return {
        name: {
            "median (ms)": np.median(times[name]),
            "95 % (ms)": np.quantile(times[name], 0.95),
            "examples a second": 1000 * size / np.median(times[name]),
        }
        for name, (_, size) in kinds.items()
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

    What the block gets is a function that waits for all and returns the seconds after which each was cut off, in order:
    (count,), infinite where it was not.
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

    def wait_until_cut_off() -> np.ndarray:
        for thread in threads:
            thread.join()
        return np.sort(seconds)

    time.sleep(0.3)  # so that they come first
    yield wait_until_cut_off


class OneAtATime(http.server.HTTPServer):
    """Python's own small server: it reads, answers and closes one connection before it looks at the next."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Python's own prints the traceback of a failed request; here the client's missing answer is enough."""


class AThreadEach(http.server.ThreadingHTTPServer):
    """Python's own server with a new thread for each connection."""

    request_queue_size = (
        100  # with Python's 5, the system lets the sixth that comes at the same moment wait for a second
    )

    def handle_error(self, request: object, client_address: object) -> None:
        """As that of `OneAtATime`."""


@contextlib.contextmanager
def in_a_thread(
    handler: type[http.server.BaseHTTPRequestHandler], *, thread_each: bool = False
) -> Iterator[tuple[str, int]]:
    """Serve by this handler on a free port while the block runs, in a thread of this process. Gives host and port.

    One connection at a time, or with `thread_each` each in a thread of its own.
    """
    kind = AThreadEach if thread_each else OneAtATime
    server = kind((HOST, 0), handler)
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


def call(address: tuple[str, int], method: str, path: str, body: str | bytes | None = None, seconds: float = 10):
    """Send one request, as lesson 518 writes it. Returns the status code and the document of the answer.

    Raises OSError or http.client.HTTPException where there is no answer.
    """
    connection = http.client.HTTPConnection(*address, timeout=seconds)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def handler_by_hand(model: Callable[[np.ndarray], object]) -> type[http.server.BaseHTTPRequestHandler]:
    """The server of twelve lines of lesson 518, for a model (n, ...) -> (n, ...): it answers each POST, and trusts it."""

    class ByHand(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            document = json.loads(self.rfile.read(length))
            predictions = np.asarray(model(np.array(document["instances"])))
            body = json.dumps({"predictions": predictions.tolist()})
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *words: object) -> None:
            """No line for each request."""

    return ByHand


def text_costs(kinds: Mapping[str, np.ndarray | bytes], times: int = 9) -> dict[str, dict[str, float]]:
    """What it costs to send these numbers as JSON: characters, and milliseconds to write, read and make an array of them.

    Of so many times the median. `bytes` are sent in base64, 4 characters for 3 bytes.
    """
    texts: dict[str, str] = {}
    measured: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(times):  # the kinds take turns
        for name, values in kinds.items():
            begin = time.perf_counter()
            if isinstance(values, bytes):
                text = json.dumps({"b64": base64.b64encode(values).decode()})
                np.frombuffer(base64.b64decode(json.loads(text)["b64"]), "uint8")
            else:
                text = json.dumps(values.tolist())
                np.array(json.loads(text))
            measured[name].append(1000 * (time.perf_counter() - begin))
            texts[name] = text
    return {name: {"characters": len(texts[name]), "ms": float(np.median(measured[name]))} for name in kinds}
