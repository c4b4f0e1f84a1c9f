"""`course plan`: the graph of what lessons need, the hours of a room, what is chosen, left out and cut."""

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from typer.testing import CliRunner

from course_utils.command.cli import app
from course_utils.command.lessons import find_lessons, reading_minutes
from course_utils.command.needs import SENTENCE_END, check_needs, needed_lessons, with_all_needs
from course_utils.command.plan import ROOM_FACTOR, TOPICS, RoomLesson, make_plan, room_lessons, words_of
from course_utils.command.plan_words import clock, remarks
from course_utils.command.room_time import breaks, room_time
from course_utils.exercises import load_exercises


@pytest.fixture(scope="module")
def course():
    return room_lessons()


def page(line: str):
    return new_notebook(cells=[new_markdown_cell("# Title"), new_markdown_cell(f"**You will**\n- try.\n\n{line}")])


# What a lesson needs


@pytest.mark.parametrize("lesson", find_lessons(), ids=lambda lesson: lesson.name)
def test_the_line_of_every_lesson_parses_and_names_lessons(lesson, course):
    needs = needed_lessons(lesson.read())
    assert set(needs) <= set(course) and lesson.number not in needs
    assert needs or lesson.number == "001", "only the first lesson needs none"


def test_no_lesson_needs_itself_by_a_detour_and_all_needs_come_before(course):
    needs = {number: lesson.needs for number, lesson in course.items()}
    check_needs(needs)
    order = with_all_needs(sorted(course), needs)
    assert order == sorted(course), "a lesson needs one with a higher number"


@pytest.mark.parametrize("lesson", find_lessons(), ids=lambda lesson: lesson.name)
def test_what_only_helps_says_so_in_a_sentence_of_its_own(lesson):
    line = next(text for text in lesson.read().cells[1].source.split("\n\n") if text.startswith("**You need**"))
    for sentence in SENTENCE_END.split(line)[1:]:
        assert ".ipynb" not in sentence or "may" in sentence or "helps" in sentence, sentence


def test_only_the_first_sentence_of_the_line_counts():
    line = (
        "**You need** [Gates](203_gates.ipynb): the GRU, `layers.GRU`; [404](../4_transformer/404_model.ipynb) and "
        "[Gates](203_gates.ipynb). [Attention](../4_transformer/401_attention.ipynb) may come before or after."
    )
    assert needed_lessons(page(f"{line}\n\n[101](../1_cnn/101_other.ipynb)")) == ("203", "404")
    assert needed_lessons(page("**You need** some Python.")) == ()
    with pytest.raises(ValueError, match=r"no line that begins with \*\*You need"):
        needed_lessons(page("You need [Gates](203_gates.ipynb)."))


def test_a_ring_and_an_absent_lesson_are_named():
    with pytest.raises(ValueError, match="No lesson of a ring can be the first: . needs . needs . needs .[.] Mend"):
        check_needs({"1": ("2",), "2": ("3",), "3": ("1",), "4": ()})
    with pytest.raises(ValueError, match="Lesson 1 needs 9, which is not here"):
        check_needs({"1": ("9",)})


def test_needs_come_first_and_what_is_known_is_left_out():
    needs = {"1": (), "2": ("1",), "3": ("2", "1"), "4": ("1",)}
    assert with_all_needs(["3", "4"], needs) == ["1", "2", "3", "4"]
    assert with_all_needs(["3"], needs, frozenset("1")) == ["2", "3"]


# Minutes


def test_minutes_are_those_of_the_page_and_of_its_exercises(course):
    lesson, exercises = find_lessons("101")[0], load_exercises("101").values()
    found = course["101"]
    assert found.teaching == round(ROOM_FACTOR * reading_minutes(lesson.read())) + found.running and found.running == 1
    assert found.in_room + found.at_home == tuple(exercises)
    assert found.minutes == found.teaching + sum(exercise.minutes for exercise in found.in_room)


def test_what_takes_a_program_goes_home_and_every_lesson_has_something_for_the_room(course):
    for lesson in course.values():
        assert lesson.in_room and all(exercise.program for exercise in lesson.at_home)


@pytest.mark.parametrize(("work", "minutes"), [(0, 0), (60, 0), (61, 10), (120, 10), (121, 20), (360, 50)])
def test_ten_minutes_of_break_between_two_hours(work, minutes):
    assert breaks(work) == minutes


def test_days_hold_what_their_hours_leave_after_the_breaks():
    time = room_time(14, 2)
    assert time.work_a_day == 360 and time.work == 720 and time.has_lunch
    assert [time.breaks_in(work) for work in (60, 360, 361, 420, 421)] == [0, 50, 50, 50, 60]
    assert [time.days_of(0, 360), time.days_of(300, 361), time.days_of(360, 400)] == ["1", "1-2", "2"]
    assert room_time(12).days == 2 and room_time(8).days == 1 and not room_time(4).has_lunch


# The choice, in a small course: lessons of 60 minutes


def lesson(number: str, *needs: str, minutes: int = 60) -> RoomLesson:
    reading = round((minutes - 1) / ROOM_FACTOR)
    running = minutes - round(ROOM_FACTOR * reading)
    return RoomLesson(number, f"Lesson {number}", f"notebooks/{number}.ipynb", needs, reading, running, (), ())


SMALL = {
    each.number: each
    for each in (
        lesson("001"),
        lesson("002", "001"),
        lesson("101", "001"),
        lesson("102", "101"),
        lesson("103", "101"),
        lesson("201", "002"),
        lesson("202", "201", "102"),
        lesson("203", "201", minutes=200),
    )
}


def numbers(lessons):
    return [each.number for each in lessons]


