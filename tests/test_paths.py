"""The ready plans for a room: the page is what `course plan` prints, and its links lead somewhere."""

import importlib.util
import re

import pytest
from typer.testing import CliRunner

from course_utils.command.cli import app
from course_utils.command.lessons import checkout_folder
from course_utils.command.plan import ARCHITECTURES, ROOM_FACTOR, make_plan, room_lessons
from course_utils.command.plan_words import remarks
from course_utils.command.room_time import room_time

ROOT = checkout_folder()
SPEC = importlib.util.spec_from_file_location("paths", ROOT / "tools" / "paths.py")
paths = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(paths)


@pytest.fixture(scope="module")
def course():
    return room_lessons()


def test_the_stored_page_is_what_the_command_makes():
    assert paths.WRITTEN.read_text(encoding="utf-8") == paths.page(), "run: python tools/paths.py"


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
