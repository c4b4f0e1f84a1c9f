"""Dots beside names: a few numbers of each of a few things, on one axis."""

from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from course_utils.viz.charts import short_number
from course_utils.viz.show import show
from course_utils.viz.style import COLOURS, MARKERS


def dot_chart(
    table: pd.DataFrame, *, x_label: str, alt: str, log_x: bool = False, apart: bool = False, alike: bool = False
) -> None:
    """A line of dots for each row of the table, the first on top: one dot a column, each with its colour and marker.

    With `apart` the dots of a line lie at little different heights, the first column on top, so that none hides another.
    With `alike` all dots look the same and need no legend: for columns such as seeds, whose names mean nothing.
    With `log_x` the axis is logarithmic, so equal distances are equal ratios; up to a factor of 100 it carries ticks at
    1, 2, 5, 10, 20 and so on. Raises ValueError if a number is not above 0 then, or if the table is empty. The numbers
    are written below the picture too.
    """
    if table.empty:
        raise ValueError("The table has no number to show.")
    if log_x and not (table > 0).all().all():
        raise ValueError("On a logarithmic axis all numbers must be above 0.")
    height = 0.9 + 0.33 * len(table)
    figure, axis = plt.subplots(figsize=(7.0, height), layout="constrained")
    places = np.arange(len(table))
    lower = np.linspace(-0.2, 0.2, table.shape[1]) if apart and table.shape[1] > 1 else np.zeros(table.shape[1])
    looks = cycle([(MARKERS[0], COLOURS[0])]) if alike else zip(cycle(MARKERS), cycle(COLOURS))
    for name, down, (marker, colour) in zip(table.columns, lower, looks):
        axis.plot(
            table[name],
            places + down,
            linestyle="none",
            marker=marker,
            markersize=8,
            color=colour,
            label=str(name),
            alpha=0.6 if alike else 1,  # dots that cover each other are seen as darker
        )
    axis.set_yticks(list(places), [str(name) for name in table.index])
    axis.set_ylim(len(table) - 0.5, -0.5)
    axis.set_xlabel(x_label)
    if log_x:
        axis.set_xscale("log")
        if table.max(axis=None) <= 100 * table.min(axis=None):
            axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter(FuncFormatter(lambda value, place: short_number(value)))
        axis.xaxis.set_minor_formatter(NullFormatter())
    if not alike:  # beside the axis: inside, its markers would pass for dots of a row
        axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
    numbers = []
    for name, row in table.iterrows():
        numbers.append(f"{name}: " + ", ".join(f"{column} {short_number(value)}" for column, value in row.items()))
    show(figure, alt, numbers=numbers)
