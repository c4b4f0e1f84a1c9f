"""The bank of questions: its form, what stands behind each right answer, and the formats of `course questions`."""

import html
import json
import re
import shutil
from xml.etree import ElementTree

import pytest
from clones import call_course, make_clone
from test_notebook_rules import OLD_FORM

from course_utils.claims import read_claims
from course_utils.command.lessons import checkout_folder, find_lessons, printed_text
from course_utils.command.needs import needed_lessons
from course_utils.command.questions import (
    COLUMNS,
    FORMATS,
    LETTERS,
    as_gift,
    as_jupyterquiz,
    as_moodle_xml,
    as_text,
    parse_questions,
    questions_file,
    read_questions,
)

# Lessons in the new form whose questions are still to be written. The list only shrinks: a lesson that leaves OLD_FORM
# brings its questions.
STILL_WITHOUT: tuple[str, ...] = ()
LESSONS = find_lessons()
WITH_QUESTIONS = [lesson for lesson in LESSONS if questions_file(lesson.number).exists()]
each_bank = pytest.mark.parametrize("lesson", WITH_QUESTIONS, ids=lambda lesson: lesson.number)


def test_every_lesson_in_the_new_form_has_questions():
    new_form = {lesson.number for lesson in LESSONS if lesson.name not in OLD_FORM}
    without = new_form - {lesson.number for lesson in WITH_QUESTIONS}
    assert without == set(STILL_WITHOUT), "take a lesson that has questions off STILL_WITHOUT; add none to it"


def test_every_file_belongs_to_a_lesson():
    folder = checkout_folder() / "docs" / "teaching" / "questions"
    assert {path.name for path in folder.iterdir()} == {f"{lesson.number}.toml" for lesson in WITH_QUESTIONS}


@each_bank
def test_at_least_five_questions_and_none_twice(lesson):
    questions = read_questions(lesson.number)  # one right and three wrong answers, each with its reason, all different
    assert len(questions) >= 5
    assert len({question.text for question in questions}) == len(questions)


@each_bank
def test_a_claim_or_a_term_of_the_page_stands_behind_each_right_answer(lesson):
    notebook = lesson.read()
    claims = {sentence for sentence, _ in read_claims(printed_text(notebook))}
    pages = [notebook, *(find_lessons(number)[0].read() for number in needed_lessons(notebook))]
    text = "".join(cell.source for page in pages for cell in page.cells if cell.cell_type == "markdown")
    glossary = (checkout_folder() / "docs" / "glossary.md").read_text(encoding="utf-8")
    for question in read_questions(lesson.number):
        kind, support = question.support
        if kind == "claim":
            assert support in claims, f"the page claims no such thing: {support}"
        else:
            assert f"\n## {support}\n" in glossary, f"the glossary has no {support}"
            assert f"glossary.md#{support.lower().replace(' ', '-')})" in text, (
                f"no page links {support}, nor one that it needs"
            )


@each_bank
def test_length_does_not_give_the_right_answer_away(lesson):
    questions = read_questions(lesson.number)
    longest = shortest = 0
    for question in questions:
        right, wrong = len(question.right.text), [len(answer.text) for answer in question.wrong]
        assert max(right, *wrong) <= 2 * min(right, *wrong) + 10, question.text
        longest += right > max(wrong)
        shortest += right < min(wrong)
    assert longest <= 0.4 * len(questions), f"the right answer is the longest in {longest} of {len(questions)}"
    assert shortest <= 0.4 * len(questions), f"the right answer is the shortest in {shortest} of {len(questions)}"


@each_bank
def test_answers_are_alike_in_form(lesson):
    for question in read_questions(lesson.number):
        texts = [answer.text for answer in question.answers]
        words = " ".join([question.text, *texts, *(answer.because for answer in question.answers)])
        assert not re.search(r"\*\w|\w\*|\]\(", re.sub(r"`[^`]+`", "", words)), f"plain text and `code` alone: {words}"
        assert not re.search(
            r"\b(all|none|both|neither) of (these|the (above|answers|others))\b", " ".join(texts).lower()
        ), question.text
        assert len({text.endswith(".") for text in texts}) == 1, f"a full stop after each or none: {question.text}"


