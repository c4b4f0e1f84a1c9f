"""Points of several kinds on two axes of numbers."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from course_utils.viz.charts import short_number
from course_utils.viz.show import show
from course_utils.viz.style import COLOURS, MARKERS


def scatter_chart(
    kinds: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    x_label: str,
    y_label: str,
    alt: str,
    log_x: bool = False,
) -> None:
    """A point for each pair of numbers; each named kind is (x, y), both (n,), with its own colour and marker.

    With `log_x` the x axis is logarithmic; otherwise, where all x are whole numbers, so are the ticks. The greatest y of each kind is written below the picture. Raises ValueError
    if a kind has no point or its two rows differ in length, or if an x is not above 0 on a logarithmic axis.
    """
    figure, axis = plt.subplots(layout="constrained")
    numbers = []
    whole = not log_x
    for (name, pair), marker, colour in zip(kinds.items(), cycle(MARKERS), cycle(COLOURS)):
        x, y = (np.asarray(values, dtype="float64") for values in pair)
        if x.shape != y.shape or x.ndim != 1 or not x.size:
            raise ValueError(f"{name}: as many x as y are needed, and at least one, not {x.shape} and {y.shape}.")
        if log_x and x.min() <= 0:
            raise ValueError(f"{name}: on a logarithmic axis all x must be above 0.")
        axis.plot(x, y, linestyle="none", marker=marker, markersize=6, color=colour, label=name, alpha=0.8)
        whole = whole and bool((x == x.round()).all())
        best = int(y.argmax())
        numbers.append(
            f"{name}: {len(y)} points, greatest {y_label} {short_number(y[best])} at {x_label} {short_number(x[best])}"
        )
    if not numbers:
        raise ValueError("Name at least one kind of points.")
    axis.set(xlabel=x_label, ylabel=y_label)
    if log_x:
        axis.set_xscale("log")
        axis.xaxis.set_major_formatter(FuncFormatter(lambda value, place: short_number(value)))
        axis.xaxis.set_minor_formatter(NullFormatter())
    elif whole:
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    # Beside the axis: inside, its markers would pass for points.
    axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
    show(figure, alt, numbers=numbers)
