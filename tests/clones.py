"""A small clone of the course, and the `course` command called inside it."""

import shutil
import sys
from pathlib import Path

import pytest

from course_utils.command import lessons as lessons_module
from course_utils.command.cli import main
from course_utils.command.lessons import checkout_folder

ROOT = checkout_folder()


def make_clone(folder: Path, lessons: str = "*/*.ipynb") -> Path:
    """The lessons that a pattern names, and the files that they link, in a folder that looks like a clone."""
    places = [
        *(ROOT / "notebooks").glob(lessons),
        *(
            ROOT / name
            for name in (
                "docs/glossary.md",
                "docs/which_architecture.html",
                "README.md",
                "pyproject.toml",
                ".gitignore",
            )
        ),
        *(ROOT / "docs" / "teaching" / "questions").glob("*.toml"),
        *(path for path in (ROOT / "projects").rglob("*") if path.suffix in (".md", ".ipynb")),
        *(ROOT / "course_utils" / "workers").glob("*.*"),
    ]
    for place in places:
        copy = folder / place.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(place, copy)
    return folder


def call_course(clone: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Call the command as one would inside the clone, and return its status."""
    monkeypatch.setattr(lessons_module, "__file__", "/nowhere/course_utils/command/lessons.py")
    monkeypatch.chdir(clone)
    monkeypatch.setattr(sys, "argv", ["course", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code
