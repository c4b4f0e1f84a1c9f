"""What a learner calls: check an answer, ask for the next hint, see the solution."""

import inspect
import textwrap
from typing import Any

from course_utils.exercises.exercise import Wrong, find_exercise, is_stub
from course_utils.exercises.progress import record

_next_hint: dict[str, int] = {}


def check(key: str, answer: Any) -> None:
    """Say whether the answer is right; if not, what is wrong with it, and one hint. Never raises on a wrong answer."""
    exercise = find_exercise(key)
    if is_stub(answer):
        print(f"Exercise {key}: not attempted yet. Replace the ... and run the cell again.")
        return
    try:
        exercise.judge(answer)
    except Wrong as mistake:
        _say_wrong(key, str(mistake), kept=str(mistake))
    except Exception as error:
        # The error's own text may name files of the learner: it is not kept.
        stopped = f"Your code stopped with {type(error).__name__}"
        _say_wrong(key, f"{stopped}: {error}", kept=f"{stopped}.")
    else:
        record(key, solved=True)
        print(f"Exercise {key}: right! {exercise.explanation}".rstrip())


def _say_wrong(key: str, message: str, kept: str) -> None:
    record(key, solved=False, message=kept)
    print(f"Exercise {key}: not yet. {message}")
    hint(key)


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
    answer = exercise.solution
    if exercise.program:
        print(f"{textwrap.dedent(exercise.program).strip()}\n")
    print(textwrap.dedent(inspect.getsource(answer)).rstrip() if inspect.isroutine(answer) else repr(answer))
    if exercise.explanation:
        print(f"Why: {exercise.explanation}")
