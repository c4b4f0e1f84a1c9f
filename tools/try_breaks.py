"""Break the lessons on purpose and see what notices: `python tools/try_breaks.py [101 102 ...]`.

Each break in tests/breaks/NNN.toml replaces one text, in a code cell of the lesson or in a file of the package, in a copy
of the course. Then the claims that it names must turn ✘ in an execution of the lesson, or the tests that it names must fail.
The execution ends with the last claim that is named. Breaks are tried side by side, as `course run` runs lessons.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from course_utils.claims import read_claims
from course_utils.command.lessons import printed_text
from course_utils.command.side_by_side import ONE_THREAD, default_jobs

ROOT = Path(__file__).parents[1]
COPIED = (
    "course_utils",
    "data",
    "notebooks",
    "projects",
    "tests",
    "tools",
    "conftest.py",
    "pyproject.toml",
    "README.md",
)


def breaks_of(lesson: str, root: Path = ROOT) -> list[dict]:
    """The breaks that a lesson stores; KeyError if it stores none."""
    path = root / "tests" / "breaks" / f"{lesson}.toml"
    if not path.exists():
        raise KeyError(f"Lesson {lesson} stores no breaks in tests/breaks.")
    return tomllib.loads(path.read_text(encoding="utf-8"))["break"]


def notebook_of(lesson: str, root: Path = ROOT) -> Path:
    return next((root / "notebooks").glob(f"*/{lesson}_*.ipynb"))


def replaced(text: str, one: dict) -> str:
    """The text with the break made. Raises ValueError unless what it replaces stands there exactly once."""
    if text.count(one["replace"]) != 1:
        raise ValueError(
            f"'{one['name']}': {one['replace']!r} stands there {text.count(one['replace'])} times, not once."
        )
    return text.replace(one["replace"], one["by"])


def make_break(lesson: str, one: dict, root: Path) -> None:
    """Write the broken cell or file into the course at `root`. Raises ValueError if its place is not found."""
    if "file" in one:
        path = root / one["file"]
        path.write_text(replaced(path.read_text(encoding="utf-8"), one), encoding="utf-8")
        return
    path = notebook_of(lesson, root)
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and one["cell"] in cell.source]
    if len(cells) != 1:
        raise ValueError(f"'{one['name']}': {len(cells)} code cells hold {one['cell']!r}, not one.")
    cells[0].source = replaced(cells[0].source, one)
    nbformat.write(notebook, path)


def cut_after_claims(lesson: str, sentences: list[str], root: Path) -> None:
    """Leave out the cells of the course at `root` below the last one that, as stored, prints one of the claims."""
    path = notebook_of(lesson, root)
    notebook = nbformat.read(path, as_version=4)
    last = 0
    for place, cell in enumerate(notebook.cells):
        claims = [sentence for sentence, _ in read_claims(printed_text(nbformat.from_dict({"cells": [cell]})))]
        if set(claims) & set(sentences):
            last = place
    notebook.cells = notebook.cells[: last + 1]
    nbformat.write(notebook, path)


def copy_course(folder: Path) -> Path:
    """A copy of what the lessons and tests need."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return folder


def run_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run Python in the copy, so that it imports the package from there."""
    own = {"PYTHONPATH": str(folder), "COURSE_SCALE": "quick", "COLUMNS": "300"}
    environment = {**os.environ, **ONE_THREAD, **own}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def missed_by(lesson: str, one: dict) -> list[str]:
    """The claims and tests that should have noticed a break and did not; empty when it is caught."""
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_course(Path(folder))
        make_break(lesson, one, copy)
        missed = []
        for test in one.get("tests", []):
            if run_in(copy, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test).returncode != 1:
                missed.append(f"test {test}")
        if one.get("claims"):
            cut_after_claims(lesson, one["claims"], copy)
            code = (
                "from course_utils.command.lessons import execute, find_lessons\n"
                f"execution = execute(find_lessons({lesson!r})[0], 'quick')\n"
                "print('ERROR', execution.error) if execution.error else None\n"
                "print(*(sentence for sentence, holds in execution.claims if not holds), sep='\\n')"
            )
            printed = run_in(copy, "-c", code).stdout.splitlines()
            false = [line.removesuffix(" (not so in this run)") for line in printed]
            missed += [f"claim {sentence}" for sentence in one["claims"] if not claimed_false(sentence, false)]
            missed += [line for line in printed if line.startswith("ERROR")]
        return missed


def claimed_false(sentence: str, false: list[str]) -> bool:
    return any(line == sentence or line.startswith(f"{sentence} (undecided") for line in false)


def main(lessons: list[str]) -> int:
    """Try all breaks of the lessons, of all that store some when none is named; 1 if one was missed."""
    lessons = lessons or sorted(path.stem for path in (ROOT / "tests" / "breaks").glob("*.toml"))
    breaks = [(lesson, one) for lesson in lessons for one in breaks_of(lesson)]
    missed = 0
    with ThreadPoolExecutor(default_jobs()) as pool:
        found = pool.map(lambda one: missed_by(*one), breaks)
        for (lesson, one), unnoticed in zip(breaks, found):
            missed += bool(unnoticed)
            result = "missed" if unnoticed else "caught"
            print(f"{result}  {lesson}  {one['name']}", *unnoticed, sep="\n        ", flush=True)
    print(f"{len(breaks) - missed} caught, {missed} missed")
    return int(missed > 0)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (KeyError, ValueError) as error:
        sys.exit(error.args[0])
