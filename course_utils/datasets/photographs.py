"""Seven photographs, as backgrounds and for looking inside a network."""

import numpy as np

from course_utils.datasets.dataset import Dataset, Split, embedded_file, read_cards

PARTS = {"train": ("chelsea", "coffee", "grass", "brick"), "validation": ("rocket",), "test": ("astronaut", "gravel")}


def load_photographs() -> Dataset:
    """Images (n, 192, 192, 3), float32 from 0 to 1, with their names (n,) as targets; no photograph stands in two parts."""
    card = read_cards()["photographs"]
    with np.load(embedded_file(card)) as archive:
        pictures = dict(zip(archive["names"].tolist(), archive["images"].astype("float32") / 255))
    return Dataset(
        card, **{part: Split(np.stack([pictures[name] for name in names]), names) for part, names in PARTS.items()}
    )
