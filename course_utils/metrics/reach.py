"""How far back attention looks."""

import numpy as np


def weight_by_distance(maps: np.ndarray) -> np.ndarray:
    """Attention maps (..., length, length) -> the share of all weight on places 0, 1, 2, ... before the looker (..., length).

    Entry 0 is the weight on the place itself. What looks ahead is left out, so for a causal map the shares sum to 1.
    Raises ValueError for maps that are not square.
    """
    maps = np.asarray(maps)
    length = maps.shape[-1]
    if maps.shape[-2] != length:
        raise ValueError(f"Maps of self-attention are square, these are {maps.shape[-2]} by {length}.")
    diagonals = [np.trace(maps, offset=-distance, axis1=-2, axis2=-1) for distance in range(length)]
    return np.stack(diagonals, axis=-1) / length
