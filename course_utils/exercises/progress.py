"""Which exercises were solved, in one small local file that no other thing writes."""

import json
import os
from pathlib import Path

from course_utils.exercises.moved import carried_over, read_steps

STEPS = "renumberings"  # beside the exercises: how many renumberings of the course the file has seen


def progress_file() -> Path:
    """`progress.json` in COURSE_HOME, or in ~/.deep-learning-course."""
    folder = os.environ.get("COURSE_HOME") or Path.home() / ".deep-learning-course"
    return Path(folder) / "progress.json"


def read_progress() -> dict[str, dict[str, object]]:
    """{"201-2": {"attempts": 3, "solved": True}, ...}. A file that cannot be read is kept under another name."""
    path = progress_file()
    try:
        progress = json.loads(path.read_text(encoding="utf-8"))
        progress = carried_over(progress, int(progress.pop(STEPS, 0)))
        return {
            key: {"attempts": int(entry["attempts"]), "solved": bool(entry["solved"])}
            for key, entry in progress.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        kept = next(
            name
            for number in range(1, 1000)
            if not (name := path.with_name(f"progress-damaged-{number}.json")).exists()
        )
        path.rename(kept)
        print(f"{path} could not be read. It is kept as {kept.name}; a new one is begun.")
        return {}


def record(key: str, solved: bool) -> None:
    """Count one attempt. A solved exercise stays solved. Where the file cannot be written, say so and go on."""
    progress = read_progress()
    before = progress.get(key, {"attempts": 0, "solved": False})
    progress[key] = {"attempts": before["attempts"] + 1, "solved": before["solved"] or solved}
    path = progress_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        content = {STEPS: len(read_steps()), **progress}
        draft.write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        print(f"Your progress could not be saved in {path}: {error.strerror}.")
