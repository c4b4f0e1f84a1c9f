"""Every exercise is checked on right answers in many forms, on wrong answers of many kinds, and on the untouched stub."""

import ast
import builtins
import decimal
import fractions
import functools
import inspect
import json
import re
import symtable
import textwrap

import numpy as np
import pandas as pd
import pytest

from course_utils.command.lessons import find_lessons
from course_utils.exercises import Exercise, Wrong, check, hint, load_exercises, solution
from course_utils.exercises import session as exercise_session
from course_utils.exercises.exercise import expect_close, expect_equal, is_stub, measured_numbers, one_number, plain
from course_utils.exercises.progress import progress_file, read_progress

EXERCISES = [exercise for lesson in find_lessons() for exercise in load_exercises(lesson.number).values()]
each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.key)


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    monkeypatch.setattr(exercise_session, "_next_hint", {})


def stub(*arguments): ...


@each_exercise
def test_solution_is_right(exercise, capsys):
    check(exercise.key, exercise.solution)
    assert capsys.readouterr().out.startswith(f"Exercise {exercise.key}: right!")
    assert read_progress()[exercise.key] == {"attempts": 1, "solved": True}


@each_exercise
def test_stub_is_not_attempted(exercise, capsys):
    check(exercise.key, stub)
    check(exercise.key, ...)
    assert capsys.readouterr().out.count("not attempted yet") == 2
    assert read_progress() == {}


@each_exercise
def test_each_wrong_answer_gets_its_own_message(exercise):
    messages = []
    for answer in exercise.wrong_answers.values():
        with pytest.raises(Wrong) as mistake:
            exercise.judge(answer)
        messages.append(str(mistake.value))
    assert len(messages) >= 2 and len(set(messages)) == len(messages), messages


def is_function(exercise):
    return inspect.isroutine(exercise.solution)


@each_exercise
def test_is_complete(exercise):
    assert 2 <= len(exercise.hints) <= 3 and exercise.title and exercise.explanation
    assert len(exercise.wrong_answers) >= 6, "name six plausible mistakes"
    if is_function(exercise):
        assert exercise.also_right, "give a second algorithm that is right"
    elif any(is_numeric(leaf) for leaf in leaves(exercise.solution)):
        named = leaves(list(exercise.wrong_answers.values()))
        assert any(isinstance(leaf, float) and np.isnan(leaf) for leaf in named), "NaN is one of them"
    if isinstance(exercise.solution, dict) and any(isinstance(each, float) for each in exercise.solution.values()):
        assert exercise.program, "give the program that measures these numbers"


@pytest.mark.parametrize("lesson", find_lessons(), ids=lambda lesson: lesson.number)
def test_solutions_run_in_their_lesson(lesson, capsys):
    """What `solution` prints uses only names of the page, of Python, and its own."""
    cells = [cell.source for cell in lesson.read().cells if cell.cell_type == "code"]
    lines = "\n".join(cells).split("\n")
    page = "\n".join(re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in lines)
    known = set(dir(builtins))
    known |= {name.get_name() for name in symtable.symtable(page, "page", "exec").get_symbols() if name.is_local()}
    for exercise in load_exercises(lesson.number).values():
        source = inspect.getsource(exercise.solution) if is_function(exercise) else exercise.program
        missing = global_names(textwrap.dedent(source)) - known
        assert not missing, f"solution('{exercise.key}') uses {missing}, which the page does not have"
        solution(exercise.key)
        assert len(capsys.readouterr().out) > 5


def global_names(source):
    """The names that a program takes from outside of itself."""
    tables, outside, own = [symtable.symtable(source, "solution", "exec")], set(), set()
    own = {name.get_name() for name in tables[0].get_symbols() if name.is_assigned() or name.is_imported()}
    own |= {name.get_name() for name in tables[0].get_symbols() if name.is_namespace()}
    while tables:
        table = tables.pop()
        tables += table.get_children()
        outside |= {name.get_name() for name in table.get_symbols() if name.is_global() and name.is_referenced()}
    return outside - own


