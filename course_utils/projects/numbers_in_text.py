"""Numbers in prose: which of them no cell has produced."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import nbformat

SMALL = 12  # whole numbers up to here are counts that a text may hold, unless a unit of results follows
NUMBER = re.compile(
    r"(?<![\w.,/])(?<![A-Za-z]-)[-+−]?(\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(\.\d+)?(e[-+−]?\d+)?(?![\d/]|[.,]\d)"
)
RESULT = re.compile(
    r"\s?(%|‰|per ?cent|points?\b|times\b|-fold\b|(?:in|of|out of) (?:a )?hundred\b|(?:in|of|out of) 100\b)"
)
HUNDREDTHS = re.compile(r"\s?(%|per ?cent|(?:percentage )?points?\b|(?:in|of|out of) (?:a )?(?:hundred|100)\b)")
OUTPUT_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.]*[A-Za-z_])", re.IGNORECASE)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
LEFT_OUT = (
    r"(?s)```.*?```", r"`[^`]*`", r"(?s)\$\$.*?\$\$", r"\$[^$\n]*\$", r"(?s)<!--.*?-->", r"<[^>]+>",  # code, formulas, HTML
    r"\]\([^)]*\)", r"https?://\S+", r"\b(?:doi|arXiv)[:\s]*\S+",  # addresses
    r"(?m)^\s*#.*$", r"(?m)^\s*\d+[.)]\s",  # headings, the numbers of a list
    r"\b(?:[Ll]essons?|[Cc]ells?|[Ff]igures?|[Tt]ables?|[Ee]xercises?|[Ss]eeds?|[Pp]art|[Vv]ersion|[Pp]ages?) \d[\d.–-]*(?:(?:,| and| or| to) \d+)*",
    r"\b\d{4}-\d{2}(?:-\d{2})?\b",  # dates
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{MONTHS})\b|\b(?:{MONTHS}) \d{{1,2}}\b",
    r"\b\d+(?:\.\d+)? ?% (?:confidence |credible |prediction )?(?:intervals?|levels?|bands?)\b",  # chosen levels
    r"\b\d+(?:\.\d+)?(?:st|nd|rd|th)\b(?: percentiles?)?", r"\bp ?[<>=] ?0?\.\d+",
    r"\b\d+(?:\.\d+)? ?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b",  # a clock differs from run to run
)  # fmt: skip


@dataclass(frozen=True)
class NumberInText:
    """A number of the prose: as it stands there, its value, its decimals, and whether it may be in hundredths."""

    text: str
    value: float
    decimals: int
    hundredths: bool


def numbers_of(markdown: str) -> list[NumberInText]:
    """The numbers in Markdown that speak of results.

    Left out: headings, code, formulas, addresses, list numbers, dates, years (1500 to 2099), names such as "lesson 204",
    and whole numbers up to 12 unless %, points, times or "of 100" follow.
    """
    text = _without(markdown)
    found = []
    for match in NUMBER.finditer(text):
        digits, fraction, power = match[1].replace(",", ""), match[2] or "", (match[3] or "e0").replace("−", "-")
        before, after = text[: match.start()], text[match.end() :]
        if match[0] == "100" and re.search(r"\b(?:in|of|out of) $", before):
            continue  # 90 of 100
        is_result = bool(RESULT.match(after))
        if not fraction and power == "e0" and not is_result:
            if int(digits) <= SMALL or (len(match[1]) == 4 and 1500 <= int(digits) < 2100):
                continue
        if after[:1].isalpha() and not re.match(r"(?:[a-zµ]{1,3}|[A-Z])\b", after):
            continue  # a name that begins with a digit
        hundredths = bool(HUNDREDTHS.match(after))
        decimals = max(max(len(fraction) - 1, 0) - int(power[1:]), 0)
        found.append(NumberInText(match[0], float(digits + fraction + power), decimals, hundredths))
    return found


def unsupported(numbers: Iterable[NumberInText], outputs: str, settings: Iterable[float] = ()) -> list[NumberInText]:
    """Those that stand in no output, to the digits shown, and are none of the settings. The sign is not compared.

    In hundredths, 87 % is supported by 0.87 and by 0.8731; 87.3 % is not supported by 0.87.
    """
    produced = [_value_and_decimals(match[0]) for match in OUTPUT_NUMBER.finditer(outputs)]
    known = {abs(float(value)) for value in settings}
    return [one for one in numbers if not _is_known(one, known) and not _is_produced(one, produced)]


def printed_outputs(notebook: nbformat.NotebookNode) -> str:
    """All that the cells of a notebook show, as text: prints, values, tables, the numbers below pictures."""
    texts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            texts.append(output.get("text", "") if output.output_type == "stream" else data.get("text/plain", ""))
            page = re.sub(r'src="data:[^"]*"', "", data.get("text/html", ""))
            texts.append(re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))
    return "\n".join(texts)


def _without(markdown: str) -> str:
    for pattern in LEFT_OUT:
        markdown = re.sub(pattern, " ", markdown)
    return markdown


def _is_known(one: NumberInText, known: set[float]) -> bool:
    return one.value in known or (one.hundredths and round(one.value / 100, 12) in known)


def _is_produced(one: NumberInText, produced: list[tuple[float, int]]) -> bool:
    for value, decimals in produced:
        if _agrees(one.value, one.decimals, value, decimals):
            return True
        if one.hundredths and _agrees(one.value / 100, one.decimals + 2, value, decimals):
            return True
    return False


def _agrees(said: float, decimals: int, value: float, value_decimals: int) -> bool:
    """Whether a value, known to some decimals, rounds to what is said."""
    if abs(said - value) < 1e-12:
        return True
    return value_decimals >= decimals and abs(said - value) <= 0.5 * 10**-decimals + 1e-9


def _value_and_decimals(text: str) -> tuple[float, int]:
    text = text.replace(",", "").lower()
    mantissa, _, exponent = text.partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return abs(float(text)), max(decimals, 0)
