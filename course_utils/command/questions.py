"""`course questions`: the questions of a lesson, as text, for Moodle, and for a notebook."""

import html
import json
import random
import re
import textwrap
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from course_utils.command.lessons import checkout_folder

LETTERS = "ABCD"
COLUMNS = 80
FIELDS = ("text", "right", "because", "supported_by", "wrong")
SUPPORTS = ("claim", "glossary")  # what may stand behind a right answer
CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Answer:
    """One answer, and why it is right, or which misconception it is and what uncovers it."""

    text: str
    because: str
    right: bool


@dataclass(frozen=True)
class Question:
    """One right answer, three wrong ones. `support` is the sentence of a claim or a term of the glossary."""

    text: str
    right: Answer
    wrong: tuple[Answer, ...]
    support: tuple[str, str]  # claim or glossary, and which

    @property
    def answers(self) -> list[Answer]:
        """All answers in an order that looks random and is the same each time and in each format."""
        answers = [self.right, *self.wrong]
        random.Random(self.text).shuffle(answers)
        return answers


def questions_file(lesson: str) -> Path:
    """Where the questions of a lesson lie, or would lie."""
    return checkout_folder() / "docs" / "teaching" / "questions" / f"{lesson}.toml"


def read_questions(lesson: str) -> list[Question]:
    """The questions of a lesson. Raises KeyError if it has none, ValueError if its file breaks the form."""
    path = questions_file(lesson)
    if not path.exists():
        raise KeyError(f"Lesson {lesson} has no questions yet.")
    return parse_questions(path.read_text(encoding="utf-8"), path.name)


def parse_questions(text: str, name: str) -> list[Question]:
    """Questions from the text of a TOML file. Raises ValueError, with the file's name and the question's place."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name} is no TOML: {error}.") from error
    if set(content) != {"question"} or not isinstance(content["question"], list):
        raise ValueError(f"{name} holds something else than [[question]].")
    return [_question(table, f"{name}, question {place}") for place, table in enumerate(content["question"], 1)]


def _question(table: object, where: str) -> Question:
    if not isinstance(table, dict) or set(table) != set(FIELDS):
        raise ValueError(f"{where}: {', '.join(FIELDS)} are wanted, and nothing else.")
    wrong = table["wrong"]
    if not isinstance(wrong, list) or len(wrong) != len(LETTERS) - 1:
        raise ValueError(f"{where}: {len(LETTERS) - 1} times [[question.wrong]] is wanted.")
    if any(not isinstance(answer, dict) or set(answer) != {"answer", "because"} for answer in wrong):
        raise ValueError(f"{where}: a wrong answer has answer and because, and nothing else.")
    right = Answer(_words(table["right"], where), _words(table["because"], where), right=True)
    others = [
        Answer(_words(answer["answer"], where), _words(answer["because"], where), right=False) for answer in wrong
    ]
    if len({answer.text.casefold() for answer in (right, *others)}) != len(LETTERS):
        raise ValueError(f"{where}: two answers are the same.")
    kind, _, support = _words(table["supported_by"], where).partition(": ")
    if kind not in SUPPORTS or not support:
        raise ValueError(f"{where}: supported_by is 'claim: SENTENCE' or 'glossary: TERM'.")
    return Question(_words(table["text"], where), right, tuple(others), (kind, support))


def _words(value: object, where: str) -> str:
    """A text on one line. Raises ValueError for one that is none, that is empty, or that leaves a `code` open."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{where}: a text is empty or no text.")
    if value.count("`") % 2:
        raise ValueError(f"{where}: a backtick is missing in '{value}'.")
    return " ".join(value.split())


# The formats. Each takes the questions, the lesson's number and its title.


def as_text(questions: Sequence[Question], lesson: str, title: str) -> str:
    """To print: first all questions, so that they can be asked; then the answers."""
    lines = [f"Lesson {lesson}: {title}", ""]
    for number, question in enumerate(questions, 1):
        lines += _folded(question.text, f"{number}. ")
        for letter, answer in zip(LETTERS, question.answers):
            lines += _folded(answer.text, f"   {letter}. ")
        lines.append("")
    lines += ["The answers", ""]
    for number, question in enumerate(questions, 1):
        reasons = {letter: answer for letter, answer in zip(LETTERS, question.answers)}
        right = next(letter for letter, answer in reasons.items() if answer.right)
        lines += _folded(f"{right}. {question.right.because}", f"{number}. ")
        for letter, answer in reasons.items():
            if not answer.right:
                lines += _folded(f"Not {letter}. {answer.because}", "   ")
        lines.append("")
    return "\n".join(lines)


