"""`course renumber`: give a lesson another number, in its files and wherever one speaks of it."""

import re
from pathlib import Path

import nbformat

from course_utils.exercises.moved import add_step

TEXT_FILES = ("*.md", "*.cff", "Makefile", "docs/**/*.md", "docs/**/*.toml", "docs/*.html", "data/**/*.md",
              "data/**/*.py", "data/*.toml", "projects/**/*.md", "course_utils/**/*.py", "tests/**/*.py", "tests/**/*.toml",
              "tools/*.py")  # fmt: skip
FULL_SCALE = "course_utils/full_scale.toml"  # a table for each lesson
ITEM = r"(?:\[\d{2,3}\b[^\]]*\]\([^)]*\)|\d{2,3}\b(?![-\d]))"
LIST_OF_LESSONS = re.compile(rf"\b[Ll]essons?\*{{0,2}}\s+{ITEM}(?:(?:,\s+(?:and\s+)?|\s+(?:and|or|to)\s+){ITEM})*")


def renumber(checkout: Path, moves: dict[str, str]) -> list[Path]:
    """Move lessons, `{"21": "201"}`, and return the files that are new or changed.

    Notebook, exercises, questions, tests and breaks get the new number, and so does every text that names it: "lesson 21",
    "lessons 21 and 24", links, badges, exercise keys, arguments of commands. Learners' progress is carried over by
    course_utils/exercises/moved.toml. Raises ValueError for a number that is none, is not there, or is taken.
    """
    names = {path.name[: path.name.index("_")]: path.stem for path in checkout.glob("notebooks/*/[0-9]*_*.ipynb")}
    for old, new in moves.items():
        if old not in names:
            raise ValueError(f"There is no lesson {old}.")
        if not re.fullmatch(r"[0-9]{3}", new):
            raise ValueError(f"'{new}' is no number of a lesson: three digits are needed, 201 for instance.")
        if new[0] != old[0]:
            raise ValueError(f"Lesson {old} belongs to part {old[0]}: its number begins with {old[0]}, unlike {new}.")
        if new == old:
            raise ValueError(f"Lesson {old} has that number already.")
        if new in names and new not in moves:
            raise ValueError(f"The number {new} is taken by {names[new]}: move that lesson first.")
    keys = {old: exercise_keys(checkout, old) for old in moves}
    changed = rewrite_texts(checkout, moves, names)
    changed += rename_files(checkout, moves, names)
    changed += move_tables(checkout / FULL_SCALE, moves)
    step = {key: key.replace(old, moves[old], 1) for old in moves for key in keys[old]}
    changed.append(add_step(checkout / "course_utils" / "exercises" / "moved.toml", step))
    return changed


def exercise_keys(checkout: Path, lesson: str) -> list[str]:
    """The keys of a lesson's exercises, read from the text of their file."""
    path = checkout / "course_utils" / "exercises" / f"lesson_{lesson}.py"
    return re.findall(r'key="([\d-]+)"', path.read_text(encoding="utf-8")) if path.exists() else []


def renumber_text(text: str, moves: dict[str, str], names: dict[str, str]) -> str:
    """The text with all moves made at once; a number that does not speak of a lesson stays."""
    old = f"(?:{'|'.join(sorted(moves))})"
    stem = rf"(?<!\w)(?:{'|'.join(re.escape(names[number]) for number in sorted(moves))})\b"
    in_a_list = re.compile(rf"{stem}|(?<![\w./-]){old}(?![\w-])")
    anywhere = re.compile(
        "|".join(
            [
                stem,
                rf"\[{old}(?=\b[^\]]*\]\([^)]*\d+_\w+\.ipynb)",  # the text of a link to a lesson
                rf"(?<![\w.-]){old}-(?=\d(?![\d-]))",  # the key of an exercise
                rf"\b(?:test_)?lesson_{old}\b",
                rf"\bLESSON={old}\b",
                rf"\bcourse (?:run|refresh|seeds|start|lab|questions)(?:`?\s|\s\[){old}\b",
                rf"(?:functions_of|find_lessons|load_exercises)\(\"{old}\"",
            ]
        )
    )

    def moved(match: re.Match) -> str:
        return re.sub(rf"(?<!\d){old}(?!\d)", lambda number: moves[number[0]], match[0], count=1)

    pieces, end = [], 0
    for match in LIST_OF_LESSONS.finditer(text):
        pieces += [anywhere.sub(moved, text[end : match.start()]), in_a_list.sub(moved, match[0])]
        end = match.end()
    return "".join([*pieces, anywhere.sub(moved, text[end:])])


def rewrite_texts(checkout: Path, moves: dict[str, str], names: dict[str, str]) -> list[Path]:
    """Rewrite every text that may speak of the lessons: files and notebooks, printed outputs included."""
    changed = []
    for path in sorted({path for pattern in TEXT_FILES for path in checkout.glob(pattern)}):
        text = path.read_text(encoding="utf-8")
        rewritten = renumber_text(text, moves, names)
        if rewritten != text:
            path.write_text(rewritten, encoding="utf-8")
            changed.append(path)
    for path in sorted(checkout.glob("notebooks/*/[0-9]*_*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        before = nbformat.writes(notebook)
        for cell in notebook.cells:
            cell.source = renumber_text(cell.source, moves, names)
            for output in cell.get("outputs", []):
                if output.output_type == "stream":
                    output.text = renumber_text(output.text, moves, names)
        if nbformat.writes(notebook) != before:
            nbformat.write(notebook, path)
            changed.append(path)
    return changed


def move_tables(path: Path, moves: dict[str, str]) -> list[Path]:
    """Give the tables of a TOML file, one a lesson, their new names; `[path]` if it is there, `[]` otherwise."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    moved = re.sub(r"(?m)^\[(\d+)\]$", lambda header: f"[{moves.get(header[1], header[1])}]", text)
    path.write_text(moved, encoding="utf-8")
    return [path]


def rename_files(checkout: Path, moves: dict[str, str], names: dict[str, str]) -> list[Path]:
    """Rename notebook, exercises, questions, tests and breaks, by way of drafts: one lesson may take the number of another."""
    drafts = []
    for old, new in moves.items():
        places = {
            next(checkout.glob(f"notebooks/*/{names[old]}.ipynb")): new + names[old][len(old) :] + ".ipynb",
            checkout / "course_utils" / "exercises" / f"lesson_{old}.py": f"lesson_{new}.py",
            checkout / "docs" / "teaching" / "questions" / f"{old}.toml": f"{new}.toml",
            checkout / "tests" / f"test_lesson_{old}.py": f"test_lesson_{new}.py",
            checkout / "tests" / "breaks" / f"{old}.toml": f"{new}.toml",
        }
        for path, name in places.items():
            if path.exists():
                draft = path.rename(path.with_name(name + ".tmp"))
                drafts.append((draft, draft.with_name(name)))
    return [draft.rename(path) for draft, path in drafts]
