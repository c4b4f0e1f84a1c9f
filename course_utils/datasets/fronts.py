"""The longer runs that lesson 505 shows: with convolutions in front, and the readers of the bout without them."""

import json

import pandas as pd

from course_utils.datasets.bout import load_bout
from course_utils.datasets.dataset import embedded_file, read_cards


def load_fronts() -> pd.DataFrame:
    """A row for each stored training: name, rate, steps, seed, and the shares wrong on validation and on test, 0 to 1."""
    content = json.loads(embedded_file(read_cards()["fronts"]).read_text(encoding="utf-8"))
    return pd.DataFrame(content["trials"])


def errors_of_bout() -> pd.DataFrame:
    """What GRU and transformer of the bout name wrongly on the validation signals, with patches of 1 and of 4 steps.

    A row for each number of training steps: the mean of the seeds, with the rate that is best there; beside it the
    milliseconds of a step.
    """
    stored = load_bout()
    trials = stored.trials[(stored.trials["task"] == "signals") & (stored.trials["share"] == 1)]
    readers = trials[trials["network"].isin(["GRU", "transformer"]) & trials["patch"].isin([1, 4])]
    setting = ["network", "patch", "steps"]
    right = readers.groupby([*setting, "rate"])["validation"].mean()
    table = (1 - right.groupby(setting).max()).to_frame("wrong on validation")
    sizes = stored.sizes[stored.sizes["task"] == "signals"].set_index(["network", "patch"])
    return table.join(sizes["milliseconds_a_step"].rename("milliseconds a step"))
