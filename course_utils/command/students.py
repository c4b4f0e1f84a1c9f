"""The students' copy of a lesson: without outputs, and without what tells a result before a student has seen it.

The form of a lesson, which tests/test_notebook_rules.py keeps, says where results are told. In the first paragraph after a
picture, a table or the decision on the guess; in any paragraph that names the letter of the guess; in the claims, and in
what code computes for them alone; in the alt texts of pictures; in the two sections that sum up; in folded answers.
"""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from nbformat import NotebookNode

from course_utils.command.copies import clear_outputs, links_from, move_links
from course_utils.command.lessons import Lesson, exercise_text, has_picture
from course_utils.exercises.exercise import load_exercises
from course_utils.exercises.session import solution_source

SEE = "*What does it show? Say it in a sentence.*"
WHEN = "*For what would you use it, and for what not? Which result on this page says so?*"
REMEMBER = "*What do you take home? Three sentences.*"
ALT = "Write here in a sentence what the picture shows."
CLAIM = '# Your claim: what came out? claim("a sentence", the condition that tests it)'
GUESS = "# Your guess: was it right, and which number says so?"

LETTER = re.compile(r"\*\*[ABC]\b|\b[Yy]our (?:letter|prediction)\b")
END_OF_SENTENCE = re.compile(r"(?<=[.?:])\s+(?=[A-Z*(\[`$])")
LEADS_ON = re.compile(r"`|glossary\.md|[?:]$")  # it names code or a term, asks, or introduces what comes next
FOLDED = re.compile(r"<details>\s*<summary>(.*?)</summary>.*?</details>", re.DOTALL)
DRAWING = re.compile(r"\bdraw_\w+\(")  # shows how a network or an idea is built, no result
NO_PROSE = ("#", ">", "|", "**You", "<details>")


def students_copy(lesson: Lesson, folder: Path) -> NotebookNode:
    """The notebook for a room, its links made for the folder in which it will lie."""
    notebook = lesson.read()
    _ask_for_results(notebook)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    sources = without_verdicts([_without_alts(cell.source) for cell in codes], names_of_exercises(lesson))
    for cell, source in zip(codes, sources):
        cell.source = source
    clear_outputs(notebook)
    move_links(notebook, lesson.path.parent, folder)
    whole = links_from(folder, lesson.path.parent, f"[whole lesson]({lesson.path.name})")
    notebook.cells[
        0
    ].source += f"\n\nA copy for the room: what the results show is left for you to find. Afterwards, read the {whole}."
    return notebook


def _ask_for_results(notebook: NotebookNode) -> None:
    """In the text, put a question in the place of what tells a result."""
    section, results = "", False  # results: since the last text, a cell has shown one
    for cell in notebook.cells:
        if cell.cell_type == "code":
            results = results or _shows_result(cell)
            continue
        blocks = []
        for place, block in enumerate(cell.source.split("\n\n")):
            if heading := re.match(r"## (.+)", block):
                section = heading[1].strip()
            new = _block_for_students(block, section, after_result=results and place == 0)
            if new and new not in blocks:  # a question once
                blocks.append(new)
        cell.source = "\n\n".join(blocks)
        results = False


def _shows_result(cell: NotebookNode) -> bool:
    """Whether a cell shows a picture of a result, a table, or the decision on the guess."""
    tables = any("<table" in output.get("data", {}).get("text/html", "") for output in cell.outputs)
    pictures = any(map(has_picture, cell.outputs)) and not DRAWING.search(cell.source)
    return tables or pictures or "compare_guess(" in cell.source


def _block_for_students(block: str, section: str, after_result: bool) -> str:
    """A paragraph, list or heading of the page as a student gets it."""
    if FOLDED.search(block):
        return FOLDED.sub(r"- \1", block)
    if section == "What to remember" and block.startswith("- "):
        return REMEMBER
    if block.startswith(NO_PROSE) or section in ("Predict first", "Exercises", "What to remember"):
        return block
    if section == "When to use it, when not":
        return WHEN
    if not after_result and not LETTER.search(block):
        return block
    if block.startswith("- "):
        return SEE
    left = [part for part in END_OF_SENTENCE.split(block) if LEADS_ON.search(part) and not LETTER.search(part)]
    return "\n\n".join([SEE, " ".join(left)]) if left else SEE


def _without_alts(source: str) -> str:
    """The code with a request in the place of each alt text of a picture that is no drawing."""
    if "alt=" not in source:
        return source
    lines = plain_python(source).encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    text = source.encode()
    calls = [node for node in ast.walk(ast.parse(plain_python(source))) if isinstance(node, ast.Call)]
    told = [
        word.value
        for call in calls
        if not DRAWING.match(f"{ast.unparse(call.func)}(")
        for word in call.keywords
        if word.arg == "alt" and isinstance(word.value, (ast.Constant, ast.JoinedStr))
    ]
    for node in sorted(told, key=lambda node: node.lineno, reverse=True):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        text = text[:begin] + f'"{ALT}"'.encode() + text[end:]
    return text.decode()


