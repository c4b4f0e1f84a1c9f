"""Exercises that got other keys when lessons were renumbered, so that a learner's progress is carried over."""

import tomllib
from pathlib import Path

TABLE = Path(__file__).with_name("moved.toml")


def read_steps(table: Path = TABLE) -> list[dict[str, str]]:
    """The renumberings in order, each as {"21-2": "201-2", ...}; none where there is no table."""
    if not table.exists():
        return []
    return [step["keys"] for step in tomllib.loads(table.read_text(encoding="utf-8"))["step"]]


def add_step(table: Path, keys: dict[str, str]) -> Path:
    """Append one renumbering to the table and return its path."""
    lines = [f'"{old}" = "{new}"' for old, new in sorted(keys.items())]
    before = table.read_text(encoding="utf-8") if table.exists() else ""
    table.write_text(before + "\n".join(["[[step]]", "[step.keys]", *lines, "", ""]), encoding="utf-8")
    return table


def carried_over(progress: dict[str, object], steps_done: int) -> dict[str, object]:
    """Progress by key, with the renumberings after the first `steps_done` made: {"21-2": ...} becomes {"201-2": ...}."""
    for keys in read_steps()[steps_done:]:
        progress = {keys.get(key, key): entry for key, entry in progress.items()}
    return progress


def present_key(key: str) -> str | None:
    """Today's key of an exercise that had this one before all renumberings, or None if none has moved it."""
    found = key
    for keys in read_steps():
        found = keys.get(found, found)
    return found if found != key else None
