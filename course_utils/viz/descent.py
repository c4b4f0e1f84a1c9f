"""Walks of optimizers over a loss of two weights, seen from above."""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np

from course_utils.viz.show import check_alt, show
from course_utils.viz.style import COLOURS


def show_paths(
    loss: Callable[[np.ndarray], np.ndarray],
    paths: Mapping[str, np.ndarray],
    *,
    labels: tuple[str, str] = ("along", "across"),
    alt: str,
) -> None:
    """One map below the other, each with lines of equal loss and one path, its name and its last loss.

    `loss` takes weights (..., 2) and gives (...); its bottom, at (0, 0), is marked. A path has the shape (steps + 1, 2).
    Raises ValueError for another shape.
    """
    check_alt(alt)
    paths = {name: np.asarray(path, dtype="float64") for name, path in paths.items()}
    for name, path in paths.items():
        if path.ndim != 2 or path.shape[1] != 2:
            raise ValueError(f"The path '{name}' has shape {path.shape}; it should be (steps + 1, 2).")
    points = np.concatenate([*paths.values(), np.zeros((1, 2))])
    low, high = points.min(axis=0), points.max(axis=0)
    low, high = low - 0.1 * (high - low), high + 0.1 * (high - low)
    grid = np.stack(np.meshgrid(np.linspace(low[0], high[0], 120), np.linspace(low[1], high[1], 60)), axis=-1)
    heights = loss(grid)
    figure, axes = plt.subplots(
        len(paths), 1, figsize=(7, 0.5 + 1.5 * len(paths)), sharex=True, squeeze=False, layout="constrained"
    )
    for axis, (name, path), colour in zip(axes[:, 0], paths.items(), COLOURS):
        axis.contour(
            grid[..., 0], grid[..., 1], heights, levels=heights.max() * 0.4 ** np.arange(7, 0, -1), colors="0.75"
        )
        axis.plot(path[:, 0], path[:, 1], color=colour, linestyle="-", linewidth=1.2, marker="o", markersize=3)
        axis.plot(0, 0, marker="x", color="black", markersize=8)
        axis.set(ylabel=labels[1], xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        axis.set_title(f"{name}: loss {loss(path[-1]):.3g} after {len(path) - 1} steps", loc="left", fontsize=10)
        axis.grid(False)
    axes[-1, 0].set_xlabel(labels[0])
    show(figure, alt)
