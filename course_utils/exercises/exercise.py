"""What an exercise is, and the comparisons that the checks are made of."""

import dis
import functools
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.exercises.moved import present_key


class Wrong(Exception):
    """Raised by a check; the message tells the learner what is wrong with the answer."""


@dataclass(frozen=True)
class Exercise:
    """One exercise of a lesson, in course_utils/exercises/lesson_NNN.py.

    `test(answer)` raises Wrong, with a message that names the mistake, or returns; call it through `judge`.
    `wrong_answers` are mistakes that learners really make; each must get its own message. `solution` is a function or a
    value, `program` the code that measured it where that takes a program, `explanation` says why. `also_right` are
    other right answers: for a function another algorithm, for a value another form or another run.
    `leaves_arguments` is set where the text asks for a function that does not change what it was given.
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
    program: str = ""
    also_right: dict[str, Any] = field(default_factory=dict)
    leaves_arguments: bool = False

    def judge(self, answer: Any) -> None:
        """Test an answer as a learner hands it over. Raises Wrong, and what the learner's own function raises.

        `test` gets a value as `plain` makes it, of the kinds that the solution holds, or a function that works on
        copies of its arguments and returns plain values.
        """
        if inspect.isroutine(self.solution):
            if not _is_function(answer):
                raise Wrong("Hand over the function itself: its name alone, without parentheses.")
            self.test(_plain_function(answer, self.leaves_arguments))
        else:
            answer = plain(answer)
            _expect_kinds(answer, plain(self.solution))
            self.test(answer)


def plain(value: Any) -> Any:
    """The value in Python's and NumPy's own types: no tensor, Series or TensorShape, no array without axes."""
    if isinstance(value, dict):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set)):
        return (
            type(value)(plain(each) for each in value) if type(value) in (list, tuple, set) else list(map(plain, value))
        )
    if type(value).__name__ == "TensorShape":
        return tuple(value)
    if not isinstance(value, type):
        value = value.numpy() if hasattr(value, "numpy") else value.to_numpy() if hasattr(value, "to_numpy") else value
    return value.item() if isinstance(value, (np.ndarray, np.generic)) and value.ndim == 0 else value


def _is_function(answer: Any) -> bool:
    """Whether a learner may have meant this as the function. A Keras model can be called too, but is a result."""
    return callable(answer) and not any(base.__module__.startswith("keras.") for base in type(answer).__mro__)


def _plain_function(function: Callable, leaves_arguments: bool) -> Callable:
    """The function on copies of its arguments, its result made plain. Raises Wrong where that is None or `...`."""

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        given = _copied(arguments)
        result = plain(function(*given, **named))
        if result is None:
            raise Wrong("The function returns None: is the `return` missing?")
        if any(leaf is Ellipsis for _, leaf in _leaves(result)):
            raise Wrong("The function still returns `...`.")
        if leaves_arguments and not _same(given, arguments):
            raise Wrong("The function changes the arrays that it was given (`+=` or `*=` does that). Build new ones.")
        return _copied(result)  # a result that is kept must not change in the next call

    return call


def _copied(value: Any) -> Any:
    """The value with its arrays and containers copied, all else as it is."""
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(_copied, value))
    return value.copy() if isinstance(value, (np.ndarray, set)) else value


def _leaves(answer: Any, name: str = "The answer") -> Iterator[tuple[str, Any]]:
    """All that stands in dictionaries, lists, tuples and sets, with its name; an array is one leaf."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield from _leaves(value, f'"{key}"' if isinstance(key, str) else f"The value of {key}")
    elif isinstance(answer, (list, tuple, set)):
        for value in answer:
            yield from _leaves(value, name)
    else:
        yield name, answer


KINDS = {bool: "true or false", str: "a text", float: "a number"}


def _kind(leaf: Any) -> type:
    """bool, str or float for truth values, texts and numbers and for arrays of them; the type itself for all else."""
    if isinstance(leaf, np.ndarray):
        return {"b": bool, "U": str, "i": float, "u": float, "f": float}.get(leaf.dtype.kind, np.ndarray)
    return bool if isinstance(leaf, bool) else float if isinstance(leaf, (int, float)) else type(leaf)


def _expect_kinds(answer: Any, solution: Any) -> None:
    """Raise Wrong unless the answer is made of the kinds of values that the solution holds, and of finite numbers."""
    kinds = [_kind(leaf) for _, leaf in _leaves(solution)]
    for name, leaf in _leaves(answer):
        if leaf is Ellipsis:
            raise Wrong(f"Still `...`: {name}.")
        if _kind(leaf) not in kinds:
            wanted = " or ".join(dict.fromkeys(KINDS.get(kind, kind.__name__) for kind in kinds))
            given = "a function" if callable(leaf) else repr(leaf)
            raise Wrong(f"{name} should be {wanted}, not {given if len(given) < 60 else type(leaf).__name__}.")
        if _kind(leaf) is float and not np.isfinite(leaf).all():
            value = f"is {leaf}:" if np.ndim(leaf) == 0 else "holds a number that is"
            raise Wrong(f"{name} {value} infinite or not a number.")


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


