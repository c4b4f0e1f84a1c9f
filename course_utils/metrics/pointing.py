"""Where a map points on its picture, and whether that lies in a box."""

from collections.abc import Mapping

import numpy as np


def strongest_places(maps: np.ndarray, first: float, step: float) -> np.ndarray:
    """Maps (n, rows, columns) -> (n, 2): the pixel, as x and y, on which the largest value of each lies.

    The first row and column of a map lie on pixel `first` of the picture, the next `step` pixels further.
    """
    flat = maps.reshape(len(maps), -1).argmax(axis=1)
    rows, columns = np.unravel_index(flat, maps.shape[1:])
    return first + step * np.stack([columns, rows], axis=1)


def busiest_places(images: np.ndarray, size: int) -> np.ndarray:
    """Images (n, height, width, 1) -> (n, 2): x and y of the middle of the window of `size` pixels with most edges.

    Edges are the absolute differences of neighbours, along rows and columns: a saliency map without any network.
    """
    from scipy.ndimage import uniform_filter

    grey = images[..., 0].astype("float64")
    across = np.abs(np.diff(grey, axis=2, append=grey[:, :, -1:]))
    down = np.abs(np.diff(grey, axis=1, append=grey[:, -1:]))
    return strongest_places(uniform_filter(across + down, (0, size, size), mode="constant"), first=0, step=1)


def darkest_places(images: np.ndarray, size: int) -> np.ndarray:
    """Images (n, height, width, 1), 1 being ink, -> (n, 2): x and y of the middle of the window of `size` pixels with most ink."""
    from scipy.ndimage import uniform_filter

    means = uniform_filter(images[..., 0].astype("float64"), (0, size, size), mode="constant")
    return strongest_places(means, first=0, step=1)


def lies_in(points: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Whether each point (n, 2), x and y, lies in its box (n, 4), left, top, right, bottom: (n,)."""
    x, y = np.asarray(points).T
    left, top, right, bottom = np.asarray(boxes).T
    return (left <= x) & (x < right) & (top <= y) & (y < bottom)


def shares_in(points: Mapping[str, np.ndarray], boxes: Mapping[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """For each name of points (n, 2) the share that lies in each sort of boxes (n, 4), and in "neither": rows of a table.

    The boxes of one scene must not overlap.
    """
    rows = {}
    for name, places in points.items():
        shares = {kind: float(lies_in(places, of_kind).mean()) for kind, of_kind in boxes.items()}
        rows[name] = shares | {"neither": 1 - sum(shares.values())}
    return rows


def shares_within(groups: Mapping[str, np.ndarray], facts: Mapping[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """For each group (n,), true or false, how many "scenes" it has and in what share of them each fact (n,) is true.

    Rows of a table; a share is NaN in a group without scenes.
    """
    rows = {}
    for name, members in groups.items():
        count = int(np.sum(members))
        shares = {fact: float(truth[members].mean()) if count else np.nan for fact, truth in facts.items()}
        rows[name] = {"scenes": count} | shares
    return rows
