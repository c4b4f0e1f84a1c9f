"""Curves and maps of numbers."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np

from course_utils.viz.show import show


def line_chart(
    lines: Mapping[str, Sequence[float]],
    *,
    x_label: str,
    y_label: str,
    alt: str,
    x: Sequence[float] | None = None,
    log_x: bool = False,
    log_y: bool = False,
) -> None:
    """One line for each name, over `x` or over 1, 2, 3, ...; the style gives each its own colour and dash pattern.

    With `log_x` the x axis is logarithmic and carries a tick at each value of `x`, which must be given then.
    """
    figure, axis = plt.subplots()
    for name, values in lines.items():
        axis.plot(np.arange(1, len(values) + 1) if x is None else x, values, label=name)
    axis.set(xlabel=x_label, ylabel=y_label, yscale="log" if log_y else "linear")
    if log_x:
        axis.set_xscale("log")
        axis.set_xticks(x, [f"{value:g}" for value in x])
        axis.set_xticks([], minor=True)
    axis.legend()
    show(figure, alt)


def heat_map(
    values: np.ndarray,
    *,
    rows: Sequence[object],
    columns: Sequence[object],
    row_label: str,
    column_label: str,
    alt: str,
    numbers: bool = True,
    cell_size: float = 0.5,
) -> None:
    """A matrix (rows, columns) as shades from white to dark blue, with the numbers written in. Raises ValueError on another shape.

    `cell_size` is the width of a column in inches; a row is four fifths of it.
    """
    values = np.asarray(values)
    if values.shape != (len(rows), len(columns)):
        raise ValueError(f"values has shape {values.shape}, but there are {len(rows)} rows and {len(columns)} columns.")
    figure, axis = plt.subplots(figsize=(1.2 + cell_size * len(columns), 0.9 + 0.8 * cell_size * len(rows)))
    axis.imshow(values, cmap="Blues", aspect="auto")
    axis.set_xticks(range(len(columns)), [str(name) for name in columns])
    axis.set_yticks(range(len(rows)), [str(name) for name in rows])
    axis.set(xlabel=column_label, ylabel=row_label)
    axis.grid(False)
    if numbers:
        middle = (values.min() + values.max()) / 2
        for (row, column), value in np.ndenumerate(values):
            axis.text(
                column,
                row,
                f"{value:.2g}",
                ha="center",
                va="center",
                fontsize=8,
                color="white" if value > middle else "black",
            )
    show(figure, alt)
