"""A cell that is run a second time does what it did: searched for in the sources of all lessons; and the tool that tries."""

import ast
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from test_notebook_rules import LESSONS, ROOT, code_cells, plain_python

from course_utils.command.lessons import Lesson, find_lessons

sys.path.insert(0, str(ROOT / "tools"))
from try_twice import broken_by_a_second_run  # noqa: E402

NOT_TWICE = {"append", "extend", "insert", "pop", "popitem", "remove", "reverse"}


def first_name(node):
    """The name before all dots and brackets, if it is one."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


class Page:
    """The functions of a page that train one of their arguments, or give it its weights first; by that argument's name."""

    def __init__(self):
        self.trains, self.sets_back = {}, {}  # name of the function: its arguments in order, those that it treats so

    def add(self, function):
        """Look at a function: what it does itself, and by the functions before it."""
        arguments = [argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]]
        trained, set_back = set(), set()
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            set_back |= ({first_name(call.func.value)} if method == "set_weights" else set()) | self.set_back_by(call)
            trained |= ({first_name(call.func.value)} if method == "fit" else set()) | self.trained_by(call)
        given = {
            name.id for name in ast.walk(function) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
        self.trains[function.name] = arguments, (trained - set_back - given) & set(arguments)
        self.sets_back[function.name] = arguments, (set_back - given) & set(arguments)

    def trained_by(self, call):
        return self._handed_over(call, self.trains)

    def set_back_by(self, call):
        return self._handed_over(call, self.sets_back)

    def _handed_over(self, call, functions):
        arguments, treated = functions.get(ast.unparse(call.func), ([], set()))
        pairs = [*zip(arguments, call.args), *((keyword.arg, keyword.value) for keyword in call.keywords)]
        return {first_name(value) for name, value in pairs if name in treated} - {None}


class SecondRun(ast.NodeVisitor):
    """Goes through a cell in the order of its execution and notes what a second run would find changed.

    `earlier` are the names that earlier cells give. What the cell itself has given by then is the same in each run.
    Bodies of functions are left out, but for what the `page` knows of them: whether they train an argument.
    """

    def __init__(self, earlier, page=None):
        self.earlier, self.own, self.read, self.found = earlier, set(), set(), []
        self.set_back = set()  # networks that the cell itself gives their weights
        self.parts = {}  # names of a loop over the parts of what an earlier cell made: its name
        self.page = page or Page()

    def is_earlier(self, node):
        """Whether a name, or that before all dots and brackets, comes from an earlier cell; then the name."""
        name = first_name(node)
        return name in self.earlier - self.own and name

    def note(self, node, sentence, name):
        self.found.append((name, f"line {node.lineno}: {sentence}: {ast.unparse(node).splitlines()[0][:90]}"))

    def visit_FunctionDef(self, node):
        for default in [*node.args.defaults, *node.args.kw_defaults, *node.decorator_list]:
            self.visit(default) if default else None
        self.own.add(node.name)
        self.page.add(node)

    def visit_ClassDef(self, node):
        for part in [*node.bases, *node.decorator_list]:
            self.visit(part)
        self.own.add(node.name)

    def visit_Lambda(self, node):
        return

    def visit_comprehension_of(self, node):
        """The names of a comprehension are its own."""
        names = {name.id for part in node.generators for name in ast.walk(part.target) if isinstance(name, ast.Name)}
        inner = SecondRun(self.earlier - names, self.page)
        inner.own, inner.parts = set(self.own), dict(self.parts)
        for part in node.generators:
            inner.note_parts(part.target, part.iter)
        inner.generic_visit(node)
        self.read |= inner.read
        self.found += inner.found
        self.own |= inner.own - names

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_comprehension_of

    def note_parts(self, target, container):
        """A loop over the parts of what an earlier cell made: training a part changes the whole."""
        whole = [name for name in ast.walk(container) if isinstance(name, ast.Name) and self.is_earlier(name)]
        for name in ast.walk(target) if whole else ():
            if isinstance(name, ast.Name):
                self.parts[name.id] = whole[0].id

    def visit_For(self, node):
        self.note_parts(node.target, node.iter)
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
        self.set_back |= self.page.set_back_by(node)
        for name in self.page.trained_by(node):
            self.note_training(node, name)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "set_weights":
            self.set_back.add(first_name(node.func.value))
        if isinstance(node.func, ast.Attribute) and node.func.attr == "fit":
            self.note_training(node, first_name(node.func.value))
        name = isinstance(node.func, ast.Attribute) and self.is_earlier(node.func.value)
        if not name:
            return
        if node.func.attr in NOT_TWICE:
            self.note(node, "changes what an earlier cell made", name)

    def note_training(self, node, name):
        whole = name if name in self.earlier - self.own else self.parts.get(name)
        if whole and not {name, whole} & self.set_back:
            self.note(node, "trains on what an earlier cell made", whole)

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load):
            self.read |= {node.id} & (self.earlier - self.own)
            return
        if node.id in self.read - self.own:
            self.note(node, "is read, then replaced: a second run starts from the new value", node.id)
        self.own.add(node.id)


