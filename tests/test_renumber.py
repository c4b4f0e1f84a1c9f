"""Lessons that move: files, links, lists of lessons, exercise keys, and the progress of learners."""

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.command.renumber import renumber, renumber_text
from course_utils.exercises import moved, progress
from course_utils.exercises.exercise import find_exercise

NAMES = {"201": "201_recurrence", "202": "202_gates", "205": "205_language"}
MOVES = {"201": "202", "202": "203"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("As in lesson 201.", "As in lesson 202."),
        ("lessons 201, 205 and 202", "lessons 202, 205 and 203"),
        ("**You need** lessons [201](201_recurrence.ipynb) and [202 Gates](../2_rnn/202_gates.ipynb): states",
         "**You need** lessons [202](202_recurrence.ipynb) and [203 Gates](../2_rnn/203_gates.ipynb): states"),
        ("blob/main/notebooks/2_rnn/201_recurrence.ipynb)", "blob/main/notebooks/2_rnn/202_recurrence.ipynb)"),
        ("**201-3.** Accuracy. `hint(\"201-3\")`", "**202-3.** Accuracy. `hint(\"202-3\")`"),
        ("from course_utils.exercises.lesson_201 import X", "from course_utils.exercises.lesson_202 import X"),
        ("functions_of(\"201\")", "functions_of(\"202\")"),
        ("make run LESSON=201, course run 201", "make run LESSON=202, course run 202"),
        ("`course start 201`, `course lab 201`", "`course start 202`, `course lab 202`"),
        ("`course questions 201`", "`course questions 202`"),
        ("201 images, 1997-201-2, 3.201, a list of 202", "201 images, 1997-201-2, 3.201, a list of 202"),
        ("lesson 205 has 201 rows", "lesson 205 has 201 rows"),
    ],
)  # fmt: skip
def test_only_what_speaks_of_a_lesson_changes(text, expected):
    assert renumber_text(text, MOVES, NAMES) == expected


@pytest.fixture
def checkout(tmp_path):
    """Two lessons with exercises, questions, tests and breaks."""
    for folder in ("notebooks/2_rnn", "course_utils/exercises", "tests/breaks", "docs/teaching/questions"):
        (tmp_path / folder).mkdir(parents=True)
    for number, name in (("201", "recurrence"), ("202", "gates")):
        code = new_code_cell(f'check("{number}-1", ...)', execution_count=1)
        code.outputs = [new_output("stream", name="stdout", text=f"Exercise {number}-1: not attempted yet.\n")]
        cells = [new_markdown_cell(f"# {name}\n\nAs in lesson 201."), code]
        nbformat.write(new_notebook(cells=cells), tmp_path / f"notebooks/2_rnn/{number}_{name}.ipynb")
        (tmp_path / f"course_utils/exercises/lesson_{number}.py").write_text(f'key="{number}-1",\nkey="{number}-2",\n')
        (tmp_path / f"tests/test_lesson_{number}.py").write_text(f'functions_of("{number}")\n# {name}\n')
        (tmp_path / f"tests/breaks/{number}.toml").write_text("")
        (tmp_path / f"docs/teaching/questions/{number}.toml").write_text(f"# Lesson {number}: {name}")
    (tmp_path / "README.md").write_text("[201 Recurrence](notebooks/2_rnn/201_recurrence.ipynb)\n")
    (tmp_path / "course_utils/full_scale.toml").write_text("[201]\nminutes = 201\n\n[202]\nminutes = 1\n")
    return tmp_path


def test_a_lesson_moves_with_all_that_is_its(checkout):
    renumber(checkout, MOVES)
    assert sorted(path.name for path in checkout.glob("notebooks/*/*")) == ["202_recurrence.ipynb", "203_gates.ipynb"]
    assert sorted(path.name for path in checkout.glob("tests/*.py")) == ["test_lesson_202.py", "test_lesson_203.py"]
    assert sorted(path.name for path in checkout.glob("tests/breaks/*")) == ["202.toml", "203.toml"]
    questions = {path.name: path.read_text() for path in checkout.glob("docs/teaching/questions/*")}
    assert questions == {"202.toml": "# Lesson 202: recurrence", "203.toml": "# Lesson 203: gates"}
    assert (checkout / "tests/test_lesson_202.py").read_text() == 'functions_of("202")\n# recurrence\n'
    assert (checkout / "README.md").read_text() == "[202 Recurrence](notebooks/2_rnn/202_recurrence.ipynb)\n"
    full_scale = (checkout / "course_utils/full_scale.toml").read_text()
    assert full_scale == "[202]\nminutes = 201\n\n[203]\nminutes = 1\n"
    gates = nbformat.read(checkout / "notebooks/2_rnn/203_gates.ipynb", as_version=4)
    assert gates.cells[0].source.endswith("As in lesson 202.") and gates.cells[1].source == 'check("203-1", ...)'
    assert gates.cells[1].outputs[0].text == "Exercise 203-1: not attempted yet.\n"
    step = moved.read_steps(checkout / "course_utils/exercises/moved.toml")[-1]
    assert step == {"201-1": "202-1", "201-2": "202-2", "202-1": "203-1", "202-2": "203-2"}


@pytest.mark.parametrize(
    ("moves", "sentence"),
    [
        ({"999": "202"}, "There is no lesson 999"),
        ({"201": "21"}, "three digits are needed"),
        ({"201": "202"}, "The number 202 is taken by 202_gates"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_moves(checkout, moves, sentence):
    before = {path: path.read_bytes() for path in checkout.rglob("*.*") if path.is_file()}
    with pytest.raises(ValueError, match=sentence):
        renumber(checkout, moves)
    assert before == {path: path.read_bytes() for path in checkout.rglob("*.*") if path.is_file()}


def test_progress_is_carried_over_once_and_in_order(tmp_path, monkeypatch):
    table = tmp_path / "moved.toml"
    moved.add_step(table, {"21-1": "201-1", "22-1": "202-1"})
    moved.add_step(table, {"201-1": "202-1", "202-1": "203-1"})
    steps = moved.read_steps(table)
    monkeypatch.setattr(moved, "read_steps", lambda: steps)
    monkeypatch.setattr(progress, "read_steps", lambda: steps)
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    old = {"21-1": {"attempts": 3, "solved": True}, "22-1": {"attempts": 1, "solved": False}}
    progress.progress_file().write_text(json.dumps(old))
    carried = {"202-1": {"attempts": 3, "solved": True}, "203-1": {"attempts": 1, "solved": False}}
    assert progress.read_progress() == carried
    progress.record("202-1", solved=False)
    assert progress.read_progress() == {**carried, "202-1": {"attempts": 4, "solved": True}}


def test_an_old_key_is_told_its_new_one():
    from course_utils.exercises import check

    with pytest.raises(KeyError, match="Exercise 21-2 is 201-2 now"):
        check("21-2", 1)


def test_progress_leads_to_exercises_that_are_there():
    from course_utils.command.lessons import find_lessons
    from course_utils.exercises import load_exercises

    present = {key for lesson in find_lessons() for key in load_exercises(lesson.number)}
    assert set(moved.read_steps()[-1].values()) <= present


def test_a_key_that_named_another_exercise_once_is_that_of_today():
    for keys in moved.read_steps():
        for old in keys:
            if (Path(moved.__file__).parent / f"lesson_{old.split('-')[0]}.py").exists():
                continue
            with pytest.raises(KeyError, match=f"Exercise {old} is {moved.present_key(old)} now"):
                find_exercise(old)
    assert find_exercise("502-1").key == "502-1", "it was exercise 505-1, and 502-1 is 512-1 now"
