"""Run each code cell of a lesson twice in a row and show what the second run breaks: `python tools/try_twice.py 101 ...`."""

import copy
import sys

from nbformat import NotebookNode

from course_utils.command.lessons import Lesson, execute, find_lessons


class TwiceEach(Lesson):
    """A lesson in which each code cell stands twice."""

    def read(self) -> NotebookNode:
        notebook = super().read()
        cells = []
        for cell in notebook.cells:
            cells.append(cell)
            if cell.cell_type == "code":
                again = copy.deepcopy(cell)
                again.id = f"{cell.id}-again"
                cells.append(again)
        notebook.cells = cells
        return notebook


def broken_by_a_second_run(lesson: Lesson) -> list[str]:
    """The error that ended the lesson, if one did, and the claims that did not hold; nothing where all is well.

    The number of the cell of an error counts each code cell twice.
    """
    return execute(TwiceEach(lesson.number, lesson.path), "quick").failures


def main(numbers: list[str]) -> bool:
    """Try these lessons, or all of them, and return whether all stand it."""
    all_stand_it = True
    for lesson in [found for number in numbers or [None] for found in find_lessons(number)]:
        failures = broken_by_a_second_run(lesson)
        all_stand_it = all_stand_it and not failures
        print(lesson.name, *(failures or ["stands it"]), sep="\n    ", flush=True)
    return all_stand_it


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
