"""Points in the plane: what a generator makes, on top of what is real."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np

from course_utils.viz.show import show
from course_utils.viz.style import COLOURS

SHOWN = 400  # more points of a kind cover each other


def show_points(
    real: np.ndarray, generated: Mapping[str, np.ndarray] | None = None, *, alt: str, columns: int = 4
) -> None:
    """One panel for each named set of generated points (n, 2), as crosses, over the same real points (m, 2), as dots.

    The first 400 points of each are drawn; without `generated` the real ones stand alone. Raises ValueError for other
    shapes, and for a mapping that names nothing.
    """
    real = np.asarray(real)
    if generated is None:
        generated = {"real points": np.empty((0, 2))}
    if not generated:
        raise ValueError("Name at least one set of points.")
    for name, points in {"the real points": real, **generated}.items():
        if np.ndim(points) != 2 or np.shape(points)[1] != 2:
            raise ValueError(f"Points of shape (n, 2) are needed, but {name} have {np.shape(points)}.")
    columns = min(columns, len(generated))
    rows = -(-len(generated) // columns)
    limit = 1.25 * np.abs(real).max()
    size = (2.2 * columns + 0.4, 2.3 * rows) if columns > 1 else (3.2, 3.0)
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    for axis in axes.flat[len(generated) :]:
        axis.axis("off")
    for axis, (name, points) in zip(axes.flat, generated.items()):
        axis.scatter(*real[:SHOWN].T, s=4, color=COLOURS[6])
        axis.scatter(*np.asarray(points)[:SHOWN].T, s=10, color=COLOURS[1], marker="x", linewidths=0.7)
        axis.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
        axis.set_title(name, fontsize=10)
    show(figure, alt)
