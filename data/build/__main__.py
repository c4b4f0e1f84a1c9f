"""Rebuild embedded data files and compare them with their cards in cards.toml.

    python data/build NAME [NAME ...]
    python data/build all

Each set has its own file here, whose function `build` writes the new file into a temporary folder. A file that is as its
card says takes its place in data/ if that place is empty. A file that is there already is never overwritten.
"""

import hashlib
import importlib
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1]


def compare(file: Path, card: dict[str, Any]) -> bool:
    """Say whether a new file is as its card says, and put it into data/ if it is missing there. True if all agrees."""
    stored = DATA / card["file"]
    content = file.read_bytes()
    size, checksum = len(content), hashlib.sha256(content).hexdigest()
    if (size, checksum) != (card["bytes"], card["sha256"]):
        print(f"{stored.name} is not as its card says: bytes = {size}, sha256 = {checksum}")
        print(f"It is {file}, and {stored} stays as it was.")
        print(
            "If the change is meant, move the new file there and write these numbers into its card and data/README.md."
        )
        return False
    if stored.exists() and stored.read_bytes() != content:
        print(f"{stored.name} is as its card says, but {stored} is not, and stays as it was.")
        print(f"The new file is {file}: move it there.")
        return False
    print(f"{stored.name} is as its card says.")
    if not stored.exists():
        shutil.copy(file, stored)
        print(f"It was missing and is now {stored}")
    file.unlink()
    file.parent.rmdir()
    return True


def rebuild(name: str, card: dict[str, Any]) -> bool:
    """Build one set and compare it with its card. True if it is built and all agrees."""
    try:
        file = importlib.import_module(name).build()
    except (RuntimeError, ModuleNotFoundError) as error:
        print(f"{name} cannot be built: {error}")
        return False
    return compare(file, card)


def main(wanted: list[str]) -> int:
    """Rebuild the named sets, or all; the exit code: 0, 1 if anything differs or fails, 2 for a name that is none."""
    cards = tomllib.loads((DATA / "cards.toml").read_text(encoding="utf-8"))
    if not wanted or not {*wanted} <= {*cards, "all"}:
        print(f"Say what to build: {', '.join(cards)} or all.")
        return 2
    names = cards if "all" in wanted else wanted
    return 0 if all([rebuild(name, cards[name]) for name in names]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
