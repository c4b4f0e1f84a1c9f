"""A cell that is run a second time does what it did: searched for in the sources of all lessons; and the tool that tries."""

import ast
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from test_notebook_rules import LESSONS, ROOT, code_cells, plain_python

from course_utils.command.lessons import Lesson

sys.path.insert(0, str(ROOT / "tools"))
from try_twice import broken_by_a_second_run  # noqa: E402

NOT_TWICE = {"append", "extend", "insert", "pop", "popitem", "remove", "reverse"}


class SecondRun(ast.NodeVisitor):
    """Goes through a cell in the order of its execution and notes what a second run would find changed.

    `earlier` are the names that earlier cells give. What the cell itself has given by then is the same in each run.
    Bodies of functions are left out.
    """

    def __init__(self, earlier):
        self.earlier, self.own, self.read, self.found = earlier, set(), set(), []
        self.set_back = set()  # networks that the cell itself gives their weights

    def is_earlier(self, node):
        """Whether a name, or that before all dots and brackets, comes from an earlier cell; then the name."""
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.earlier - self.own and node.id

    def note(self, node, sentence, name):
        self.found.append((name, f"line {node.lineno}: {sentence}: {ast.unparse(node).splitlines()[0][:90]}"))

    def visit_FunctionDef(self, node):
        for default in [*node.args.defaults, *node.args.kw_defaults, *node.decorator_list]:
            self.visit(default) if default else None
        self.own.add(node.name)

    def visit_ClassDef(self, node):
        for part in [*node.bases, *node.decorator_list]:
            self.visit(part)
        self.own.add(node.name)

    def visit_Lambda(self, node):
        return

    def visit_comprehension_of(self, node):
        """The names of a comprehension are its own."""
        names = {name.id for part in node.generators for name in ast.walk(part.target) if isinstance(name, ast.Name)}
        inner = SecondRun(self.earlier - names)
        inner.own = set(self.own)
        inner.generic_visit(node)
        self.read |= inner.read
        self.found += inner.found
        self.own |= inner.own - names

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_comprehension_of

    def visit_For(self, node):
        for part in [node.iter, node.target, *node.body, *node.orelse]:
            self.visit(part)

    def visit_Assign(self, node):
        self.visit(node.value)
        for target in node.targets:
            if isinstance(target, ast.Subscript) and self.is_earlier(target) and self.reads_item(node.value, target):
                self.note(node, "is computed from its own value before", self.is_earlier(target))
            self.visit(target)

    def reads_item(self, value, target):
        """Whether an expression reads the item of a container that it will replace: box[key] or box.get(key, ...)."""
        box, key = ast.unparse(target.value), ast.unparse(target.slice)
        sums = [part for part in ast.walk(value) if isinstance(part, ast.BinOp) and not isinstance(part.op, ast.BitOr)]
        return any(f"{box}[{key}]" in ast.unparse(part) or f"{box}.get({key}" in ast.unparse(part) for part in sums)

    def visit_AugAssign(self, node):
        self.visit(node.value)
        if self.is_earlier(node.target) and not isinstance(
            node.op, ast.BitOr
        ):  # dictionaries joined twice are the same
            self.note(node, "changes what an earlier cell made", self.is_earlier(node.target))

    def visit_Delete(self, node):
        for name in filter(None, map(self.is_earlier, node.targets)):
            self.note(node, "takes away what an earlier cell made", name)

    def visit_Call(self, node):
        self.generic_visit(node)
        if ast.unparse(node.func) == "restart":  # lesson 004: the first weights, a new optimizer
            self.set_back |= set(map(self.is_earlier, node.args))
        name = isinstance(node.func, ast.Attribute) and self.is_earlier(node.func.value)
        if not name:
            return
        if node.func.attr in NOT_TWICE:
            self.note(node, "changes what an earlier cell made", name)
        if node.func.attr == "set_weights":
            self.set_back.add(name)
        if node.func.attr == "fit" and name not in self.set_back:
            self.note(node, "trains on what an earlier cell made", name)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            self.read |= {node.id} & (self.earlier - self.own)
            return
        if node.id in self.read - self.own:
            self.note(node, "is read, then replaced: a second run starts from the new value", node.id)
        self.own.add(node.id)


def found_in(lesson):
    """What a second run of each cell would find changed: {name: the code cell and a sentence}."""
    earlier, found = set(), {}
    for number, cell in enumerate(code_cells(lesson), 1):
        run = SecondRun(set(earlier))
        run.visit(ast.parse(plain_python(cell.source)))
        found |= {name: f"code cell {number}, {sentence}" for name, sentence in run.found}
        earlier |= run.own
    return found


# Lesson and name: why a second run does no harm.
HARMLESS = {
    ("001", "network"): "better with more training, and claimed to be good",
    ("004", "two_outputs"): "the loss is the sum of both at any weights",
    ("101", "learner"): "it has arrived at the one best kernel",
    ("106", "predictor"): "better with more training, and claimed to be good",
    ("302", "judge"): "better with more training, and claimed to be good",
    ("408", "targets"): "what is set to 0 is 0 already",
}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_no_cell_changes_what_an_earlier_cell_made(lesson):
    found = found_in(lesson)
    assert {name: found[name] for name in found if (lesson.number, name) not in HARMLESS} == {}
    harmless = {name for number, name in HARMLESS if number == lesson.number}
    assert harmless <= set(found), "take it off the list"


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("total += 1", "changes what an earlier cell made"),
        ("box.parts.append(1)", "changes what an earlier cell made"),
        ("box.pop('a')", "changes what an earlier cell made"),
        ("del box['a']", "takes away"),
        ("total = total + 1", "starts from the new value"),
        ("total, other = f(total)", "starts from the new value"),
        ("for _ in range(3):\n    total = f(total)", "starts from the new value"),
        ("box['a'] = box.get('a', 0) + 1", "own value before"),
        ("network.fit(box)", "trains on"),
        ("network.set_weights(total)\nnetwork.fit(box)", ""),
        ("parts = []\nparts.append(total)", ""),
        ("other = total + 1\ntotal_of_both = other + total", ""),
        ("for total in range(3):\n    print(total)", ""),
        ("box |= {'a': 1}", ""),
        ("box['a'] = box['b'] + 1", ""),
        ("def change():\n    box.append(1)", ""),
        ("print([total for total in range(3)])\ntotal = 3", ""),
    ],
)
def test_the_search_finds_what_changes_and_nothing_else(cell, sentence):
    run = SecondRun({"total", "box", "network", "f", "print", "range"})
    run.visit(ast.parse(cell))
    assert len(run.found) == bool(sentence) and all(sentence in found for _, found in run.found)


@pytest.mark.parametrize(
    ("cells", "failures"),
    [
        (["box = [1]", "copy = box + [2]\nclaim('all is well', copy == [1, 2])"], []),
        (
            ["box = [1]", "box.append(2)\nclaim('there are two', len(box) == 2)", "del box[1:]\nbox.remove(1)"],
            ["cell 8: ValueError: list.remove(x): x not in list", "claim: there are two (not so in this run)"],
        ),
    ],
    ids=["stands it", "does not"],
)
def test_the_tool_runs_each_cell_twice(cells, failures, tmp_path):
    """On made-up lessons, in seconds. `python tools/try_twice.py` runs the real ones."""
    path = tmp_path / "001_made_up.ipynb"
    sources = ["from course_utils import claim", *cells]
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    assert broken_by_a_second_run(Lesson("001", path)) == failures
