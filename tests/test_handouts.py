"""The copies for a room and for its teacher: nothing is told to students before they saw it, and all of them still run."""

import ast
import builtins
import re
import symtable

import nbformat
import pytest
from clones import ROOT, call_course, make_clone

from course_utils.command import students
from course_utils.command.assignment import assignment
from course_utils.command.lessons import Lesson, execute, find_lessons, printed_text
from course_utils.command.plan import room_lesson
from course_utils.command.students import (
    ALT,
    CLAIM,
    GUESS,
    REMEMBER,
    SEE,
    WHEN,
    plain_python,
    students_copy,
    without_verdicts,
)
from course_utils.command.teachers import CHECK, messages, teachers_copy
from course_utils.exercises import load_exercises

LESSONS = find_lessons()
FOLDER = ROOT / "handouts"
SOLVED_ON_THE_PAGE = {"001-1"}  # it shows how a check answers
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


def to_solve(lesson):
    return {key: one for key, one in load_exercises(lesson.number).items() if key not in SOLVED_ON_THE_PAGE}


def codes(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def text(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def stubs(notebook):
    return [cell.source for cell in codes(notebook) if CHECK.search(cell.source) and not cell.id.startswith("solution")]


def targets(notebook, folder):
    """The files to which the relative links of a page lead."""
    return {(folder / link).resolve() for link in re.findall(r"\]\((?![a-z]+:|#)([^)#\s]+)", text(notebook))}


def names(source):
    """The names that a program reads without giving them, and those that it gives."""
    tables, outside = [symtable.symtable(source, "page", "exec")], set()
    given = {name.get_name() for name in tables[0].get_symbols() if name.is_assigned() or name.is_imported()}
    given |= {name.get_name() for name in tables[0].get_symbols() if name.is_namespace()}
    while tables:
        table = tables.pop()
        tables += table.get_children()
        outside |= {name.get_name() for name in table.get_symbols() if name.is_global() and name.is_referenced()}
    return outside - given, given


def called(source):
    calls = [node.func for node in ast.walk(ast.parse(plain_python(source))) if isinstance(node, ast.Call)]
    return {call.id for call in calls if isinstance(call, ast.Name)}


@each_lesson
def test_students_see_no_result_before_they_have_made_it(lesson):
    copy = students_copy(lesson, FOLDER)
    nbformat.validate(copy)
    assert not any(cell.outputs or cell.execution_count for cell in codes(copy))
    assert not any({"claim", "compare_guess"} & called(cell.source) for cell in codes(copy))
    assert "<details" not in text(copy) and WHEN in text(copy) and REMEMBER in text(copy)
    guessed, decided = text(copy).split("## Predict first")[1].split("## Exercises")[0].split("\n## ", maxsplit=1)
    assert "A" in guessed and not re.search(r"\*\*[ABC]\b|\b[Yy]our (letter|prediction)\b", decided)
    folded = [
        answer for _, answer in re.findall(r"<summary>(.*?)</summary>(.*?)</details>", text(lesson.read()), re.DOTALL)
    ]
    assert len(folded) >= 3 and not any(answer.strip() in text(copy) for answer in folded)


@each_lesson
def test_students_get_the_questions_the_stubs_and_the_links_of_the_lesson(lesson):
    page, copy = lesson.read(), students_copy(lesson, FOLDER)
    assert len(copy.cells) == len(page.cells)
    assert re.findall(r"^## .+$", text(copy), re.MULTILINE) == re.findall(r"^## .+$", text(page), re.MULTILINE)
    assert stubs(copy) == stubs(page) and len(stubs(copy)) == len(to_solve(lesson))
    for question in re.findall(r"<summary>(.*?)</summary>", text(page), re.DOTALL):
        assert f"- {question}" in text(copy)
    places = targets(copy, FOLDER)
    assert lesson.path in places and places <= targets(page, lesson.path.parent) | {lesson.path}
    assert all(place.exists() for place in places)


@each_lesson
def test_what_is_left_for_students_needs_nothing_that_was_taken_away(lesson):
    page, copy = (
        "\n".join(plain_python(cell.source) for cell in codes(one))
        for one in (lesson.read(), students_copy(lesson, FOLDER))
    )
    assert names(copy)[0] <= set(dir(builtins)) | names(page)[0]
    given = set(dir(builtins))
    for cell in codes(students_copy(lesson, FOLDER)):  # in order
        top = symtable.symtable(plain_python(cell.source), "cell", "exec").get_symbols()
        assert {name.get_name() for name in top if name.is_referenced()} <= given | names(plain_python(cell.source))[1]
        given |= names(plain_python(cell.source))[1]


@each_lesson
def test_the_teacher_gets_the_whole_lesson_and_a_checked_solution_after_each_stub(lesson):
    page, copy = lesson.read(), teachers_copy(lesson, FOLDER, ROOT)
    nbformat.validate(copy)
    exercises = to_solve(lesson)
    assert [cell.source for cell in codes(copy) if not cell.id.startswith("solution")] == [
        cell.source for cell in codes(page)
    ]
    assert [cell.outputs for cell in codes(copy) if cell.outputs] == [
        cell.outputs for cell in codes(page) if cell.outputs
    ]
    assert targets(copy, FOLDER) == targets(page, lesson.path.parent)
    solutions = {cell.id[9:]: place for place, cell in enumerate(copy.cells) if cell.id.startswith("solution-")}
    assert list(solutions) == list(exercises)
    for key, place in solutions.items():
        stub, about, solution = (copy.cells[place + step].source for step in (-2, -1, 0))
        assert CHECK.search(stub).groups() == CHECK.search(solution).groups() == (key, CHECK.search(stub)[2])
        assert CHECK.search(stub)[2] in names(solution)[1], f"the solution of {key} leaves the stub's name as it is"
        assert solution.count(f'check("{key}"') == 1
        assert f"({exercises[key].minutes} minutes)" in about and exercises[key].explanation in about
        assert about.count("\n|") == len(exercises[key].wrong_answers) + 2


def test_the_teacher_reads_what_the_check_says_and_the_minutes_of_the_plan():
    lesson = find_lessons("201")[0]
    copy, room = teachers_copy(lesson, FOLDER, ROOT), room_lesson(lesson)
    minutes = copy.cells[1].source
    assert f"| teach the page, its cells run | {room.teaching} |" in minutes
    assert f"| exercises 201-1 (5), 201-2 (10), 201-3 (10) | {room.exercises} |" in minutes
    assert "| as homework 201-4 (15) | 15 |" in minutes
    exercise = load_exercises("201")["201-3"]
    said = messages(exercise)
    assert list(said) == list(exercise.wrong_answers) and len(set(said.values())) == len(said)
    assert "| no weight | The recurrent weight is missing: each step multiplies by it. |" in text(copy)


def test_the_teacher_gets_the_notes_that_somebody_wrote(tmp_path):
    clone = make_clone(tmp_path / "clone", "0_start/001_*.ipynb")
    lesson = Lesson("001", next(clone.glob("notebooks/0_start/001_*.ipynb")))
    assert "notes" not in [cell.id for cell in teachers_copy(lesson, clone / "handouts", clone).cells]
    notes = clone / "docs" / "teaching" / "notes" / "001.md"
    notes.parent.mkdir(parents=True)
    notes.write_text("Ask first. See the [glossary](../../glossary.md#claim).\n")
    copy = teachers_copy(lesson, clone / "handouts", clone)
    assert [cell.source for cell in copy.cells if cell.id == "notes"] == [
        "Ask first. See the [glossary](../docs/glossary.md#claim)."
    ]


def cell(kind, source, *outputs):
    if kind == "text":
        return nbformat.v4.new_markdown_cell(source)
    return nbformat.v4.new_code_cell(source, outputs=list(outputs))


PICTURE = nbformat.v4.new_output("display_data", {"text/html": '<img alt="Two lines." src="data:image/png;base64,">'})
TABLE = nbformat.v4.new_output("execute_result", {"text/html": "<table></table>"}, execution_count=1)
PRINTED = nbformat.v4.new_output("stream", text="3")


def copied(monkeypatch, *cells):
    """The sources of the students' copy of a page with these cells, after its title."""
    page = nbformat.v4.new_notebook(cells=[cell("text", "# A lesson"), *cells])
    monkeypatch.setattr(Lesson, "read", lambda lesson: page)
    monkeypatch.setattr(students, "names_of_exercises", lambda lesson: set())
    return [one.source for one in students_copy(find_lessons("201")[0], FOLDER).cells[1:]]


@pytest.mark.parametrize(
    ("before", "told", "left"),
    [
        (cell("code", "line_chart(x)", PICTURE), "The GRU wins.\n\n## Next", f"{SEE}\n\n## Next"),
        (cell("code", "table", TABLE), "The GRU wins.\n\nNow the LSTM.", f"{SEE}\n\nNow the LSTM."),
        (cell("code", 'compare_guess(my_guess, "A")'), "It was the GRU.", SEE),
        (cell("code", "table", TABLE), "The GRU wins. `units` is 8. Why?", f"{SEE}\n\n`units` is 8. Why?"),
        (cell("code", "table", TABLE), "- The GRU wins.\n- The LSTM loses.", SEE),
        (cell("code", "table", TABLE), "> **Trap.** The order.", "> **Trap.** The order."),
        (cell("code", "draw_network(x)", PICTURE), "Two boxes.", "Two boxes."),
        (cell("code", "print(3)", PRINTED), "Three columns.", "Three columns."),
        (cell("code", "print(3)", PRINTED), "Compare your letter: it is C.", SEE),
        (cell("code", "print(3)", PRINTED), "First.\n\nThe answer is **B**.", f"First.\n\n{SEE}"),
        (cell("text", "## Predict first"), "**A** or **B**?", "**A** or **B**?"),
        (cell("text", "## When to use it, when not"), "For streams.\n\nNot for pictures.", WHEN),
        (cell("text", "## What to remember"), "- It wins.\n\nSources: none.", f"{REMEMBER}\n\nSources: none."),
        (cell("text", "## What to remember"), "<details><summary>Why?</summary>So.</details>", "- Why?"),
    ],
)
def test_only_the_paragraph_that_tells_a_result_is_asked_for(before, told, left, monkeypatch):
    assert copied(monkeypatch, before, cell("text", told))[1] == left


def test_a_picture_of_a_result_is_described_by_the_student(monkeypatch):
    code = 'line_chart(\n    {"é": x},\n    alt="The GRU "\n    "wins.",\n)\ndraw_network(x, alt="Two boxes, one after the other.")'
    assert copied(monkeypatch, cell("code", code)) == [
        f'line_chart(\n    {{"é": x}},\n    alt="{ALT}",\n)\ndraw_network(x, alt="Two boxes, one after the other.")'
    ]


@pytest.mark.parametrize(
    ("code", "later", "left"),
    [
        ('wins = a > b\nclaim("It wins", wins)', "", CLAIM),
        ('wins = a > b\nclaim("It wins", wins)', "print(wins)", f"wins = a > b\n\n{CLAIM}"),
        (
            'half = a / 2\nwins = half > b\nprint(half)\nclaim("It wins", wins)',
            "",
            f"half = a / 2\nprint(half)\n\n{CLAIM}",
        ),
        ('letter = "A"\nif a > b:\n    letter = "B"\ncompare_guess(my_guess, letter)', "", GUESS),
        ('# who wins\nclaim("It wins", a > b)\ncompare_guess(my_guess, "A")', "", f"{CLAIM}\n{GUESS}"),
        ('record = model.fit(a)\nclaim("It learns", record)', "", f"record = model.fit(a)\n\n{CLAIM}"),
        ('found["a"] = 1\nclaim("One", found["a"] == 1)', "", f'found["a"] = 1\n\n{CLAIM}'),
        (
            'def lost(name):\n    return a\n\n\nclaim("Lost", lost("b"))',
            "",
            f"def lost(name):\n    return a\n\n{CLAIM}",
        ),
        ('for name in a:\n    same = b\n    claim("Same", same)', "", CLAIM),
        (
            'for name in a:\n    print(name)\n    claim("Same", b)',
            "",
            f"for name in a:\n    print(name)\n    ...\n\n{CLAIM}",
        ),
        ("wins = a > b", "", "wins = a > b"),
        ('def rule(sentence):\n    claim(sentence, a)\n\n\nrule("It wins")', "", CLAIM),
    ],
)
def test_claims_go_and_with_them_what_only_they_read(code, later, left):
    assert without_verdicts([code, later], needed=[]) == [left, later]
    assert without_verdicts([code], needed=["wins"] if later else []) == [left]


def test_what_an_exercise_speaks_of_or_its_solution_uses_stays(monkeypatch):
    assert {"readers", "share_right", "units"} <= students.names_of_exercises(find_lessons("201")[0])
    code = 'wins = a > b\nclaim("It wins", wins)'
    assert copied(monkeypatch, cell("code", code)) == [CLAIM]
    monkeypatch.setattr(students, "names_of_exercises", lambda lesson: {"wins"})
    page = nbformat.v4.new_notebook(cells=[cell("text", "# A lesson"), cell("code", code)])
    monkeypatch.setattr(Lesson, "read", lambda lesson: page)
    assert students_copy(find_lessons("201")[0], FOLDER).cells[1].source == f"wins = a > b\n\n{CLAIM}"


def test_a_function_of_the_page_keeps_the_names_that_it_reads():
    cells = ["def f():\n    return wins", 'wins = a > b\nclaim("It wins", wins)', "f()"]
    assert without_verdicts(cells, needed=[])[1] == f"wins = a > b\n\n{CLAIM}"


def in_folder(copy, folder, number):
    path = folder / find_lessons(number)[0].path.name
    nbformat.write(copy, path)
    return execute(Lesson(number, path), "quick")


def test_the_students_copy_runs_from_top_to_bottom(tmp_path):
    done = in_folder(students_copy(find_lessons("101")[0], tmp_path), tmp_path, "101")
    assert not done.error
    assert printed_text(done.notebook).count("not attempted yet") == len(load_exercises("101"))


def test_the_teachers_copy_runs_and_its_solutions_are_right(tmp_path):
    done = in_folder(teachers_copy(find_lessons("101")[0], tmp_path, ROOT), tmp_path, "101")
    assert done.passed and done.claims
    for key in load_exercises("101"):
        assert f"Exercise {key}: right!" in printed_text(done.notebook)


@pytest.fixture
def course(tmp_path, monkeypatch, capsys):
    """Call the command inside a small clone: its status and the lines that it printed."""
    clone = make_clone(tmp_path / "clone", "0_start/00[12]_*.ipynb")

    def call(*arguments):
        return call_course(clone, ["handout", *arguments], monkeypatch), capsys.readouterr().out.splitlines()

    return clone, call


def test_several_lessons_go_into_handouts_and_nothing_is_overwritten(course):
    clone, call = course
    status, printed = call("002", "001", "002", "--for", "students")
    files = [clone / "handouts" / f"{name}_students.ipynb" for name in ("002_training_by_hand", "001_start_here")]
    assert status == 0 and printed == list(map(str, files)) and all(file.exists() for file in files)
    files[0].write_text("mine")
    files[1].unlink()
    status, printed = call("001", "002", "--for", "students")
    assert status == 2 and printed == [
        f"{files[0]} is there and stays as it is: name another folder, or rename this file."
    ]
    assert files[0].read_text() == "mine" and not files[1].exists()
    assert call("001", "--for", "teacher", "--folder", "a/b")[0] == 0
    copy = nbformat.read(clone / "a" / "b" / "001_start_here_teacher.ipynb", as_version=4)
    page = nbformat.read(clone / "notebooks" / "0_start" / "001_start_here.ipynb", as_version=4)
    assert targets(copy, clone / "a" / "b") == targets(page, clone / "notebooks" / "0_start")


def test_an_assignment_leaves_a_course_of_nbgrader_as_it_is(course):
    clone, call = course
    place = clone / "handouts" / "nbgrader"
    assert call("001", "--nbgrader") == (0, [str(place / "source" / "001" / "001.ipynb")])
    settings = place / "nbgrader_config.py"
    assert "c.Execute.timeout = 1200" in settings.read_text()
    settings.write_text("mine")
    status, printed = call("002", "001", "--nbgrader")
    assert status == 2 and printed == [
        f"{place / 'source' / '001'} is there and stays as it is: name another folder, or rename this one."
    ]
    assert not (place / "source" / "002").exists()
    status, printed = call("002", "--nbgrader")
    assert status == 0 and (place / "source" / "002" / "002.ipynb").exists() and settings.read_text() == "mine"
    assert printed[1].startswith("nbgrader_config.py was there and stays as it is.")


@each_lesson
def test_an_assignment_holds_a_solution_and_a_graded_check_for_each_exercise(lesson):
    notebook = assignment(lesson, FOLDER)
    nbformat.validate(notebook)
    for key, exercise in to_solve(lesson).items():
        known = {
            one.metadata.nbgrader.grade_id: (place, one)
            for place, one in enumerate(notebook.cells)
            if "nbgrader" in one.metadata
        }
        (place, answer), (next_place, graded) = known[f"answer-{key}"], known[f"check-{key}"]
        assert next_place == place + 1 and answer.metadata.nbgrader.solution and not answer.metadata.nbgrader.grade
        assert graded.metadata.nbgrader.grade and graded.metadata.nbgrader.points == exercise.minutes
        name = re.fullmatch(rf'from course_utils.exercises import grade\n\ngrade\("{key}", (\w+)\)', graded.source)[1]
        stub, solution = answer.source.split("### BEGIN SOLUTION")
        assert name in names(stub)[1] and name in names(solution)[1] and solution.endswith("\n### END SOLUTION")
        assert "check(" not in answer.source
    assert len(known) == 2 * len(to_solve(lesson))
