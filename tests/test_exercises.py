"""Every exercise is checked on its solution, on the untouched stub, and on named wrong answers."""

import json

import numpy as np
import pytest

from course_utils.command.lessons import find_lessons
from course_utils.exercises import Wrong, check, hint, load_exercises, solution
from course_utils.exercises import session as exercise_session
from course_utils.exercises.exercise import expect_close, expect_equal, is_stub, measured_numbers
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
            exercise.test(answer)
        messages.append(str(mistake.value))
    assert len(messages) >= 2 and len(set(messages)) == len(messages), messages


@each_exercise
def test_is_complete(exercise, capsys):
    assert 2 <= len(exercise.hints) <= 3 and exercise.title and exercise.explanation
    solution(exercise.key)
    assert len(capsys.readouterr().out) > 5


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
    with pytest.raises(Wrong, match="wrong"):
        expect_equal("left", "right", "wrong")
    expect_equal(" Left ", "left", "wrong")
    expect_close(1.0 + 1e-6, 1.0, "wrong")


def test_findings_are_finite_numbers():
    assert measured_numbers({"a": 1, "b": np.float32(0.5)}, "a", "b", shares=("b",)) == [1.0, 0.5]
    for wrong, message in [
        ({"a": 1}, "dictionary"),
        ({"a": 1, "b": ...}, "Still `...`: b"),
        ({"a": True, "b": 0.5}, "not true or false"),
        ({"a": float("nan"), "b": 0.5}, "not a number"),
        ({"a": 1, "b": 50}, "percent"),
        ({"a": "one", "b": 0.5}, "numbers"),
    ]:
        with pytest.raises(Wrong, match=message):
            measured_numbers(wrong, "a", "b", shares=("b",))
