"""What an exercise is, and the comparisons that the checks are made of."""

import decimal
import dis
import fractions
import functools
import importlib
import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
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

        `test` gets a value as `plain` makes it, of the kinds that the solution holds and with its keys, or a function
        that works on copies of its arguments and returns plain values. What `test` itself cannot compute with, lists
        of different lengths for instance, is a wrong answer too.
        """
        if inspect.isroutine(self.solution):
            if not _is_function(answer):
                raise Wrong("Hand over the function itself: its name alone, without parentheses.")
            _judge_function(self, answer)
        else:
            solution = plain(self.solution)
            answer = plain(answer.to_dict() if isinstance(solution, dict) and hasattr(answer, "to_dict") else answer)
            answer = _with_keys_of(solution, answer) if isinstance(solution, dict) else answer
            _expect_container(answer, solution)
            _expect_kinds(answer, solution)
            self.test(answer)


def plain(value: Any) -> Any:
    """The value in Python's and NumPy's own types: no tensor, Series or TensorShape, no array without axes."""
    if isinstance(value, dict):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, (fractions.Fraction, decimal.Decimal)):
        return float(value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        value = value.tolist()
    if isinstance(value, (list, tuple, set)):
        return (
            type(value)(plain(each) for each in value) if type(value) in (list, tuple, set) else list(map(plain, value))
        )
    if type(value).__name__ == "TensorShape":
        return tuple(value)
    if not isinstance(value, type):
        value = value.numpy() if hasattr(value, "numpy") else value.to_numpy() if hasattr(value, "to_numpy") else value
        if isinstance(value, np.ndarray) and value.dtype.kind == "O":
            return plain(value)
    return value.item() if isinstance(value, (np.ndarray, np.generic)) and value.ndim == 0 else value


def _is_function(answer: Any) -> bool:
    """Whether a learner may have meant this as the function. A Keras model can be called too, but is a result."""
    return callable(answer) and not any(base.__module__.startswith("keras.") for base in type(answer).__mro__)


def _judge_function(exercise: Exercise, function: Callable) -> None:
    """Test a function. Raises Wrong, also for a result that the test cannot compute with, and what the function raises."""
    last: dict[str, Any] = {}
    try:
        exercise.test(_plain_function(function, exercise.leaves_arguments, last))
    except Wrong:
        raise
    except Exception as error:
        if "result" not in last or error is last.get("error"):
            raise
        wanted = _described(plain(exercise.solution(*_copied(last["arguments"]), **last["named"])))
        given = _described(last["result"])
        if given == wanted:
            raise Wrong(f"Your function returns {given}, as it should, but not one that can be compared.") from error
        raise Wrong(f"Your function should return {wanted}, not {given}.") from error


def _plain_function(function: Callable, leaves_arguments: bool, last: dict[str, Any]) -> Callable:
    """The function on copies of its arguments, its result made plain. Raises Wrong where that is None or `...`.

    `last` gets the arguments, result and error of the latest call.
    """

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        given = _copied(arguments)
        try:
            result = plain(function(*given, **named))
        except Exception as error:
            last["error"] = error
            raise
        last.update(arguments=arguments, named=named, result=result)
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


EACH = "Each value of "


def _leaves(answer: Any, name: str = "The answer") -> Iterator[tuple[str, Any]]:
    """All that stands in dictionaries, lists, tuples and sets, with its name; an array is one leaf."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield from _leaves(value, key_shown(key) if isinstance(key, str) else f"The value of {key}")
    elif isinstance(answer, (list, tuple, set)):
        inside = name if name.startswith(EACH) else f"{EACH}{name[0].lower()}{name[1:]}"
        for value in answer:
            yield from _leaves(value, inside)
    else:
        yield name, answer


KINDS = {bool: "true or false", str: "a text", float: "a number"}
MANY = {bool: "truth values", str: "texts", float: "numbers"}


def _described(value: Any) -> str:
    """What a value is, in words: its kind, and the shape or number of its parts."""
    if isinstance(value, (list, tuple)):
        article = "a list" if isinstance(value, list) else "a tuple"
        kinds = {_kind(part) if np.ndim(part) == 0 else None for part in value} if not _is_ragged(value) else {None}
        if len(kinds) == 1 and (many := MANY.get(*kinds)):
            return f"{article} of {len(value)} {many if len(value) > 1 else many[:-1]}"
        if _is_ragged(value):
            return f"{article} of {len(value)} parts that differ in length or shape"
        return (
            f"{article} of {len(value)} values" if np.ndim(value) == 1 else f"{article} of the shape {np.shape(value)}"
        )
    if isinstance(value, np.ndarray):
        many = MANY.get(_kind(value))
        return f"an array{f' of {many}' if many else ''} with the shape {value.shape}"
    if isinstance(value, dict):
        return "a dictionary"
    return "a truth value" if isinstance(value, bool) else KINDS.get(_kind(value), f"a {type(value).__name__}")


