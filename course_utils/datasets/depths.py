"""The longer runs that lesson 103 shows: 25 convolutions without and with shortcuts."""

import json

import pandas as pd

from course_utils.datasets.dataset import embedded_file, read_cards


def load_depths() -> pd.DataFrame:
    """A row for each stored training, named as "25, none, 1": depth, with or without shortcuts, start.

    Columns: depth, shortcut, rate, steps, seed, `losses` (the mean loss of each epoch, in order), `last loss`, and the
    shares wrong on the three parts, 0 to 1.
    """
    trials = json.loads(embedded_file(read_cards()["depths"]).read_text(encoding="utf-8"))["trials"]
    for trial in trials:
        trial["last loss"] = trial["losses"][-1]
        trial["network"] = f"{trial['depth']}, {'shortcuts' if trial['shortcut'] else 'none'}, {trial['seed']}"
    return pd.DataFrame(trials).set_index("network")
