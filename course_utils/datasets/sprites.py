"""A thousand small coloured drawings, one of each thing."""

import numpy as np

from course_utils.datasets.dataset import Dataset, Split, embedded_file, read_cards


def load_sprites() -> Dataset:
    """Images (n, 32, 32, 4), float32 from 0 to 1: red, green, blue and opacity, and the place (n,) of their group.

    No drawing stands in two parts; each group is divided 8 : 1 : 1. `details` holds `groups`, the names of the groups, and for
    each part the `names` (n,) and `subgroups` (n,) of its drawings. Full is the same as quick.
    """
    card = read_cards()["sprites"]
    with np.load(embedded_file(card)) as archive:
        images, names, groups, subgroups = (archive[name] for name in ("images", "names", "groups", "subgroups"))
    group_names, group_of = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(0).permutation(len(images))
    place = np.empty(len(images), dtype=int)  # within its group
    for group in range(len(group_names)):
        members = order[group_of[order] == group]
        place[members] = np.arange(len(members))
    chosen = {
        "train": order[place[order] % 10 < 8],
        "validation": order[place[order] % 10 == 8],
        "test": order[place[order] % 10 == 9],
    }
    details = {
        "groups": tuple(group_names.tolist()),
        "names": {part: names[indices] for part, indices in chosen.items()},
        "subgroups": {part: subgroups[indices] for part, indices in chosen.items()},
    }
    parts = {
        part: Split(images[indices].astype("float32") / 255, group_of[indices].astype("int64"))
        for part, indices in chosen.items()
    }
    return Dataset(card, **parts, details=details)
