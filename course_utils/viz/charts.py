"""Curves and maps of numbers."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from numbers import Real

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.ticker import MaxNLocator

from course_utils.viz.show import show
from course_utils.viz.style import MARKERS

FEW_POINTS = 12  # lines of up to so many points carry markers
CORNERS = ("upper right", "upper left", "lower right", "lower left")
LETTER_WIDTH = 0.08  # inches that a letter of a tick label takes on average
WIDEST = 9.0  # inches: more does not fit beside the sidebar of a small screen


def line_chart(
    lines: Mapping[str, Sequence[float]],
    *,
    x_label: str,
    y_label: str,
    alt: str,
    x: Sequence[float] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    mark_least: bool = False,
    from_zero: bool = False,
) -> None:
    """One line for each name, over `x` or over 1, 2, 3, ...

    Each has its own colour and dash pattern, and its own marker if the points are few. Where all x are whole numbers,
    so are the ticks. With `log_x` the x axis is logarithmic and carries a tick at each value of `x`, of many only at the
    powers of ten; raises ValueError if `x` is not given then. `mark_least` puts a ring around the least value of each line.
    With `from_zero` the y axis begins at 0. First, last, least and greatest value of each line are written below the picture.
    """
    if log_x and x is None:
        raise ValueError("log_x needs x: give the values at which the lines were measured.")
    longest = max(len(values) for values in lines.values())
    places = list(range(1, longest + 1)) if x is None else list(x)
    figure, axis = plt.subplots(layout="constrained")
    for (name, values), marker in zip(lines.items(), cycle(MARKERS)):
        few = len(values) <= FEW_POINTS
        axis.plot(
            places[: len(values)] if x is None else places,
            values,
            label=name,
            marker=marker if few else None,
            markersize=5,
        )
        if mark_least:
            least = int(np.nanargmin(values))
            colour = axis.get_lines()[-1].get_color()
            axis.plot(places[least], values[least], "o", color=colour, markersize=10, markerfacecolor="none")
    axis.set(xlabel=x_label, ylabel=y_label, yscale="log" if log_y else "linear")
    if from_zero:
        axis.set_ylim(bottom=0)
    if log_x:
        axis.set_xscale("log")
        ticks = places
        if len(places) > FEW_POINTS:
            powers = range(math.ceil(math.log10(min(places)) - 1e-9), math.floor(math.log10(max(places)) + 1e-9) + 1)
            ticks = [10.0**power for power in powers]
        axis.set_xticks(ticks, [short_number(place) for place in ticks])
        axis.set_xticks([], minor=True)
    elif all(isinstance(place, Real) and float(place).is_integer() for place in places):
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    place_legend(axis)
    show(figure, alt, numbers=[_line_in_numbers(name, values, places, x_label) for name, values in lines.items()])


def place_legend(axis: Axes) -> None:
    """Put the legend of an axis into a corner where it covers no line, or else beside the axis.

    It stands at the right if its names are short and above otherwise. Call it when all lines are drawn.
    """
    figure = axis.figure
    for corner in CORNERS:
        legend = axis.legend(loc=corner)
        figure.canvas.draw()
        box = legend.get_window_extent().padded(4)
        paths = [line.get_path().transformed(line.get_transform()) for line in axis.get_lines()]
        if not any(path.cleaned(remove_nans=True).intersects_bbox(box, filled=False) for path in paths):
            return
    names = [text.get_text() for text in legend.get_texts()]
    if max(map(len, names)) <= 20:
        axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
    else:
        columns = 2 if max(map(len, names)) <= 45 else 1
        axis.legend(loc="lower left", bbox_to_anchor=(0, 1.01), ncols=columns, borderaxespad=0)


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
    colour_label: str = "",
    diverging: bool = False,
) -> None:
    """A matrix (rows, columns) as shades from white to dark blue, with the numbers written in.

    `cell_size` is the width of a column in inches, a row is four fifths of it; wide maps shrink to 9 inches. Without
    `numbers` a scale beside the map says what the shades mean, in the words of `colour_label`. `diverging` is for values
    on both sides of 0: orange below, violet above, white at 0. The numbers are written below the picture too. Raises
    ValueError if the shape differs from the names.
    """
    values, rows, columns = np.asarray(values), list(rows), list(columns)
    if values.shape != (len(rows), len(columns)):
        raise ValueError(f"values has shape {values.shape}, but there are {len(rows)} rows and {len(columns)} columns.")
    row_names, column_names = [str(name) for name in rows], [str(name) for name in columns]
    beside = LETTER_WIDTH * _longest_line(row_names) + (0.9 if numbers else 1.7)  # names, scale
    cell_size = min(cell_size, (WIDEST - beside) / len(columns))
    slanted = LETTER_WIDTH * _longest_line(column_names) > cell_size
    below = 0.7 * LETTER_WIDTH * _longest_line(column_names) if slanted else 0.2
    figure, axis = plt.subplots(
        figsize=(
            beside + cell_size * len(columns),
            below + 0.6 + 0.8 * cell_size * len(rows),
        ),
        layout="constrained",
    )
    if diverging:
        limit = float(np.nanmax(np.abs(values))) or 1.0
        picture = axis.imshow(values, cmap="PuOr", aspect="auto", vmin=-limit, vmax=limit)
    else:
        picture = axis.imshow(values, cmap="Blues", aspect="auto")
    slant = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
    axis.set_xticks(range(len(columns)), column_names, **slant)
    axis.set_yticks(range(len(rows)), row_names)
    axis.set(xlabel=column_label, ylabel=row_label)
    axis.grid(False)
    if numbers:
        for (row, column), value in np.ndenumerate(values):
            red, green, blue = to_rgb(picture.to_rgba(value))
            dark = 0.3 * red + 0.6 * green + 0.1 * blue < 0.5
            axis.text(
                column,
                row,
                short_number(value),
                ha="center",
                va="center",
                fontsize=9 if cell_size >= 0.5 else 8,
                color="white" if dark else "black",
            )
    else:
        figure.colorbar(picture, ax=axis, label=colour_label)
    show(figure, alt, numbers=[_row_in_numbers(name, row, column_names) for name, row in zip(row_names, values)])


def show_confusions(
    labels: Sequence[int],
    predicted: Sequence[int],
    *,
    names: Sequence[object],
    alt: str,
    row_label: str = "truth",
    column_label: str = "prediction",
) -> None:
    """How many examples of each class (rows) were taken for which class (columns), as a heat map.

    `labels` and `predicted` (n,) are numbers of classes, places in `names`. Raises ValueError if one has no name.
    """
    from sklearn.metrics import confusion_matrix  # only here: most pictures need no scikit-learn

    found = {int(number) for number in (*np.unique(labels), *np.unique(predicted))}
    unknown = sorted(found - set(range(len(names))))
    if unknown:
        raise ValueError(f"There are {len(names)} names, but the classes {unknown} have none.")
    counts = confusion_matrix(labels, predicted, labels=range(len(names)))
    heat_map(
        counts,
        rows=names,
        columns=names,
        row_label=row_label,
        column_label=column_label,
        alt=alt,
        numbers=len(names) <= 16,
        cell_size=0.5 if len(names) <= 16 else 0.25,
        colour_label="examples",
    )


def short_number(value: float) -> str:
    """A number in few signs: whole numbers in full, others with two digits that count."""
    if not np.isfinite(value):
        return "" if np.isnan(value) else str(value)
    if float(value).is_integer() or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.2g}"


def _line_in_numbers(name: str, values: Sequence[float], places: Sequence[object], x_label: str) -> str:
    """First, last, least and greatest value of a line, in words."""
    values = np.asarray(values, dtype="float64")
    finite = np.flatnonzero(np.isfinite(values))
    if not len(finite):
        return f"{name}: no number"
    least = finite[values[finite].argmin()]
    greatest = finite[values[finite].argmax()]
    texts = [f"{values[place]:.3g}" for place in (finite[0], finite[-1], least, greatest)]
    return (
        f"{name}: first {texts[0]}, last {texts[1]}, least {texts[2]} ({x_label} {_text(places[least])}), "
        f"greatest {texts[3]} ({x_label} {_text(places[greatest])})"
    )


def _row_in_numbers(name: str, values: np.ndarray, columns: Sequence[str]) -> str:
    """The values of a row of up to 12 columns, of a longer one the greatest, in words."""
    name = " ".join(name.split()) or "row"
    columns = [" ".join(column.split()) for column in columns]
    if len(columns) <= 12:
        return f"{name}: " + ", ".join(f"{column} = {short_number(value)}" for column, value in zip(columns, values))
    if np.isnan(values).all():
        return f"{name}: no number"
    greatest = int(np.nanargmax(values))
    return f"{name}: greatest {short_number(values[greatest])} at {columns[greatest]}"


def _text(place: object) -> str:
    return f"{place:.4g}" if isinstance(place, Real) else str(place)


def _longest_line(texts: Iterable[str]) -> int:
    """The number of letters of the longest line of several texts."""
    return max((len(line) for text in texts for line in text.splitlines()), default=0)
