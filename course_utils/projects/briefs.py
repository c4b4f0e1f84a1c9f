"""The three briefs as files: question, starter and worked examples lie in projects/, beside the lessons."""

from dataclasses import dataclass
from pathlib import Path

from course_utils.projects.numbers_in_text import numbers_of

NAMES = ("rain", "typefaces", "tunes")


@dataclass(frozen=True)
class Brief:
    """One brief: the folder projects/NAME with brief.md and starter.ipynb."""

    name: str
    folder: Path

    @property
    def text(self) -> str:
        return (self.folder / "brief.md").read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        return self.text.splitlines()[0].lstrip("# ").strip()

    @property
    def starter(self) -> Path:
        return self.folder / "starter.ipynb"


def projects_folder() -> Path:
    """The folder of the briefs: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "projects" / "files"
    return installed if installed.is_dir() else package.parent / "projects"


def find_brief(name: str) -> Brief:
    """The brief of this name. Raises KeyError, listing the briefs, for an unknown one."""
    if name not in NAMES:
        raise KeyError(f"There is no brief {name}. The briefs: {', '.join(NAMES)}.")
    return Brief(name, projects_folder() / name)


def numbers_of_brief(name: str) -> list[float]:
    """The numbers that the text of a brief gives: sizes and measured baselines; none for another name."""
    return [one.value for one in numbers_of(find_brief(name).text)] if name in NAMES else []
