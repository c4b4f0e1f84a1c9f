"""Finding the lessons, and executing one of them in a kernel of its own."""

import math
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_utils.claims import read_claims
from course_utils.exercises.exercise import Exercise, has_exercises, load_exercises

TIME_LINE = re.compile(
    r"Reading: about \d+ minutes?\.(?: Exercises: about \d+ minutes\.)? Running: about \d+ seconds on two CPU cores\."
)
WORDS_A_MINUTE, MINUTES_A_CODE_CELL, MINUTES_A_PICTURE = 130, 0.75, 0.5  # as measured with two readers


@dataclass(frozen=True)
class Lesson:
    """One notebook: notebooks/PART/NUMBER_name.ipynb."""

    number: str
    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    def read(self) -> NotebookNode:
        return nbformat.read(self.path, as_version=4)

    @property
    def title(self) -> str:
        first = self.read().cells[0].source
        return first.splitlines()[0].lstrip("# ").strip()

    @property
    def seconds(self) -> int:
        """Measured running time, stored by `course refresh`; 60 before the first measurement."""
        return self.read().metadata.get("course", {}).get("seconds", 60)


def checkout_folder() -> Path:
    """The folder that holds notebooks/: around the package in a clone, else around the current folder.

    Raises FileNotFoundError outside a clone.
    """
    for folder in (Path(__file__).parents[2], Path.cwd(), *Path.cwd().parents):
        if (folder / "notebooks").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise FileNotFoundError("The lessons are not here: call `course` inside a clone of the course's repository.")


def find_lessons(number: str | None = None) -> list[Lesson]:
    """All lessons in order, or the one with this number. Raises KeyError, listing the lessons, for an unknown number."""
    paths = (checkout_folder() / "notebooks").glob("[0-9]_*/[0-9][0-9][0-9]_*.ipynb")
    lessons = sorted((Lesson(path.name[:3], path) for path in paths), key=lambda lesson: lesson.name)
    if number is None:
        return lessons
    chosen = [lesson for lesson in lessons if number in (lesson.number, lesson.name)]
    if not chosen:
        raise KeyError(f"There is no lesson {number}. The lessons: {', '.join(lesson.name for lesson in lessons)}.")
    return chosen


@dataclass
class Execution:
    """What one execution of a lesson gave. `error` is empty when every cell ran."""

    lesson: Lesson
    notebook: NotebookNode
    seconds: float = 0.0
    peak_megabytes: float = 0.0
    error: str = ""
    claims: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.error and all(holds for _, holds in self.claims)

    @property
    def failures(self) -> list[str]:
        """Where it failed: the error, then the claims that do not hold."""
        return ([self.error] if self.error else []) + [
            f"claim: {sentence}" for sentence, holds in self.claims if not holds
        ]