def _is_ragged(value: Any) -> bool:
    """Whether lists in lists, or arrays in them, differ in length or shape."""
    try:
        np.shape(value)
    except ValueError:
        return True
    return False


def shown(value: Any) -> str:
    """A short number, text or truth value as it is, a function and all longer things in words."""
    value = plain(value)
    if callable(value):
        return "a function"
    if isinstance(value, (list, tuple, dict, np.ndarray)) or len(repr(value)) >= 60:
        return _described(value)
    return repr(value)


def _with_keys_of(solution: dict, answer: Any) -> Any:
    """The answer with the keys of the solution where they read alike: 5, 5.0 and "5", "few" and "Few"."""
    if not isinstance(answer, dict):
        return answer
    wanted = {_key_text(key): key for key in solution}
    renamed = {}
    for key, value in answer.items():
        same = wanted.get(_key_text(key), key)
        renamed[key if key in solution or same in answer or same in renamed else same] = value
    return renamed


def _key_text(key: Any) -> str:
    return str(int(key) if isinstance(key, float) and key.is_integer() else key).strip().lower()


def key_shown(key: Any) -> str:
    """A key as it stands in a dictionary: texts in double quotes, numbers as they are."""
    return f'"{key}"' if isinstance(key, str) else str(key)


def _expect_container(answer: Any, solution: Any) -> None:
    """Raise Wrong unless the whole answer is a dictionary, or a list or array, where the solution is one."""
    if isinstance(solution, dict) != isinstance(answer, dict):
        raise Wrong(f"The answer should be {_wanted_container(solution)}, not {shown(answer)}.")
    if isinstance(solution, (list, tuple, np.ndarray)) and not isinstance(answer, (list, tuple, set, np.ndarray)):
        raise Wrong(f"The answer should be {_wanted_container(solution)}, not {shown(answer)}.")


def _wanted_container(solution: Any) -> str:
    if isinstance(solution, dict):
        keys = ", ".join(f"{key_shown(key)}: ..." for key in solution)
        if len(keys) > 100:
            return f"a dictionary with {len(solution)} keys, {key_shown(next(iter(solution)))} for instance"
        return f"a dictionary, {{{keys}}}"
    kinds = " or ".join(dict.fromkeys(MANY.get(_kind(leaf), "values") for _, leaf in _leaves(solution)))
    if not isinstance(solution, (list, tuple, np.ndarray)):
        return KINDS.get(_kind(solution), type(solution).__name__)
    deep = not _is_ragged(solution) and np.ndim(solution) == 2
    return f"a matrix of {kinds}, with the shape {np.shape(solution)}" if deep else f"a list of {kinds}"


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
            raise Wrong(f"Still `...`: {name.removeprefix(EACH)}.")
        if _kind(leaf) not in kinds:
            wanted = " or ".join(dict.fromkeys(KINDS.get(kind, kind.__name__) for kind in kinds))
            batch = " Leave the batch axis out, which is None in Keras." if leaf is None and "shape" in name else ""
            raise Wrong(f"{name} should be {wanted}, not {shown(leaf)}.{batch}")
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
    key = str(key)
    lesson = key.split("-")[0]
    if re.fullmatch(r"\d{3}-\d+", key) and has_exercises(lesson):
        exercises = load_exercises(lesson)
        if key in exercises:
            return exercises[key]
    if new_key := present_key(key):
        raise KeyError(f"Exercise {key} is {new_key} now: the lessons have other numbers.")
    if not re.fullmatch(r"\d{3}-\d+", key):
        raise KeyError(f"An exercise is named by lesson and number, '201-2' for instance; '{key}' is not.")
    raise KeyError(f"There is no exercise {key}. Lesson {lesson} has {', '.join(load_exercises(lesson))}.")


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
        raise Wrong(f"Numbers were expected: {what[0].lower() + what[1:]} should be {wanted}, not {shown(answer)}.")
    if not shape and array.size == 1:
        array = array.reshape(())
    if array.shape != shape:
        raise Wrong(f"The shape is {array.shape}; {what[0].lower() + what[1:]} should be {wanted}.")
    if not np.isfinite(array).all():
        raise Wrong(f"{what} is infinite or not a number" + (", at least in one place." if shape else "."))
    return array.astype("float64")


def one_number(answer: Any, what: str = "The answer") -> float:
    """The answer as one finite number: of Python, NumPy or TensorFlow, or an array that holds a single one.

    Raises Wrong, with `what` as the subject, for None, a truth value, a text, several numbers, NaN or infinity.
    """
    return float(some_numbers(answer, (), what))


