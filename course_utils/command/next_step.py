"""`course next`: what a learner does now, from the exercises tried and from what each lesson needs."""

from collections.abc import Mapping

from course_utils.command.needs import with_all_needs
from course_utils.command.plan import RoomLesson
from course_utils.exercises.exercise import Exercise

Progress = Mapping[str, Mapping[str, object]]


def next_step(course: Mapping[str, RoomLesson], progress: Progress) -> str:
    """One or two sentences: an unsolved exercise of the last lesson begun, and the next lesson whose needs are done."""
    begun = [
        number
        for number, lesson in sorted(course.items())
        if any(each.key in progress for each in lesson.all_exercises)
    ]
    left = next((found for number in reversed(begun) if (found := _left(course[number], progress))), None)
    following = _next_lesson(course, begun)
    sentences = []
    if left:
        tried = progress.get(left.key, {}).get("attempts", 0)
        state = "not solved yet" if tried else "not tried yet"
        lesson = left.key.split("-")[0]
        sentences.append(
            f"Exercise {left.key} is {state}: {left.title} ({left.minutes} minutes), in lesson {lesson}, which "
            f"`course lab {lesson}` opens."
        )
    if following:
        begin = "To go on instead" if left else "Next" if begun else "Begin"
        sentences.append(
            f"{begin}: lesson {following.number}, {following.title} ({following.reading} minutes to read); "
            f"`course lab {following.number}` opens your copy."
        )
    if not sentences:
        sentences.append(
            "Every exercise is solved. A project of your own comes next: `course new-project` lists the briefs."
        )
    return " ".join(sentences)


def _left(lesson: RoomLesson, progress: Progress) -> Exercise | None:
    """The first exercise of a lesson that was tried and not solved, else the first that was not tried, else None."""
    unsolved = [exercise for exercise in lesson.all_exercises if not progress.get(exercise.key, {}).get("solved")]
    return min(unsolved, key=lambda exercise: (exercise.key not in progress, exercise.key), default=None)


def _next_lesson(course: Mapping[str, RoomLesson], begun: list[str]) -> RoomLesson | None:
    """The first lesson not begun of which all needs are begun. Who began a lesson is past what it needs."""
    needs = {number: lesson.needs for number, lesson in course.items()}
    past = set(with_all_needs(begun, needs))
    return next((course[n] for n in sorted(course) if n not in past and past.issuperset(needs[n])), None)
