"""One switch for the size of every experiment: `quick`, made for two CPU cores, unless `full` is asked for."""

import os
from typing import TypeVar

SCALES = ("quick", "full")
FULL_MINUTES, FULL_GIGABYTES = 10, 6  # what a lesson at full takes at most on a T4 GPU, as tools/try_full.py counts it
FULL_TABLE = os.path.join(os.path.dirname(__file__), "full_scale.toml")  # and what each takes
Value = TypeVar("Value")

_chosen: str | None = None  # by set_up(scale=...)


def checked_scale(word: object, source: str) -> str:
    """The scale that a word names. Raises ValueError, naming the source of the word, for any but quick and full."""
    name = str(word).strip().lower()
    if name not in SCALES:
        raise ValueError(f"{source} is '{word}'; it must be quick or full.")
    return name


def choose_scale(word: str | None) -> None:
    """Choose the scale for this session; None leaves it to COURSE_SCALE. Raises ValueError for another word."""
    global _chosen
    _chosen = None if word is None else checked_scale(word, "The scale")


def current_scale() -> str:
    """`quick`, on a GPU too, unless set_up(scale=...) chose or COURSE_SCALE says `full`; set_up's choice wins.

    Raises ValueError if COURSE_SCALE is neither quick nor full.
    """
    if _chosen:
        return _chosen
    word = os.environ.get("COURSE_SCALE", "").strip()
    return checked_scale(word, "COURSE_SCALE") if word else "quick"


def full_minutes() -> dict[str, int]:
    """Minutes at full on a T4 GPU by the number of the lesson, of those that have been counted."""
    import tomllib

    if not os.path.exists(FULL_TABLE):
        return {}
    with open(FULL_TABLE, "rb") as file:
        return {lesson: row["minutes"] for lesson, row in tomllib.load(file).items()}


def full_time(lesson: str) -> str:
    """In words, how long the lesson of this number takes at full; "" stands for any lesson."""
    counted = full_minutes()
    if lesson in counted:
        return f"lesson {lesson} takes about {_minutes(counted[lesson])}"
    return f"a lesson takes up to about {FULL_MINUTES} minutes"


def full_time_of_all(lessons: list[str]) -> str:
    """In words, how long the lessons of these numbers take at full, one after the other."""
    counted = full_minutes()
    known = [lesson for lesson in lessons if lesson in counted]
    unknown = len(lessons) - len(known)
    parts = []
    if known:
        parts.append(f"{_lessons(len(known))}: about {_minutes(sum(counted[lesson] for lesson in known))}")
    if unknown:
        each = " each" if unknown > 1 else ""
        parts.append(f"{_lessons(unknown)} not counted yet: up to about {FULL_MINUTES} minutes{each}")
    return "; ".join(parts)


def _minutes(count: int) -> str:
    return f"{count} minute{'s' if count != 1 else ''}"


def _lessons(count: int) -> str:
    return f"{count} lesson{'s' if count != 1 else ''}"


def scale(*, quick: Value, full: Value) -> Value:
    """The value for the current scale: `epochs = scale(quick=3, full=40)`."""
    return {"quick": quick, "full": full}[current_scale()]
