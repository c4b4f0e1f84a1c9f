"""`course check --room`: one line a machine, that thirty people can read aloud."""

import re
import shutil
from pathlib import Path

import pytest
from clones import ROOT
from typer.testing import CliRunner

from course_utils.command import machine
from course_utils.command.cli import app
from course_utils.command.machine import CHECKS, Finding, check_machine, course_version, room_code

WELL = Finding("Python", "3.12.1", "")
PACKAGE = ROOT / "course_utils"


def check_room(monkeypatch, *findings):
    """The status of the command and the lines it prints, if these were the findings."""
    monkeypatch.setattr(machine, "check_machine", lambda: list(findings))
    result = CliRunner().invoke(app, ["check", "--room"])
    return result.exit_code, result.output.splitlines()


def test_a_machine_that_is_ready_says_a_code_of_three_digits(monkeypatch):
    status, lines = check_room(monkeypatch, WELL, Finding("Free disk", "9 GB", ""))
    assert status == 0 and lines == [f"READY, code {room_code()} (course {course_version()})"]
    assert 100 <= int(room_code()) <= 999


def test_a_machine_that_is_not_says_the_number_of_the_first_check_that_fails(monkeypatch):
    bad = Finding("Free memory", "1.2 GB; the full scale takes up to 6 GB", "Close other programs.")
    status, lines = check_room(monkeypatch, WELL, WELL, bad, Finding("Data", "damaged", "Fetch it again."))
    assert status == 1
    assert lines == [
        f"NOT READY, number 3: Free memory, 1.2 GB; the full scale takes up to 6 GB (course {course_version()})"
    ]


@pytest.mark.parametrize(
    "found", ["it failed: InternalError [libdevice] " + "not found " * 40, "two lines\nof " + "words " * 40]
)
def test_a_long_reason_is_cut_to_a_line_that_can_be_read_aloud(monkeypatch, found):
    status, lines = check_room(monkeypatch, WELL, Finding("One training step", found, "Reinstall TensorFlow."))
    assert status == 1 and len(lines) == 1 and len(lines[0]) <= 120
    assert lines[0].startswith("NOT READY, number 2: One training step, ") and found[:9] in lines[0]


def test_status_and_verdict_agree_with_the_table_of_course_check(monkeypatch):
    for findings in ([WELL], [WELL, Finding("Data", "damaged", "Fetch it again.")]):
        status, lines = check_room(monkeypatch, *findings)
        assert CliRunner().invoke(app, ["check"]).exit_code == status
        assert lines[0].startswith("READY") == (status == 0)


def test_the_code_changes_with_the_courses_code_and_with_nothing_else(tmp_path):
    copy = tmp_path / "course_utils"
    shutil.copytree(PACKAGE, copy, ignore=lambda folder, names: [name for name in names if name == "__pycache__"])
    assert room_code(copy) == room_code()
    # As the package lies where it was installed, and as git writes it on Windows.
    for folder in ("data", "projects/files/rain"):
        (copy / folder).mkdir(parents=True)
        (copy / folder / "attempt.py").write_text("")
    (copy / "claims.py").write_bytes(
        (PACKAGE / "claims.py").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    )
    assert room_code(copy) == room_code()
    with (copy / "scale.py").open("a") as file:
        file.write("# newer\n")
    assert room_code(copy) != room_code()


def test_the_code_changes_with_the_version_of_tensorflow(monkeypatch):
    import tensorflow as tf

    before = room_code()
    monkeypatch.setattr(tf, "__version__", "2.20.0")
    assert room_code() != before


def test_the_version_is_that_of_the_clone_and_else_the_installed_one(monkeypatch):
    monkeypatch.setattr(machine.metadata, "version", lambda name: "0.0.9")
    assert course_version() != "0.0.9"

    def nowhere() -> Path:
        raise FileNotFoundError

    monkeypatch.setattr("course_utils.command.lessons.checkout_folder", nowhere)
    assert course_version() == "0.0.9"


def test_the_page_on_rooms_has_a_line_for_each_number():
    page = (ROOT / "docs" / "teaching" / "room.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (\d) \| (.+?) \|", page)
    names = [finding.what for finding in check_machine()]
    assert rows == [(str(number), name) for number, name in enumerate(names, 1)] and len(rows) == len(CHECKS)
