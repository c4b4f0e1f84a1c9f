"""Surnames of ten European languages, from the name lists of Faker, read without running them."""

import ast
import zipfile
from pathlib import Path

from files import fetch, write_compressed

LOCALES = {  # language: the locales of Faker
    "Croatian": ("hr_HR",),
    "Dutch": ("nl_NL",),
    "English": ("en_US", "en_GB"),
    "Finnish": ("fi_FI",),
    "French": ("fr_FR",),
    "German": ("de_DE",),
    "Italian": ("it_IT",),
    "Polish": ("pl_PL",),
    "Spanish": ("es_ES",),
    "Swedish": ("sv_SE",),
}


def last_names(source: str) -> set[str]:
    """The names of up to 14 letters in the lists of surnames of a source file."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and "last_names" in ast.unparse(node).split("=")[0]:
            constants = [part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant)]
            names.update(value for value in constants if isinstance(value, str) and len(value) <= 14)
    return names


def build() -> Path:
    """Lines 'language, tab, surname', each pair once; of the long Polish list every third."""
    lines = []
    with zipfile.ZipFile(fetch("Faker==40.54.0")) as package:
        for language, locales in LOCALES.items():
            names = set()
            for locale in locales:
                names |= last_names(package.read(f"faker/providers/person/{locale}/__init__.py").decode("utf-8"))
            step = 3 if len(names) > 3000 else 1
            lines += [f"{language}\t{name}\n" for name in sorted(names)[::step]]
    return write_compressed("surnames.txt.xz", "".join(lines))