def test_no_letter_is_right_most_of_the_time():
    questions = [question for lesson in WITH_QUESTIONS for question in read_questions(lesson.number)]
    places = [next(place for place, answer in enumerate(q.answers) if answer.right) for q in questions]
    if len(places) >= 100:
        assert all(0.15 < places.count(place) / len(places) < 0.35 for place in range(len(LETTERS)))


# The formats. A hard question has every character that one of them gives a meaning.

HARD = r"""
[[question]]
text = 'Is 3 < 5 & `a[1](2) = {"x": ~y}` # $5 // \ :: for 50 %?'
right = '%50% a = b: `f(x) -> {1: "~"}` #1 \n'
because = 'The slope = 2, & <b>.'
supported_by = "glossary: batch"
[[question.wrong]]
answer = '=> `x[:, 1]`'
because = 'First: {no} ~ [link](place).'
[[question.wrong]]
answer = '`$x$` ~ #2 \\ twice'
because = 'Second $$.'
[[question.wrong]]
answer = 'T'
because = 'Third'
"""


def hard_question():
    return parse_questions(HARD, "hard.toml")


def plain(text):
    """A text from the HTML of a format."""
    assert not re.search(r"<(?!/?code>)", text)
    return html.unescape(re.sub(r"</?code>", "`", text))


def read_gift(text):
    """Questions from GIFT, as Moodle reads it: escaped characters are set aside first, then the signs are looked for."""
    aside = re.sub(r"\\([\\~=#{}:])", lambda match: f"\0{ord(match[1])};", text)

    def back(piece):
        return plain(re.sub("\0(\\d+);", lambda match: chr(int(match[1])), piece).strip())

    found = []
    for block in aside.strip().split("\n\n"):
        if block.startswith("$CATEGORY: "):
            continue
        name, asked, choices = re.fullmatch(r"::(.*?)::\[html\](.*?)\{(.*)\}", block, re.DOTALL).groups()
        answers = []
        for sign, choice in re.findall(r"([=~])([^=~]*)", choices):
            answer, because = choice.split("#")
            assert not answer.startswith("%"), "Moodle would read a share of the points"
            answers.append((back(answer), back(because), sign == "="))
        found.append((name, back(asked), answers))
    return found


def as_read(questions):
    return [(q.text, [(answer.text, answer.because, answer.right) for answer in q.answers]) for q in questions]


def banks():
    return [hard_question(), *(read_questions(lesson.number) for lesson in WITH_QUESTIONS)]


def test_gift_read_back_is_the_same():
    for questions in banks():
        found = read_gift(as_gift(questions, "101", "A title: with {signs}"))
        assert [(asked, answers) for _, asked, answers in found] == as_read(questions)
        assert [name for name, *_ in found] == [f"Lesson 101, question {n}" for n in range(1, len(questions) + 1)]


def test_moodle_xml_read_back_is_the_same():
    for questions in banks():
        quiz = ElementTree.fromstring(as_moodle_xml(questions, "101", "Stride / padding").encode())
        category, *elements = quiz
        assert category.findtext("category/text").count("/") == 3, "a slash in the title would open a category"
        found = []
        for element in elements:
            assert element.get("type") == "multichoice" and element.findtext("single") == "true"
            answers = [
                (plain(a.findtext("text")), plain(a.findtext("feedback/text")), a.get("fraction") == "100")
                for a in element.findall("answer")
            ]
            found.append((plain(element.findtext("questiontext/text")), answers))
        assert found == as_read(questions)


def test_jupyterquiz_read_back_is_the_same():
    for questions in banks():
        text = as_jupyterquiz(questions, "101", "title")
        assert "$" not in text, "jupyterquiz would read a formula"
        found = []
        for entry in json.loads(text):
            assert entry["type"] == "multiple_choice"
            answers = [(plain(a["answer"]), plain(a["feedback"]), a["correct"]) for a in entry["answers"]]
            found.append((plain(entry["question"]), answers))
        assert found == as_read(questions)
        assert "](" not in re.sub(r"&#91;.*?\]\(", "", text), "jupyterquiz would read a link"