def without_verdicts(sources: list[str], needed: Iterable[str]) -> list[str]:
    """The code of a page without its claims, without its decision on the guess, and without what only these need.

    `needed` are names that somebody uses outside of this code, in an exercise for instance.
    """
    trees = [ast.parse(plain_python(source)) for source in sources]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.Lambda))]
    verdicts = {"claim", "compare_guess"}
    verdicts |= {one.name for one in functions if isinstance(one, ast.FunctionDef) and _calls(one, verdicts)}
    # A function is called later than it is written, and reads what stands between.
    used = set(needed).union(
        *(_taken_from_outside(one) for one in functions if getattr(one, "name", "") not in verdicts)
    )
    kept = []
    for source, tree in zip(reversed(sources), reversed(trees)):
        kept.append(_cell_without_verdicts(source, tree, verdicts, used))
    return kept[::-1]


def _cell_without_verdicts(source: str, tree: ast.Module, verdicts: set[str], used: set[str]) -> str:
    """One cell; the names that it reads are added to `used`, which holds those that later cells read."""
    dropped = []
    decides = _calls(tree, verdicts)
    for statement in reversed(tree.body):
        if decides and _can_go(statement, verdicts, used):
            dropped.append(statement)
        else:
            dropped += [node for node in ast.walk(statement) if _is_verdict(node, verdicts)]
            used |= _read(statement)
    lines: list[str | None] = list(source.splitlines())
    for node in dropped:
        first = node.lineno - 1
        while first and lines[first - 1] is not None and lines[first - 1].lstrip().startswith("#"):
            first -= 1  # what a comment says of it
        inside = "" if node in tree.body else " " * node.col_offset + "..."
        lines[first : node.end_lineno] = [inside or None] + [None] * (node.end_lineno - first - 1)
    if not dropped:
        return source
    asked = [CLAIM] * any(_is_claim(node, verdicts) for node in dropped for node in ast.walk(node))
    asked += [GUESS] * any(_calls(node, {"compare_guess"}) for node in dropped)
    text = re.sub(r"\n{3,}", "\n\n\n", "\n".join(line for line in lines if line is not None)).strip()
    return "\n\n".join(part for part in (text, "\n".join(asked)) if part)


def _can_go(statement: ast.stmt, verdicts: set[str], used: set[str]) -> bool:
    """Whether a statement is a claim, or only gives values to names that nothing reads but claims."""
    if _is_verdict(statement, verdicts):
        return True
    if isinstance(statement, ast.FunctionDef):  # a function of the page is taught, it tells no result
        return statement.name in verdicts
    if isinstance(statement, (ast.If, ast.For)):
        return all(_can_go(inner, verdicts, used) for inner in statement.body + statement.orelse)
    if not isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign)) or _acts(statement):
        return False
    stored = [node for node in ast.walk(statement) if isinstance(getattr(node, "ctx", None), ast.Store)]
    names = {node.id for node in stored if isinstance(node, ast.Name)}
    return not names & used and all(isinstance(node, (ast.Name, ast.Tuple, ast.List)) for node in stored)


def _acts(statement: ast.stmt) -> bool:
    """Whether a call in it changes something besides: a training, an append."""
    calls = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in ("append", "fit", "pop", "update") for call in calls)


def _is_verdict(node: ast.AST, verdicts: set[str]) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _called(node.value) in verdicts


def _is_claim(node: ast.AST, verdicts: set[str]) -> bool:
    return isinstance(node, ast.Call) and _called(node) in verdicts - {"compare_guess"}


def _calls(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(inner, ast.Call) and _called(inner) in names for inner in ast.walk(node))


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _read(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load)}


def _taken_from_outside(function: ast.FunctionDef | ast.Lambda) -> set[str]:
    """The names that a function reads and does not give itself."""
    own = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    stored = (node for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return _read(function) - own - {node.id for node in stored}


def plain_python(source: str) -> str:
    """The code of a cell with `pass` for the lines that IPython alone reads (%pip)."""
    return "\n".join(re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in source.splitlines())


def names_of_exercises(lesson: Lesson) -> set[str]:
    """The names of the page that its exercises speak of, or that their solutions use."""
    names: set[str] = set()
    for key, exercise in load_exercises(lesson.number).items():
        in_backticks = re.findall(r"`([^`]+)`", exercise_text(lesson, key))
        names |= set(re.findall(r"[A-Za-z_]\w*", " ".join(in_backticks)))
        names |= _read(ast.parse(solution_source(exercise)))
    return names
