"""`course start`, `course lab` and `course new-project`: a learner works in a copy, so that an update meets no conflict."""

import os
import re
from pathlib import Path

import nbformat

from course_utils.command.lessons import Lesson
from course_utils.projects.briefs import Brief

FOLDER = "my"  # in the checkout; git ignores it
LINK = re.compile(r"(\]\()(?![a-z]+:|#|/)([^)#\s]+)")  # the address of a link that is neither remote nor on the page


def copy_of(lesson: Lesson, checkout: Path) -> Path:
    """Where a learner's copy of a lesson lies."""
    return checkout / FOLDER / lesson.path.name


def start_copy(lesson: Lesson, checkout: Path) -> Path:
    """Write a copy without outputs, with links that lead where those of the lesson lead, and return its path.

    Raises FileExistsError if there is a copy already: it is never overwritten.
    """
    path = copy_of(lesson, checkout)
    _write_copy(lesson.read(), lesson.path.parent, path, checkout)
    return path


def start_project(brief: Brief, checkout: Path) -> Path:
    """Write the starter of a brief to my/project_NAME.ipynb and return its path.

    Raises FileExistsError if there is a copy already: it is never overwritten.
    """
    path = checkout / FOLDER / f"project_{brief.name}.ipynb"
    _write_copy(nbformat.read(brief.starter, as_version=4), brief.folder, path, checkout)
    return path


def _write_copy(notebook: nbformat.NotebookNode, folder: Path, path: Path, checkout: Path) -> None:
    """Write a notebook from `folder` to `path`, without outputs, its links as there; FileExistsError if that is there."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _links_from(path.parent, folder, cell.source)
        else:
            cell.outputs, cell.execution_count = [], None
    text = nbformat.writes(notebook) + "\n"
    path.parent.mkdir(exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        place = path.relative_to(checkout).as_posix()
        raise FileExistsError(
            f"Your copy is {place} and stays as it is: open it, or rename it and call this again for a fresh one."
        ) from None


def _links_from(new: Path, old: Path, text: str) -> str:
    """The text with each relative link, written for the folder `old`, made one for the folder `new`."""

    def moved(match: re.Match) -> str:
        return match[1] + Path(os.path.relpath(old / match[2], new)).as_posix()

    return LINK.sub(moved, text)


def open_lab(path: Path, checkout: Path) -> None:
    """Open a notebook in JupyterLab, with the checkout as its root so that links lead out of the notebook's folder.

    Raises ValueError where JupyterLab is not installed.
    """
    try:
        from jupyterlab.labapp import LabApp
    except ModuleNotFoundError as error:
        raise ValueError("JupyterLab is not installed here: pip install jupyterlab.") from error
    LabApp.launch_instance([f"--ServerApp.root_dir={checkout}", str(path)])
