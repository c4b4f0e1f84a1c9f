"""The form of a lesson: what each notebook must hold to, so that a learner finds the same way through all of them."""

import ast
import re
import statistics

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from course_utils.claims import read_claims
from course_utils.exercises import load_exercises
from course_utils.command.lessons import TIME_LINE, checkout_folder, find_lessons, printed_text
from course_utils.command.repository import repository

ROOT = checkout_folder()
LESSONS = find_lessons()
HEADINGS = ("Predict first", "The data", "When to use it, when not", "Exercises", "What to remember")
pytestmark = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


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


def test_was_executed_once_in_order(lesson):
    counts = [cell.execution_count for cell in code_cells(lesson)]
    assert counts == list(range(1, len(counts) + 1))


def test_has_a_digestible_size(lesson):
    sizes = [len(lines(cell)) for cell in code_cells(lesson)]
    assert 25 <= len(lesson.read().cells) <= 45
    assert max(sizes) <= 20 and statistics.median(sizes) <= 10
    assert 60 <= sum(sizes) <= 210
    assert 900 <= len(markdown(lesson).split()) <= 2200
    assert lesson.path.stat().st_size < 2e6


def test_begins_with_title_promise_badge_and_measured_times(lesson):
    title, promise, badge, times = lesson.read().cells[0].source.split("\n\n")
    assert title.startswith("# ") and promise.strip()
    place = lesson.path.relative_to(ROOT).as_posix()
    address = f"https://colab.research.google.com/github/{repository(ROOT)}/blob/main/{place}"
    assert badge == f"[Open in Colab]({address})"
    assert TIME_LINE.fullmatch(times)
    assert "Reading: about 1 minutes" not in times, "the times are not measured yet: make refresh"


def test_says_what_you_will_and_need(lesson):
    second = lesson.read().cells[1].source
    assert "**You will**" in second and "**You need**" in second
    assert len(re.findall(r"^- ", second, re.MULTILINE)) == 3


def test_set_up_cell_is_the_same_everywhere(lesson):
    cell, first = code_cells(lesson)[0], code_cells(LESSONS[0])[0]
    assert cell.source == first.source and is_ignored(cell)
    assert f"%pip install --quiet --no-deps git+https://github.com/{repository(ROOT)}\n" in cell.source


def test_one_seed_call(lesson):
    assert len(re.findall(r"\bset_up\(|set_random_seed|random\.set_seed|np\.random\.seed", code(lesson))) == 1


def test_sections_in_order(lesson):
    found = re.findall(r"^## (.+)$", markdown(lesson), re.MULTILINE)
    assert [heading for heading in found if heading in HEADINGS] == list(HEADINGS)
    assert found[0] == HEADINGS[0] and found[-1] == HEADINGS[-1]


def test_claims_hold_and_are_compared(lesson):
    claims = read_claims(printed_text(lesson.read()))
    assert len(claims) >= 5 and all(holds for _, holds in claims)
    assert not any(is_ignored(cell) for cell in code_cells(lesson) if re.search(r"\bclaim\(", cell.source))


def test_most_cells_are_compared(lesson):
    ignored = [is_ignored(cell) for cell in code_cells(lesson)]
    assert sum(ignored) < len(ignored) / 2


def test_outputs_are_clean(lesson):
    assert not [output for output in outputs(lesson) if output.output_type == "error"]
    assert not [output.text for output in outputs(lesson) if output.get("name") == "stderr"]
    keys = {"tags"}
    assert all(set(cell.metadata) <= keys for cell in lesson.read().cells)


def test_every_picture_has_alt_text(lesson):
    pictures = [output for output in outputs(lesson) if "image/png" in output.get("data", {})]
    assert pictures
    assert all(len(picture.metadata["image/png"]["alt"].split()) >= 4 for picture in pictures)
    images = re.findall(
        r"<img[^>]*>",
        " ".join(output.data["text/html"] for output in outputs(lesson) if "text/html" in output.get("data", {})),
    )
    assert all(re.search(r'alt="[^"]{20,}"', image) for image in images)


def test_every_picture_is_followed_by_its_explanation(lesson):
    cells = lesson.read().cells
    for cell, following in zip(cells, [*cells[1:], None]):
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
            assert following is not None and following.cell_type == "markdown", f"nothing explains {cell.source[:80]}"


def test_nothing_comes_from_a_remote_address(lesson):
    text = markdown(lesson) + code(lesson)
    assert not re.search(r"!\[[^]]*\]\(http|<img[^>]+src=.http|<script", text)
    allowed = ("https://colab.research.google.com/", "https://github.com/", "https://doi.org/", "https://arxiv.org/")
    assert all(address.startswith(allowed) for address in re.findall(r"https?://\S+", text))


def test_links_lead_somewhere(lesson):
    glossary = re.findall(r"^## (.+)$", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {term.lower().replace(" ", "-") for term in glossary}
    for target in re.findall(r"\]\((?!http)([^)#]+)?(#[^)]*)?\)", markdown(lesson)):
        path, anchor = target
        assert (lesson.path.parent / path).exists(), path
        if path.endswith("glossary.md"):
            assert anchor[1:] in anchors, f"the glossary has no {anchor}"
    assert "glossary.md#" in markdown(lesson)


def test_three_questions_with_folded_answers(lesson):
    last = "\n".join(cell.source for cell in lesson.read().cells[-2:])
    assert len(re.findall(r"<details><summary>.+?</summary>.+?</details>", last, re.DOTALL)) == 3


def test_exercises_on_the_page_are_those_of_the_package(lesson):
    on_the_page = {match for match in re.findall(r'check\("(\d{3}-\d)"', code(lesson))}
    exercises = load_exercises(lesson.number)
    assert on_the_page == set(exercises) and 3 <= len(exercises) <= 4
    printed = printed_text(lesson.read())
    assert sum(f"Exercise {key}: not attempted yet" in printed for key in exercises) >= 3


def test_functions_are_short(lesson):
    functions = [node for node in ast.walk(ast.parse(code(lesson))) if isinstance(node, ast.FunctionDef)]
    assert all(node.end_lineno - node.lineno < 20 for node in functions)


def test_fit_is_visible_and_prints_no_timings(lesson):
    calls = [node for node in ast.walk(ast.parse(code(lesson))) if isinstance(node, ast.Call)]
    trainings = [
        {word.arg: word.value for word in call.keywords} for call in calls if getattr(call.func, "attr", "") == "fit"
    ]
    trainings = [words for words in trainings if "epochs" in words]  # scikit-learn's fit knows neither word
    assert trainings and all(getattr(words.get("verbose"), "value", None) == 0 for words in trainings)
    assert "tqdm" not in code(lesson)


def test_cells_are_numbered(lesson):
    notebook = lesson.read()
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == [f"cell-{number:02}" for number in range(1, len(notebook.cells) + 1)]