def test_text_asks_first_and_answers_at_the_end():
    for questions in banks():
        text = as_text(questions, "101", "title")
        asked, answered = text.split("\nThe answers\n")
        words = " ".join(asked.split())
        for question in questions:
            places = [words.index(question.text)]
            places += [words.index(f"{letter}. {a.text}") for letter, a in zip(LETTERS, question.answers)]
            assert places == sorted(places)
            assert question.right.because not in words and question.right.because in " ".join(answered.split())
        assert len(re.findall(r"^ *\d+\. [A-D]\. ", answered, re.MULTILINE)) == len(questions)
        assert len(re.findall(r"^ +Not [A-D]\. ", answered, re.MULTILINE)) == 3 * len(questions)
        assert max(len(line) for line in text.splitlines()) <= COLUMNS


def test_the_order_of_answers_stays():
    """The same in each run and each format: a room that votes B means the same answer on every screen."""
    (question,) = hard_question()
    assert [answer.because.split()[0] for answer in question.answers] == ["The", "Second", "First:", "Third"]


# Files that break the form


@pytest.mark.parametrize("text", ["question = [1]", "question = 1", "[question]\nwrong = 1", "", "a = 1"])
def test_another_toml_is_refused(text):
    with pytest.raises(ValueError, match="other.toml"):
        parse_questions(text, "other.toml")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[[question]]", "[question", "bad.toml is no TOML"),
        ("[[question]]", "[[questions]]", "bad.toml holds something else than"),
        ("because = 'The slope = 2, & <b>.'\n", "", "question 1: text, right, because, supported_by, wrong are wanted"),
        ("because = 'Third'\n", "", "a wrong answer has answer and because"),
        ("because = 'Third'", "because = ' '", "a text is empty"),
        ("because = 'Third'", "because = 3", "a text is empty or no text"),
        ("answer = 'T'", "answer = '=> `X[:, 1]`'", "two answers are the same"),
        ("answer = 'T'", "answer = '`T'", "a backtick is missing in '`T'"),
        ("glossary: batch", "page 5", "supported_by is"),
        ("glossary: batch", "claim: ", "supported_by is"),
        ("[[question.wrong]]\nanswer = 'T'\nbecause = 'Third'\n", "", "3 times [[question.wrong]] is wanted"),
    ],
)
def test_a_file_that_breaks_the_form_is_refused(old, new, sentence):
    broken = HARD.replace(old, new, 1) if old != "[[question]]" else HARD.replace(old, new)
    with pytest.raises(ValueError, match=re.escape(sentence)):
        parse_questions(broken, "bad.toml")


# The command


@pytest.fixture
def clone(tmp_path):
    return make_clone(tmp_path / "clone", "0_start/00[12]_*.ipynb")


@pytest.mark.parametrize("name", FORMATS)
def test_the_command_prints_and_writes_the_same(name, clone, monkeypatch, capsys):
    assert call_course(clone, ["questions", "001", "--format", name], monkeypatch) == 0
    printed = capsys.readouterr().out
    assert call_course(clone, ["questions", "001", "--format", name, "--file", "new.txt"], monkeypatch) == 0
    assert (clone / "new.txt").read_bytes() == printed.encode()
    assert capsys.readouterr().out == f"new.txt holds {len(read_questions('001'))} questions.\n"


def test_text_is_what_is_printed_without_a_format(clone, monkeypatch, capsys):
    assert call_course(clone, ["questions", "001"], monkeypatch) == 0
    assert capsys.readouterr().out.startswith("Lesson 001: Start here: train your first network\n\n1. ")


def test_a_lesson_without_questions_says_so(clone, monkeypatch, capsys):
    shutil.rmtree(clone / "docs" / "teaching" / "questions")
    assert call_course(clone, ["questions", "001"], monkeypatch) == 2
    assert capsys.readouterr().out == "Lesson 001 has no questions yet.\n"
