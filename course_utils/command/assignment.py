"""An nbgrader assignment of a lesson: its exercises to be solved, the course's own checks to grade them."""

from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course_utils.command.copies import write_new
from course_utils.command.lessons import Lesson
from course_utils.command.students import students_copy
from course_utils.command.teachers import CHECK
from course_utils.exercises.exercise import load_exercises
from course_utils.exercises.session import solution_source

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"  # nbgrader puts its own stub in the place of what lies between
CONFIG = "nbgrader_config.py"
SETTINGS = """\
# What the lessons of "Deep learning, four architectures" need of nbgrader.
c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "deep-learning"
# The stub of an exercise stands above: nothing is raised, so that a lesson runs from top to bottom before it is solved.
c.ClearSolutions.code_stub = {"python": "# Your answer goes in the place of the dots above."}
c.Execute.timeout = 1200  # seconds for a cell that trains; nbgrader's own limit is 30
"""


def write_assignment(lesson: Lesson, course: Path) -> Path:
    """Write source/NNN/NNN.ipynb into a course of nbgrader, and the course's settings if it has none.

    Raises FileExistsError if the assignment is there: it is never overwritten.
    """
    path = assignment_place(lesson, course)
    notebook = assignment(lesson, path.parent)
    path.parent.mkdir(parents=True)
    write_new(notebook, path)
    if not (course / CONFIG).exists():
        (course / CONFIG).write_text(SETTINGS, encoding="utf-8", newline="\n")
    return path


def own_settings(course: Path) -> list[str]:
    """What to say where a course of nbgrader has settings of its own, nothing where they are those of the lessons."""
    if (course / CONFIG).read_text(encoding="utf-8") == SETTINGS:
        return []
    return [
        f"{CONFIG} was there and stays as it is. The lessons need `c.Execute.timeout = 1200` in it: a cell that trains "
        "takes longer than nbgrader's 30 seconds."
    ]


def assignment_place(lesson: Lesson, course: Path) -> Path:
    """Where the assignment goes. Raises FileExistsError if something is there."""
    path = course / "source" / lesson.number / f"{lesson.number}.ipynb"
    if path.parent.exists():
        raise FileExistsError(f"{path.parent} is there and stays as it is: name another folder, or rename this one.")
    return path


def assignment(lesson: Lesson, folder: Path) -> NotebookNode:
    """The students' copy with, for each exercise, a cell that holds its solution and a cell that grades it."""
    notebook = students_copy(lesson, folder)
    exercises = load_exercises(lesson.number)
    cells = []
    for cell in notebook.cells:
        stub = CHECK.search(cell.source) if cell.cell_type == "code" else None
        if not stub:
            cells.append(cell)
            continue
        key, name = stub.groups()
        answer = CHECK.sub("", solution_source(exercises[key], name)).rstrip()
        cell.source = f"{cell.source[: stub.start()].rstrip()}\n\n\n{BEGIN}\n{answer}\n{END}"
        cell.metadata["nbgrader"] = _nbgrader(f"answer-{key}", solution=True)
        test = new_code_cell(f'from course_utils.exercises import grade\n\ngrade("{key}", {name})', id=f"grade-{key}")
        test.metadata["nbgrader"] = _nbgrader(f"check-{key}", points=exercises[key].minutes)
        cells += [cell, test]
    notebook.cells = cells
    return notebook


def _nbgrader(grade_id: str, solution: bool = False, points: int | None = None) -> dict[str, object]:
    """The metadata by which nbgrader knows a cell, in the third version of its schema."""
    graded = points is not None
    known = {"grade_id": grade_id, "grade": graded, "solution": solution, "locked": graded, "task": False}
    return known | {"schema_version": 3} | ({"points": points} if graded else {})
