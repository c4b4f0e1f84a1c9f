"""The longer runs that lesson 103 shows: 25 convolutions without and with shortcuts."""

import json

import pandas as pd

from course_utils.datasets.dataset import embedded_file, read_cards


def load_depths() -> pd.DataFrame:
    """A row for each stored training: depth, shortcut, steps, seed, losses and the shares wrong on the three parts, 0 to 1.

    `losses` holds the mean loss of each epoch, in order.
    """
    content = json.loads(embedded_file(read_cards()["depths"]).read_text(encoding="utf-8"))
    return pd.DataFrame(content["trials"])
