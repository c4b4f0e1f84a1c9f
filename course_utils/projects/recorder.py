"""Watching a project while it runs: inside its kernel, from a hidden first cell that `check_project` puts there.

Nothing of the project changes. Functions of Keras, scikit-learn and Matplotlib are wrapped when the project has imported
them, and each call that matters is written as a line of JSON, with the number of the code cell that it happens in.
"""

import builtins
import functools
import hashlib
import json
import socket
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.projects.events import listen

MOST_ROWS = 60_000  # of an array, compared with others: more would take too long
FEWEST_NUMBERS = 8  # in a row that is compared: shorter ones are equal by chance
LOOPBACK = ("localhost", "127.0.0.1", "::1", "")


class Recorder:
    """Writes events to a file. `cell` is the code cell that runs, counted from 1; `seed` the last one that was set."""

    def __init__(self, path: Path) -> None:
        self.path, self.cell, self.seed, self.depth = path, 0, None, 0
        self.trained_on: dict[int, int] = {}  # the hash of a row and the cell that trained on it
        self.opened: dict[int, int] = {}  # the hash of a row of the test part and the cell that opened it
        self.openings, self.last_step = 0, None
        self.of_test: set[str] = set()  # what identifies the inputs and the targets of the opened test part
        self.since_seed = 0  # trainings since a seed was set
        self.known: dict[
            int, tuple[str, str]
        ] = {}  # of a trained network: from where it started, and its weights after

    def note(self, kind: str, **facts: Any) -> None:
        """Write one event down."""
        if rows := facts.pop("rows", None):
            self._meet(_hashes(rows[0]), rows[1])
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, "cell": self.cell, **facts}) + "\n")

    def _meet(self, hashes: set[int], role: str) -> None:
        """Compare the rows of the test part with those of the trainings, whichever came first."""
        mine, other = (self.opened, self.trained_on) if role == "opened" else (self.trained_on, self.opened)
        for row in hashes:
            mine.setdefault(row, self.cell)
        if shared := [row for row in hashes if row in other]:
            cell = self.cell if role == "trained" else other[shared[0]]
            self.note("leaked", count=len(shared), of=len(self.opened), trained=cell)

    def next_cell(self, *_: object) -> None:
        self.cell += 1
        self.note("began")
        self.wrap()

    def on_course_event(self, kind: str, **facts: Any) -> None:
        if kind == "aside":
            self.depth += 1 if facts["begins"] else -1
        elif kind == "opened":
            self.openings += 1
            self.of_test |= {_digest(facts["inputs"]), _digest(facts["targets"])}
            self.note(kind, rows=(facts["inputs"], "opened"), widths=list(_widths(facts["inputs"])))
        elif kind == "baseline":
            self.note(kind, brief=facts["brief"], on_test=_digest(facts["asked"]) in self.of_test)
        elif kind == "measured":
            on_test = _digest(facts["targets"]) in self.of_test
            self.note(kind, brief=facts["brief"], on_test=on_test, answers=_digest(facts["answers"]))
        else:
            self.note(kind, **facts)

    def wrap(self) -> None:
        """Wrap what has been imported since the last call."""
        if hasattr(sys.modules.get("keras"), "Model"):
            self._wrap_keras(sys.modules["keras"])
        if hasattr(sys.modules.get("tensorflow"), "random"):
            self._replace(sys.modules["tensorflow"].random, "set_seed", self._seeding)
        if hasattr(sys.modules.get("sklearn.base"), "BaseEstimator"):
            for estimator in _subclasses(sys.modules["sklearn.base"].BaseEstimator):
                if "fit" in vars(estimator) and hasattr(estimator, "predict"):
                    self._replace(estimator, "fit", self._training)
        if hasattr(sys.modules.get("matplotlib.backend_bases"), "FigureCanvasBase"):
            self._replace(sys.modules["matplotlib.backend_bases"].FigureCanvasBase, "print_figure", self._drawing)
        if hasattr(sys.modules.get("course_utils.datasets.dataset"), "Dataset"):
            self._watch_test_parts(sys.modules["course_utils.datasets.dataset"].Dataset)

    def _wrap_keras(self, keras: Any) -> None:
        for method in ("fit", "train_on_batch"):
            self._replace(_owner(keras.Model, method), method, self._training)
        self._replace(_owner(keras.optimizers.Optimizer, "apply"), "apply", self._stepping)
        for name in ("keras.utils", "keras.src.utils", "keras._tf_keras.keras.utils"):
            if hasattr(sys.modules.get(name), "set_random_seed"):
                self._replace(sys.modules[name], "set_random_seed", self._seeding)

    def _replace(self, owner: Any, name: str, wrapper: Callable[[Callable], Callable]) -> None:
        function = vars(owner)[name]
        if not getattr(function, "_recorded", False):
            replacement = functools.wraps(function)(wrapper(function))
            replacement._recorded = True
            setattr(owner, name, replacement)

    def _training(self, function: Callable) -> Callable:
        by_batches = function.__name__ == "train_on_batch"

        def train(model: Any, *arguments: Any, **named: Any) -> Any:
            network = hasattr(sys.modules.get("keras"), "Model") and isinstance(model, sys.modules["keras"].Model)
            step = (self.cell, self.seed, self.openings, id(model))
            told = self.depth == 0 and not (by_batches and step == self.last_step)
            if told:
                self.last_step = step
                given = [*arguments[:1], *(named[name] for name in ("x", "X", "validation_data") if name in named)]
                facts = {"what": type(model).__name__, "network": network, "seed": self.seed, "widths": _widths(given)}
                if network:
                    facts |= {"of": _kind(model), "start": self._start_of(model)}
                self.note("trained", rows=(given, "trained"), **facts)
            self.depth += 1
            try:
                return function(model, *arguments, **named)
            finally:
                self.depth -= 1
                if told and network and not by_batches:
                    self.known[id(model)] = self.known[id(model)][0], _digest(model.get_weights())

        return train

    def _start_of(self, model: Any) -> str:
        """What identifies the first weights of a network: the same as before if its training goes on."""
        weights = model.get_weights()
        now = _digest(weights) if weights else f"number {self.since_seed} after seed {self.seed}"
        first, last = self.known.get(id(model), ("", ""))
        if last != now:
            first = now
            self.since_seed += 1
        self.known[id(model)] = first, now
        return first

    def _stepping(self, function: Callable) -> Callable:
        def apply(*arguments: Any, **named: Any) -> Any:
            step = (self.cell, self.seed, self.openings)
            if self.depth == 0 and step != self.last_step:  # a loop of the project's own, told once, not at each step
                self.last_step = step
                loop = "a loop of its own"
                self.note(
                    "trained", what=loop, network=True, seed=self.seed, of=loop, start=f"seed {self.seed}", widths={}
                )
            return function(*arguments, **named)

        return apply

    def _seeding(self, function: Callable) -> Callable:
        def set_seed(seed: Any, *arguments: Any, **named: Any) -> Any:
            self.seed, self.since_seed = int(seed), 0
            self.note("seeded", seed=self.seed)
            return function(seed, *arguments, **named)

        return set_seed

    def _drawing(self, function: Callable) -> Callable:
        def print_figure(canvas: Any, *arguments: Any, **named: Any) -> Any:
            self.note("drawn", missing=missing_labels(canvas.figure))
            return function(canvas, *arguments, **named)

        return print_figure

    def _watch_test_parts(self, dataset: type) -> None:
        if "__getattribute__" in vars(dataset):
            return

        def get(data: Any, name: str) -> Any:
            value = object.__getattribute__(data, name)
            if name == "test" and not sys._getframe(1).f_globals.get("__name__", "").startswith("course_utils."):
                self.note("read", what=data.card.name)
            return value

        dataset.__getattribute__ = get


