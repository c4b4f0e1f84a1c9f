"""Watching a project while it runs: inside its kernel, from a hidden first cell that `check_project` puts there.

Nothing of the project changes. Functions of Keras, scikit-learn and Matplotlib are wrapped when the project has imported
them, and each call that matters is written as a line of JSON, with the number of the code cell that it happens in.
"""

import builtins
import functools
import json
import socket
import sys
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
        self.wrap()

    def on_course_event(self, kind: str, **facts: Any) -> None:
        self.openings += kind == "opened"
        if "rows" in facts:
            facts["rows"] = (facts["rows"], "opened")
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
        def train(model: Any, *arguments: Any, **named: Any) -> Any:
            if self.depth == 0:
                given = [*arguments[:1], *(named[name] for name in ("x", "X", "validation_data") if name in named)]
                network = type(model).__module__.partition(".")[0] != "sklearn"
                facts = {"what": type(model).__name__, "network": network, "seed": self.seed}
                self.note("trained", rows=(given, "trained"), **facts)
            self.depth += 1
            try:
                return function(model, *arguments, **named)
            finally:
                self.depth -= 1

        return train

    def _stepping(self, function: Callable) -> Callable:
        def apply(*arguments: Any, **named: Any) -> Any:
            step = (self.cell, self.seed, self.openings)
            if self.depth == 0 and step != self.last_step:  # a loop of the project's own, told once, not at each step
                self.last_step = step
                self.note("trained", what="a loop of its own", network=True, seed=self.seed)
            return function(*arguments, **named)

        return apply

    def _seeding(self, function: Callable) -> Callable:
        def set_seed(seed: Any, *arguments: Any, **named: Any) -> Any:
            self.seed = int(seed)
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
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return set().union(*map(_hashes, value))
    if not isinstance(value, np.ndarray) or value.ndim < 1 or value.dtype.kind not in "fiub":
        return set()
    rows = value[:MOST_ROWS].reshape(min(len(value), MOST_ROWS), -1)
    if rows.shape[1] < FEWEST_NUMBERS:
        return set()
    rows = np.ascontiguousarray(rows, dtype="float32")
    varied = (rows != rows[:, :1]).any(axis=1)
    return {hash(row.tobytes()) for row in rows[varied]}


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
    """Let no connection leave this machine: the attempt is noted, and raises OSError as without a network."""
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


def start(path: str) -> None:
    """Begin to record into a file; called once, in the kernel, before the first cell of the project."""
    from IPython import get_ipython

    recorder = Recorder(Path(path))
    listen(recorder.on_course_event)
    _stay_offline(recorder)
    _import_and_wrap(recorder)
    get_ipython().events.register("pre_run_cell", recorder.next_cell)
