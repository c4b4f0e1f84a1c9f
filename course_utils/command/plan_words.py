"""A plan in words: its sum, what is left out and why, what to cut when late, and the homework."""

from collections.abc import Iterable, Sequence

from course_utils.command.lessons import exercise_minutes
from course_utils.command.plan import Plan, RoomLesson
from course_utils.command.room_time import and_list, in_hours, on_days
from course_utils.exercises.exercise import Exercise


def clock(minutes: float) -> str:
    """65 as "1 h 05"."""
    return f"{int(minutes) // 60} h {int(minutes) % 60:02}"


def remarks(plan: Plan) -> list[tuple[str, str]]:
    """What stands below the table, each with its heading: the command prints it, and so does docs/teaching/paths.md."""
    texts = {
        "Sum": _sum(plan),
        "How it was chosen": _choice(plan) if plan.by_topics else "",
        "Before": _before(plan),
        "Left out": _left_out(plan),
        "When late": _when_late(plan),
        "Homework": _homework(plan),
        "To go on": _to_go_on(plan),
    }
    return [(heading, text) for heading, text in texts.items() if text]


def _sum(plan: Plan) -> str:
    time, pauses = plan.time, plan.time.breaks_in(plan.work)
    lunch = " Lunch, an hour a day after four hours at the latest, comes on top." if time.has_lunch else ""
    return (
        f"{clock(plan.work)} of work and {clock(pauses)} of breaks, ten minutes after each hour: "
        f"{clock(plan.work + pauses)} of {in_hours(time.hours)} {on_days(time.days)}.{lunch}"
    )


def _choice(plan: Plan) -> str:
    first = and_list(sorted(plan.asked))
    if len(plan.asked) == 1:
        return (
            f"First {first} with all that it needs; then the lessons after it, each with what it needs, while they fit."
        )
    return (
        f"First {first}, the first of each topic, with all that they need; then the second of each topic, the third, and "
        "so on, each with what it needs, while they fit."
    )


def _before(plan: Plan) -> str:
    if not plan.before:
        return ""
    minutes = sum(lesson.reading + exercise_minutes(lesson.all_exercises) for lesson in plan.before)
    return f"Known, or done at home: {_numbers(plan.before)}. To read and to solve: {clock(minutes)}."


def _left_out(plan: Plan) -> str:
    if not plan.left_out:
        return ""
    names = ", ".join(f"{lesson.number} ({minutes})" for lesson, minutes in plan.left_out)
    return (
        f"{plan.time.work - plan.work} minutes of work are left, too few for these; in parentheses the minutes of each, "
        f"with all that it needs and that is not taught yet: {names}."
    )


def _when_late(plan: Plan) -> str:
    exercises, lessons = plan.longest_exercises(), plan.in_order_of_cutting()
    sentences = [f"First send the longest exercise of each lesson home: {_listed(exercises)}."] if exercises else []
    if lessons:
        names = ", ".join(f"{lesson.number} ({lesson.minutes} minutes)" for lesson in lessons)
        sentences.append(f"Then leave out, one after the other, what nothing else in the plan needs: {names}.")
    else:
        asked = "is the first of its topic" if plan.by_topics else "was asked for"
        sentences.append(f"No lesson can go: each {asked}, or another needs it.")
    if plan.by_topics and len(plan.asked) > 1:
        last = [lesson for lesson in plan.lessons if lesson.number in plan.asked][-1]
        sentences.append(f"If that is not enough, the last topic goes: {last.number} ({last.minutes} minutes).")
    return " ".join(sentences)


def _homework(plan: Plan) -> str:
    exercises = [exercise for lesson in plan.lessons for exercise in lesson.at_home]
    return f"The exercises that take a program of one's own: {_listed(exercises)}." if exercises else ""


def _to_go_on(plan: Plan) -> str:
    following = plan.next_lessons()
    return f"{_numbers(following)}: what they need was taught." if following else ""


def _numbers(lessons: Iterable[RoomLesson]) -> str:
    return and_list(lesson.number for lesson in lessons)


def _listed(exercises: Sequence[Exercise]) -> str:
    return f"{', '.join(exercise.key for exercise in exercises)}: {exercise_minutes(exercises)} minutes"
