"""The pen of the drawings: a sheet in inches, boxes with a second cue beside their colour, arrows."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

BLUE, RED, GREEN, PINK, BLACK, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9"
GREY = "#777777"
FONT = 8.5
LINE_HEIGHT = 0.145
BAR = 0.09

Point = tuple[float, float]


def sheet(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure whose coordinates are inches, (0, 0) at the lower left corner."""
    figure = plt.figure(figsize=(width, height), layout="none")
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, width), ylim=(0, height))
    axis.axis("off")
    return figure, axis


def box(
    axis: Axes,
    corner: Point,
    size: tuple[float, float],
    colour: str,
    *,
    hatch: str = "",
    dashed: bool = False,
    bar: bool = True,
) -> None:
    """A box by its lower left corner, width and height: a pale face, and a hatched bar at the left."""
    pale = "white" if colour == BLACK else tuple(1 - 0.18 * (1 - part) for part in to_rgb(colour))
    look = {"facecolor": pale, "edgecolor": colour, "linewidth": 1.2, "linestyle": (0, (3, 2)) if dashed else "-"}
    corners = "round,pad=0,rounding_size=0.05"
    frame = FancyBboxPatch(corner, *size, boxstyle=corners, gid="box", zorder=3, **look)
    axis.add_patch(frame)
    if bar:
        look = {"facecolor": colour, "edgecolor": "white", "linewidth": 0, "hatch": hatch}
        strip = Rectangle(corner, BAR, size[1], zorder=4, **look)
        axis.add_patch(strip)
        strip.set_clip_path(frame)


def node(
    axis: Axes,
    middle: Point,
    text: str,
    colour: str,
    hatch: str = "",
    *,
    width: float = 0.6,
    height: float = 0.34,
    dashed: bool = False,
    bar: bool = True,
) -> None:
    """A box around its middle, with a text."""
    corner = middle[0] - width / 2, middle[1] - height / 2
    box(axis, corner, (width, height), colour, hatch=hatch, dashed=dashed, bar=bar)
    write(axis, middle[0] + (BAR / 2 if bar else 0), middle[1], text)


def write(axis: Axes, x: float, y: float, text: str, **settings) -> None:
    """A text with its middle at (x, y)."""
    axis.text(x, y, text, **({"ha": "center", "va": "center", "fontsize": FONT, "zorder": 6} | settings))


def write_lines(axis: Axes, x: float, y: float, lines: Sequence[tuple[str, dict]]) -> None:
    """Lines of text, each with its own settings, one under the other around the middle (x, y)."""
    top = y + (len(lines) - 1) * LINE_HEIGHT / 2
    for place, (text, settings) in enumerate(lines):
        write(axis, x, top - place * LINE_HEIGHT, text, **settings)


def arrow(axis: Axes, points: Sequence[Point], *, colour: str = "#444444", gid: str = "arrow", **settings) -> None:
    """An arrow along the points, with round corners."""
    settings = {"linewidth": 1.2, "arrowstyle": "-|>,head_length=3.5,head_width=2", "zorder": 2} | settings
    axis.add_patch(FancyArrowPatch(path=round_path(points), color=colour, gid=gid, **settings))


def round_path(points: Sequence[Point], radius: float = 0.08) -> Path:
    """The way along the points; each corner is cut by a curve that begins and ends `radius` before and after it."""
    places, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:]):
        places += [_towards(corner, before, radius), corner, _towards(corner, after, radius)]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*places, points[-1]], [*codes, Path.LINETO])


def _towards(start: Point, end: Point, distance: float) -> Point:
    """The point `distance` from start on the way to end, at most half way."""
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    share = min(distance / length, 0.5) if length else 0.0
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
