"""`course handout`: copies of lessons for a room and for its teacher, and assignments for nbgrader."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from course_utils.command.assignment import assignment_place, write_assignment
from course_utils.command.copies import write_new
from course_utils.command.lessons import Lesson, find_lessons
from course_utils.command.students import students_copy
from course_utils.command.teachers import teachers_copy

READERS = ("students", "teacher")


def lessons_of(numbers: Iterable[str]) -> list[Lesson]:
    """The lessons of these numbers, each once. Raises KeyError for a number that no lesson has."""
    lessons = [lesson for number in dict.fromkeys(numbers) for lesson in find_lessons(number)]
    return list(dict.fromkeys(lessons))


def write_handouts(lessons: Sequence[Lesson], reader: str, folder: Path, checkout: Path) -> list[Path]:
    """Write NAME_students.ipynb or NAME_teacher.ipynb of each lesson.

    Raises ValueError for another reader and FileExistsError if one of the files is there; then none is written.
    """
    if reader not in READERS:
        raise ValueError(f"--for takes students or teacher, not '{reader}'.")
    check_folder(folder)
    paths = [folder / f"{lesson.name}_{reader}.ipynb" for lesson in lessons]
    for path in paths:
        if path.exists():
            raise FileExistsError(f"{path} is there and stays as it is: name another folder, or rename this file.")
    notebooks = [
        students_copy(lesson, folder) if reader == "students" else teachers_copy(lesson, folder, checkout)
        for lesson in lessons
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for notebook, path in zip(notebooks, paths):
        write_new(notebook, path)
    return paths


def write_assignments(lessons: Sequence[Lesson], course: Path) -> list[Path]:
    """Write an nbgrader assignment of each lesson. Raises FileExistsError if one is there; then none is written."""
    check_folder(course)
    for lesson in lessons:
        assignment_place(lesson, course)
    return [write_assignment(lesson, course) for lesson in lessons]


def check_folder(folder: Path) -> None:
    """Raise ValueError if a file stands where the folder shall be."""
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise ValueError(f"{place} is a file: name a folder.")
