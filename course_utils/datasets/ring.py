"""Points around centres on a ring: the data on which modes can be counted (after Metz et al., 2017, arXiv:1611.02163)."""

import numpy as np


def ring_of_points(
    count: int, spread: float = 0.1, centres: int = 8, radius: float = 2.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Points (count, 2), float32, normally distributed around centres (centres, 2) that lie evenly on a circle.

    `spread` is the standard deviation in each direction; each point chooses its centre at random. Raises ValueError
    unless count and centres are at least 1 and spread and radius positive.
    """
    if count < 1 or centres < 1 or not spread > 0 or not radius > 0:
        raise ValueError(f"Positive numbers are needed, not {count}, {spread}, {centres}, {radius}.")
    random = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, centres, endpoint=False)
    middles = radius * np.column_stack([np.cos(angles), np.sin(angles)])
    chosen = middles[random.integers(centres, size=count)]
    return (chosen + spread * random.normal(size=chosen.shape)).astype("float32"), middles
