"""`course start`, `course lab` and `course new-project`: a learner works in a copy, so that an update meets no conflict."""

import os
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

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


def _write_copy(notebook: NotebookNode, folder: Path, path: Path, checkout: Path) -> None:
    """Write a notebook from `folder` to `path`, without outputs, its links as there; FileExistsError if that is there."""
    clear_outputs(notebook)
    move_links(notebook, folder, path.parent)
    path.parent.mkdir(exist_ok=True)
    try:
        write_new(notebook, path)
    except FileExistsError:
        place = path.relative_to(checkout).as_posix()
        raise FileExistsError(
            f"Your copy is {place} and stays as it is: open it, or rename it and call this again for a fresh one."
        ) from None


def clear_outputs(notebook: NotebookNode) -> None:
    """Take away what the code cells gave, in place."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def move_links(notebook: NotebookNode, old: Path, new: Path) -> None:
    """Make each relative link of a page in the folder `old` one for the folder `new`, in place."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = links_from(new, old, cell.source)


def write_new(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook. Raises FileExistsError if the path is taken."""
    text = nbformat.writes(notebook) + "\n"
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)


def links_from(new: Path, old: Path, text: str) -> str:
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
