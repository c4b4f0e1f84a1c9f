"""Which exercises were solved, in one small local file that no other thing writes."""

import json
import os
import tempfile
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from course_utils.exercises.moved import carried_over, read_steps

STEPS = "renumberings"  # beside the exercises: how many renumberings of the course the file has seen
SECONDS_TO_WAIT = 10  # for another notebook that is recording; it takes milliseconds
CURE = "Set COURSE_HOME to a folder of yours."
MOST_MESSAGES, LONGEST_MESSAGE = 20, 300  # kept of one exercise, so that the file stays small
# What json and from_stored raise at a file that is damaged, or is another program's.
DAMAGE = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


def progress_file() -> Path:
    """`progress.json` in COURSE_HOME, or in ~/.deep-learning-course. Raises OSError where there is no home folder."""
    folder = os.environ.get("COURSE_HOME", "").strip() or "~/.deep-learning-course"
    try:
        return Path(folder).expanduser() / "progress.json"
    except RuntimeError as error:
        raise OSError(f"no home folder is known for {folder}") from error


def read_progress() -> dict[str, dict[str, object]]:
    """{"201-2": {"attempts": 3, "solved": True}, ...}. What cannot be read is named and counts as nothing.

    Where wrong answers were met by messages, the entry has them too: {"wrong": {"The bias is missing.": 2}}.
    """
    try:
        return stored_progress()
    except OSError as error:
        print(f"Your progress could not be read: {_reason(error)}. {CURE}")
    except ValueError as error:
        print(f"{error} The next exercise that you check keeps it under another name and begins a new one.")
    return {}


def record(key: str, solved: bool, message: str = "") -> None:
    """Count one attempt. A solved exercise stays solved. Where the file cannot be written, say so and go on.

    `message` is what met a wrong answer; it is kept unless the exercise is solved already. A lock keeps what another
    notebook records at the same moment. A damaged file is kept under another name.
    """
    try:
        path = progress_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name("progress.lock"), timeout=SECONDS_TO_WAIT):
            _write(path, _counted(_read_or_set_aside(path), key, solved, message))
    except Timeout:
        print("Your progress could not be saved: another program keeps it locked. Run this cell again in a moment.")
    except (OSError, NotImplementedError) as error:  # the latter: no locks on this disk
        print(f"Your progress could not be saved: {_reason(error)}. {CURE}")


def why_not_kept() -> str:
    """Why progress cannot be kept on this machine, or nothing if it can."""
    try:
        path = progress_file()
        folder = next(folder for folder in path.parents if folder.exists())
        tempfile.TemporaryFile(dir=folder).close()
        if path.exists():
            path.open("rb").close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def stored_progress() -> dict[str, dict[str, object]]:
    """The stored progress; empty without a file. Raises OSError if it cannot be read, ValueError if it is damaged."""
    path = progress_file()
    try:
        return from_stored(json.loads(path.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        return {}
    except DAMAGE as error:
        raise ValueError(f"{path} could not be read: it is damaged, or no progress.") from error


def as_stored(progress: dict[str, dict[str, object]]) -> dict[str, object]:
    """The progress as it stands in a file: with the number of renumberings that its keys have seen."""
    return {STEPS: len(read_steps()), **progress}


def from_stored(content: dict[str, object]) -> dict[str, dict[str, object]]:
    """The progress in what was read from a file, under today's keys. Raises one of DAMAGE if it is none."""
    content = content.copy()
    progress = carried_over(content, int(content.pop(STEPS, 0)))
    return {key: _entry(**entry) for key, entry in progress.items()}


def _entry(attempts: int, solved: bool, wrong: dict[str, int] | None = None, **_: object) -> dict[str, object]:
    """One exercise in plain types. Files of earlier versions know no messages, those of later ones may know more."""
    messages = {str(message): int(times) for message, times in (wrong or {}).items()}
    entry = {"attempts": int(attempts), "solved": bool(solved)}
    return {**entry, "wrong": messages} if messages else entry


def _read_or_set_aside(path: Path) -> dict[str, dict[str, object]]:
    """The stored progress; a damaged file gets a name that is free."""
    try:
        return stored_progress()
    except ValueError as error:
        names = (path.with_name(f"progress-damaged-{number}.json") for number in count(1))
        kept = path.rename(next(name for name in names if not name.exists()))
        print(f"{error} It is kept as {kept.name}; a new one is begun.")
        return {}


def _counted(
    progress: dict[str, dict[str, object]], key: str, solved: bool, message: str
) -> dict[str, dict[str, object]]:
    """The progress with one attempt more at one exercise."""
    before = progress.get(key, {"attempts": 0, "solved": False})
    after = {**before, "attempts": before["attempts"] + 1, "solved": before["solved"] or solved}
    if message and not before["solved"]:  # who has solved it tries things out
        after["wrong"] = _with_message(before.get("wrong", {}), " ".join(message.split())[:LONGEST_MESSAGE])
    return {**progress, key: after}


def _with_message(wrong: dict[str, int], message: str) -> dict[str, int]:
    """The messages with one more; a new one takes the place of the rarest where there are many."""
    if message not in wrong and len(wrong) >= MOST_MESSAGES:
        rarest = min(wrong, key=wrong.get)
        wrong = {other: times for other, times in wrong.items() if other != rarest}
    return {**wrong, message: wrong.get(message, 0) + 1}


def _write(path: Path, progress: dict[str, dict[str, object]]) -> None:
    """Replace the file in one step, so that nobody reads half of it."""
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(as_stored(progress), indent=1, sort_keys=True), encoding="utf-8")
    draft.replace(path)


def _reason(error: Exception) -> str:
    """What went wrong, and where."""
    where = getattr(error, "filename", None)
    return f"{where}: {error.strerror}" if where else str(error)
