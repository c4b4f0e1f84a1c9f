"""Statements about results that code verifies: `claim` prints ✔ or ✘, and never raises."""

import codecs
import io
import sys
from typing import TextIO

from course_utils.scale import current_scale

HOLDS, FAILS = "✔", "✘"
IN_WORDS = {HOLDS: "holds:", FAILS: "FAILS:"}  # where the output has no such signs: a file in cp1252, for instance


def _words_for_signs(error: UnicodeError) -> tuple[str, int]:
    """A codec error handler: words for the two signs, ? for anything else that cannot be encoded."""
    text = error.object[error.start : error.end]
    return "".join(IN_WORDS.get(sign, "?") for sign in text), error.end


codecs.register_error("words_for_signs", _words_for_signs)


def allow_words_for_signs(stream: TextIO) -> None:
    """Let an output that cannot show ✔ and ✘ show words instead of raising."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="words_for_signs")


def claim(sentence: str, holds: object) -> None:
    """Print the sentence with ✔ if `holds` is true, with ✘ if it is not.

    `holds` is one true or false value (a Python, NumPy or TensorFlow boolean). Anything else, an array of several
    values or a NaN for instance, proves nothing and is shown as ✘ with the reason; at the full scale the reason says
    that the claim was set at quick. A learner's changed setting must show what broke, so no value raises here; nbval and
    `course run` read the printed line. An output that cannot show the signs gets words for them.
    """
    verdict, reason = _verdict(holds)
    line = f"{HOLDS} {sentence}" if verdict else f"{FAILS} {sentence} ({reason})"
    try:
        print(line)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding
        print(line.encode(encoding, "words_for_signs").decode(encoding))


def _verdict(holds: object) -> tuple[bool, str]:
    not_so = "not so in this run"
    if _is_full():
        not_so += "; the claim was set at quick"
    if isinstance(holds, bool):
        return holds, not_so
    shape = getattr(holds, "shape", None)
    dtype = str(getattr(holds, "dtype", ""))
    if shape is not None and tuple(shape) == () and dtype in ("bool", "<dtype: 'bool'>"):
        return bool(holds), not_so
    if shape is not None and tuple(shape) != ():
        return False, f"undecided: the condition has shape {tuple(shape)}; reduce it with .all() or .any()"
    return False, f"undecided: the condition is {type(holds).__name__}, not true or false"


def _is_full() -> bool:
    try:
        return current_scale() == "full"
    except ValueError:  # a wrong word in COURSE_SCALE: set_up says so, a claim never raises
        return False


def compare_guess(guess: str, answer: str) -> None:
    """Say what the run decided about the question of *Predict first*, and how it compares with the learner's letter.

    `guess` is what the learner wrote, "" if nothing; `answer` is the letter that the run gave. Nothing raises here.
    """
    letter = str(guess).strip().upper()
    if not letter:
        print(f"The run says {answer}. You wrote no guess; next time, write your letter before you run.")
    elif letter == str(answer).strip().upper():
        print(f"The run says {answer}, and so did you.")
    else:
        print(
            f"The run says {answer}, you said {letter}. Which thought led you there, and where does it part from the run?"
        )


def read_claims(text: str) -> list[tuple[str, bool]]:
    """The claims in the printed output of a cell, in order: (sentence, holds)."""
    return [(line[2:], line[0] == HOLDS) for line in text.splitlines() if line[:2] in (f"{HOLDS} ", f"{FAILS} ")]
