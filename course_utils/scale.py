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


def full_time(lesson: str) -> str:
    """In words, how long the lesson of this number takes at full; "" stands for any lesson."""
    import tomllib

    table = {}
    if os.path.exists(FULL_TABLE):
        with open(FULL_TABLE, "rb") as file:
            table = tomllib.load(file)
    if lesson in table:
        return f"lesson {lesson} takes about {table[lesson]['minutes']} minutes"
    return f"a lesson takes up to about {FULL_MINUTES} minutes"


def scale(*, quick: Value, full: Value) -> Value:
    """The value for the current scale: `epochs = scale(quick=3, full=40)`."""
    return {"quick": quick, "full": full}[current_scale()]
