"""The ready plans for a room: the page is what `course plan` prints, and its links lead somewhere."""

import importlib.util
import re

import pytest
import typer
from typer.testing import CliRunner

from course_utils.command.cli import app
from course_utils.command.lessons import checkout_folder, exercise_minutes, find_lessons, reading_minutes
from course_utils.command.plan import ARCHITECTURES, ROOM_FACTOR, make_plan, room_lessons
from course_utils.command.plan_words import remarks
from course_utils.command.room_time import room_time
from course_utils.exercises import load_exercises

ROOT = checkout_folder()
README = ROOT / "README.md"
SPEC = importlib.util.spec_from_file_location("paths", ROOT / "tools" / "paths.py")
paths = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(paths)


@pytest.fixture(scope="module")
def course():
    return room_lessons()


def test_the_stored_page_is_what_the_command_makes(course):
    assert paths.WRITTEN.read_text(encoding="utf-8") == paths.page(course), "run: python tools/paths.py"


@pytest.mark.parametrize("path", paths.PATHS, ids=lambda path: path.title)
def test_the_minutes_are_those_that_course_plan_prints(path, course):
    text = paths.WRITTEN.read_text(encoding="utf-8").split(f"## {path.title}\n")[1].split("\n## ")[0]
    assert f"```\n{path.command}\n```" in text
    printed = CliRunner().invoke(app, path.command.split()[1:], env={"COLUMNS": "220"})
    assert printed.exit_code == 0, printed.output
    rows = [[word.strip() for word in row.split("│")[1:-1]] for row in printed.output.splitlines() if "│" in row]
    stored = [[word.strip() for word in row.split("|")[1:-1]] for row in text.splitlines() if re.match(r"\| \d", row)]
    assert [[row[0], row[1], f"{row[2]} {row[3]}", *row[4:]] for row in rows] == [
        [re.sub(r"\[(.+)\]\(.+\)", r"\1", word) for word in row] for row in stored
    ]
    for heading, words in remarks(path.plan(course)):
        assert f"- **{heading}.** {words}" in text and f"{heading}: {words}" in printed.output


@pytest.mark.parametrize("topic", ARCHITECTURES)
def test_two_hours_hold_any_one_architecture_by_hand(topic, course):
    plan = make_plan(room_time(2), course, [topic], (), ["start"])
    assert len(plan.lessons) == 1 and plan.asked == {plan.lessons[0].number}


def test_the_page_says_the_factor_and_its_links_lead_somewhere():
    text = paths.WRITTEN.read_text(encoding="utf-8")
    assert f"{ROOM_FACTOR} times over" in text
    links = set(re.findall(r"\]\((?!http|#)([^)#]+)", text))
    assert links and all((paths.WRITTEN.parent / link).exists() for link in links)
    assert "(teaching/paths.md)" in (ROOT / "docs" / "README.md").read_text(encoding="utf-8")


# The README's first screen


def test_the_readme_says_how_long_the_course_takes(course):
    text = README.read_text(encoding="utf-8")
    assert len(paths.TIME_ROW.findall(text)) == 1 and text == paths.readme(course), "run: python tools/paths.py"
    reading = sum(reading_minutes(lesson.read()) for lesson in find_lessons())
    solving = sum(exercise_minutes(load_exercises(lesson.number).values()) for lesson in find_lessons())
    assert f"{len(find_lessons())} lessons: about {reading / 60:.0f} hours to read and {solving / 60:.0f} of" in text


def test_no_lesson_runs_longer_than_the_readme_says():
    assert "in at most three minutes on two CPU cores" in README.read_text(encoding="utf-8")
    assert max(lesson.seconds for lesson in find_lessons()) <= 180


def test_the_first_screen_says_for_whom_what_is_needed_what_comes_of_it_and_where_to_go():
    first = README.read_text(encoding="utf-8").split("## What is different here")[0]
    for row in ("For whom", "You need", "Afterwards you can", "Time"):
        assert f"\n| **{row}** | " in first
    assert first.index("\nmake lab ") < first.index("\nmake run ") < first.index("\nmake test ")
    anchors = re.findall(r"\(docs/teaching/paths\.md#([^)]+)\)", first)
    headings = re.findall(r"^## (.+)$", paths.WRITTEN.read_text(encoding="utf-8"), re.MULTILINE)
    slugs = [re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert anchors == slugs, "each path has its link"


def test_the_readme_names_every_command_and_its_links_lead_somewhere():
    text = README.read_text(encoding="utf-8")
    commands = typer.main.get_command(app).commands
    assert [name for name in commands if f"| `course {name}" not in text] == []
    links = set(re.findall(r"\]\((?!http|#)([^)#]+)", text))
    assert [link for link in links if not (ROOT / link).exists()] == []
