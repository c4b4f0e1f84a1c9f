"""Exercises that check themselves: `check("201-2", answer)`, `hint("201-2")`, `solution("201-2")`."""

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, expect_equal, load_exercises
from course_utils.exercises.session import check, grade, hint, solution

__all__ = ["Exercise", "Wrong", "check", "expect_close", "expect_equal", "grade", "hint", "load_exercises", "solution"]