def execute(
    lesson: Lesson,
    scale: str,
    on_cell: Callable[[int, int], None] = lambda cell, cells: None,
    seed: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Execution:
    """Run all cells of a lesson from top to bottom in a fresh kernel; the file itself is not changed.

    The kernel works in an empty folder, so that a lesson cannot depend on files beside it, and keeps the learner's
    own progress file out of it. `on_cell(done, all)` is called before each cell. A cell that raises ends the lesson.
    `seed` replaces the seed of the set-up cell; `environment` holds further variables for the kernel.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = lesson.read()
    execution = Execution(lesson, notebook)
    if seed is not None:
        for cell in notebook.cells:
            cell.source = re.sub(r"\bset_up\(seed=\d+", f"set_up(seed={seed}", cell.source)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=1200 if scale == "quick" else None,
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": folder}},
            on_cell_start=lambda cell, cell_index: on_cell(cell_index, len(notebook.cells)),
        )
        own = {
            "COURSE_SCALE": scale,
            "COURSE_HOME": folder,
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JPY_SESSION_NAME": lesson.path.name,  # as Jupyter's own server says which notebook a kernel runs
        }
        with _memory_watch(client) as memory:
            try:
                client.execute(env={**os.environ, **own, **(environment or {})}, stderr=subprocess.DEVNULL)
            except Exception as error:
                # On Ctrl-C nbclient ends the kernel by itself, and then stumbles over its absence in one way or another.
                if hasattr(client, "_async_cleanup_kernel_future"):
                    raise KeyboardInterrupt from None
                if not isinstance(error, (CellExecutionError, CellTimeoutError, DeadKernelError)):
                    raise
                execution.error = _describe(notebook, error)
    execution.peak_megabytes = memory.peak / 1e6
    execution.seconds = time.perf_counter() - started
    execution.claims = read_claims(printed_text(notebook))
    return execution


class _memory_watch:
    """Sample the kernel's resident memory twice a second."""

    def __init__(self, client: object) -> None:
        self.client, self.peak, self.stop = client, 0, threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        import psutil

        while not self.stop.wait(0.5):
            process_id = getattr(getattr(self.client.km, "provisioner", None), "pid", None)
            if process_id:
                try:
                    self.peak = max(self.peak, psutil.Process(process_id).memory_info().rss)
                except psutil.Error:  # the kernel has just ended
                    continue

    def __enter__(self) -> "_memory_watch":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()


def _describe(notebook: NotebookNode, error: Exception) -> str:
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return f"cell {index + 1}: {output.ename}: {output.evalue.splitlines()[0] if output.evalue else ''}"
    return f"{type(error).__name__}: {str(error).splitlines()[0]}"


def printed_text(notebook: NotebookNode) -> str:
    """Everything that the cells printed to standard output."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return "\n".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")


def reading_minutes(notebook: NotebookNode) -> int:
    """Minutes to read a page once with its code and pictures, its exercises not counted."""
    words = sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    pictures = sum(has_picture(output) for cell in codes for output in cell.get("outputs", []))
    return math.ceil(words / WORDS_A_MINUTE + MINUTES_A_CODE_CELL * len(codes) + MINUTES_A_PICTURE * pictures)


def has_picture(output: NotebookNode) -> bool:
    """Whether an output of a cell is a picture, alone or inside HTML."""
    data = output.get("data", {})
    return "image/png" in data or "<img" in data.get("text/html", "")


def exercise_minutes(exercises: Iterable[Exercise]) -> int:
    """The minutes that the exercises of a lesson state, added up."""
    return sum(exercise.minutes for exercise in exercises)


def exercise_text(lesson: Lesson, key: str) -> str:
    """What the page asks in an exercise. Raises KeyError if the page has no such exercise."""
    asked = re.compile(rf"^\*\*{re.escape(key)}\b.+?(?=\n\n\*\*\d{{3}}-\d|\Z)", re.DOTALL | re.MULTILINE)
    for cell in lesson.read().cells:
        if cell.cell_type == "markdown" and (found := asked.search(cell.source)):
            return found[0].strip()
    raise KeyError(f"{lesson.name} asks no exercise {key}.")


def time_line(lesson: Lesson, notebook: NotebookNode, seconds: int) -> str:
    """The sentence at the head of a page: minutes to read, minutes for the exercises, seconds to run."""
    exercises = exercise_minutes(load_exercises(lesson.number).values()) if has_exercises(lesson.number) else 0
    return (
        f"Reading: about {reading_minutes(notebook)} minutes. Exercises: about {exercises} minutes. "
        f"Running: about {seconds} seconds on two CPU cores."
    )


def store(execution: Execution) -> None:
    """Write the executed notebook over its file, in one step, without volatile metadata and with the measured times."""
    notebook = execution.notebook
    seconds = 10 * math.ceil(execution.seconds / 10)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "course": {"seconds": seconds},
    }
    notebook.cells[0].source = TIME_LINE.sub(time_line(execution.lesson, notebook, seconds), notebook.cells[0].source)
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index + 1:02}"
        cell.metadata = {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
    nbformat.validate(notebook)
    draft = execution.lesson.path.with_suffix(".ipynb.tmp")
    nbformat.write(notebook, draft, version=4)
    draft.replace(execution.lesson.path)
