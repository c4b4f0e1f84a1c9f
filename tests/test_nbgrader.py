"""A real course of nbgrader: assignment, three submissions, grades. And `grade`, which tells a grading program."""

import csv
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from clones import ROOT
from packaging.requirements import Requirement

from course_utils.command.handouts import write_assignments
from course_utils.command.lessons import find_lessons
from course_utils.exercises import grade, load_exercises
from course_utils.exercises.progress import read_progress
from course_utils.exercises.session import solution_source


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))


def test_grade_raises_unless_the_answer_is_right(capsys):
    grade("101-1", load_exercises("101")["101-1"].solution)
    with pytest.raises(AssertionError, match="Exercise 101-1 is not solved."):
        grade("101-1", 3)
    with pytest.raises(AssertionError):
        grade("101-1", ...)
    first, second, third = (line for line in capsys.readouterr().out.splitlines() if line.startswith("Exercise"))
    assert "right!" in first and "not yet." in second and "not attempted yet" in third
    assert read_progress()["101-1"]["attempts"] == 2


def test_where_nbgrader_grades_no_progress_is_counted(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    grade("101-1", load_exercises("101")["101-1"].solution)
    with pytest.raises(AssertionError):
        grade("101-1", 3)
    assert read_progress() == {}


def nbgrader(course, *arguments):
    """Call nbgrader in a course's folder. It calls alembic, which stands beside Python."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "JUPYTER_PREFER_ENV_PATH": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    result = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=600, env=environment)
    assert result.returncode == 0, result.stdout + result.stderr


def hand_in(course, student, answers):
    """A student's notebook: the released one, with these answers in their cells."""
    notebook = nbformat.read(course / "release" / "101" / "101.ipynb", as_version=4)
    for cell in notebook.cells:
        if (key := cell.metadata.get("nbgrader", {}).get("grade_id", "")) in answers:
            cell.source = answers[key]
    place = course / "submitted" / student / "101" / "101.ipynb"
    place.parent.mkdir(parents=True)
    nbformat.write(notebook, place)


def test_a_course_of_nbgrader_grades_a_right_a_wrong_and_an_untouched_notebook(tmp_path):
    pytest.importorskip("nbgrader", reason="no nbgrader here: `make nbgrader` installs it")
    course = tmp_path / "course"
    write_assignments(find_lessons("101"), course)
    nbgrader(course, "generate_assignment", "101")
    released = nbformat.read(course / "release" / "101" / "101.ipynb", as_version=4)
    assert not any("SOLUTION" in cell.source or "NotImplementedError" in cell.source for cell in released.cells)

    exercises = load_exercises("101")
    names = {"101-1": "weights_in_all", "101-2": "move_right_kernel", "101-3": "average_pool2d"}
    hand_in(course, "ada", {f"answer-{key}": solution_source(exercises[key], name) for key, name in names.items()})
    wrong = {"101-1": "weights_in_all = 4608", "101-2": "move_right_kernel = [[0, 0, 0], [0, 0, 1], [0, 0, 0]]"}
    wrong["101-3"] = "def average_pool2d(images, size, stride):\n    return images"
    hand_in(course, "bob", {f"answer-{key}": answer for key, answer in wrong.items()})
    hand_in(course, "cem", {})
    nbgrader(course, "autograde", "101")
    nbgrader(course, "export")

    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        grades = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    points = sum(exercise.minutes for exercise in exercises.values())
    assert grades == {"ada": (points, points), "bob": (0, points), "cem": (0, points)}
    graded = nbformat.read(course / "autograded" / "bob" / "101" / "101.ipynb", as_version=4)
    raised = [
        output.ename for cell in graded.cells for output in cell.get("outputs", []) if output.output_type == "error"
    ]
    assert raised == ["AssertionError"] * 3  # nothing else on the page stops
    assert not (tmp_path / "home" / "progress.json").exists()


def pins(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    lines = [line.split(" ;")[0] for line in lines if line and not line.startswith("#")]
    assert all("==" in line for line in lines) and "://" not in "".join(lines)
    return {tuple(line.split("==")) for line in lines}


def test_nbgrader_changes_no_version_of_the_course_and_learners_do_not_get_it():
    course, added = dict(pins("requirements.txt")), dict(pins("requirements-nbgrader.txt"))
    assert {
        name for name in course.keys() & added.keys() if (name, added[name]) not in pins("requirements.txt")
    } == set()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (requirement,) = map(Requirement, settings["project"]["optional-dependencies"]["nbgrader"])
    assert requirement.specifier.contains(added["nbgrader"]) and "nbgrader" not in course


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
def test_make_installs_nbgrader_for_tests_and_for_who_asks(tmp_path):
    for path in (ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("requirements*.txt")):
        shutil.copy(path, tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "ready").write_text("")
    for target, wanted in {"nbgrader": True, "test": True, "lab": False, "run": False, "ship": False}.items():
        made = subprocess.run(["make", "-n", target], cwd=tmp_path, capture_output=True, text=True, timeout=60).stdout
        assert ("set_up.py --add .venv requirements-nbgrader.txt" in made) == wanted, target
