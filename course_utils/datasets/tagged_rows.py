"""Rows in which all but the last example carry a tag: of which class is the last, which tag has the other of its class?"""

from typing import NamedTuple

import numpy as np


class TaggedRows(NamedTuple):
    """Rows of places and the right answers to two questions about the last place of each."""

    inputs: np.ndarray  # (count, tagged + 1, width + tagged), float32: features, then one column a tag
    classes: np.ndarray  # (count,): of which class is the last one?
    tags: np.ndarray  # (count,): which tag has the one of the same class? -1 in unrelated rows
    chosen: np.ndarray  # (count, tagged + 1): which example stands at each place


def tagged_rows(
    features: np.ndarray, classes: np.ndarray, count: int, seed: int = 0, *, tagged: int = 3, related: bool = True
) -> TaggedRows:
    """`count` rows drawn from examples with `features` (n, width) and `classes` (n,).

    The first `tagged` places hold examples of different classes, each with another tag, in an order drawn anew for each
    row. The last place, without a tag, holds another example of one of these classes; in rows that are not related, an
    example of any class: then no other place says anything of it. Raises ValueError for a count below 1, and if there
    are fewer classes than tags or a class with fewer than two examples.
    """
    names, sizes = np.unique(classes, return_counts=True)
    if count < 1 or not 1 <= tagged <= len(names) or sizes.min() < 2:
        raise ValueError(
            f"At least one row, a class for each tag and two examples of each class are needed, not {count} rows, "
            f"{tagged} tags, {len(names)} classes and {sizes.min()} examples of the smallest."
        )
    random = np.random.default_rng(seed)
    rows = np.arange(count)
    kinds = random.random((count, len(names))).argsort(axis=1)[:, :tagged]  # which classes, (count, tagged)
    tags = random.random((count, tagged)).argsort(axis=1)  # the tag at each place
    asked = random.integers(tagged, size=count)  # which place the last one belongs to
    kinds = np.concatenate([kinds, kinds[rows, asked][:, np.newaxis]], axis=1)
    members = np.argsort(classes, kind="stable")  # examples, class by class
    begins = np.concatenate([[0], sizes.cumsum()[:-1]])
    turn = random.integers(sizes[kinds])  # which of its class
    size = sizes[kinds[:, -1]]
    same = turn[rows, asked] == turn[:, -1]
    turn[:, -1] = np.where(same, (turn[:, -1] + 1) % size, turn[:, -1])  # never the same example twice
    chosen = members[begins[kinds] + turn]
    found = tags[rows, asked]
    if not related:
        chosen[:, -1] = random.integers(len(classes), size=count)
        found = np.full(count, -1)
    columns = np.concatenate([np.eye(tagged)[tags], np.zeros((count, 1, tagged))], axis=1)
    inputs = np.concatenate([features[chosen], columns], axis=2).astype("float32")
    return TaggedRows(inputs, np.asarray(classes)[chosen[:, -1]], found, chosen)