def mapped(change, value):
    """The value with each number, array or text in it changed by `change`."""
    if isinstance(value, dict):
        return {key: mapped(change, each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(mapped(change, each) for each in value)
    return change(value)


def is_numeric(value):
    return isinstance(value, (int, float, np.ndarray)) and np.asarray(value).dtype.kind in "iuf"


def leaves(value):
    """All that stands in dictionaries, lists, tuples and arrays."""
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, np.ndarray) and value.ndim:
        value = value.tolist()
    return [leaf for each in value for leaf in leaves(each)] if isinstance(value, (list, tuple)) else [value]


def numeric_only(change):
    return lambda value: change(value) if is_numeric(value) else value


def as_tensor(value):
    import keras

    return keras.ops.convert_to_tensor(np.asarray(value))


def arrays_for_lists(value):
    """Lists of numbers as arrays; lists of arrays or texts stay."""
    if isinstance(value, dict):
        return {key: arrays_for_lists(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        inner = [arrays_for_lists(each) for each in value]
        shapes = {np.shape(each) for each in inner}
        own = all(is_numeric(each) and not isinstance(given, np.ndarray) for each, given in zip(inner, value))
        return np.array(inner) if own and len(shapes) == 1 else type(value)(inner)
    return value


def tuples_for_lists(value):
    return tuple(map(tuples_for_lists, value)) if isinstance(value, list) else value


def lists_for_tuples(value):
    return list(map(lists_for_tuples, value)) if isinstance(value, tuple) else value


def keyed(change):
    """Dictionaries with each key changed."""
    return lambda value: {change(key): each for key, each in value.items()} if isinstance(value, dict) else value


def as_series(value):
    flat = isinstance(value, dict) and not any(isinstance(each, (list, tuple, dict)) for each in value.values())
    return pd.Series(value) if flat else value


FORMS = {
    "float32": functools.partial(mapped, numeric_only(np.float32)),
    "float64": functools.partial(mapped, numeric_only(np.float64)),
    "arrays, also without axes": functools.partial(mapped, numeric_only(np.asarray)),
    "tensors": functools.partial(mapped, numeric_only(as_tensor)),
    "lists for arrays": functools.partial(mapped, lambda value: value.tolist() if hasattr(value, "tolist") else value),
    "arrays for lists": arrays_for_lists,
    "tuples for lists": tuples_for_lists,
    "lists for tuples": lists_for_tuples,
    "fractions": functools.partial(
        mapped, lambda value: fractions.Fraction(value) if isinstance(value, float) and np.isfinite(value) else value
    ),
    "decimals": functools.partial(mapped, lambda value: decimal.Decimal(value) if isinstance(value, float) else value),
    "keys as texts": keyed(str),
    "keys as numbers": keyed(lambda key: int(key) if str(key).isdigit() else key),
    "keys in capitals": keyed(lambda key: key.upper() if isinstance(key, str) else key),
    "a Series for a dictionary": as_series,
}


@each_exercise
def test_right_answers_in_all_forms_are_right(exercise):
    refused = []
    for name, answer in {"the solution": exercise.solution, **exercise.also_right}.items():
        forms = FORMS if name == "the solution" else {"itself": lambda value: value}
        for form, change in forms.items():
            if is_function(exercise):
                changed = functools.partial(call_changed, answer, change)
            else:
                changed = change(answer)
            try:
                exercise.judge(changed)
            except Exception as error:
                refused.append(f"{name}, {form}: {type(error).__name__}: {error}")
    assert not refused, "\n".join(refused)


def call_changed(function, change, *arguments):
    return change(plain(function(*arguments)))


@each_exercise
def test_a_function_may_overwrite_its_arguments(exercise, capsys):
    if not is_function(exercise) or exercise.leaves_arguments:
        return

    def overwriting(*arguments):
        result = exercise.solution(*(each.copy() if isinstance(each, np.ndarray) else each for each in arguments))
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                argument[...] = 0
            elif isinstance(argument, list):
                argument.clear()
        return result

    check(exercise.key, overwriting)
    assert "right!" in capsys.readouterr().out


BROKEN = {
    "NaN": float("nan"),
    "infinity": float("inf"),
    "minus infinity": float("-inf"),
    "true": True,
    "None": None,
    "a word": "a word",
    "a function": lambda *arguments: 1,
    "an empty list": [],
    "an empty dictionary": {},
    "far too much": 1e12,
    "far too little": -1e12,
}


def broken_values(answer):
    """Wrong answers made of a right one, each with a name."""
    yield from BROKEN.items()
    if isinstance(answer, dict):
        yield "dots in the dictionary", {**answer, next(iter(answer)): ...}
        yield "a name missing", dict(list(answer.items())[1:])
        for key, value in answer.items():
            for name, wrong in BROKEN.items():
                if not (isinstance(value, str) and isinstance(wrong, str)):
                    yield f"{key}: {name}", {**answer, key: wrong}
        shares = [key for key, value in answer.items() if isinstance(value, float) and 0 < value < 1]
        if shares:
            yield "percent", {key: 100 * value if key in shares else value for key, value in answer.items()}
    elif isinstance(answer, (list, tuple)):
        yield "dots in the list", [..., *answer[1:]]
        yield "one less", answer[1:]
        yield "twice", [*answer, *answer]
        for name, wrong in BROKEN.items():
            yield f"first: {name}", [wrong, *answer[1:]]
    elif is_numeric(answer):
        for name, wrong in (("a bit more", answer + 0.02 * max(1, abs(answer))), ("half", answer / 2), ("in percent", 100 * answer), ("minus", -answer)):  # fmt: skip
            if wrong != answer:
                yield name, wrong


def opposite(value):
    """Of truth values; all else stays."""
    return np.logical_not(value) if np.asarray(value).dtype.kind == "b" else value


BROKEN_RESULTS = {
    "None": lambda result: None,
    "dots": lambda result: ...,
    "a word": lambda result: "a word",
    "an empty list": lambda result: [],
    "a dictionary": lambda result: {"result": result},
    "true": lambda result: True,
    "NaN": functools.partial(mapped, numeric_only(lambda value: value * np.nan)),
    "infinity": functools.partial(mapped, numeric_only(lambda value: value * 0 + np.inf)),
    "percent": functools.partial(mapped, numeric_only(lambda value: 100 * value)),
    "minus": functools.partial(mapped, numeric_only(lambda value: -value)),
    "a bit more": functools.partial(mapped, numeric_only(lambda value: value + 0.02 * np.maximum(1, np.abs(value)))),
    "nothing": functools.partial(mapped, numeric_only(lambda value: 0 * value)),
    "without signs": functools.partial(mapped, numeric_only(np.abs)),
    "whole numbers": functools.partial(mapped, numeric_only(np.trunc)),
    "backwards": lambda result: result[::-1] if isinstance(result, (list, tuple, np.ndarray)) else result,
    "ragged": lambda result: [[1.0, 2.0], [3.0]],
    "two arrays": lambda result: (np.ones((2, 3)), np.ones(4)),
    "nothing in them": lambda result: np.array([None, 1.0], dtype=object),
    "as text": lambda result: str(result) if is_numeric(result) else result,
    "the opposite": functools.partial(mapped, opposite),
}


def equal(one, other):
    """Whether two answers or results are the same, lists, tuples and arrays of the same numbers among them."""
    try:
        expect_equal(one, other, "different")
    except (Wrong, ValueError, TypeError):
        return False
    return True


def broken_functions(function):
    """Wrong functions made of a right one: name, function, and a list that tells for each call whether it was changed."""
    for name, change in BROKEN_RESULTS.items():
        changed = []

        def broken(*arguments, change=change, changed=changed):
            right = plain(function(*arguments))
            wrong = change(right)
            changed.append(not equal(wrong, right))
            return wrong

        yield name, broken, changed
    first, changed = [], []

    def always_the_first(*arguments):
        right = plain(function(*arguments))
        first.append(right)
        changed.append(not equal(first[0], right))
        return first[0]

    yield "always the first result", always_the_first, changed


@each_exercise
def test_broken_answers_are_wrong(exercise):
    accepted = []
    if is_function(exercise):
        for name, wrong in {**BROKEN, "a number": 0.5, "an array": np.ones((2, 3))}.items():
            if not callable(wrong):
                accepted += not_refused(exercise, name, wrong)
        for name, wrong, changed in broken_functions(exercise.solution):
            faults = not_refused(exercise, name, wrong)
            accepted += faults if any(changed) else []
    else:
        for name, wrong in broken_values(exercise.solution):
            if exercise.program and name == "a bit more":
                continue  # what is measured may differ a little
            accepted += not_refused(exercise, name, wrong)
    assert not accepted, "\n".join(accepted)


def not_refused(exercise, name, answer):
    """What is wrong with the check of a wrong answer, in a list: it is accepted, or stops the check."""
    try:
        exercise.judge(answer)
    except Wrong as mistake:
        ugly = any(text in str(mistake) for text in ("np.float", "np.str_", "np.int", "array(", "<function"))
        return [f"{name}: the message is {mistake}"] if ugly else []
    except Exception as error:
        return [f"{name}: the check stops with {type(error).__name__}: {error}"]
    return [f"{name}: accepted"]


@each_exercise
def test_another_kind_of_whole_answer_is_named(exercise):
    if is_function(exercise):
        return
    solution = plain(exercise.solution)
    wanted = "dictionary" if isinstance(solution, dict) else "list|matrix" if np.ndim(solution) else "number|text"
    others = [None, {"a": 1}, lambda: 1] if not isinstance(solution, dict) else [None, lambda: 1, "a word", 5, [1, 2]]
    for other in [*others, "a word"] if wanted == "list|matrix" else others:
        with pytest.raises(Wrong, match=wanted) as mistake:
            exercise.judge(other)
        assert "should be" in str(mistake.value)


def examples_in_the_text(exercise):
    """The lists and dictionaries that the page gives as examples: in the text of the exercise and in its stub cell."""
    lesson = next(lesson for lesson in find_lessons() if lesson.number == exercise.key[:3])
    cells = lesson.read().cells
    for before, cell in zip(cells, cells[1:]):
        if cell.cell_type == "code" and f'check("{exercise.key}", ' in cell.source:
            written = re.findall(r"# for instance (.+)", cell.source) + re.findall(r"`([^`]+)`", before.source)
            for text in written:
                try:
                    example = ast.literal_eval(text)
                except (ValueError, SyntaxError):
                    continue
                if isinstance(example, (dict, list, tuple)):
                    yield example


@each_exercise
def test_the_text_states_the_minutes(exercise):
    lesson = next(lesson for lesson in find_lessons() if lesson.number == exercise.key[:3])
    text = "\n".join(cell.source for cell in lesson.read().cells if cell.cell_type == "markdown")
    assert re.search(rf"\*\*{exercise.key}\b[^*]*\*\* \({exercise.minutes} minutes\)", text)


@each_exercise
@pytest.mark.parametrize("scale", ["quick", "full"])
def test_what_the_text_gives_as_an_example_is_not_right(exercise, scale, monkeypatch):
    monkeypatch.setenv("COURSE_SCALE", scale)
    if not is_function(exercise):
        for example in examples_in_the_text(exercise):
            with pytest.raises(Wrong):
                exercise.judge(example)


def test_the_texts_have_examples():
    """001-4 has one in its stub cell, 309-3 in its text."""
    assert list(examples_in_the_text(load_exercises("001")["001-4"])) == [{"few": 0.5, "all": 0.6}]
    assert list(examples_in_the_text(load_exercises("309")["309-3"])) == [{5: ..., 10: ..., 25: ..., 100: ...}]
    assert sum(len(list(examples_in_the_text(exercise))) for exercise in EXERCISES) >= 20


@each_exercise
def test_no_answer_of_another_exercise_is_right(exercise):
    accepted = []
    for other in EXERCISES:
        if other is exercise or is_function(other) != is_function(exercise) or equal(other.solution, exercise.solution):
            continue
        try:
            exercise.judge(other.solution)
        except Exception:
            continue
        accepted.append(other.key)
    assert not accepted


def test_a_wrong_answer_is_met_by_one_hint_and_the_ladder_ends_at_the_solution(capsys):
    check("001-1", 7840)
    first = capsys.readouterr().out
    assert "not yet. You counted the weights" in first and "Hint 1 of 2" in first and "Hint 2" not in first
    hint("001-1")
    assert "Hint 2 of 2" in capsys.readouterr().out
    hint("001-1")
    assert 'solution("001-1")' in capsys.readouterr().out


def test_code_that_raises_is_a_wrong_answer_not_a_crash(capsys):
    check("001-2", lambda predicted, labels: 1 / 0)
    assert "stopped with ZeroDivisionError" in capsys.readouterr().out
    assert read_progress()["001-2"]["solved"] is False


def test_a_solved_exercise_stays_solved():
    check("001-1", 7850)
    check("001-1", 7840)
    assert read_progress()["001-1"] == {"attempts": 2, "solved": True}


@pytest.mark.parametrize("key", ["99-1", "001-9", "nonsense"])
def test_unknown_exercise_is_named(key):
    with pytest.raises(KeyError, match="lesson|Lesson|exercise"):
        check(key, 1)


@pytest.mark.parametrize("content", ["not json", "[]", '{"001-1": {"attempts": "many", "solved": true}}'])
def test_a_damaged_progress_file_is_kept(content, capsys):
    progress_file().write_text(content)
    check("001-1", 7850)
    assert (progress_file().parent / "progress-damaged-1.json").read_text() == content
    assert json.loads(progress_file().read_text())["001-1"]["solved"] is True
    assert "is kept as progress-damaged-1.json" in capsys.readouterr().out


def test_stub_detection():
    def documented(x):
        """What it should do."""
        ...

    assert is_stub(stub) and is_stub(documented) and is_stub(...) and is_stub({"a": ..., "b": ...})
    assert not is_stub({"a": 1, "b": ...}) and not is_stub({})
    assert not is_stub(lambda x: x) and not is_stub(lambda: 0) and not is_stub(np_sum) and not is_stub(None)


def np_sum(values):
    return sum(values)


def test_comparisons_name_the_mistake():
    with pytest.raises(Wrong, match="None"):
        expect_close(None, 1.0, "wrong")
    with pytest.raises(Wrong, match=r"shape is \(2,\)"):
        expect_close([1.0, 2.0], [[1.0, 2.0]], "wrong")
    with pytest.raises(Wrong, match="Numbers"):
        expect_close("one", 1.0, "wrong")
    with pytest.raises(Wrong, match="wrong"):
        expect_close(1.0, 1.1, "wrong")
    for other_shape in ([1.0, 2.0], "text", [[1.0], [2.0, 3.0]]):
        with pytest.raises(Wrong) as mistake:
            expect_close(other_shape, 1.0, "the averages differ")
        assert "the averages differ" not in str(mistake.value)
    with pytest.raises(Wrong, match="wrong"):
        expect_equal("left", "right", "wrong")
    expect_equal(" Left ", "left", "wrong")
    expect_close(1.0 + 1e-6, 1.0, "wrong")


def test_findings_are_finite_numbers():
    assert measured_numbers({"a": 1, "b": np.float32(0.5)}, "a", "b", shares=("b",)) == [1.0, 0.5]
    for wrong, message in [
        ({"a": 1}, "dictionary"),
        ({"a": 1, "b": ...}, "Still `...`: b"),
        ({"a": True, "b": 0.5}, '"a" should be one number, not True'),
        ({"a": float("nan"), "b": 0.5}, "not a number"),
        ({"a": 1, "b": 50}, "percent"),
        ({"a": "one", "b": 0.5}, "Numbers"),
        ({"a": 1.5, "b": 0.5}, "whole numbers"),
        ({"a": -1, "b": 0.5}, "whole numbers"),
        ({"a": 1, "b": 50}, '^"b" is 50: a share'),
        ({"a": -2, "b": 0.5}, '^"a" is -2: whole'),
    ]:
        with pytest.raises(Wrong, match=message):
            measured_numbers(wrong, "a", "b", shares=("b",), counts=("a",))
    with pytest.raises(Wrong, match=r'{5: ..., "a": ...}'):
        measured_numbers({"5": 1.0}, 5, "a")
    with pytest.raises(Wrong) as mistake:
        measured_numbers({"a": 0.5, "b": 50, "c": -1}, "a", "b", "c", shares=("a", "b", "c"))
    assert '"b" is 50 and "c" is -1' in str(mistake.value) and '"a"' not in str(mistake.value)


def test_measurements_of_their_own_differ_in_their_last_digits():
    for twice in ({"a": 0.12345, "b": 0.12345}, {"a": 27.4177, "b": 27.4177}):
        assert measured_numbers(twice, "a", "b")
        with pytest.raises(Wrong, match='"a" and "b" are equal to the last digit'):
            measured_numbers(twice, "a", "b", apart=True)
    for rounded in ({"a": 0.12, "b": 0.12}, {"a": 0.123, "b": 0.123}, {"a": 1, "b": 1.0}, {"a": 0.12345, "b": 0.12346}):
        assert measured_numbers(rounded, "a", "b", apart=True)


def test_equal_means_equal_in_shape_too():
    for actual, expected in [
        ([1, 2], (1, 2)),
        (np.array([[1, 2]]), [[1, 2]]),
        (np.float32(3), 3),
        ({"a": (1,)}, {"a": [1]}),
    ]:
        expect_equal(actual, expected, "wrong")
    for actual, expected in [
        (1, np.ones(3)),
        ([], [1]),
        ([1], [1, 2]),
        (True, 1),
        ([True], [1]),
        ("1", 1),
        ({"a": 1}, {}),
    ]:
        with pytest.raises(Wrong, match="wrong"):
            expect_equal(actual, expected, "wrong")


def test_one_number_in_any_form():
    for answer in (3, 3.0, np.float32(3), np.array(3), np.array([3]), [[3]]):
        assert one_number(answer) == 3.0
    for wrong in (None, True, "3", [3, 3], [], {"a": 3}, [1, [2]], float("nan"), np.inf, 3j):
        with pytest.raises(Wrong):
            one_number(wrong)


def toy(solution, **more):
    def test(answer):
        if callable(answer):
            expect_close(answer(np.ones(2)), 2.0, "not the sum")
        else:
            expect_equal(answer, solution, "not equal")

    return Exercise("001-1", "toy", 1, test, (), solution, {}, **more)


def test_a_result_is_not_taken_for_the_function(capsys):
    for result in (2.0, "sum", None, np.ones(2), [1]):
        with pytest.raises(Wrong, match="Hand over the function itself"):
            toy(np_sum).judge(result)


def test_what_has_the_wrong_kind_is_named():
    for answer, message in [
        ({"a": 1, "b": ...}, 'Still `...`: "b"'),
        ({"a": 1, "b": None}, '"b" should be a number, not None'),
        ({"a": 1, "b": "two"}, "not 'two'"),
        ({"a": True, "b": 2}, "not True"),
        ({"a": 1, "b": np_sum}, "not a function"),
        ({"a": 1, "b": np.nan}, "infinite or not a number"),
        ({"a": 1, "b": 3}, "not equal"),
    ]:
        with pytest.raises(Wrong, match=message):
            toy({"a": 1, "b": 2}).judge(answer)
    toy({"a": 1, "b": 2}).judge({"a": np.int64(1), "b": as_tensor(2.0)})


def test_a_result_that_the_check_cannot_compute_with_is_described():
    for result, message in [
        ([[1, 2], [3]], "should return a number, not a list of 2 parts that differ"),
        ((np.ones((2, 3)), np.ones(4)), "a tuple of 2 parts that differ"),
        (np.ones((2, 2)), r"an array of numbers with the shape \(2, 2\)"),
        ([None, None], "a list of 2 values"),
        (["a"], "a list of 1 text"),
        ({}, "a dictionary"),
        ({1, 2}, "not a set"),
        ("two", "not a text"),
    ]:
        with pytest.raises(Wrong, match=message):
            toy_compared(np_sum).judge(lambda values, result=result: result)

    class Thing:
        pass

    with pytest.raises(Wrong, match="returns a Thing, as it should, but not one that can be compared"):
        toy_compared(lambda values: Thing()).judge(lambda values: Thing())

    def stops(values):
        raise ValueError("my own")

    with pytest.raises(ValueError, match="my own"):
        toy_compared(np_sum).judge(stops)


def toy_compared(solution):
    """An exercise whose check computes with what it gets, whatever that is."""

    def test(answer):
        difference = float(np.asarray(answer(np.ones(2)), dtype="float64").reshape(()) - 2)
        if difference:
            raise Wrong("not the sum")

    return Exercise("001-1", "toy", 1, test, (), solution, {})


def test_keys_that_read_alike_are_the_same():
    right = {5: 1.0, "10": 2.0, "few": 3.0}
    for keys in ([5, "10", "few"], ["5", 10, "Few "], [5.0, np.int64(10), np.str_("FEW")]):
        toy(right).judge(dict(zip(keys, right.values())))
    for answer in ({5: 1.0, "5": 9.0, 10: 2.0, "few": 3.0}, {"5": 9.0, 5: 1.0, 10: 2.0, "few": 3.0}):
        with pytest.raises(Wrong, match="not equal"):  # both are kept
            toy(right).judge(answer)


def test_a_long_dictionary_is_not_spelled_out():
    right = {f"a name of many letters, number {number}": 1.0 for number in range(5)}
    with pytest.raises(Wrong, match="a dictionary with 5 keys") as mistake:
        toy(right).judge(3)
    assert len(str(mistake.value)) < 150


def test_a_function_works_on_copies_unless_it_must_leave_what_it_was_given():
    def in_place(values):
        values += 1
        return values.sum() - 2

    toy(np_sum).judge(in_place)
    with pytest.raises(Wrong, match="changes the arrays"):
        toy(np_sum, leaves_arguments=True).judge(in_place)
    with pytest.raises(Wrong, match="still returns"):
        toy(np_sum).judge(lambda values: [1, ...])


@pytest.mark.parametrize(
    "key, finding",
    [
        ("105-3", {"count_by_class": 9000, "count_together": 8500, "map_by_class": 0.82, "map_together": 0.81}),
        ("402-4", 2.1),
        ("404-4", {"letters": 1.9, "tokens": 2.2}),
        ("405-4", {"once": 0.38, "longer": 0.46}),
        ("406-3", {"4 heads": 0.98, "2 blocks": 1.0}),
        ("409-3", {"four heads": 0.97, "one head": 0.96}),
    ],
)
def test_findings_of_the_full_scale_are_not_held_to_the_bounds_of_quick(key, finding, monkeypatch):
    exercise = load_exercises(key[:3])[key]
    with pytest.raises(Wrong):
        exercise.judge(finding)
    monkeypatch.setenv("COURSE_SCALE", "full")
    exercise.judge(finding)