def some_numbers(answer: Any, shape: tuple[int, ...], what: str = "The answer") -> np.ndarray:
    """The answer as a float64 array of this shape; a single number in any number of brackets is taken for shape ().

    Raises Wrong, with `what` as the subject, for anything that is no number, another shape, NaN or infinity.
    """
    wanted = f"an array of numbers with the shape {shape}" if shape else "one number"
    try:
        array = np.asarray(plain(answer))
    except ValueError as error:
        raise Wrong(f"{what} should be {wanted}, not lists of different lengths.") from error
    if answer is None:
        raise Wrong(f"{what} is None: is the `return` missing?")
    if array.dtype.kind not in "iuf":
        raise Wrong(f"Numbers were expected: {what[0].lower() + what[1:]} should be {wanted}, not {_named(answer)}.")
    if not shape and array.size == 1:
        array = array.reshape(())
    if array.shape != shape:
        raise Wrong(f"The shape is {array.shape}; {what[0].lower() + what[1:]} should be {wanted}.")
    if not np.isfinite(array).all():
        raise Wrong(f"{what} is infinite or not a number" + (", at least in one place." if shape else "."))
    return array.astype("float64")


def _named(answer: Any) -> str:
    """A short answer as it is, a long one by its type."""
    return repr(answer) if isinstance(answer, (str, bool)) and len(repr(answer)) < 60 else type(answer).__name__


def one_number(answer: Any, what: str = "The answer") -> float:
    """The answer as one finite number: of Python, NumPy or TensorFlow, or an array that holds a single one.

    Raises Wrong, with `what` as the subject, for None, a truth value, a text, several numbers, NaN or infinity.
    """
    return float(some_numbers(answer, (), what))


def expect_close(actual: Any, expected: Any, message: str, tolerance: float = 1e-4) -> None:
    """Raise Wrong(message) unless both have the same shape and differ by at most `tolerance` everywhere."""
    expected = np.asarray(expected, dtype="float64")
    try:
        actual = some_numbers(actual, expected.shape, "the result")
    except Wrong as mistake:
        raise Wrong(f"{str(mistake)[0].upper()}{str(mistake)[1:]} {message}") from mistake
    if not np.allclose(actual, expected, rtol=tolerance, atol=tolerance):
        raise Wrong(message)


def expect_equal(actual: Any, expected: Any, message: str) -> None:
    """Raise Wrong(message) unless the two are equal: a list may be a tuple or an array, a number of any type.

    Two texts are compared without regard to case and outer spaces. A truth value is no number.
    """
    if isinstance(actual, str) and isinstance(expected, str):
        actual, expected = actual.strip().lower(), expected.strip().lower()
    if not _same(plain(actual), plain(expected)):
        raise Wrong(message)


def _same(actual: Any, expected: Any) -> bool:
    """Whether two plain values are equal, lists, tuples and arrays of the same values among them."""
    actual, expected = (each.tolist() if isinstance(each, np.ndarray) else each for each in (actual, expected))
    if isinstance(expected, (list, tuple)):
        same_length = isinstance(actual, (list, tuple)) and len(actual) == len(expected)
        return same_length and all(map(_same, actual, expected))
    if isinstance(expected, dict):
        return isinstance(actual, dict) and actual.keys() == expected.keys() and all(
            _same(actual[key], expected[key]) for key in expected
        )  # fmt: skip
    return isinstance(actual, bool) == isinstance(expected, bool) and bool(actual == expected)


def measured_numbers(
    answer: Any, *names: str, shares: tuple[str, ...] = (), counts: tuple[str, ...] = ()
) -> list[float]:
    """The numbers reported in a dictionary under these names, in their order.

    Those in `shares` must lie between 0 and 1, those in `counts` be whole and not negative. Raises Wrong if not, or if a
    name is missing or a value is no finite number.
    """
    if not isinstance(answer, dict) or not set(names) <= set(answer):
        keys = ", ".join(f'"{name}": ...' for name in names)
        raise Wrong(f"The finding is a dictionary of the numbers that you measured: {{{keys}}}.")
    left = [name for name in names if answer[name] is Ellipsis]
    if left:
        raise Wrong(f"Still `...`: {', '.join(left)}.")
    numbers = {name: one_number(answer[name], f'"{name}"') for name in names}
    if any(not 0 <= numbers[name] <= 1 for name in shares):
        raise Wrong(f"{' and '.join(shares)}: the values lie between 0 and 1. Did you write percent?")
    if any(numbers[name] < 0 or numbers[name] % 1 for name in counts):
        raise Wrong(f"{' and '.join(counts)}: whole numbers from 0 on are wanted, the ones that you counted.")
    return list(numbers.values())
