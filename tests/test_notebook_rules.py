"""The form of a lesson: what each notebook must hold to, so that a learner finds the same way through all of them."""

import ast
import re
import statistics
import subprocess
import sys
import tomllib

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from course_utils.claims import read_claims
from course_utils.command.lessons import TIME_LINE, checkout_folder, exercise_minutes, find_lessons, printed_text
from course_utils.command.repository import repository
from course_utils.exercises import load_exercises

ROOT = checkout_folder()
LESSONS = find_lessons()
HEADINGS = ("Predict first", "The data", "When to use it, when not", "Exercises", "What to remember")
LIMITS = {
    "columns": 88,
    "characters of code": 10_000,
    "characters of a cell, median": 320,
    "characters of a cell, 90 %": 800,
    "lines of a cell": 24,
    "nodes of a statement, median": 15,
    "nodes of a statement, 90 %": 27,
    "nodes of a statement": 60,
    "nested comprehensions": 0,
}
# Lessons in the old form, with limits on lines. The list only shrinks: a lesson that keeps the new limits must leave it.
OLD_FORM = (
    "203_gates", "204_time_series", "206_speech", "207_sequence_to_sequence",
    "303_images", "304_control_and_stability", "305_image_to_image", "306_style", "307_music", "308_text",
    "403_translation", "404_language_model", "405_summarization", "406_question_answering", "407_vision_transformer",
    "408_pretraining", "409_parallel_or_sequential",
)  # fmt: skip
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
each_new_form = pytest.mark.parametrize(
    "lesson", [lesson for lesson in LESSONS if lesson.name not in OLD_FORM], ids=lambda lesson: lesson.name
)
each_old_form = pytest.mark.parametrize(
    "lesson", [lesson for lesson in LESSONS if lesson.name in OLD_FORM], ids=lambda lesson: lesson.name
)


def code_cells(lesson):
    return [cell for cell in lesson.read().cells if cell.cell_type == "code"]


def markdown(lesson):
    return "\n\n".join(cell.source for cell in lesson.read().cells if cell.cell_type == "markdown")


def code(lesson):
    return "\n\n".join(TransformerManager().transform_cell(cell.source) for cell in code_cells(lesson))


def lines(cell):
    return [line for line in cell.source.splitlines() if line.strip()]


def is_ignored(cell):
    return "nbval-ignore-output" in cell.metadata.get("tags", [])


def outputs(lesson):
    return [output for cell in code_cells(lesson) for output in cell.outputs]


@each_lesson
def test_was_executed_once_in_order(lesson):
    counts = [cell.execution_count for cell in code_cells(lesson)]
    assert counts == list(range(1, len(counts) + 1))


COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
STATEMENTS = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return)


def depth_of_comprehensions(node, depth=0):
    depth += isinstance(node, COMPREHENSIONS)
    return max([depth, *(depth_of_comprehensions(child, depth) for child in ast.iter_child_nodes(node))])


def plain_python(source):
    """The code of a cell with `pass` for the lines that IPython alone reads (%pip)."""
    return "\n".join(re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in source.splitlines())


def statements_of(source):
    """All statements of a cell but docstrings."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, STATEMENTS)]
    return [node for node in found if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]


def nine_tenths(values):
    return sorted(values)[min(len(values) - 1, int(0.9 * len(values)))]


def figures(lesson):
    """What a reader must hold in mind, in the names of LIMITS. A node is one of Python's syntax tree: a name, a call ..."""
    sources = [plain_python(cell.source) for cell in code_cells(lesson)]
    cells = [[line for line in source.splitlines() if line.strip()] for source in sources]
    sizes = [sum(map(len, cell)) for cell in cells]
    statements = [node for source in sources for node in statements_of(source)]
    nodes = [sum(1 for _ in ast.walk(statement)) for statement in statements]
    return {
        "columns": max(len(line) for cell in cells for line in cell),
        "characters of code": sum(sizes),
        "characters of a cell, median": statistics.median(sizes),
        "characters of a cell, 90 %": nine_tenths(sizes),
        "lines of a cell": max(map(len, cells)),
        "nodes of a statement, median": statistics.median(nodes),
        "nodes of a statement, 90 %": nine_tenths(nodes),
        "nodes of a statement": max(nodes),
        "nested comprehensions": sum(depth_of_comprehensions(statement) > 1 for statement in statements),
    }


def over_the_limits(lesson):
    return {name: figure for name, figure in figures(lesson).items() if figure > LIMITS[name]}


@each_new_form
def test_can_be_read_once(lesson):
    assert over_the_limits(lesson) == {}
    assert 25 <= len(lesson.read().cells) <= 60
    assert 800 <= len(markdown(lesson).split()) <= 1800