def expect_close(actual: Any, expected: Any, message: str, tolerance: float = 1e-4) -> None:
    """Raise Wrong(message) unless both have the same shape and differ by little everywhere.

    `tolerance` is how much that may be, and the share of the expected number that comes on top. What has another
    shape, or is no number, raises Wrong with a message that says so in place of `message`.
    """
    expected = np.asarray(expected, dtype="float64")
    actual = some_numbers(actual, expected.shape, "The result")
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
    if isinstance(actual, float) and isinstance(expected, float) and np.isnan(actual) and np.isnan(expected):
        return True
    return isinstance(actual, bool) == isinstance(expected, bool) and bool(actual == expected)


def expect_no_mistake(results: Sequence, cases: Sequence[Sequence], mistakes: dict[Callable, str]) -> None:
    """Raise Wrong with the message of a mistake that gives these numbers in all the cases, each a call's arguments.

    One case alone says little: other mistakes, too, agree with this one there.
    """
    for mistake, message in mistakes.items():
        if np.allclose(results, [mistake(*case) for case in cases]):
            raise Wrong(message)


def expect_no_known_number(found: Any, mistakes: dict[Any, str], tolerance: float = 1e-4) -> None:
    """Raise Wrong with the message of the mistaken number, or tuple of numbers, that was found.

    `tolerance` is the share of it by which the two may differ.
    """
    for mistake, message in mistakes.items():
        if np.allclose(found, mistake, rtol=tolerance):
            raise Wrong(message)


def expect_results_of(solution: Callable, results: Sequence, cases: Sequence[Sequence]) -> None:
    """Raise Wrong, with the first case that differs, unless the results are the numbers of the solution in all cases."""
    for case, result in zip(cases, results):
        wanted = solution(*case)
        expect_close(result, wanted, f"For {case} you return {result:g}; it should be {wanted}.")


def errors_of_starts(answer: Any, *names: Any, of: int, starts: int = 3) -> list[np.ndarray]:
    """The shares that `starts` trainings named wrongly of `of` examples, under each of these names: arrays (starts,).

    Raises Wrong if a name is missing, if it holds another number of values, for percent, for a share that is no whole
    number of examples (a mean, or a rounded one), and for one training reported several times.
    """
    if not isinstance(answer, dict) or not set(names) <= set(answer):
        raise Wrong(f"The finding is a dictionary with the keys {', '.join(map(key_shown, names))}.")
    found = []
    for name in names:
        value, shown_name = answer[name], key_shown(name)
        if value is Ellipsis:
            raise Wrong(f"Still `...`: {name}.")
        if np.shape(value) != (starts,):
            raise Wrong(f"{shown_name} must hold the errors of {starts} starts, as a list of {starts} numbers.")
        shares = some_numbers(value, (starts,), shown_name)
        if shares.min() < 0 or shares.max() > 1:
            raise Wrong(f"{shown_name} holds {shares.max():g}: a share lies between 0 and 1. Did you write percent?")
        if not np.allclose(shares * of, np.round(shares * of), atol=0.01):
            raise Wrong(f"{shown_name} holds a share that is no whole number out of {of} examples. Was it rounded?")
        if np.ptp(shares) == 0:
            raise Wrong(f"{shown_name} holds one number {starts} times. Was each start trained?")
        found.append(shares)
    return found


def measured_numbers(
    answer: Any, *names: Any, shares: tuple = (), counts: tuple = (), apart: bool = False
) -> list[float]:
    """The numbers reported in a dictionary under these names, in their order.

    Those in `shares` must lie between 0 and 1, those in `counts` be whole and not negative. With `apart`, no two may be
    equal to the last digit, as measurements of their own never are; of three decimals or fewer they may. Raises Wrong
    if not, or if a name is missing or a value is no finite number.
    """
    if not isinstance(answer, dict) or not set(names) <= set(answer):
        keys = ", ".join(f"{key_shown(name)}: ..." for name in names)
        raise Wrong(f"The finding is a dictionary of the numbers that you measured: {{{keys}}}.")
    left = [str(name) for name in names if answer[name] is Ellipsis]
    if left:
        raise Wrong(f"Still `...`: {', '.join(left)}.")
    numbers = {name: one_number(answer[name], key_shown(name)) for name in names}
    outside = [name for name in shares if not 0 <= numbers[name] <= 1]
    if outside:
        values = " and ".join(f"{key_shown(name)} is {numbers[name]:g}" for name in outside)
        raise Wrong(f"{values}: a share lies between 0 and 1. Did you write percent?")
    uncounted = [name for name in counts if numbers[name] < 0 or numbers[name] % 1]
    if uncounted:
        values = " and ".join(f"{key_shown(name)} is {numbers[name]:g}" for name in uncounted)
        raise Wrong(f"{values}: whole numbers from 0 on are wanted, the ones that you counted.")
    for one, other in itertools.combinations(names, 2) if apart else ():
        if numbers[one] == numbers[other] != round(numbers[one], 3):
            raise Wrong(
                f"{key_shown(one)} and {key_shown(other)} are equal to the last digit. Was each measured on its own?"
            )
    return list(numbers.values())
