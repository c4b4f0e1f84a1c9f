"""What an exercise is, and the comparisons that the checks are made of."""

import dis
import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.exercises.moved import present_key


class Wrong(Exception):
    """Raised by a check; the message tells the learner what is wrong with the answer."""


@dataclass(frozen=True)
class Exercise:
    """One exercise of a lesson, in course_utils/exercises/lesson_NNN.py.

    `test(answer)` raises Wrong, with a message that names the mistake, or returns. `wrong_answers` are mistakes that
    learners really make; each must get its own message. `solution` is a function or a value, `explanation` says why.
    `minutes` is what it takes a learner who has read the page.
    """

    key: str
    title: str
    minutes: int
    test: Callable[[Any], None]
    hints: tuple[str, ...]
    solution: Any
    wrong_answers: dict[str, Any]
    explanation: str = ""


def has_exercises(lesson: str) -> bool:
    """Whether a file of exercises stands here for this lesson."""
    return Path(__file__).with_name(f"lesson_{lesson}.py").exists()


def load_exercises(lesson: str) -> dict[str, Exercise]:
    """The exercises of one lesson by key. Raises KeyError if the lesson has none."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("lesson_*.py"))
    if f"lesson_{lesson}" not in names:
        raise KeyError(f"Lesson {lesson} has no exercises. Those that have: {', '.join(name[7:] for name in names)}.")
    module = importlib.import_module(f"course_utils.exercises.lesson_{lesson}")
    return {exercise.key: exercise for exercise in module.EXERCISES}


def find_exercise(key: str) -> Exercise:
    """The exercise of a key such as "201-2". Raises KeyError that lists the keys of the lesson."""
    if new_key := present_key(str(key)):
        raise KeyError(f"Exercise {key} is {new_key} now: the lessons have three digits.")
    if not re.fullmatch(r"\d{3}-\d+", str(key)):
        raise KeyError(f"An exercise is named by lesson and number, '201-2' for instance; '{key}' is not.")
    lesson = key.split("-")[0]
    exercises = load_exercises(lesson)
    if key not in exercises:
        raise KeyError(f"There is no exercise {key}. Lesson {lesson} has {', '.join(exercises)}.")
    return exercises[key]


def is_stub(answer: Any) -> bool:
    """Whether the answer is still `...`, a dictionary of nothing else, or a function with no other body than `...`."""
    if answer is Ellipsis:
        return True
    if isinstance(answer, dict):
        return bool(answer) and all(value is Ellipsis for value in answer.values())
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    nothing = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    instructions = list(dis.get_instructions(code))
    returned = instructions[-1].argval if instructions[-1].opname == "RETURN_CONST" else instructions[-2].argval
    return all(instruction.opname in nothing for instruction in instructions) and returned in (None, Ellipsis)


def expect_close(actual: Any, expected: Any, message: str, tolerance: float = 1e-4) -> None:
    """Raise Wrong(message) unless both have the same shape and differ by at most `tolerance` everywhere."""
    if actual is None:
        raise Wrong("The function returns None: is the `return` missing?")
    try:
        actual, expected = np.asarray(actual, dtype="float64"), np.asarray(expected, dtype="float64")
    except (TypeError, ValueError) as error:
        raise Wrong(f"Numbers were expected, not {type(actual).__name__}.") from error
    if actual.shape != expected.shape:
        raise Wrong(f"The shape is {actual.shape}; it should be {expected.shape}. {message}")
    if not np.allclose(actual, expected, rtol=tolerance, atol=tolerance):
        raise Wrong(message)


def expect_equal(actual: Any, expected: Any, message: str) -> None:
    """Raise Wrong(message) unless the two are equal (strings without regard to case and outer spaces)."""
    if isinstance(actual, str) and isinstance(expected, str):
        actual, expected = actual.strip().lower(), expected.strip().lower()
    if type(actual) is bool and type(expected) is not bool or not bool(np.all(actual == expected)):
        raise Wrong(message)


def measured_numbers(answer: Any, *names: str, shares: tuple[str, ...] = ()) -> list[float]:
    """The numbers reported in a dictionary under these names, in their order; those in `shares` must lie between 0 and 1.

    Raises Wrong if a name is missing, a value is no finite number, or a share looks like a percentage.
    """
    if not isinstance(answer, dict) or not set(names) <= set(answer):
        keys = ", ".join(f'"{name}": ...' for name in names)
        raise Wrong(f"The finding is a dictionary of the numbers that you measured: {{{keys}}}.")
    left = [name for name in names if answer[name] is Ellipsis]
    if left:
        raise Wrong(f"Still `...`: {', '.join(left)}.")
    if any(isinstance(answer[name], (bool, np.bool_)) for name in names):
        raise Wrong("All values must be numbers, the ones that you measured, not true or false.")
    try:
        numbers = {name: float(answer[name]) for name in names}
    except (TypeError, ValueError) as error:
        raise Wrong("All values must be numbers, the ones that you measured.") from error
    if not np.isfinite(list(numbers.values())).all():
        raise Wrong("A value is infinite or not a number. What went wrong in the measurement?")
    if any(not 0 <= numbers[name] <= 1 for name in shares):
        raise Wrong(f"{' and '.join(shares)}: the values lie between 0 and 1. Did you write percent?")
    return list(numbers.values())


def one_number(answer: Any, what: str = "The answer") -> float:
    """The answer as one finite number: of Python, NumPy or TensorFlow, or an array that holds a single one.

    Raises Wrong, with `what` as the subject, for None, a truth value, a text, several numbers, NaN or infinity.
    """
    if answer is None:
        raise Wrong(f"{what} is None: is the `return` missing?")
    try:
        array = np.asarray(answer)
        truth_value = array.dtype == bool
        number = float(array.astype("float64").reshape(-1)[0]) if array.size == 1 else None
    except (TypeError, ValueError) as error:
        raise Wrong(f"{what} should be one number, not {type(answer).__name__}.") from error
    if truth_value or isinstance(answer, str):
        raise Wrong(f"{what} should be one number, not {answer!r}.")
    if number is None:
        raise Wrong(f"{what} should be one number, not {array.size} of them.")
    if not np.isfinite(number):
        raise Wrong(f"{what} is {number}: infinite or not a number.")
    return number
