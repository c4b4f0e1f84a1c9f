"""Every number and name that the `course` command takes is checked: one sentence, status 2, and nothing has changed."""

import pytest
import typer
from clones import call_course, make_clone

from course_utils.command.cli import app

NO_LESSON = "There is no lesson"
BAD_INPUT = [
    # command, parameter, arguments, sentence
    ("check", "room", ["--room=yes"], "Option '--room' does not take a value"),
    ("run", "lesson", ["999"], NO_LESSON),
    ("run", "lesson", ["[bold]"], "There is no lesson [bold]."),
    ("run", "lesson", ["[/]"], "There is no lesson [/]."),
    ("run", "scale", ["001", "--scale", "huge"], "'huge'"),
    ("run", "jobs", ["001", "--jobs", "0"], "Invalid value for '--jobs'"),
    ("run", "jobs", ["001", "--jobs", "two"], "Invalid value for '--jobs'"),
    ("refresh", "lesson", ["999"], NO_LESSON),
    ("start", "lesson", ["999"], NO_LESSON),
    ("start", "lesson", [""], NO_LESSON),
    ("lab", "lesson", ["../001"], NO_LESSON),
    ("seeds", "lesson", [""], NO_LESSON),
    ("seeds", "count", ["001", "--count", "0"], "Invalid value for '--count'"),
    ("seeds", "count", ["001", "--count", "-3"], "Invalid value for '--count'"),
    ("seeds", "count", ["001", "--count", "two"], "Invalid value for '--count'"),
    ("progress", "export", ["--export", "pyproject.toml"], "pyproject.toml is there and stays as it is"),
    ("progress", "export", ["--export", "docs"], "docs is there and stays as it is"),
    ("progress", "export", ["--export", "nowhere/mine.json"], "There is no folder nowhere: make it first"),
    ("progress", "name", ["--export", "mine.json", "--name", " "], "--name takes 1 to 60 characters on one line"),
    ("progress", "name", ["--export", "mine.json", "--name", "A\nda"], "--name takes 1 to 60 characters on one line"),
    ("progress", "name", ["--export", "mine.json", "--name", "a" * 61], "--name takes 1 to 60 characters on one line"),
    ("progress", "name", ["--name", "Ada"], "--name goes into the file of --export: give both, or neither."),
    ("room", "folder", ["nowhere"], "nowhere is no folder"),
    ("room", "folder", ["pyproject.toml"], "pyproject.toml is no folder"),
    ("room", "folder", ["notebooks"], "notebooks is empty"),
    ("room", "folder", ["docs"], "glossary.md: damaged, or another program's."),
    ("questions", "lesson", ["999"], NO_LESSON),
    ("questions", "lesson", ["101"], NO_LESSON),
    ("questions", "lesson", [""], NO_LESSON),
    ("questions", "lesson", ["[/]"], "There is no lesson [/]."),
    ("questions", "format", ["001", "--format", "word"], "There is no format 'word'. The formats: text, gift,"),
    ("questions", "format", ["001", "--format", ""], "There is no format ''."),
    ("questions", "file", ["001", "--file", "pyproject.toml"], "pyproject.toml is there and stays as it is"),
    ("questions", "file", ["001", "--file", "docs"], "docs is there and stays as it is"),
    ("questions", "file", ["001", "--file", "nowhere/001.txt"], "There is no folder nowhere: make it first"),
    ("solution", "key", ["001-9"], "There is no exercise 001-9. Lesson 001 has 001-1, 001-2,"),
    ("solution", "key", ["999-1"], "Lesson 999 has no exercises."),
    (
        "solution",
        "key",
        ["[bold]"],
        "An exercise is named by lesson and number, '201-2' for instance; '[bold]' is not.",
    ),
    ("solution", "key", ["101-1"], NO_LESSON),
    ("solution", "anyway", ["001-1", "--anyway=perhaps"], "Option '--anyway' does not take a value"),
    ("plan", "hours", ["--hours", "-3"], "--hours -3 is no time to teach in: a number above 0 is needed"),
    ("plan", "hours", ["--hours", "nan"], "--hours nan is no time to teach in"),
    ("plan", "hours", ["--hours", "inf"], "--hours inf is no time to teach in"),
    ("plan", "hours", ["--hours", "twelve"], "Invalid value for '--hours'"),
    ("plan", "hours", [], "Missing option '--hours'"),
    ("plan", "hours", ["--hours", "1", "--topics", "start"], "1 hour is too few for start: the shortest path, 001,"),
    ("plan", "days", ["--hours", "3", "--days", "0"], "--days 0 is no time to teach in"),
    ("plan", "days", ["--hours", "3", "--days", "99"], "on 99 days is less than half an hour a day"),
    ("plan", "days", ["--hours", "13", "--days", "1"], "13 hours on one day are more than 12 a day"),
    ("plan", "days", ["--hours", "3", "--days", "two"], "Invalid value for '--days'"),
    ("plan", "topics", ["--hours", "9", "--topics", "cnns"], "There is no topic 'cnns'. The topics: start, cnn,"),
    ("plan", "topics", ["--hours", "9", "--topics", " , "], "--topics names nothing"),
    ("plan", "topics", ["--hours", "9", "--topics", "gan"], "There are no lessons on gan here"),
    ("plan", "topics", ["--hours", "9", "--topics", "start", "--lessons", "001"], "give one of them"),
    ("plan", "lessons", ["--hours", "9", "--lessons", "1"], "There is no lesson 1. The lessons: 001, 002."),
    ("plan", "lessons", ["--hours", "9", "--lessons", "[/]"], "There is no lesson [/]."),
    ("plan", "known", ["--hours", "9", "--topics", "start", "--known", "maths"], "there is no 'maths' among them"),
    ("plan", "known", ["--hours", "9", "--topics", "start", "--known", "start"], "Nothing is left of start"),
    ("handout", "lessons", ["999", "--for", "students"], NO_LESSON),
    ("handout", "lessons", ["001", "[/]", "--for", "teacher"], "There is no lesson [/]."),
    ("handout", "lessons", ["001", "101", "--nbgrader"], NO_LESSON),
    ("handout", "lessons", ["--for", "students"], "Missing argument"),
    ("handout", "reader", ["001", "--for", "pupils"], "--for takes students or teacher, not 'pupils'."),
    ("handout", "reader", ["001", "--for", "[/]"], "--for takes students or teacher, not '[/]'."),
    ("handout", "reader", ["001"], "For whom? Give --for students, --for teacher or --nbgrader"),
    ("handout", "nbgrader", ["001", "--nbgrader", "--for", "teacher"], "For whom? Give --for students,"),
    ("handout", "nbgrader", ["001", "--nbgrader=yes"], "Option '--nbgrader' does not take a value"),
    ("handout", "folder", ["001", "--for", "students", "--folder", "pyproject.toml"], "is a file: name a folder."),
    ("handout", "folder", ["001", "--for", "teacher", "--folder", "README.md/new"], "is a file: name a folder."),
    ("handout", "folder", ["001", "--nbgrader", "--folder", "README.md"], "is a file: name a folder."),
    ("renumber", "old", ["999", "003"], NO_LESSON),
    ("renumber", "new", ["001", "1"], "three digits are needed"),
    ("renumber", "new", ["001", "００３"], "three digits are needed"),
    ("renumber", "new", ["001", "002"], "The number 002 is taken"),
    ("renumber", "new", ["001", "001"], "Lesson 001 has that number already."),
    ("renumber", "new", ["001", "101"], "its number begins with 0"),
    ("new-project", "brief", ["nothing"], "rain, typefaces, tunes"),
    ("check-project", "file", ["nowhere.ipynb"], "nowhere.ipynb"),
    ("check-project", "minutes", ["nowhere.ipynb", "--minutes", "0"], "Invalid value for '--minutes'"),
    ("set-repository", "owner_name", ["not an address"], "is not OWNER/NAME"),
    ("set-repository", "owner_name", ["owner/.."], "is not OWNER/NAME"),
    ("set-repository", "contact", ["owner/name", "--contact", "nobody"], "'nobody' is no e-mail address"),
]


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("command", "parameter", "arguments", "sentence"), BAD_INPUT)
def test_bad_input_is_one_sentence(command, parameter, arguments, sentence, tmp_path, monkeypatch, capsys):
    clone = make_clone(tmp_path / "clone", "0_start/00[12]_*.ipynb")
    before = contents(tmp_path)
    assert call_course(clone, [command, *arguments], monkeypatch) == 2
    printed = capsys.readouterr()
    assert sentence in printed.out + printed.err
    assert contents(tmp_path) == before


def test_every_parameter_of_every_command_is_tried():
    commands = typer.main.get_command(app).commands
    parameters = {
        (name, parameter.name)
        for name, command in commands.items()
        for parameter in command.params
        if parameter.name != "help"
    }
    assert {(command, parameter) for command, parameter, *_ in BAD_INPUT} == parameters
