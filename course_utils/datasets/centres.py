"""The trials that lesson 115 shows: one small detector, its loss, bias, weight and rate changed."""

import json

import pandas as pd

from course_utils.datasets.dataset import embedded_file, read_cards


def load_centres() -> pd.DataFrame:
    """A row for each stored training: what was chosen, and what the validation scenes say after five epochs.

    Columns: `loss` (the name of the page's function), `bias` of the heat at the start, `weight` of the heat beside the
    geometry, rate, epochs, seed, and the average precisions AP, AP50, AP75 and AP90, 0 to 1.
    """
    trials = json.loads(embedded_file(read_cards()["centres"]).read_text(encoding="utf-8"))["trials"]
    return pd.DataFrame(trials)
