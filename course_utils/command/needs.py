"""Which lessons a lesson needs: the links in the first sentence of its *You need*. What only helps stands after it."""

import re
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from nbformat import NotebookNode

LINE = re.compile(r"^\*\*You need\*\*(.+?)(?=\n\n|\Z)", re.DOTALL | re.MULTILINE)
SENTENCE_END = re.compile(r"\.(?=\s|$)")
LINK_TO_LESSON = re.compile(r"\]\([^)\s]*?(\d{3})_\w+\.ipynb\)")


def needed_lessons(notebook: NotebookNode) -> tuple[str, ...]:
    """The numbers of the lessons that a page needs, in the order of its line. Raises ValueError without such a line."""
    line = next((LINE.search(cell.source) for cell in notebook.cells[:2] if LINE.search(cell.source)), None)
    if line is None:
        raise ValueError("The page has no line that begins with **You need**.")
    return tuple(dict.fromkeys(LINK_TO_LESSON.findall(SENTENCE_END.split(line[1])[0])))


def check_needs(needs: Mapping[str, Iterable[str]]) -> None:
    """Raise ValueError if a lesson needs one that is not there, or itself by a detour."""
    for number, others in needs.items():
        if missing := [other for other in others if other not in needs]:
            raise ValueError(
                f"Lesson {number} needs {', '.join(missing)}, which is not here: mend its line *You need*."
            )
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        ring = " needs ".join(reversed(error.args[1]))
        raise ValueError(f"No lesson of a ring can be the first: {ring}. Mend a line *You need*.") from None


def with_all_needs(
    numbers: Iterable[str], needs: Mapping[str, Iterable[str]], known: frozenset[str] = frozenset()
) -> list[str]:
    """The lessons and all that these need but for the known ones, each after its needs, else in the order given."""
    order: list[str] = []

    def visit(number: str) -> None:
        if number not in order and number not in known:
            for other in sorted(needs[number]):
                visit(other)
            order.append(number)

    for number in numbers:
        visit(number)
    return order
