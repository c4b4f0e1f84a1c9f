"""The stored breaks: each still fits its lesson. Whether each is noticed takes executions: `make test-breaks`."""

import sys
from pathlib import Path

import nbformat
import pytest

from course_utils.claims import read_claims
from course_utils.command.lessons import find_lessons, printed_text

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
from try_breaks import ROOT, breaks_of, claimed_false, cut_after_claims, notebook_of, replaced  # noqa: E402

sys.path.pop(0)
LESSONS = sorted(path.stem for path in (ROOT / "tests" / "breaks").glob("*.toml"))
BREAKS = [(lesson, one) for lesson in LESSONS for one in breaks_of(lesson)]
each_break = pytest.mark.parametrize(("lesson", "one"), BREAKS, ids=[f"{n} {one['name']}" for n, one in BREAKS])


def test_every_lesson_in_the_new_form_stores_at_least_three_with_one_for_its_headline():
    from test_notebook_rules import OLD_FORM

    new_form = [lesson for lesson in find_lessons() if lesson.name not in OLD_FORM]
    assert [lesson.name for lesson in new_form if lesson.number not in LESSONS] == []
    for lesson in LESSONS:
        headlines = [one.get("headline", False) for one in breaks_of(lesson)]
        assert len(headlines) >= 3 and sum(headlines) >= 1, lesson


@each_break
def test_what_is_replaced_stands_there_once(lesson, one):
    if "file" in one:
        broken = replaced((ROOT / one["file"]).read_text(encoding="utf-8"), one)
    else:
        cells = nbformat.read(notebook_of(lesson), as_version=4).cells
        sources = [cell.source for cell in cells if cell.cell_type == "code" and one["cell"] in cell.source]
        assert len(sources) == 1
        broken = replaced(sources[0], one)
    if "%pip" not in broken:
        compile(broken, one["name"], "exec")


@each_break
def test_what_must_notice_is_there(lesson, one):
    claims = [sentence for sentence, _ in read_claims(printed_text(nbformat.read(notebook_of(lesson), as_version=4)))]
    assert one.get("claims") or one.get("tests")
    assert set(one.get("claims", [])) <= set(claims)
    assert all((ROOT / test.split("::")[0]).exists() for test in one.get("tests", []))


def test_a_break_that_does_not_fit_is_named():
    with pytest.raises(ValueError, match="'no bias'.*stands there 2 times"):
        replaced("bias bias", {"name": "no bias", "replace": "bias", "by": "0"})
    with pytest.raises(KeyError, match="stores no breaks"):
        breaks_of("999")


def test_false_claims_are_recognised():
    false = ["One is two", "Two is three (undecided: the condition is int, not true or false)"]
    assert claimed_false("One is two", false) and claimed_false("Two is three", false)
    assert not claimed_false("One is", false)


def test_a_lesson_is_executed_up_to_the_last_named_claim(tmp_path):
    (tmp_path / "notebooks" / "0_start").mkdir(parents=True)
    path = tmp_path / "notebooks" / "0_start" / "001_claims.ipynb"
    cells = []
    for sentence in ("first", "second", "third"):
        output = nbformat.v4.new_output("stream", text=f"✔ {sentence}\n")
        cells.append(nbformat.v4.new_code_cell(sentence, outputs=[output]))
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    cut_after_claims("001", ["second", "first"], tmp_path)
    assert [cell.source for cell in nbformat.read(path, as_version=4).cells] == ["first", "second"]
