"""Docstrings of Python packages: what a function does in one line, and the text that stands below that line."""

import json
import lzma
from typing import NamedTuple

import numpy as np

from course_utils.datasets.dataset import Dataset, embedded_file, read_cards

VALIDATION_PACKAGES, TEST_PACKAGES = ("xarray",), ("networkx", "scikit-image")


class Docstrings(NamedTuple):
    """`bodies[i]` is up to 60 words of a docstring without its first line, `summaries[i]` that first line.

    `names[i]` is the function or class, `packages[i]` where it comes from. All are strings in plain ASCII.
    """

    bodies: list[str]
    summaries: list[str]
    names: list[str]
    packages: list[str]


def load_docstrings() -> Dataset:
    """Pairs of a docstring's body and its first line, 4 to 12 words; whole packages are held out.

    Training: ten packages. Validation: xarray. Test: networkx and scikit-image. No summary and no beginning of a body
    stands twice, in one part or in two, and no body holds its summary word for word. The order is shuffled, the same at
    each call. `details["packages"]` names the packages of each part, `details["licences"]` holds the text of each
    package's licence. The quick part is all there is: full is the same.
    """
    card = read_cards()["docstrings"]
    content = json.loads(lzma.decompress(embedded_file(card).read_bytes()))
    parts = {"train": [], "validation": [], "test": []}
    for place in np.random.default_rng(0).permutation(len(content["pairs"])):
        package, name, summary, body = content["pairs"][place]
        part = "validation" if package in VALIDATION_PACKAGES else "test" if package in TEST_PACKAGES else "train"
        parts[part].append((body, summary, name, package))
    packages = {part: tuple(sorted({pair[-1] for pair in pairs})) for part, pairs in parts.items()}
    split = {part: Docstrings(*map(list, zip(*pairs))) for part, pairs in parts.items()}
    return Dataset(card, **split, details={"packages": packages, "licences": content["licences"]})
