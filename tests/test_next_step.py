"""`course next` and `course solution`: what to do now, and the answer after a try."""

import pytest
from typer.testing import CliRunner

from course_utils.command.cli import app
from course_utils.command.lessons import exercise_text, find_lessons
from course_utils.command.next_step import next_step
from course_utils.command.plan import RoomLesson, room_lessons
from course_utils.exercises import load_exercises
from course_utils.exercises.exercise import Exercise
from course_utils.exercises.progress import progress_file, record


def exercise(key: str) -> Exercise:
    return Exercise(key, f"Title of {key}", 5, print, (), 1, {})


def lesson(number: str, *needs: str) -> RoomLesson:
    exercises = tuple(exercise(f"{number}-{place}") for place in (1, 2))
    return RoomLesson(number, f"Title of {number}", "", needs, 40, 1, exercises[1:], exercises[:1])


COURSE = {
    each.number: each for each in (lesson("001"), lesson("002", "001"), lesson("101", "002"), lesson("102", "001"))
}


def solved(*keys):
    return {key: {"attempts": 1, "solved": True} for key in keys}


def tried(*keys):
    return {key: {"attempts": 2, "solved": False} for key in keys}


def test_nothing_tried_begins_with_the_first_lesson():
    assert next_step(COURSE, {}) == (
        "Begin: lesson 001, Title of 001 (40 minutes to read); `course lab 001` opens your copy."
    )


@pytest.mark.parametrize(
    ("progress", "exercise_left", "lesson_next"),
    [
        (solved("001-1"), "001-2 is not tried yet", "002"),
        (solved("001-1") | tried("001-2"), "001-2 is not solved yet", "002"),
        (tried("001-2"), "001-2 is not solved yet", "002"),
        (solved("001-1", "001-2"), None, "002"),
        (solved("001-1", "002-1", "002-2"), "001-2 is not tried yet", "101"),
        (solved("001-1") | tried("002-1"), "002-1 is not solved yet", "101"),
        (solved("101-1", "101-2"), None, "102"),  # what 101 needs is past, though nothing of it was recorded
        (solved("102-1", "102-2"), None, "002"),
        (solved("001-1", "001-2", "002-1", "002-2", "101-1", "102-1", "102-2"), "101-2 is not tried yet", None),
    ],
)
def test_a_lesson_begun_is_finished_first_and_the_next_one_has_all_it_needs(progress, exercise_left, lesson_next):
    said = next_step(COURSE, progress)
    assert (f"Exercise {exercise_left}" in said) if exercise_left else ("Exercise" not in said)
    words = "To go on instead" if exercise_left else "Next"
    assert (f"{words}: lesson {lesson_next}," in said) if lesson_next else ("To go on" not in said)
    assert said.count(". ") <= 1 and said.endswith(".")


def test_a_lesson_waits_for_what_it_needs_whatever_its_number():
    course = {each.number: each for each in (lesson("001"), lesson("101", "201"), lesson("201", "001"))}
    assert "Next: lesson 201," in next_step(course, solved("001-1", "001-2"))


def test_who_has_solved_all_is_told_of_a_project_and_unknown_keys_do_not_matter():
    everything = solved(*(each.key for one in COURSE.values() for each in one.all_exercises), "999-1")
    assert "course new-project" in next_step(COURSE, everything)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    return tmp_path


def call(*arguments):
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def test_next_on_the_real_course():
    assert call("next").output.startswith("Begin: lesson 001, ")
    for key in load_exercises("001"):
        record(key, solved=True)
    assert call("next").output.startswith("Next: lesson 002, ")
    record("101-2", solved=False)
    assert call("next").output.startswith("Exercise 101-2 is not solved yet: ")


def test_every_lesson_becomes_the_next_one_if_the_one_before_is_solved():
    course, progress, order = room_lessons(), {}, []
    for _ in course:
        said = next_step(course, progress)
        order.append(said.split("lesson ")[1][:3])
        progress |= solved(*load_exercises(order[-1]))
    assert order == sorted(course) and "new-project" in next_step(course, progress)


def test_a_damaged_file_does_not_stop_next_and_is_not_touched():
    progress_file().write_text("damaged")
    result = call("next")
    assert result.exit_code == 0 and "Begin: lesson 001" in result.output
    assert progress_file().read_text() == "damaged"


# `course solution`


def test_who_has_not_tried_is_asked_to_try_first(home):
    result = call("solution", "201-2")
    assert result.exit_code == 1 and "is not tried yet. Try first: `course lab 201`" in result.output
    assert "def " not in result.output and list(home.iterdir()) == []


@pytest.mark.parametrize("ways", [("tried",), ("solved",), ("anyway",)])
def test_the_solution_comes_with_its_text_after_a_try_or_anyway(ways, home):
    if ways != ("anyway",):
        record("201-2", solved=ways == ("solved",))
    result = call("solution", "201-2", *(["--anyway"] if ways == ("anyway",) else []))
    assert result.exit_code == 0
    assert "**201-2 · Continue a sequence from a given state** (10 minutes). Write the layer" in result.output
    assert "201-3" not in result.output
    assert load_exercises("201")["201-2"].solution.__name__ in result.output and "Why: " in result.output


@pytest.mark.parametrize("lesson", find_lessons(), ids=lambda lesson: lesson.name)
def test_the_text_of_every_exercise_is_found_and_is_its_own(lesson):
    for key, each in load_exercises(lesson.number).items():
        text = exercise_text(lesson, key)
        assert text.startswith((f"**{key} · {each.title}**", f"**{key}**")) and len(text.split()) > 8, each.title
        assert [other for other in load_exercises(lesson.number) if f"**{other}" in text] == [key]
