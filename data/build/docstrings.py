"""Docstrings of 13 packages as pairs of a summary and a body, read from the wheels; nothing of them is run."""

import ast
import json
import re
import zipfile
from pathlib import Path

from files import fetch, write_compressed

PACKAGES = {  # wheel: the licence file that stands for its docstrings
    "astropy==8.0.2": "LICENSE.rst",
    "dask==2026.8.0": "LICENSE.txt",
    "keras==3.15.1": "LICENSE",
    "matplotlib==3.11.2": "LICENSE",
    "networkx==3.6.1": "LICENSE.txt",
    "numpy==2.4.6": "LICENSE.txt",
    "pandas==3.1.1": "LICENSE",
    "scikit-image==0.26.0": "LICENSE.txt",
    "scikit-learn==1.9.1": "COPYING",
    "scipy==1.17.1": "LICENSE.txt",
    "statsmodels==0.15.0": "LICENSE.txt",
    "sympy==1.14.0": "LICENSE",
    "xarray==2026.9.0": "LICENSE",
}
# The same wheel on every machine.
PLATFORMS = ("manylinux2014", "manylinux_2_28", "manylinux_2_27", "manylinux_2_24")
ONE_WHEEL = [
    *("--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp"),
    *("--abi", "cp311", "--abi", "abi3", "--abi", "none"),
    *(option for platform in PLATFORMS for option in ("--platform", f"{platform}_x86_64")),
    *("--platform", "any"),
]
NO_SOURCE = re.compile(
    r"(^|/)(tests?|testing|_?vendor|_?vendored|externals?|extern|compat|conftest|_build_utils|benchmarks?|array_api_\w+)(/|\.py$)"
    r"|/test_|_test\.py$"
)
LAST_SECTION = re.compile(
    r"(Examples?|References?|See Also|Attributes|Methods|Raises|Warns|Yields|Warnings?)\s*:?", re.IGNORECASE
)


def plain(text: str) -> str:
    """One line of plain ASCII: no marks of reStructuredText, no numbers of references, single spaces."""
    text = re.sub(r":[\w:+-]+:`~?([^`<]+?)(?:\s*<[^`]*>)?`", r"\1", text)
    text = re.sub(r"`+([^`]*)`+_?", r"\1", text)
    text = re.sub(r"\*\*?(\w[^*]*)\*\*?", r"\1", text)
    text = re.sub(r"\[\d+\]_", "", text)
    return " ".join(text.encode("ascii", "ignore").decode("ascii").split())


def body_of(lines: list[str]) -> str:
    """What stands below the first paragraph, up to the examples: prose, parameters, returned values."""
    kept = []
    directive = None  # how far the last directive is indented, for as long as its block lasts
    following_lines = [*(line.strip() for line in lines[1:]), ""]
    for line, following in zip(lines, following_lines):
        text = line.strip()
        indent = len(line) - len(line.lstrip())
        if not text or (directive is not None and indent > directive):
            continue
        directive = indent if text.startswith(".. ") else None
        underlined = len(following) > 2 and set(following) <= set("-=~")
        is_heading = underlined or text.endswith(":")
        if text.startswith(">>>") or (LAST_SECTION.fullmatch(text) and is_heading):
            break
        if directive is None and not set(text) <= set("-=~^*#"):
            kept.append(f"{text.rstrip(':')}:" if underlined else text)
    return plain(" ".join(kept))


def docstrings_of(package: zipfile.ZipFile) -> list[tuple[str, str, str]]:
    """The name, the first paragraph and the body of every function and class with a docstring."""
    found = []
    for file in sorted(package.namelist()):
        if not file.endswith(".py") or NO_SOURCE.search(file):
            continue
        for node in ast.walk(ast.parse(package.read(file).decode("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and ast.get_docstring(node):
                lines = [*ast.get_docstring(node).splitlines(), ""]
                first_empty = next(place for place, line in enumerate(lines) if not line.strip())
                found.append((node.name, plain(" ".join(lines[:first_empty])), body_of(lines[first_empty:])))
    return found


def licence_of(package: zipfile.ZipFile, file_name: str) -> str:
    """The package's own licence, without those of the libraries that it brings along, which stand below it."""
    pattern = re.compile(rf"dist-info/(licenses/)?{file_name}$")
    path = next(path for path in package.namelist() if pattern.search(path))
    return package.read(path).decode("utf-8").split("\n----")[0].strip()


def words_of(text: str) -> list[str]:
    """The words of a text in small letters."""
    return re.findall("[a-z0-9]+", text.lower())


def is_fit(summary: str, body: str) -> bool:
    """Whether the summary is one sentence of 4 to 12 words that a body of 20 words or more does not repeat word for word."""
    short, long = words_of(summary), words_of(body)
    is_template = "%(" in summary + " " + body
    one_sentence = 4 <= len(short) <= 12 and not re.search(r"[.!?] ", summary)
    repeated = f" {' '.join(short)} " in f" {' '.join(long)} "
    return one_sentence and len(long) >= 20 and not is_template and not repeated and "deprecated" not in short


def build() -> Path:
    """JSON: `licences` of the packages and `pairs` of package, name, summary, body (its first 60 words).

    Each summary and each beginning of a body stands once: inherited docstrings and boilerplate go.
    """
    pairs, licences, seen = [], {}, set()
    for requirement, licence_file in PACKAGES.items():
        package_name = requirement.split("==")[0]
        with zipfile.ZipFile(fetch(requirement, *ONE_WHEEL)) as package:
            licences[package_name] = licence_of(package, licence_file)
            found = docstrings_of(package)
        for name, summary, body in found:
            keys = {" ".join(words_of(summary)), " ".join(words_of(body)[:25])}
            if is_fit(summary, body) and not keys & seen:
                seen |= keys
                pairs.append((package_name, name, summary, " ".join(body.split()[:60])))
    return write_compressed("docstrings.json.xz", json.dumps({"licences": licences, "pairs": pairs}, indent=0))
