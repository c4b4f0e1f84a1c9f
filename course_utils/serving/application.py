"""What the server answers: paths, status codes and messages, in the REST form of TensorFlow Serving. Built on Tornado."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import responses

import numpy as np
from tornado import web
from tornado.httpserver import HTTPServer

from course_utils.serving.versions import Versions

HEADROOM = 8  # a body up to so many times the limit is read to its end, so that its sender can hear the answer


def parse_instances(body: bytes, shape: tuple[int | None, ...]) -> np.ndarray:
    """The body of a request as float32 (n, *shape). Raises ValueError with a sentence for the sender if it is none."""
    try:
        document = json.loads(body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The body is not JSON: {error}") from None
    if not isinstance(document, dict) or "instances" not in document:
        raise ValueError('The body must be a JSON object with the key "instances".')
    instances = document["instances"]
    if not isinstance(instances, list) or not instances:
        raise ValueError('"instances" must be a list of at least one example.')
    try:
        values = np.array(instances)
    except (ValueError, OverflowError):
        raise ValueError('"instances" is ragged: all examples must have one shape.') from None
    if values.dtype.kind not in "iuf" or ((b"true" in body or b"false" in body) and _holds_truth(instances)):
        raise ValueError('"instances" must hold numbers only.')
    fits = len(values.shape) == 1 + len(shape) and all(
        want in (None, got) for want, got in zip(shape, values.shape[1:])
    )
    if not fits:
        wanted = " x ".join(str(length or "any") for length in shape)
        found = " x ".join(map(str, values.shape[1:])) or "a single number"
        raise ValueError(f"Each example must have the shape {wanted}, and has {found}.")
    with np.errstate(over="ignore"):
        values = values.astype("float32")
    if not np.isfinite(values).all():
        raise ValueError('A number in "instances" is too large for 32 bits.')
    return values


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")


def _holds_truth(value: object) -> bool:
    """Whether somewhere in these lists stands true or false, which NumPy would take for 1 or 0."""
    return any(map(_holds_truth, value)) if isinstance(value, list) else isinstance(value, bool)


class TooManyWaiting(Exception):
    """Raised where more requests wait than the server promises to hold."""


@dataclass(frozen=True)
class _Waiting:
    """A request in the line: its inputs (n, ...), who answers it, and where the answer goes."""

    answer: Callable[[np.ndarray], np.ndarray]
    inputs: np.ndarray
    future: asyncio.Future


class Queue:
    """Requests that wait for the model. One call of it answers the first, and with it those behind it, up to `most` examples.

    The model runs in a thread of its own, so that the server goes on reading meanwhile. With most=1 each request has a
    call of its own. `calls` counts the calls.
    """

    def __init__(self, most: int = 1, longest: int = 1000) -> None:
        self.most, self.longest = most, longest
        self.waiting: deque[_Waiting] = deque()
        self.thread = ThreadPoolExecutor(1, "model")
        self.worker: asyncio.Task | None = None
        self.calls = 0

    async def ask(self, answer: Callable[[np.ndarray], np.ndarray], inputs: np.ndarray) -> np.ndarray:
        """The answers of `answer`, (n, ...) -> (n, ...), to `inputs` when it is their turn: of this model, whatever comes.

        Raises TooManyWaiting, and what the model raises.
        """
        if len(self.waiting) >= self.longest:
            raise TooManyWaiting
        future = asyncio.get_running_loop().create_future()
        self.waiting.append(_Waiting(answer, inputs, future))
        if self.worker is None or self.worker.done():
            self.worker = asyncio.create_task(self._work())
        return await future

    def _next(self) -> list[_Waiting]:
        """The first request and those behind it that fit into one call: of the same model, of the same shape."""
        together = [self.waiting.popleft()]
        first = together[0]
        size = len(first.inputs)
        while self.waiting:
            following = self.waiting[0]
            alike = following.answer is first.answer and following.inputs.shape[1:] == first.inputs.shape[1:]
            size += len(following.inputs)
            if not alike or size > self.most:
                break
            together.append(self.waiting.popleft())
        return together

    async def _work(self) -> None:
        while self.waiting:
            together = self._next()
            inputs = [each.inputs for each in together]
            joined = np.concatenate(inputs) if len(inputs) > 1 else inputs[0]
            self.calls += 1
            try:
                answers = await asyncio.get_running_loop().run_in_executor(self.thread, together[0].answer, joined)
            except Exception as error:
                for each in together:
                    if not each.future.done():
                        each.future.set_exception(error)
                continue
            parts = np.split(answers, np.cumsum([len(each) for each in inputs])[:-1])
            for each, part in zip(together, parts):
                if not each.future.done():  # a client that has gone
                    each.future.set_result(part)


class Answer(web.RequestHandler):
    """What all paths have in common: every answer is a JSON document, an error {"error": a sentence}."""

    def initialize(self, name: str, versions: Versions, **_: object) -> None:
        self.name, self.versions = name, versions

    def set_default_headers(self) -> None:
        self.set_header("Server", "course_utils.serving")

    def reply(self, code: int, document: dict) -> None:
        self.set_status(code)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(document, allow_nan=False))

    def refuse(self, code: int, sentence: str) -> None:
        self.reply(code, {"error": sentence})

    def write_error(self, status_code: int, **_: object) -> None:
        """For what Tornado itself refuses: a method that a path does not know, or a fault of this program."""
        sentence = f"{self.request.method} {self.request.path}: {responses.get(status_code, 'Unknown')}."
        self.refuse(status_code, sentence)

    def unknown(self, name: str, version: str | None) -> str:
        """A sentence if no model of that name and version answers here; else ""."""
        if name != self.name:
            return f'There is no model "{name}" here, but "{self.name}".'
        if version is not None and self.versions.current != int(version):
            return f"Version {version} of {name} does not answer here, but version {self.versions.current}."
        return ""


class Nothing(Answer):
    """Every path that is not known."""

    def prepare(self) -> None:
        self.refuse(404, f"There is nothing at {self.request.path}.")


class Status(Answer):
    """GET /v1/models/NAME: which versions there are, and whether one is ready."""

    def get(self, name: str, version: str | None) -> None:
        rows = [row for row in self.versions.status() if version in (None, row["version"])]
        if name != self.name or (version is not None and not rows):
            return self.refuse(404, self.unknown(name, version) or f"There is no version {version} of {name}.")
        self.reply(200, {"model_version_status": rows})


@web.stream_request_body
class Predict(Answer):
    """POST /v1/models/NAME:predict with {"instances": [...]}: {"predictions": [...]}."""

    def initialize(self, largest_body: int, queue: Queue, **shared: object) -> None:
        super().initialize(**shared)
        self.largest_body, self.queue = largest_body, queue
        self.parts: list[bytes] = []
        self.size = 0

    def prepare(self) -> None:
        # This connection may send so much: by default Tornado would cut it off without a word.
        self.request.connection.set_max_body_size(HEADROOM * self.largest_body)
        length = self.request.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > HEADROOM * self.largest_body:
            self.refuse(413, self.too_large())

    def too_large(self) -> str:
        return f"The body is larger than {self.largest_body} bytes: send fewer examples at a time."

    def data_received(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size <= self.largest_body:
            self.parts.append(chunk)
        else:
            self.parts.clear()  # the rest is read, and not kept

    async def post(self, name: str, version: str | None) -> None:
        if self.size > self.largest_body:
            return self.refuse(413, self.too_large())
        if name == self.name and self.versions.model is None:
            return self.refuse(503, f"{name} is not loaded yet: ask again soon.")
        if sentence := self.unknown(name, version):
            return self.refuse(404, sentence)
        model = self.versions.model  # this one answers, even if another version comes while the request waits
        try:
            instances = parse_instances(b"".join(self.parts), model.shape)
        except ValueError as error:
            return self.refuse(400, str(error))
        try:
            answers = await self.queue.ask(model.answer, instances)
            self.reply(200, {"predictions": answers.tolist()})
        except TooManyWaiting:
            self.refuse(503, f"{self.queue.longest} requests are waiting: ask again soon.")
        except Exception as error:  # the model's own fault; the server goes on
            self.refuse(500, f"The model failed: {type(error).__name__}.")


def make_server(
    name: str,
    versions: Versions,
    *,
    most: int = 1,
    longest: int = 1000,
    largest_body: int = 4_000_000,
    patience: float = 10,
) -> HTTPServer:
    """A server for one model, not yet listening.

    `most` examples are computed in one call, `longest` requests may wait, a body has at most `largest_body` bytes. A
    client has `patience` seconds for the head of a request, and again for its body; then the connection is closed.
    """
    queue = Queue(most, longest)
    shared = {"name": name, "versions": versions}
    model = r"/v1/models/([^/:]+)(?:/versions/([0-9]+))?"
    application = web.Application(
        [
            (model + ":predict", Predict, {**shared, "largest_body": largest_body, "queue": queue}),
            (model, Status, shared),
        ],
        default_handler_class=Nothing,
        default_handler_args=shared,
        log_function=lambda handler: None,
    )
    server = HTTPServer(application, idle_connection_timeout=patience, body_timeout=patience)
    server.queue = queue
    return server