def missing_labels(figure: Any) -> list[str]:
    """Which of "x" and "y" no axis of a figure with drawn lines, points or bars names. Pictures need none."""
    axes = [axis for axis in figure.axes if axis.axison and (axis.lines or axis.collections or axis.patches)]
    axes = [axis for axis in axes if not axis.images and axis.get_label() != "<colorbar>"]
    missing = []
    for letter, whole in (("x", "_supxlabel"), ("y", "_supylabel")):
        named = [getattr(axis, f"get_{letter}label")() for axis in axes] + [getattr(figure, whole, None)]
        if axes and not any(named):
            missing.append(letter)
    return missing


def _hashes(value: Any) -> set[int]:
    """The hashes of the rows of all NumPy arrays in a value, nested in lists, tuples and dictionaries as it may be."""
    found: set[int] = set()
    for array in _arrays(value):
        rows = array[:MOST_ROWS].reshape(min(len(array), MOST_ROWS), -1)
        if rows.shape[1] >= FEWEST_NUMBERS:
            rows = np.ascontiguousarray(rows, dtype="float32")
            varied = (rows != rows[:, :1]).any(axis=1)
            found |= {hash(row.tobytes()) for row in rows[varied]}
    return found


def _arrays(value: Any) -> list[np.ndarray]:
    """The arrays of numbers in a value, nested in lists, tuples and dictionaries as they may be."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [array for part in value for array in _arrays(part)]
    if not isinstance(value, np.ndarray) or value.ndim < 1 or value.dtype.kind not in "fiub":
        return []
    return [value]


def _widths(value: Any) -> dict[int, int]:
    """How many rows of each width can be compared in a value: {width: rows}."""
    found: dict[int, int] = {}
    for array in _arrays(value):
        width = int(np.prod(array.shape[1:]))
        if width >= FEWEST_NUMBERS:
            found[width] = found.get(width, 0) + len(array)
    return found


def _digest(value: Any) -> str:
    """What identifies the numbers of a value: the same for equal numbers of another type."""
    digest = hashlib.blake2b(digest_size=8)
    for array in _arrays(value) or _arrays(np.asarray(value)):  # a list of numbers, a tensor, a column of a table
        digest.update(repr(array.shape).encode())
        digest.update(np.ascontiguousarray(array, dtype="float32").tobytes())
    return digest.hexdigest()


def _kind(model: Any) -> str:
    """What tells a network from one of another kind: its layers and its optimizer with their numbers and words, no names."""
    parts = [(type(part).__name__, _settings(part)) for part in [*model.layers, getattr(model, "optimizer", None)]]
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def _settings(part: Any) -> list[tuple[str, Any]]:
    try:
        settings = part.get_config()
    except Exception:  # a class of its own need not tell its settings
        return []
    plain = (bool, int, float, str, tuple, list)
    return [
        (name, value) for name, value in settings.items() if isinstance(value, plain) and name not in ("name", "seed")
    ]


def _owner(kind: type, method: str) -> type:
    """The class in whose body a method stands."""
    return next(parent for parent in kind.__mro__ if method in vars(parent))


def _subclasses(kind: type) -> set[type]:
    below = set(kind.__subclasses__())
    return below.union(*map(_subclasses, below))


def _import_and_wrap(recorder: Recorder) -> None:
    """Look after each import whether there is something new to wrap, so that one cell may import and train."""
    ordinary, depth = builtins.__import__, 0

    def import_module(*arguments: Any, **named: Any) -> Any:
        nonlocal depth
        before = len(sys.modules)
        depth += 1
        try:
            return ordinary(*arguments, **named)
        finally:
            depth -= 1
            if depth == 0 and len(sys.modules) != before:
                recorder.wrap()

    builtins.__import__ = import_module


def _stay_offline(recorder: Recorder) -> None:
    """Let no connection leave this machine: the attempt is noted, and raises OSError as without a network.

    The environment names a proxy that nobody answers, for programs that a cell starts. Python itself shall name the host.
    """
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def refuse(host: Any) -> None:
        recorder.note("network", host=str(host))
        raise OSError(f"The check runs without a network, and the notebook asks for {host}.")

    def connect_here(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            refuse(address[0])
        return connect(self, address)

    def resolve_here(host: Any, *arguments: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and name not in LOOPBACK:
            refuse(name)
        return resolve(host, *arguments, **named)

    socket.socket.connect, socket.getaddrinfo = connect_here, resolve_here
    urllib.request.getproxies = dict


def start(path: str) -> None:
    """Begin to record into a file; called once, in the kernel, before the first cell of the project."""
    from IPython import get_ipython

    recorder = Recorder(Path(path))
    listen(recorder.on_course_event)
    _stay_offline(recorder)
    _import_and_wrap(recorder)
    get_ipython().events.register("pre_run_cell", recorder.next_cell)
