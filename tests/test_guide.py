"""The guide to print: its sentences are claims that the executed lesson confirms, and it fits on one page of paper."""

import base64
import importlib.util
import re

import nbformat
import pandas as pd
import pytest
from chromium import Chromium, find_chromium

from course_utils.command.lessons import checkout_folder, find_lessons
from course_utils.datasets.bout import load_bout, matrix

ROOT = checkout_folder()
SPEC = importlib.util.spec_from_file_location("guide", ROOT / "tools" / "guide.py")
guide = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(guide)


def lesson() -> nbformat.NotebookNode:
    return nbformat.read(find_lessons("504")[0].path, as_version=4)


def test_the_stored_page_is_what_the_command_makes():
    assert guide.PRINTED.read_text(encoding="utf-8") == guide.page(), "run: python tools/guide.py"


def test_every_sentence_is_a_claim_of_the_lesson():
    claims = [sentence for found in guide.sentences(lesson()).values() for sentence in found]
    printed = "".join(output.get("text", "") for cell in lesson().cells for output in cell.get("outputs", []))
    assert len(claims) > 8 and len(set(claims)) == len(claims)
    assert all(f"✔ {claim}" in printed for claim in claims if not claim.startswith("Lesson"))


def test_a_sentence_that_turned_false_is_not_printed():
    notebook = lesson()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.text = output.get("text", "").replace("✔", "✘")
    with pytest.raises(ValueError, match="does not confirm this sentence"):
        guide.sentences(notebook)
    for cell in notebook.cells:
        cell.outputs = []
        cell.source = cell.source.replace("- Lesson", "Lesson")
    with pytest.raises(ValueError, match="Was it executed"):
        guide.sentences(notebook)


def test_the_table_is_that_of_the_results():
    shares = matrix(load_bout())
    table = guide.as_table(shares)
    assert f"{100 * shares.loc['GRU', 'speech']:.1f}" in table
    assert table.count('class="level"') == (shares.max() - shares <= 0.02).sum().sum()


def test_what_is_level_with_the_best_is_bold():
    shares = pd.DataFrame({"hills": [0.9, 0.885, 0.8], "birds": [0.1, 0.3, 0.2]}, index=["wide", "deep", "slow"])
    bold = re.findall(r'<td class="level">([\d.]+)</td>', guide.as_table(shares))
    assert bold == ["90.0", "88.5", "30.0"]


def test_quoted_claims_hold_in_their_lessons():
    text = "\n".join(cell.source for cell in lesson().cells if cell.cell_type == "markdown")
    quotes = re.findall(r'^- Lesson (\d{3}): "(.+)"', text, re.MULTILINE)
    assert len(quotes) >= 3
    for number, sentence in quotes:
        other = nbformat.read(find_lessons(number)[0].path, as_version=4)
        printed = "".join(output.get("text", "") for cell in other.cells for output in cell.get("outputs", []))
        assert f"✔ {sentence}" in printed, (number, sentence)


@pytest.mark.skipif(find_chromium() is None, reason="no Chromium or Chrome on this machine")
def test_it_fits_on_one_page():
    with Chromium(find_chromium()) as browser:
        browser.open(guide.PRINTED)
        browser.wait_for("document.readyState === 'complete'")
        paper = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True, "printBackground": True}
        pdf = base64.b64decode(browser.call("Page.printToPDF", **paper)["data"])
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
        assert browser.value("document.documentElement.scrollWidth <= window.innerWidth")