def _folded(text: str, lead: str) -> list[str]:
    """A paragraph in lines of at most 80 columns; later ones are indented as far as its lead."""
    return textwrap.wrap(
        text,
        COLUMNS,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )


def as_html(text: str) -> str:
    """A text with its `code` as HTML, as Moodle and notebooks show it."""
    return CODE.sub(r"<code>\1</code>", html.escape(text, quote=False))


def as_gift(questions: Sequence[Question], lesson: str, title: str) -> str:
    """GIFT, which Moodle and others import: one question a paragraph, = before the right answer, ~ before the others."""
    blocks = [f"$CATEGORY: {_category(lesson, title)}"]
    for number, question in enumerate(questions, 1):
        lines = [f"::{_name(lesson, number)}::[html]{_gift(question.text)} {{"]
        for answer in question.answers:
            lines.append(f"\t{'=' if answer.right else '~'}{_gift(answer.text)}#{_gift(answer.because)}")
        blocks.append("\n".join([*lines, "}"]))
    return "\n\n".join(blocks) + "\n"


def _gift(text: str) -> str:
    """HTML with the characters escaped that GIFT gives a meaning; % gives one only in front."""
    coded = re.sub(r"^%", "&#37;", as_html(text))
    return re.sub(r"[\\~=#{}:]", r"\\\g<0>", coded)


def as_moodle_xml(questions: Sequence[Question], lesson: str, title: str) -> str:
    """Moodle's own XML. Moodle shuffles the answers anew for each learner."""
    quiz = ElementTree.Element("quiz")
    category = ElementTree.SubElement(quiz, "question", type="category")
    _text_in(category, "category", _category(lesson, title))
    for number, question in enumerate(questions, 1):
        element = ElementTree.SubElement(quiz, "question", type="multichoice")
        _text_in(element, "name", _name(lesson, number))
        _text_in(element, "questiontext", as_html(question.text), format="html")
        settings = {"defaultgrade": "1", "single": "true", "shuffleanswers": "true", "answernumbering": "ABCD"}
        for name, value in settings.items():
            ElementTree.SubElement(element, name).text = value
        for answer in question.answers:
            fraction = "100" if answer.right else "0"
            choice = _text_in(element, "answer", as_html(answer.text), fraction=fraction, format="html")
            _text_in(choice, "feedback", as_html(answer.because), format="html")
    ElementTree.indent(quiz)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(quiz, encoding="unicode")}\n'


def _text_in(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> ElementTree.Element:
    """Add an element whose content is, as Moodle wants it, a <text>."""
    element = ElementTree.SubElement(parent, name, attributes)
    ElementTree.SubElement(element, "text").text = text
    return element


def _category(lesson: str, title: str) -> str:
    """Where Moodle puts the questions. A slash in a title would open a category below, so there is none."""
    return f"$course$/top/Deep learning, four architectures/{lesson} {title.replace('/', ' ')}"


def _name(lesson: str, number: int) -> str:
    return f"Lesson {lesson}, question {number}"


def as_jupyterquiz(questions: Sequence[Question], lesson: str, title: str) -> str:
    """JSON for the package jupyterquiz: display_quiz("FILE") shows it in a notebook."""
    content = [
        {
            "question": _quiz_html(question.text),
            "type": "multiple_choice",
            "answers": [
                {"answer": _quiz_html(answer.text), "correct": answer.right, "feedback": _quiz_html(answer.because)}
                for answer in question.answers
            ],
        }
        for question in questions
    ]
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _quiz_html(text: str) -> str:
    """HTML in which jupyterquiz finds neither a formula, which begins with $, nor a link, [words](place)."""
    return as_html(text).replace("$", "&#36;").replace("[", "&#91;")


FORMATS: dict[str, Callable[[Sequence[Question], str, str], str]] = {
    "text": as_text,
    "gift": as_gift,
    "moodle-xml": as_moodle_xml,
    "jupyterquiz": as_jupyterquiz,
}


def checked_format(name: str) -> Callable[[Sequence[Question], str, str], str]:
    """What writes a format. Raises ValueError, listing the formats, for one that is none."""
    if name not in FORMATS:
        raise ValueError(f"There is no format '{name}'. The formats: {', '.join(FORMATS)}.")
    return FORMATS[name]
