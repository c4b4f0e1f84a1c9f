"""What a learner calls: check an answer, ask for the next hint, see the solution. And `grade`, for a grading program."""

import inspect
import os
import pprint
import textwrap
from typing import Any

from course_utils.exercises.exercise import Exercise, Wrong, find_exercise, is_stub, plain
from course_utils.exercises.progress import record

_next_hint: dict[str, int] = {}


def check(key: str, answer: Any) -> None:
    """Say whether the answer is right; if not, what is wrong with it, and one hint. Never raises on a wrong answer."""
    _is_right(key, answer)


def grade(key: str, answer: Any) -> None:
    """Say what `check` says, and raise AssertionError unless the answer is right: so a grading program counts it."""
    if not _is_right(key, answer):
        raise AssertionError(f"Exercise {key} is not solved.")


def _is_right(key: str, answer: Any) -> bool:
    """Judge an answer, say the verdict, and count the attempt."""
    exercise = find_exercise(key)
    if is_stub(answer):
        print(f"Exercise {key}: not attempted yet. Replace the ... and run the cell again.")
        return False
    try:
        exercise.judge(answer)
    except Wrong as mistake:
        _say_wrong(key, str(mistake), kept=str(mistake))
    except Exception as error:
        # The error's own text may name files of the learner: it is not kept.
        stopped = f"Your code stopped with {type(error).__name__}"
        _say_wrong(key, f"{stopped}: {error}", kept=f"{stopped}.")
    else:
        _count(key, solved=True)
        print(f"Exercise {key}: right! {exercise.explanation}".rstrip())
        return True
    return False


def _say_wrong(key: str, message: str, kept: str) -> None:
    _count(key, solved=False, message=kept)
    print(f"Exercise {key}: not yet. {message}")
    hint(key)


def _count(key: str, solved: bool, message: str = "") -> None:
    """Record the attempt, but not where nbgrader runs a learner's notebook: the progress there is the teacher's."""
    if os.environ.get("NBGRADER_EXECUTION") != "autograde":
        record(key, solved=solved, message=message)


def hint(key: str) -> None:
    """Print the next hint; after the last one, name the solution."""
    exercise = find_exercise(key)
    rung = _next_hint.get(key, 0)
    if rung < len(exercise.hints):
        _next_hint[key] = rung + 1
        print(f"Hint {rung + 1} of {len(exercise.hints)}: {exercise.hints[rung]}")
        if rung + 1 < len(exercise.hints):
            print(f'The next hint: hint("{key}")')
    else:
        print(f'Those were all {len(exercise.hints)} hints. The reference answer: solution("{key}")')


def solution(key: str) -> None:
    """Print the reference answer and why it is right: code that runs in the lesson, where code was asked for."""
    exercise = find_exercise(key)
    if exercise.program:
        print(f"{textwrap.dedent(exercise.program).strip()}\n")
    answer = exercise.solution
    print(textwrap.dedent(inspect.getsource(answer)).rstrip() if inspect.isroutine(answer) else repr(answer))
    if exercise.explanation:
        print(f"Why: {exercise.explanation}")


def solution_source(exercise: Exercise, name: str = "answer") -> str:
    """Code that runs in the lesson, in the place of the stub, and gives `name` a right answer."""
    if exercise.program:
        return textwrap.dedent(exercise.program).strip()
    if not inspect.isroutine(exercise.solution):
        return f"{name} = {pprint.pformat(plain(exercise.solution), width=80, sort_dicts=False)}"
    source = textwrap.dedent(inspect.getsource(exercise.solution)).rstrip()
    own_name = exercise.solution.__name__
    return source if own_name == name else f"{source}\n\n\n{name} = {own_name}"
