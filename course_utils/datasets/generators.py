"""The stored trainings of the three generators of lesson 507, as `tools/generators.py` made them."""

import base64
import json
from typing import NamedTuple

import numpy as np
import pandas as pd

from course_utils.datasets.dataset import Card, embedded_file, read_cards


class GeneratorRuns(NamedTuple):
    """A row for each training; `how` says with which command, when and on which machine they were made."""

    card: Card
    how: dict[str, str]
    runs: pd.DataFrame  # `purpose` is rate, judge, short or longer
    pictures: dict[str, np.ndarray]  # thirty drawings of each kind after 500 steps: images (30, 14, 14) from 0 to 1


def load_generator_runs() -> GeneratorRuns:
    """All trainings of lesson 507: Fréchet distances and other measures of 1000 drawings each."""
    card = read_cards()["generators"]
    content = json.loads(embedded_file(card).read_text(encoding="utf-8"))
    runs, pictures = pd.DataFrame(content.pop("runs")), {}
    for name, coded in content.pop("pictures").items():
        pictures[name] = np.frombuffer(base64.b64decode(coded), "uint8").reshape(-1, 14, 14) / 255
    return GeneratorRuns(card, content, runs, pictures)
