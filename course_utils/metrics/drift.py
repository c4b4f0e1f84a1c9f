"""Whether two sets of examples come from one distribution, by all their numbers at once; an exercise of lesson 521 uses it."""

import numpy as np


def _rows(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both as float64 (n, numbers). Raises ValueError for other shapes, different numbers, or no example."""
    first, second = np.asarray(first, dtype="float64"), np.asarray(second, dtype="float64")
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1] or not len(first) or not len(second):
        raise ValueError(
            f"Two arrays (n, numbers) of equally many numbers are needed, not {first.shape} and {second.shape}."
        )
    return first, second


def squared_distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The squared distance of each example (n, numbers) to each of another set (m, numbers): (n, m).

    Raises ValueError for other shapes or an empty set.
    """
    first, second = _rows(first, second)
    lengths = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    return np.maximum(lengths - 2 * first @ second.T, 0)


def median_width(reference: np.ndarray) -> float:
    """The median of the squared distances between all pairs of examples (n, numbers): a usual width for the similarity.

    Raises ValueError for fewer than two examples.
    """
    reference, _ = _rows(reference, reference)
    if len(reference) < 2:
        raise ValueError("A distance needs two examples.")
    return float(np.median(squared_distances(reference, reference)[np.triu_indices(len(reference), 1)]))


def maximum_mean_discrepancy(first: np.ndarray, second: np.ndarray, width: float) -> float:
    """The squared maximum mean discrepancy of Gretton and others (2012), the biased estimate: 0 for equal sets.

    The similarity of two examples is exp(-squared distance / width). Sets (n, numbers) and (m, numbers); raises
    ValueError for other shapes, an empty set or a width that is not positive.
    """
    first, second = _rows(first, second)
    signs = np.r_[np.full(len(first), 1 / len(first)), np.full(len(second), -1 / len(second))]
    return float(signs @ _similarities(first, second, width) @ signs)


def discrepancy_p_value(
    reference: np.ndarray, batch: np.ndarray, width: float, shuffles: int = 99, seed: int = 0
) -> float:
    """How often shuffling who belongs to which set gives at least the discrepancy that was found; the found one counts too.

    From 1 / (shuffles + 1), none of the shuffles reached it, to 1. It is a permutation test of
    `maximum_mean_discrepancy`, and raises ValueError where that does.
    """
    reference, batch = _rows(reference, batch)
    signs = np.r_[np.full(len(reference), 1 / len(reference)), np.full(len(batch), -1 / len(batch))]
    random = np.random.default_rng(seed)
    shuffled = random.permuted(np.tile(signs, (shuffles, 1)), axis=1)
    all_signs = np.vstack([signs, shuffled])
    found = ((all_signs @ _similarities(reference, batch, width)) * all_signs).sum(axis=1)
    return float((found >= found[0] - 1e-12).mean())


def _similarities(first: np.ndarray, second: np.ndarray, width: float) -> np.ndarray:
    if not width > 0:
        raise ValueError(f"The width must be positive, not {width}.")
    together = np.vstack([first, second])
    return np.exp(-squared_distances(together, together) / width)
