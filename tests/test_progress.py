"""The progress file: no answer of a learner stops at a place that cannot be written, and nothing recorded is lost."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from course_utils.command.cli import app
from course_utils.command.machine import check_writing
from course_utils.exercises import check
from course_utils.exercises import progress as progress_module
from course_utils.exercises.progress import progress_file, read_progress, record

KEPT = {"201-2": {"attempts": 3, "solved": True}}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    return tmp_path


@contextlib.contextmanager
def without_rights():
    """For a while, without the right to write everywhere that root has."""
    read_progress()  # what Python imports late is in its place by now
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def locked_folder():
    """A folder that is there, with progress in it, and can be read but not written."""
    folder = Path(tempfile.mkdtemp(prefix="course-locked-"))
    (folder / "progress.json").write_text(json.dumps(KEPT))
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    (folder / "progress.json").unlink()
    folder.rmdir()


def survives(capsys, sentence):
    """An answer is judged, the sentence says why it is not kept, and `course check` finds the same."""
    check("001-1", 7850)
    printed = capsys.readouterr().out
    assert "Exercise 001-1: right!" in printed and sentence in printed
    assert printed.count("could not be saved") == 1 and "COURSE_HOME" in printed
    finding = check_writing()
    assert finding.found == "not kept" and "Set COURSE_HOME to a folder of yours." in finding.cure


def test_no_home_folder(monkeypatch, capsys):
    monkeypatch.delenv("COURSE_HOME")

    def no_home(path):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", no_home)
    survives(capsys, "no home folder is known")
    assert read_progress() == {} and "could not be read" in capsys.readouterr().out


def test_a_file_where_the_folder_should_be(tmp_path, monkeypatch, capsys):
    (tmp_path / "a_file").write_text("mine")
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "a_file"))
    survives(capsys, "a_file")
    assert read_progress() == {} and (tmp_path / "a_file").read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of POSIX")
def test_a_folder_that_can_only_be_read(locked_folder, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_HOME", str(locked_folder))
    with without_rights():
        survives(capsys, "Permission denied")
        assert read_progress() == KEPT and capsys.readouterr().out == ""
    assert json.loads((locked_folder / "progress.json").read_text()) == KEPT
    assert [path.name for path in locked_folder.iterdir()] == ["progress.json"]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of POSIX")
def test_the_home_of_another_user(home, monkeypatch, capsys):
    """Not even to be read: the folder of the tests belongs to whoever runs them."""
    (home / "private").mkdir(mode=0o000)
    monkeypatch.setenv("COURSE_HOME", str(home / "private" / "deeper"))
    with without_rights():
        survives(capsys, "Permission denied")
        assert read_progress() == {} and "could not be read" in capsys.readouterr().out


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of POSIX")
def test_a_file_that_cannot_be_read_is_not_replaced(monkeypatch, capsys):
    folder = Path(tempfile.mkdtemp(prefix="course-open-"))
    folder.chmod(0o777)
    (folder / "progress.json").write_text(json.dumps(KEPT))
    (folder / "progress.json").chmod(0o000)
    monkeypatch.setenv("COURSE_HOME", str(folder))
    with without_rights():
        survives(capsys, "Permission denied")
    (folder / "progress.json").chmod(0o644)
    assert json.loads((folder / "progress.json").read_text()) == KEPT


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "[1, 2]", "null", "3", '"solved"', '{"201-2": null}', '{"201-2": {"attempts": "many"}}',
        '{"201-2": {"solved": true}}', '{"201-2": {"attempts": 1e999, "solved": true}}', '{"renumberings": []}',
        '{"renumberings": NaN}', '{"name": "of another program"}', "[" * 100_000, "\xff\xfe",
    ],
    ids=lambda content: content[:30],
)  # fmt: skip
def test_a_damaged_or_foreign_file_is_named_kept_and_begun_anew(content, capsys):
    progress_file().write_bytes(content.encode("latin-1"))
    assert read_progress() == {} and "could not be read" in capsys.readouterr().out
    assert progress_file().read_bytes() == content.encode("latin-1"), "reading changes nothing"
    check("001-1", 7850)
    assert "Exercise 001-1: right!" in capsys.readouterr().out and read_progress()["001-1"]["solved"]
    assert progress_file().with_name("progress-damaged-1.json").read_bytes() == content.encode("latin-1")


def test_a_second_damaged_file_does_not_replace_the_first():
    for content in ("one", "two"):
        progress_file().write_text(content)
        record("001-1", solved=True)
    kept = [progress_file().with_name(f"progress-damaged-{number}.json").read_text() for number in (1, 2)]
    assert kept == ["one", "two"]


def test_a_file_saved_by_an_editor_with_a_mark_at_its_beginning_is_read():
    progress_file().write_text(json.dumps(KEPT), encoding="utf-8-sig")
    assert read_progress() == KEPT


def test_notebooks_that_record_at_the_same_time_lose_nothing():
    code = (
        "import sys; from course_utils.exercises.progress import record\nfor _ in range(25): record(sys.argv[1], False)"
    )
    keys = ("001-1", "001-2", "001-3", "001-1")
    notebooks = [subprocess.Popen([sys.executable, "-c", code, key]) for key in keys]
    assert [notebook.wait(timeout=60) for notebook in notebooks] == [0] * 4
    assert {key: entry["attempts"] for key, entry in read_progress().items()} == {"001-1": 50, "001-2": 25, "001-3": 25}


def test_a_lock_that_stays_taken_is_not_waited_for_for_ever(home, monkeypatch, capsys):
    monkeypatch.setattr(progress_module, "SECONDS_TO_WAIT", 0.2)
    started = time.perf_counter()
    with FileLock(home / "progress.lock"):
        check("001-1", 7850)
    assert time.perf_counter() - started < 5
    printed = capsys.readouterr().out
    assert "right!" in printed and "another program keeps it locked" in printed


def test_the_sign_of_the_home_folder_is_understood(home, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("COURSE_HOME", "~/x")
    record("001-1", solved=True)
    assert progress_file() == home / "x" / "progress.json" and progress_file().exists()


@pytest.mark.parametrize("command", ["progress", "list"])
def test_the_commands_show_their_table_without_a_place_for_progress(command, home, monkeypatch, capsys):
    (home / "a_file").write_text("mine")
    monkeypatch.setenv("COURSE_HOME", str(home / "a_file"))
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 0
    printed = result.output + capsys.readouterr().out
    assert "could not be read" in printed and "001" in printed
