"""What learners hand over and what an instructor sees: messages kept, files exported, thirty of them in one table."""

import json
import os
import re
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from course_utils.command.cli import app
from course_utils.command.room import MARK, Row, read_room, room_rows
from course_utils.exercises import check
from course_utils.exercises import progress as progress_module
from course_utils.exercises.progress import (
    LONGEST_MESSAGE,
    MOST_MESSAGES,
    as_stored,
    progress_file,
    read_progress,
    record,
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own, a current folder beside it, and no network: nothing may leave the machine."""
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def no_network(*_, **__):
        raise AssertionError("something asked for the network")

    monkeypatch.setattr(socket, "socket", no_network)
    return tmp_path / "home"


def call(*arguments):
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "220"})


# The messages in the progress file


def test_the_message_of_a_wrong_answer_is_kept_until_the_exercise_is_solved(capsys):
    check("001-1", 7840)
    check("001-1", 7840)
    message = re.search(r"not yet\. (.+)", capsys.readouterr().out)[1]
    assert read_progress()["001-1"] == {"attempts": 2, "solved": False, "wrong": {message: 2}}
    check("001-1", 7850)
    check("001-1", 1)
    assert read_progress()["001-1"] == {"attempts": 4, "solved": True, "wrong": {message: 2}}


def test_of_code_that_stops_only_the_kind_of_error_is_kept(capsys):
    check("001-2", lambda predicted, labels: open("/secret/of/ada"))
    assert "/secret/of/ada" in capsys.readouterr().out
    assert read_progress()["001-2"]["wrong"] == {"Your code stopped with FileNotFoundError.": 1}


def test_a_file_without_messages_is_read_and_goes_on_with_them():
    progress_file().parent.mkdir()
    progress_file().write_text(json.dumps({"renumberings": 2, "001-1": {"attempts": 3, "solved": False}}))
    assert read_progress() == {"001-1": {"attempts": 3, "solved": False}}
    record("001-1", solved=False, message="The bias is\n missing.")
    assert read_progress() == {"001-1": {"attempts": 4, "solved": False, "wrong": {"The bias is missing.": 1}}}


def test_a_file_of_a_later_version_that_knows_more_is_read():
    progress_file().parent.mkdir()
    progress_file().write_text(json.dumps({"001-1": {"attempts": 3, "solved": True, "seconds": 50}}))
    assert read_progress() == {"001-1": {"attempts": 3, "solved": True}}


@pytest.mark.parametrize("wrong", [["text"], {"text": "often"}, {"text": None}, "text"])
def test_messages_that_are_none_make_a_damaged_file_which_is_kept(wrong, capsys):
    progress_file().parent.mkdir()
    content = json.dumps({"001-1": {"attempts": 3, "solved": True, "wrong": wrong}})
    progress_file().write_text(content)
    record("001-2", solved=True)
    assert progress_file().with_name("progress-damaged-1.json").read_text() == content


def test_the_file_stays_small():
    for number in range(MOST_MESSAGES + 5):
        record("001-1", solved=False, message="often met")
        record("001-1", solved=False, message=f"{number} " + "long " * 200)
    wrong = read_progress()["001-1"]["wrong"]
    assert len(wrong) == MOST_MESSAGES and max(map(len, wrong)) == LONGEST_MESSAGE
    assert wrong["often met"] == MOST_MESSAGES + 5 and read_progress()["001-1"]["attempts"] == 2 * (MOST_MESSAGES + 5)


# `course progress --export`


def test_the_export_holds_the_progress_and_no_name_unless_one_is_given(home):
    record("001-1", solved=False, message="The bias is missing.")
    before = progress_file().read_bytes()
    result = call("progress", "--export", "mine.json")
    assert result.exit_code == 0 and "mine.json holds 1 exercise: " in result.output and "no name" in result.output
    text = Path("mine.json").read_text(encoding="utf-8")
    assert json.loads(text) == {"file": MARK, "progress": as_stored(read_progress())}
    result = call("progress", "--export", "named.json", "--name", " Ada Łovelace ")
    assert "the name Ada Łovelace" in result.output
    assert json.loads(Path("named.json").read_text(encoding="utf-8"))["name"] == "Ada Łovelace"
    assert str(home) not in text
    assert progress_file().read_bytes() == before and sorted(os.listdir()) == ["mine.json", "named.json"]


def test_a_file_that_is_there_is_never_overwritten():
    record("001-1", solved=True)
    Path("mine.json").write_text("of another program")
    result = call("progress", "--export", "mine.json")
    assert "mine.json is there and stays as it is" in str(result.exception)
    assert Path("mine.json").read_text() == "of another program"


def test_damaged_progress_is_not_exported_as_nothing():
    progress_file().parent.mkdir()
    progress_file().write_text("damaged")
    result = call("progress", "--export", "mine.json")
    assert "could not be read: it is damaged" in str(result.exception) and os.listdir() == []
    assert progress_file().read_text() == "damaged"


def test_who_has_tried_nothing_can_hand_that_over():
    assert "holds 0 exercises" in call("progress", "--export", "mine.json").output
    assert room_rows(read_room(progress_file().parents[1] / "work")[0]) == []


# `course room`


@pytest.fixture
def collected(tmp_path):
    """Writes a file into the folder of a room: `collected("ada.json", {"001-1": (attempts, solved, wrong)})`."""
    folder = tmp_path / "room"
    folder.mkdir()

    def write(file, exercises, name=""):
        progress = {
            key: {"attempts": attempts, "solved": solved, "wrong": wrong}
            for key, (attempts, solved, wrong) in exercises.items()
        }
        content = {"file": MARK, "progress": as_stored(progress)} | ({"name": name} if name else {})
        (folder / file).write_text(json.dumps(content), encoding="utf-8")
        return folder

    return write


def test_thirty_files_make_one_table(collected):
    for number in range(30):
        exercises = {"001-1": (2, True, {"You counted the weights.": 1} if number < 12 else {"Ten biases.": 9})}
        if number % 3 == 0:
            exercises["201-2"] = (1, number == 0, {f"You return {number}.5, not 8.": 1})
        folder = collected(f"{number:02}.json", exercises, name=f"Learner {number}" if number < 2 else "")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    room, skipped = read_room(folder)
    assert len(room) == 30 and skipped == []
    title = {row.key: row.title for row in room_rows(room)}
    assert room_rows(room) == [
        Row("001-1", title["001-1"], 30, 30, "Ten biases.", 18),
        Row("201-2", title["201-2"], 10, 1, "You return 0.5, not 8.", 10),
    ]
    result = call("room", str(folder))
    assert result.exit_code == 0
    assert re.search(r"001-1\s+│ .+│ 30\s+│ 30\s+│ Ten biases\.\s+│ 18", result.output)
    assert "30 of 30 files count: Learner 0, Learner 1 and 28 without a name." in result.output
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


DAMAGED = [
    "", "{", "[]", "null", "[" * 100_000, "\xff\xfe", '{"001-1": {"attempts": 1, "solved": true}}',
    json.dumps({"file": MARK}), json.dumps({"file": MARK, "progress": []}),
    json.dumps({"file": MARK, "progress": {"001-1": {"attempts": -1, "solved": True}}}),
    json.dumps({"file": MARK, "progress": {"001-1": {"attempts": 1, "solved": True, "wrong": [1]}}}),
    json.dumps({"file": MARK, "progress": {"001-1": {"attempts": 1e999, "solved": True}}}),
]  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED, ids=lambda content: content[-40:])
def test_a_damaged_file_is_named_and_skipped_and_the_others_count(content, collected):
    collected("ada.json", {"001-1": (1, True, {})})
    folder = collected("zoe.json", {"001-1": (2, False, {})})
    (folder / "broken.json").write_bytes(content.encode("latin-1"))
    result = call("room", str(folder))
    assert result.exit_code == 0 and re.search(r"001-1\s+│ .+│ 2\s+│ 1 ", result.output)
    assert "2 of 3 files count" in result.output and "Skipped: broken.json: " in result.output
    (folder / "ada.json").unlink()
    (folder / "zoe.json").unlink()
    assert "holds no file of `course progress --export`. broken.json: " in str(call("room", str(folder)).exception)


def test_hidden_files_and_folders_are_passed_over_and_large_files_not_read(collected, monkeypatch):
    folder = collected("ada.txt", {"001-1": (1, True, {})})
    (folder / ".DS_Store").write_text("x")
    (folder / "inner").mkdir()
    (folder / "film.mp4").write_bytes(b"0" * 5_000_001)
    room, skipped = read_room(folder)
    assert [one.file for one in room] == ["ada.txt"] and skipped == ["film.mp4: too large for an exported file."]


def test_who_hands_over_twice_counts_once(collected):
    collected("monday.json", {"001-1": (1, False, {})}, name="Ada")
    collected("tuesday.json", {"001-1": (4, True, {})}, name="ada")
    folder = collected("other.json", {"001-1": (1, False, {})})
    room, skipped = read_room(folder)
    assert [one.file for one in room] == ["other.json", "tuesday.json"]
    assert skipped == ["monday.json: another file of Ada counts."]


def test_a_file_from_before_a_renumbering_counts_under_todays_keys(collected, monkeypatch):
    folder = collected("ada.json", {"21-2": (1, True, {})})
    path = folder / "ada.json"
    path.write_text(path.read_text().replace(json.dumps(as_stored({}))[1:-1], '"renumberings": 0'))
    assert [row.key for row in room_rows(read_room(folder)[0])] == ["201-2"]


def test_an_unknown_exercise_is_shown_as_such_and_nothing_controls_the_terminal(collected):
    folder = collected("ada.json", {"999-1": (1, False, {"\x1b[31m[bold]red": 1})}, name="[/]\x07" + "x" * 500)
    result = call("room", str(folder))
    assert result.exit_code == 0 and "not in this version of the course" in result.output
    assert "\x1b[31m" not in result.output and "[bold]red" in result.output and "\x07" not in result.output
    assert "x" * 61 not in result.output


def test_what_learners_export_is_what_the_room_reads(tmp_path, monkeypatch, capsys):
    (tmp_path / "room").mkdir()
    for name, answers in {"Ada": [7840, 7850], "Grace": [7840], "": [7850]}.items():
        monkeypatch.setenv("COURSE_HOME", str(tmp_path / f"home of {name}"))
        for answer in answers:
            check("001-1", answer)
        file = str(tmp_path / "room" / f"{name or 'nobody'}.json")
        assert call("progress", "--export", file, *(["--name", name] if name else [])).exit_code == 0
    [row] = room_rows(read_room(tmp_path / "room")[0])
    assert (row.key, row.tried, row.solved, row.learners) == ("001-1", 3, 2, 2)
    assert row.commonest.startswith("You counted the weights")
    assert progress_module.progress_file().exists()
