"""A learner's copy of a lesson: what it holds, where its links lead, and that no update of the course meets it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from clones import ROOT, call_course, make_clone

from course_utils.command.copies import start_copy
from course_utils.command.lessons import Lesson, find_lessons


@pytest.fixture
def clone(tmp_path):
    return make_clone(tmp_path / "clone")


@pytest.fixture
def course(monkeypatch, capsys):
    """Call the command inside a clone: its status and what it printed."""

    def call(clone, *arguments):
        return call_course(clone, list(arguments), monkeypatch), capsys.readouterr().out

    return call


def links(text):
    return re.findall(r"\]\((?!http|#)([^)#]+)", text)


def test_a_copy_is_the_lesson_without_outputs_and_its_links_lead_to_the_same_files(clone):
    for original in find_lessons():
        lesson = Lesson(original.number, clone / original.path.relative_to(ROOT))
        copy = start_copy(lesson, clone)
        assert copy == clone / "my" / f"{lesson.name}.ipynb"
        pairs = list(zip(lesson.read().cells, nbformat.read(copy, as_version=4).cells, strict=True))
        assert all(mine.source == cell.source for cell, mine in pairs if cell.cell_type == "code")
        assert not any(mine.get("outputs") or mine.get("execution_count") for _, mine in pairs)
        texts = [(cell.source, mine.source) for cell, mine in pairs if cell.cell_type == "markdown"]
        places = [(lesson.path.parent / link).resolve() for text, _ in texts for link in links(text)]
        assert [(copy.parent / link).resolve() for _, text in texts for link in links(text)] == places and places
        assert all(place.exists() for place in places)
        without_links = [[re.sub(r"\]\([^)#]+", "](", text) for text in both] for both in texts]
        assert all(before == after for before, after in without_links)


def test_a_second_call_leaves_the_copy_alone_and_says_where_it_is(clone, course):
    assert course(clone, "start", "001") == (0, "Your copy: my/001_start_here.ipynb\n")
    (clone / "my" / "001_start_here.ipynb").write_text("my answers")
    status, printed = course(clone, "start", "001")
    assert status == 2 and printed.startswith("Your copy is my/001_start_here.ipynb and stays as it is: open it, or")
    assert (clone / "my" / "001_start_here.ipynb").read_text() == "my answers"


def test_lab_opens_the_copy_of_the_lesson_and_makes_it_once(clone, course, monkeypatch):
    opened = []
    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", opened.append)
    course(clone, "lab", "201")
    copy = clone / "my" / "201_recurrence_by_hand.ipynb"
    assert copy.exists() and opened == [[f"--ServerApp.root_dir={clone}", str(copy)]]
    copy.write_text("my answers")
    course(clone, "lab", "201")
    course(clone, "lab")
    assert copy.read_text() == "my answers"
    assert [Path(path).name for _, path in opened[1:]] == [copy.name, "001_start_here.ipynb"]


def git(folder, *arguments):
    """Call git, as somebody who has no settings of their own."""
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    own |= {
        f"GIT_{role}_{what}": "learner@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    command = ["git", "-c", "init.defaultBranch=main", "-c", "core.autocrlf=false", *arguments]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, env={**os.environ, **own})
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_an_update_meets_no_conflict_and_leaves_the_copy_alone(clone, course, tmp_path):
    git(clone, "init", "--quiet")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "The course")
    git(tmp_path, "clone", "--quiet", "--no-hardlinks", str(clone), "learner")
    learner = tmp_path / "learner"
    place = Path("notebooks/0_start/001_start_here.ipynb")

    assert course(learner, "start", "001")[0] == 0
    copy = learner / "my" / place.name
    copy.write_text(
        copy.read_text(encoding="utf-8").replace('my_guess = \\"\\"', 'my_guess = \\"C\\"'), encoding="utf-8"
    )
    mine = copy.read_bytes()
    assert b'my_guess = \\"C\\"' in mine and git(learner, "status", "--porcelain") == ""

    lesson = clone / place
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("Start here", "Begin here"), encoding="utf-8")
    git(clone, "commit", "--quiet", "-a", "-m", "An update of the same lesson")
    git(learner, "pull", "--quiet", "--ff-only")
    assert "Begin here" in (learner / place).read_text(encoding="utf-8")
    assert copy.read_bytes() == mine and git(learner, "status", "--porcelain") == ""


def test_lesson_001_and_the_readme_say_how_to_work_in_a_copy():
    page = "\n".join(cell.source for cell in find_lessons("001")[0].read().cells)
    assert "`course start 001`" in page and "`my/`" in page
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "`course start 201`" in readme and "`my/`" in readme and "git pull" in readme
