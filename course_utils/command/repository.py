"""The address of the course's repository: it stands in pyproject.toml, and lessons and pages repeat it."""

import re
import tomllib
from pathlib import Path

HOST = "https://github.com/"


def repository(checkout: Path) -> str:
    """OWNER/NAME from [project.urls] in pyproject.toml."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].removeprefix(HOST)


def files_with_address(checkout: Path) -> list[Path]:
    """The files that may repeat the address: pages, and notebooks with their badge and set-up cell."""
    patterns = ("*.toml", "*.md", "*.cff", "docs/**/*.md", "notebooks/*/[0-9]*.ipynb", "projects/*/*.ipynb")
    return sorted(path for pattern in patterns for path in checkout.glob(pattern))


def contact_is_set(checkout: Path) -> bool:
    """Whether the code of conduct names somebody; true as well where there is no such page."""
    path = checkout / "CODE_OF_CONDUCT.md"
    return not (path.exists() and "\nContact: CONTACT_NOT_SET\n" in path.read_text(encoding="utf-8"))


def check_contact(contact: str) -> None:
    """Raises ValueError if `contact` is no e-mail address that fits on a line of text."""
    if not re.fullmatch(r"[^@\s<>\[\]()\\]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}", contact):
        raise ValueError(f"'{contact}' is no e-mail address, for instance course@my-university.example.")


def set_contact(checkout: Path, contact: str) -> Path:
    """Write who hears of trouble into the code of conduct and return its path. Raises what `check_contact` raises."""
    check_contact(contact)
    path = checkout / "CODE_OF_CONDUCT.md"
    text, count = re.subn(r"(?m)^Contact: .*$", f"Contact: {contact}", path.read_text(encoding="utf-8"))
    if count != 1:
        raise ValueError(f"{path.name} has no single line that begins with 'Contact: ': write {contact} there by hand.")
    path.write_text(text, encoding="utf-8")
    return path


def set_repository(checkout: Path, new: str) -> list[Path]:
    """Replace OWNER/NAME everywhere and return the files that changed. Raises ValueError if `new` is no such pair."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_-][A-Za-z0-9._-]*", new):
        raise ValueError(f"'{new}' is not OWNER/NAME, for instance my-university/deep-learning.")
    old, changed = repository(checkout), []
    for path in files_with_address(checkout):
        text = path.read_text(encoding="utf-8")
        if old in text:
            draft = path.with_name(path.name + ".tmp")
            draft.write_text(text.replace(old, new), encoding="utf-8")
            draft.replace(path)
            changed.append(path)
    return changed
