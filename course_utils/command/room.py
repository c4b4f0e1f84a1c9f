"""`course progress --export` and `course room`: learners hand their files over, and one table shows where a room stands."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from course_utils.command.new_file import write_new_file
from course_utils.exercises.exercise import has_exercises, load_exercises
from course_utils.exercises.progress import DAMAGE, LONGEST_MESSAGE, as_stored, from_stored, stored_progress

MARK = "progress of Deep learning, four architectures"  # by which an exported file is known
LONGEST_NAME = 60
LARGEST_FILE = 5_000_000  # bytes; an exported file has some thousands
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?")


def checked_name(name: str) -> str:
    """A name as it goes into a file. Raises ValueError for one that is empty, long or not of one line."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise ValueError(f"--name takes 1 to {LONGEST_NAME} characters on one line, Ada for instance; or leave it out.")
    return name.strip()


def export_progress(path: Path, name: str = "") -> int:
    """Write the stored progress into a new file and return how many exercises it holds.

    Raises FileExistsError if there is one: it is never overwritten; ValueError if the progress is damaged.
    """
    progress = stored_progress()
    content = {"file": MARK, **({"name": name} if name else {}), "progress": as_stored(progress)}
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    write_new_file(path, text)
    return len(progress)


@dataclass(frozen=True)
class Exported:
    """What one learner handed over. `name` is empty where none was given."""

    file: str
    name: str
    progress: dict[str, dict[str, object]]

    @property
    def attempts(self) -> int:
        return sum(entry["attempts"] for entry in self.progress.values())


@dataclass(frozen=True)
class Row:
    """One exercise in a room. `learners` were met by the commonest wrong answer's message."""

    key: str
    title: str
    tried: int
    solved: int
    commonest: str
    learners: int


def read_room(folder: Path) -> tuple[list[Exported], list[str]]:
    """The exported files in a folder, and a sentence for each file that is skipped. Raises ValueError if none can be read."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder: name the one that holds the files of `course progress --export`.")
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if not files:
        raise ValueError(
            f"{folder} is empty: let each learner call `course progress --export FILE` and collect the files."
        )
    handed_over, skipped = [], []
    for path in files:
        try:
            handed_over.append(_read_exported(path))
        except ValueError as error:
            skipped.append(f"{_shown(path.name)}: {error}.")
    if not handed_over:
        raise ValueError(f"{folder} holds no file of `course progress --export`. {' '.join(skipped)}")
    kept = _one_each(handed_over)
    skipped += [f"{one.file}: another file of {one.name} counts." for one in handed_over if one not in kept]
    return kept, skipped


def room_rows(room: Iterable[Exported]) -> list[Row]:
    """The exercises that anybody tried, in the order of the lessons."""
    room = list(room)
    keys = sorted({key for one in room for key in one.progress})
    return [_row(key, [one.progress[key] for one in room if key in one.progress]) for key in keys]


def _read_exported(path: Path) -> Exported:
    """Raises ValueError, with the reason, for a file that is damaged or another program's."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError("too large for an exported file")
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ValueError(error.strerror or str(error)) from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError("damaged, or another program's") from error
    if not isinstance(content, dict) or content.get("file") != MARK:
        raise ValueError("not written by `course progress --export`")
    try:
        progress = from_stored(content["progress"])
        if any(entry["attempts"] < 0 for entry in progress.values()):
            raise ValueError("a number of attempts is negative")
    except DAMAGE as error:
        raise ValueError("damaged: its progress cannot be read") from error
    return Exported(_shown(path.name), _shown(str(content.get("name", "")))[:LONGEST_NAME], progress)


def _one_each(handed_over: list[Exported]) -> list[Exported]:
    """Of the files under one name the one with the most attempts: who hands over twice counts once."""
    latest: dict[str, Exported] = {}
    for one in handed_over:
        key = one.name.lower()
        if key and (key not in latest or one.attempts > latest[key].attempts):
            latest[key] = one
    return [one for one in handed_over if not one.name or latest[one.name.lower()] is one]


def _row(key: str, entries: list[dict[str, object]]) -> Row:
    lesson = key.split("-")[0]
    exercises = load_exercises(lesson) if has_exercises(lesson) else {}
    title = exercises[key].title if key in exercises else "not in this version of the course"
    commonest, learners = _commonest(entries)
    solved = sum(bool(entry["solved"]) for entry in entries)
    return Row(_shown(key), title, len(entries), solved, commonest, learners)


def _commonest(entries: list[dict[str, object]]) -> tuple[str, int]:
    """The message that most learners met, and how many. Messages that differ in their numbers alone are one."""
    learners: Counter[str] = Counter()
    wordings: dict[str, Counter[str]] = {}
    for entry in entries:
        messages = entry.get("wrong", {})
        learners.update({NUMBER.sub("#", message) for message in messages})
        for message, times in messages.items():
            wordings.setdefault(NUMBER.sub("#", message), Counter())[message] += times
    if not learners:
        return "", 0
    kind = min(learners, key=lambda each: (-learners[each], each))
    wording = min(wordings[kind], key=lambda each: (-wordings[kind][each], each))
    return _shown(wording), learners[kind]


def _shown(text: str) -> str:
    """The beginning of a text from another's file, without what would control the terminal."""
    return "".join(character if character.isprintable() else " " for character in text[:LONGEST_MESSAGE])
