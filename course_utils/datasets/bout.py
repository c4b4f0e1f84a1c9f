"""The raw results of the bout, as `tools/bout.py` stored them."""

import base64
import json
from typing import NamedTuple

import numpy as np
import pandas as pd

from course_utils.datasets.dataset import Card, embedded_file, read_cards


class BoutResults(NamedTuple):
    """Tables of the stored runs; `how` says with which command, when and on which machine they were made."""

    card: Card
    how: dict[str, object]
    sizes: pd.DataFrame  # a row for each network on each task: width, weights, steps, milliseconds a step, memory
    rivals: (
        pd.DataFrame
    )  # a row for each task, share and seed: what the best method without a trained network gets right
    trials: pd.DataFrame  # a row for each training; `purpose` is choose, judge, longer or curve
    drawing_sizes: pd.DataFrame  # a row for each network that draws
    drawings: pd.DataFrame  # a row for each set of 1000 drawings; `purpose` is rival, rate, judge, quarter or longer
    pictures: dict[str, np.ndarray]  # thirty drawings by name: images (30, 14, 14) from 0 to 1


def load_bout() -> BoutResults:
    """All runs of the bout of lessons 502 and 503: shares from 0 to 1, Fréchet distances, processor seconds."""
    card = read_cards()["bout"]
    content = json.loads(embedded_file(card).read_text(encoding="utf-8"))
    pictures = {}
    for name, coded in content.pop("pictures").items():
        pictures[name] = np.frombuffer(base64.b64decode(coded), "uint8").reshape(-1, 14, 14) / 255
    tables = {name: pd.DataFrame(content.pop(name)) for name in BoutResults._fields[2:-1]}
    return BoutResults(card, content, **tables, pictures=pictures)


def matrix(results: BoutResults, purpose: str = "judge", share: float = 1.0) -> pd.DataFrame:
    """The share of right answers on test, mean over the seeds: a row for each network and the rival, a column for each task.

    `purpose` is "judge", "longer" or "curve"; `share` is that of the training examples used (for the curve 1/16 or 1/4).
    """
    trials = results.trials
    runs = trials[(trials["purpose"] == purpose) & (trials["share"] == share)]
    shares = runs.pivot_table(index="network", columns="task", values="test", sort=False)
    rivals = results.rivals[results.rivals["share"] == share]
    shares.loc["rival"] = rivals.groupby("task")["test"].mean()
    return shares
