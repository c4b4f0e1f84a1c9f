"""Surnames of ten languages."""

import lzma

import numpy as np

from course_utils.datasets.dataset import Dataset, Split, embedded_file, read_cards


def load_surnames() -> Dataset:
    """Names (n,) as strings of 2 to 14 characters, and the place (n,) of their language in `details["languages"]`.

    A name that occurs in two languages stands in the list once for each, always in the same part: no name stands in two
    parts. `details["alphabet"]` holds all characters in order. The quick part is all there is: full is the same.
    """
    card = read_cards()["surnames"]
    lines = lzma.decompress(embedded_file(card).read_bytes()).decode("utf-8").splitlines()
    languages, names = (np.array(column) for column in zip(*(line.split("\t") for line in lines)))
    language_names, labels = np.unique(languages, return_inverse=True)
    distinct, of_distinct = np.unique(names, return_inverse=True)
    generator = np.random.default_rng(0)
    place = generator.permutation(len(distinct))[of_distinct] / len(distinct)  # from 0 to 1, the same for the same name
    order = generator.permutation(len(names))
    chosen = {"train": place < 0.8, "validation": (place >= 0.8) & (place < 0.9), "test": place >= 0.9}
    parts = {}
    for part, wanted in chosen.items():
        indices = order[wanted[order]]
        parts[part] = Split(names[indices], labels[indices].astype("int64"))
    details = {"languages": tuple(language_names.tolist()), "alphabet": "".join(sorted(set("".join(distinct))))}
    return Dataset(card, **parts, details=details)
