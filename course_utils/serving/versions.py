"""The versions of a model in a folder: numbered folders MODEL/1, MODEL/2 ..., of which the newest readable one answers."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np


def publish(model: object, folder: str | os.PathLike, version: int) -> Path:
    """Export a Keras model as `folder`/`version`, so that a server never sees a half-written one. Returns that place.

    It is written under a hidden name first, then renamed, which is one step. Raises ValueError for a version below 1, and
    FileExistsError if the version is there: a published version never changes.
    """
    from course_utils.shipping import quiet

    if version < 1:
        raise ValueError(f"Versions are counted from 1, not {version}.")
    place = Path(folder) / str(version)
    if place.exists():
        raise FileExistsError(f"Version {version} is published already: give the next one another number.")
    place.parent.mkdir(parents=True, exist_ok=True)
    hidden = Path(tempfile.mkdtemp(prefix=".being_written_", dir=place.parent))
    try:
        with quiet():
            model.export(hidden / "model")
        os.rename(hidden / "model", place)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return place


def withdraw(folder: str | os.PathLike, version: int) -> None:
    """Take a version away: a server goes back to the newest that is left. Does nothing if it is not there."""
    place = Path(folder) / str(version)
    if place.exists():
        hidden = Path(tempfile.mkdtemp(prefix=".being_removed_", dir=place.parent))
        os.rename(place, hidden / "model")  # one step, so that no server sees half of it
        shutil.rmtree(hidden, ignore_errors=True)


@dataclass(frozen=True)
class Loaded:
    """A model in memory: inputs (n, *shape), float32 -> answers (n, ...). `shape` may hold None for any length."""

    shape: tuple[int | None, ...]
    answer: Callable[[np.ndarray], np.ndarray]


def load_saved_model(place: Path) -> Loaded:
    """Read a SavedModel with one input and one output, both with a free first axis. Raises ValueError for any other.

    Only TensorFlow is needed, not Keras. Answers one example, so that the first request does not wait for that.
    """
    import tensorflow as tf

    model = tf.saved_model.load(str(place))
    function = model.signatures["serving_default"]
    inputs = function.structured_input_signature[1]
    outputs = function.structured_outputs
    if len(inputs) != 1 or len(outputs) != 1:
        raise ValueError(
            f"The model has {len(inputs)} inputs and {len(outputs)} outputs: this server knows one of each."
        )
    (name, signature), (output, _) = *inputs.items(), *outputs.items()
    if signature.dtype != tf.float32 or signature.shape.rank is None or signature.shape[0] is not None:
        raise ValueError(f"The model's input is {signature}: float32 with a free first axis is wanted.")

    def answer(values: np.ndarray, model: object = model) -> np.ndarray:  # `model` is held: else its weights are gone
        return function(**{name: tf.constant(values)})[output].numpy()

    shape = tuple(signature.shape[1:])
    answer(np.zeros((1, *(length or 1 for length in shape)), "float32"))
    return Loaded(shape, answer)


class Versions:
    """What is known of the versions in `folder`: `states` by number, and `current`, the number that answers, or None.

    A state is ("LOADING" | "AVAILABLE" | "END", message); the message says why a version could not be loaded.
    """

    def __init__(self, folder: str | os.PathLike, load: Callable[[Path], Loaded] = load_saved_model) -> None:
        self.folder = Path(folder)
        self.load = load
        self.states: dict[int, tuple[str, str]] = {}
        self.current: int | None = None
        self.model: Loaded | None = None

    def present(self) -> list[int]:
        """The numbers of the versions that lie in the folder, in order. A folder that is missing holds none."""
        if not self.folder.is_dir():
            return []
        return sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdecimal() and path.is_dir())

    def refresh(self) -> bool:
        """Load the newest version that lies in the folder and can be read, if it is not the current one; was there one?

        Until it is loaded, the one before answers; so it does if the new one cannot be read. A version that failed is
        tried again once its folder has gone and come back. If no version is left, the current one stays.
        """
        present = self.present()
        for number in [number for number, state in self.states.items() if number not in present and state[1]]:
            del self.states[number]
        failed = {number for number, (_, message) in self.states.items() if message}
        wanted = max(set(present) - failed, default=self.current)
        if wanted == self.current:
            return False
        self.states[wanted] = ("LOADING", "")
        try:
            model = self.load(self.folder / str(wanted))
        except Exception as error:  # whatever is wrong with a folder must not end the server
            self.states[wanted] = ("END", f"{type(error).__name__}: {error}"[:300])
            return False
        before, self.current, self.model = self.current, wanted, model
        self.states[wanted] = ("AVAILABLE", "")
        if before is not None:
            self.states[before] = ("END", "")
        return True

    def status(self) -> list[dict]:
        """The states in the form that TensorFlow Serving gives them, the newest version first."""
        rows = []
        for number, (state, message) in sorted(self.states.items(), reverse=True):
            code = "UNKNOWN" if message else "OK"
            status = {"error_code": code, "error_message": message}
            rows.append({"version": str(number), "state": state, "status": status})
        return rows