def found_in(lesson):
    """What a second run of each cell would find changed: {name: the code cell and a sentence}."""
    earlier, found, page = set(), {}, Page()
    for number, cell in enumerate(code_cells(lesson), 1):
        run = SecondRun(set(earlier), page)
        run.visit(ast.parse(plain_python(cell.source)))
        found |= {name: f"code cell {number}, {sentence}" for name, sentence in run.found}
        earlier |= run.own
    return found


# Lesson and name: why a second run does no harm.
HARMLESS = {
    ("212", "model"): "trained again from where it is, it writes a little better; no claim turns",
    ("001", "network"): "better with more training, and claimed to be good",
    ("004", "two_outputs"): "the loss is the sum of both at any weights",
    ("101", "learner"): "it has arrived at the one best kernel",
    ("302", "judge"): "better with more training, and claimed to be good",
    ("402", "model"): "the claims leave room for a second reading",
    ("403", "model"): "better with more training, and claimed to be good",
    ("408", "targets"): "what is set to 0 is 0 already",
    ("506", "naming"): "better with more training, and claimed to be good; what follows is made from it anew",
}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_no_cell_changes_what_an_earlier_cell_made(lesson):
    found = found_in(lesson)
    assert {name: found[name] for name in found if (lesson.number, name) not in HARMLESS} == {}
    harmless = {name for number, name in HARMLESS if number == lesson.number}
    assert harmless <= set(found), "take it off the list"


FUNCTIONS = """
def train(model, data): return model.fit(data)
def train_well(model, *, rate=1): train(model, rate)
def restart(model): model.set_weights(0)
def start_and_train(model):
    restart(model)
    model.fit(1)
def train_a_copy(model):
    model = clone(model)
    model.fit(1)
"""


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
        ("for part in box.values():\n    part.fit(total)", "trains on"),
        ("parts = [part.fit(total) for part in box]", "trains on"),
        ("train(network, total)", "trains on"),
        ("train(data=total, model=box['a'])", "trains on"),
        ("train_well(box['a'].part)", "trains on"),
        ("for name, part in box.items():\n    train(part, total)", "trains on"),
        ("restart(network)\ntrain(network, total)", ""),
        ("for part in box:\n    part.set_weights(total)\n    train(part, total)", ""),
        ("start_and_train(network)", ""),
        ("train_a_copy(network)", ""),
        ("train(network_of(total), box)", ""),
        ("new = f(total)\ntrain(new, total)", ""),
        ("print([total for total in range(3)])\ntotal = 3", ""),
    ],
)
def test_the_search_finds_what_changes_and_nothing_else(cell, sentence):
    page = Page()
    for function in ast.parse(FUNCTIONS).body:
        page.add(function)
    run = SecondRun({"total", "box", "network", "f", "print", "range"} | set(page.trains), page)
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
    """On made-up lessons, in seconds. `python tools/try_twice.py` runs all real ones."""
    path = tmp_path / "001_made_up.ipynb"
    sources = ["from course_utils import claim", *cells]
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    assert broken_by_a_second_run(Lesson("001", path)) == failures


@pytest.mark.parametrize("number", ["101", "301"])
def test_two_lessons_stand_a_second_run_of_each_cell(number):
    assert broken_by_a_second_run(find_lessons(number)[0]) == []
