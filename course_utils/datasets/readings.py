"""The longer trainings that lesson 205 shows: its GRU after one to ten readings of the plays."""

import json

import pandas as pd

from course_utils.datasets.dataset import embedded_file, read_cards


def load_readings() -> pd.DataFrame:
    """A row for each stored training: `readings` of the plays, `seed`, and `bits` per character of *The Tempest*.

    Each is a training of its own, whose learning rate falls to 0 at its own end.
    """
    trainings = json.loads(embedded_file(read_cards()["readings"]).read_text(encoding="utf-8"))["trainings"]
    return pd.DataFrame(trainings)