@each_old_form
def test_old_form_is_not_larger_and_not_yet_new(lesson):
    sizes = [len(lines(cell)) for cell in code_cells(lesson)]
    assert len(lesson.read().cells) <= 45 and max(sizes) <= 20 and sum(sizes) <= 214  # with six of the set-up cell
    assert 900 <= len(markdown(lesson).split()) <= 2210  # the line of times took four words more
    assert over_the_limits(lesson), "this lesson keeps the new limits: take its name off OLD_FORM and off ruff.toml"


def test_the_old_form_is_listed_once_and_ruff_leaves_out_the_same():
    assert set(OLD_FORM) <= {lesson.name for lesson in LESSONS}
    settings = tomllib.loads((ROOT / "notebooks" / "ruff.toml").read_text(encoding="utf-8"))
    assert settings["extend-exclude"] == [f"{name}.ipynb" for name in OLD_FORM]
    assert settings["line-length"] == LIMITS["columns"] and "E501" not in settings["lint"]["ignore"]


@pytest.mark.parametrize("task", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_is_content_with_the_lessons(task):
    result = subprocess.run(
        [sys.executable, "-m", "ruff", *task, "notebooks"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stdout + result.stderr


@each_lesson
def test_file_is_small(lesson):
    assert lesson.path.stat().st_size < 2e6


@each_new_form
def test_a_guess_is_written_down_and_met_again(lesson):
    sources = [cell.source for cell in code_cells(lesson)]
    asked = [number for number, source in enumerate(sources) if source == 'my_guess = ""  # A, B or C']
    met = [number for number, source in enumerate(sources) if re.search(r"\bcompare_guess\(my_guess, ", source)]
    assert len(asked) == 1 and met and asked[0] < met[0], "the place for a guess stays empty, and is met again later"


@each_new_form
def test_exercises_state_their_minutes(lesson):
    for key, exercise in load_exercises(lesson.number).items():
        heading = f"**{key} · {exercise.title}** ({exercise.minutes} minutes)"
        assert heading in markdown(lesson), heading


@each_lesson
def test_begins_with_title_promise_badge_and_measured_times(lesson):
    title, promise, badge, times = lesson.read().cells[0].source.split("\n\n")
    assert title.startswith("# ") and promise.strip()
    place = lesson.path.relative_to(ROOT).as_posix()
    address = f"https://colab.research.google.com/github/{repository(ROOT)}/blob/main/{place}"
    assert badge == f"[Open in Colab]({address})"
    assert TIME_LINE.fullmatch(times)
    exercises = exercise_minutes(load_exercises(lesson.number).values())
    assert f"Exercises: about {exercises} minutes." in times, "the times are not measured yet: make refresh"


@each_lesson
def test_says_what_you_will_and_need(lesson):
    second = lesson.read().cells[1].source
    assert "**You will**" in second and "**You need**" in second
    assert len(re.findall(r"^- ", second, re.MULTILINE)) == 3


@each_lesson
def test_set_up_cell_is_the_same_everywhere(lesson):
    cell, first = code_cells(lesson)[0], code_cells(LESSONS[0])[0]
    assert cell.source == first.source and is_ignored(cell)
    assert f"%pip install --quiet --no-deps git+https://github.com/{repository(ROOT)}\n" in cell.source


@each_lesson
def test_one_seed_call(lesson):
    assert len(re.findall(r"\bset_up\(|set_random_seed|random\.set_seed|np\.random\.seed", code(lesson))) == 1


@each_lesson
def test_sections_in_order(lesson):
    found = re.findall(r"^## (.+)$", markdown(lesson), re.MULTILINE)
    assert [heading for heading in found if heading in HEADINGS] == list(HEADINGS)
    assert found[0] == HEADINGS[0] and found[-1] == HEADINGS[-1]


@each_lesson
def test_claims_hold_and_are_compared(lesson):
    claims = read_claims(printed_text(lesson.read()))
    assert len(claims) >= 5 and all(holds for _, holds in claims)
    assert not any(is_ignored(cell) for cell in code_cells(lesson) if re.search(r"\bclaim\(", cell.source))


@each_lesson
def test_most_cells_are_compared(lesson):
    ignored = [is_ignored(cell) for cell in code_cells(lesson)]
    assert sum(ignored) < len(ignored) / 2


@each_lesson
def test_losses_of_a_training_are_not_compared(lesson):
    """The fourth digit of a loss differs between processors: a cell that prints it is not compared."""
    for cell in code_cells(lesson):
        printed = "".join(output.get("text", "") for output in cell.outputs)
        assert is_ignored(cell) or not re.search(r"epoch +\d+/\d+ .*loss", printed)


@each_lesson
def test_outputs_are_clean(lesson):
    assert not [output for output in outputs(lesson) if output.output_type == "error"]
    assert not [output.text for output in outputs(lesson) if output.get("name") == "stderr"]
    keys = {"tags"}
    assert all(set(cell.metadata) <= keys for cell in lesson.read().cells)


def pictures_of(cell):
    """The <img> tags among the outputs of a cell."""
    pages = [output.data["text/html"] for output in cell.get("outputs", []) if "text/html" in output.get("data", {})]
    return re.findall(r"<img[^>]*>", " ".join(pages))


@each_lesson
def test_every_picture_has_alt_text(lesson):
    assert not [output for output in outputs(lesson) if "image/png" in output.get("data", {})], "show it by viz.show"
    pictures = [picture for cell in code_cells(lesson) for picture in pictures_of(cell)]
    assert pictures and all(re.search(r'alt="[^"]{20,}"', picture) for picture in pictures)


@each_new_form
def test_alt_texts_are_short(lesson):
    texts = [re.search(r'alt="([^"]*)"', picture)[1] for cell in code_cells(lesson) for picture in pictures_of(cell)]
    assert [text for text in texts if len(text.split()) > 30] == []


@each_lesson
def test_every_picture_is_followed_by_its_explanation(lesson):
    cells = lesson.read().cells
    for cell, following in zip(cells, [*cells[1:], None]):
        if pictures_of(cell):
            assert following is not None and following.cell_type == "markdown", f"nothing explains {cell.source[:80]}"


@each_lesson
def test_nothing_comes_from_a_remote_address(lesson):
    text = markdown(lesson) + code(lesson)
    assert not re.search(r"!\[[^]]*\]\(http|<img[^>]+src=.http|<script", text)
    allowed = ("https://colab.research.google.com/", "https://github.com/", "https://doi.org/", "https://arxiv.org/")
    assert all(address.startswith(allowed) for address in re.findall(r"https?://\S+", text))


@each_lesson
def test_links_lead_somewhere(lesson):
    glossary = re.findall(r"^## (.+)$", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {term.lower().replace(" ", "-") for term in glossary}
    for target in re.findall(r"\]\((?!http)([^)#]+)?(#[^)]*)?\)", markdown(lesson)):
        path, anchor = target
        assert (lesson.path.parent / path).exists(), path
        if path.endswith("glossary.md"):
            assert anchor[1:] in anchors, f"the glossary has no {anchor}"
    assert "glossary.md#" in markdown(lesson)


@each_lesson
def test_three_questions_with_folded_answers(lesson):
    last = "\n".join(cell.source for cell in lesson.read().cells[-2:])
    assert len(re.findall(r"<details><summary>.+?</summary>.+?</details>", last, re.DOTALL)) == 3


@each_lesson
def test_exercises_on_the_page_are_those_of_the_package(lesson):
    on_the_page = {match for match in re.findall(r'check\("(\d{3}-\d)"', code(lesson))}
    exercises = load_exercises(lesson.number)
    assert on_the_page == set(exercises) and 3 <= len(exercises) <= 4
    printed = printed_text(lesson.read())
    assert sum(f"Exercise {key}: not attempted yet" in printed for key in exercises) >= 3


@each_lesson
def test_functions_are_short(lesson):
    functions = [node for node in ast.walk(ast.parse(code(lesson))) if isinstance(node, ast.FunctionDef)]
    assert all(node.end_lineno - node.lineno < 20 for node in functions)


@each_lesson
def test_fit_is_visible_and_prints_no_timings(lesson):
    calls = [node for node in ast.walk(ast.parse(code(lesson))) if isinstance(node, ast.Call)]
    trainings = [
        {word.arg: word.value for word in call.keywords} for call in calls if getattr(call.func, "attr", "") == "fit"
    ]
    trainings = [words for words in trainings if "epochs" in words]  # scikit-learn's fit knows neither word
    # Lesson 515 shows the training of the small LeNet, lesson 502 that of the bout, whose runs are stored; 105 measures.
    elsewhere = ("trained_small_lenet(", "load_bout(", "InkDetector(")
    trained_elsewhere = any(name in code(lesson) for name in elsewhere)
    assert trainings or trained_elsewhere
    assert all(getattr(words.get("verbose"), "value", None) == 0 for words in trainings)
    assert "tqdm" not in code(lesson)


@each_lesson
def test_cells_are_numbered(lesson):
    notebook = lesson.read()
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == [f"cell-{number:02}" for number in range(1, len(notebook.cells) + 1)]
