"""The teacher's copy of a lesson: the lesson as it is, with minutes, solutions, wrong answers, and notes if there are any."""

import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_utils.command.copies import links_from, move_links
from course_utils.command.lessons import Lesson
from course_utils.command.plan import room_lesson
from course_utils.exercises.exercise import Exercise, Wrong, load_exercises
from course_utils.exercises.session import solution_source

CHECK = re.compile(r'^check\("(\d{3}-\d+)", (\w+)\)\s*\Z', re.MULTILINE)  # the end of each exercise's cell
NOTES = Path("docs", "teaching", "notes")


def teachers_copy(lesson: Lesson, folder: Path, checkout: Path) -> NotebookNode:
    """The notebook to teach from, its links made for the folder in which it will lie."""
    notebook = lesson.read()
    move_links(notebook, lesson.path.parent, folder)
    exercises = load_exercises(lesson.number)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "code" and (stub := CHECK.search(cell.source)):
            cells += _solution_cells(exercises[stub[1]], name=stub[2])
    notes = [new_markdown_cell(text, id="notes") for text in _notes(lesson, folder, checkout)]
    notebook.cells = [cells[0], new_markdown_cell(_minutes(lesson), id="minutes"), *notes, *cells[1:]]
    return notebook


def _minutes(lesson: Lesson) -> str:
    """What the lesson takes in a room, as `course plan` counts."""
    room = room_lesson(lesson)
    return "\n".join(
        [
            "**For the teacher**",
            "",
            "| in a room | minutes |",
            "|---|---|",
            f"| teach the page, its cells run | {room.teaching} |",
            f"| exercises{_listed(room.in_room)} | {room.exercises} |",
            f"| as homework{_listed(room.at_home)} | {sum(one.minutes for one in room.at_home)} |",
        ]
    )


def _listed(exercises: tuple[Exercise, ...]) -> str:
    return f" {', '.join(f'{one.key} ({one.minutes})' for one in exercises)}" if exercises else ""


def _notes(lesson: Lesson, folder: Path, checkout: Path) -> Iterator[str]:
    """The teacher's notes on the lesson, where somebody wrote some."""
    path = checkout / NOTES / f"{lesson.number}.md"
    if path.is_file():
        yield links_from(folder, path.parent, path.read_text(encoding="utf-8").strip())


def _solution_cells(exercise: Exercise, name: str) -> list[NotebookNode]:
    """What is said about an exercise, and its solution, which runs and is checked."""
    lines = [
        f"**Solution of {exercise.key}** ({exercise.minutes} minutes). {exercise.explanation}",
        "",
        "| wrong answer | what the check says |",
        "|---|---|",
        *(f"| {_in_table(wrong)} | {_in_table(message)} |" for wrong, message in messages(exercise).items()),
    ]
    return [
        new_markdown_cell("\n".join(lines), id=f"about-{exercise.key}"),
        new_code_cell(checked_solution(exercise, name), id=f"solution-{exercise.key}"),
    ]


def checked_solution(exercise: Exercise, name: str) -> str:
    """The solution, in the place of a stub that checks the answer under this name, and its check."""
    source = solution_source(exercise, name)
    return source if CHECK.search(source) else f'{source}\n\ncheck("{exercise.key}", {name})'


def messages(exercise: Exercise) -> dict[str, str]:
    """What the check says to each of the wrong answers that learners give."""
    said = {}
    for wrong, answer in exercise.wrong_answers.items():
        try:
            exercise.judge(answer)
        except Wrong as mistake:
            said[wrong] = str(mistake)
    return said


def _in_table(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