def small_plan(hours, **choice):
    return make_plan(room_time(hours, 1), SMALL, **choice)


def test_first_lessons_first_then_in_turns_while_they_fit():
    shortest = small_plan(5, topics=["cnn", "rnn"])
    assert numbers(shortest.lessons) == ["001", "002", "101", "201"]
    longer = small_plan(6, topics=["cnn", "rnn"])
    assert numbers(longer.lessons) == ["001", "002", "101", "102", "201"], "the second of the first topic comes next"
    assert [(one.number, minutes) for one, minutes in longer.left_out] == [("103", 60), ("202", 60), ("203", 200)]
    in_turns = small_plan(7, topics=["cnn", "rnn"])
    assert numbers(in_turns.lessons) == ["001", "002", "101", "102", "201", "202"], "not 103, the third of the first"
    longest = small_plan(8, topics=["cnn", "rnn"])
    assert numbers(longest.lessons) == ["001", "002", "101", "102", "103", "201", "202"]
    assert numbers(one for one, _ in longest.left_out) == ["203"] and longest.work == 420


def test_a_lesson_brings_what_it_needs_from_another_topic():
    plan = small_plan(7, topics=["rnn"])
    assert numbers(plan.lessons) == ["001", "002", "101", "102", "201", "202"]


def test_lessons_in_place_of_topics_bring_what_they_need_and_nothing_else():
    plan = small_plan(12, lessons=["202"])
    assert numbers(plan.lessons) == ["001", "002", "101", "102", "201", "202"]
    assert plan.left_out == () and "How it was chosen" not in dict(remarks(plan))


def test_what_is_known_is_not_taught_but_named():
    plan = small_plan(3, topics=["rnn"], known=["start"])
    assert numbers(plan.lessons) == ["201"] and numbers(plan.before) == ["001", "002"]
    assert "001 and 002. To read" in dict(remarks(plan))["Before"]
    assert numbers(small_plan(3, topics=["cnn"], known=["101"]).lessons) == ["102", "103"], "101 needs 001: known too"


def test_cutting_begins_at_the_end_and_keeps_what_was_asked_for():
    plan = small_plan(8, topics=["cnn", "rnn"])
    assert numbers(plan.in_order_of_cutting()) == ["202", "103", "102"]
    assert dict(remarks(plan))["When late"].endswith("the last topic goes: 201 (60 minutes).")
    assert small_plan(12, lessons=["202"]).in_order_of_cutting() == []
    assert "No lesson can go: each was asked for" in dict(remarks(small_plan(12, lessons=["202"])))["When late"]


def test_lessons_to_go_on_with_need_nothing_that_was_left_out():
    assert numbers(small_plan(5, topics=["cnn", "rnn"]).next_lessons()) == ["102", "103", "203"]


@pytest.mark.parametrize("days", [1, 2])
def test_the_hours_that_are_named_when_they_are_too_few_are_enough(days):
    with pytest.raises(ValueError, match="3 hours are too few for cnn and rnn: the shortest path") as refused:
        make_plan(room_time(3, days), SMALL, topics=["cnn", "rnn"])
    assert f"takes 4.5 hours with breaks, on {'one day' if days == 1 else '2 days'}" in str(refused.value)
    make_plan(room_time(4.5, days), SMALL, topics=["cnn", "rnn"])
    with pytest.raises(ValueError, match="too few"):
        make_plan(room_time(4, days), SMALL, topics=["cnn", "rnn"])


def test_a_list_is_read_with_its_spaces_and_capitals_and_each_word_once():
    assert words_of(" CNN, rnn,,cnn", "--topics") == ["cnn", "rnn"] and words_of("", "--topics") == []


# The command on the real course


def run_plan(*arguments):
    result = CliRunner().invoke(app, ["plan", *arguments], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_two_topics_in_twelve_hours(course):
    printed = run_plan("--hours", "12", "--topics", "cnn,rnn")
    plan = make_plan(room_time(12), course, ["cnn", "rnn"])
    assert {"001", "101", "201"} <= set(numbers(plan.lessons)) and plan.work <= plan.time.work
    for one, day, passed in plan.rows():
        row = next(line for line in printed.splitlines() if f"│ {one.number} " in line)
        assert [word.strip() for word in row.split("│")[2:-1]] == [
            day, one.number, one.title, f"{one.teaching} min", f"{one.exercises} min", clock(passed),
        ]  # fmt: skip
    for heading, text in remarks(plan):
        assert f"{heading}: {text}" in printed
    assert {"Sum", "How it was chosen", "Left out", "When late", "Homework", "To go on"} <= dict(remarks(plan)).keys()


def test_twelve_lessons_do_not_fit_into_three_hours(course):
    twelve = ",".join(sorted(course)[:12])
    result = CliRunner().invoke(app, ["plan", "--hours", "3", "--lessons", twelve])
    assert "3 hours are too few for 001, 002" in str(result.exception)


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_has_a_path(topic, course):
    plan = make_plan(room_time(60), course, [topic])
    taught = numbers(plan.lessons)
    assert all(taught.index(need) < taught.index(one.number) for one in plan.lessons for need in one.needs)
    assert len(set(taught)) == len(taught) and plan.work <= plan.time.work


def test_a_page_without_its_line_is_named(monkeypatch, tmp_path, course):
    (tmp_path / "notebooks" / "0_start").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("")
    nbformat.write(page("You need nothing."), tmp_path / "notebooks" / "0_start" / "001_start.ipynb")
    monkeypatch.setattr("course_utils.command.lessons.checkout_folder", lambda: tmp_path)
    with pytest.raises(ValueError, match="001_start: The page has no line"):
        room_lessons()
