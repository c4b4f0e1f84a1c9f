"""Drawings of ideas: a loop and the same unrolled, the game of a GAN, a transformer block, a mask; and of whole networks."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.viz.network import draw_network
from course_utils.viz.shapes import BLACK, BLUE, GREEN, GREY, ORANGE, PINK, RED, Point, arrow, box, sheet, write
from course_utils.viz.show import check_alt, show

__all__ = ["draw_block", "draw_game", "draw_mask", "draw_network", "draw_recurrence"]

KERNEL = {"colour": BLUE, "gid": "kernel"}
RECURRENT = {"colour": RED, "gid": "recurrent kernel", "linewidth": 2.0}
OUTPUT = {"colour": GREEN, "gid": "output kernel", "linestyle": (0, (4, 2))}


def draw_recurrence(
    *, alt: str, steps: int = 4, input_name: str = "x", state_name: str = "h", output_name: str | None = None
) -> None:
    """A recurrent layer as a loop, and the same layer unrolled over `steps` steps; equal arrows carry the same weights.

    With `output_name` each state also gives an output. Raises ValueError unless there are 2 to 5 steps.
    """
    check_alt(alt)
    if not 2 <= steps <= 5:
        raise ValueError(f"steps must be from 2 to 5, not {steps}.")
    floor = 1.0
    height = floor + (2.0 if output_name else 1.3)
    figure, axis = sheet(3.3 + 1.15 * steps, height)
    names = (input_name, state_name, output_name)
    _step(axis, 0.75, floor, names, "t")
    loop = [
        (1.05, floor + 0.7),
        (1.4, floor + 0.7),
        (1.4, floor + 1.15),
        (0.1, floor + 1.15),
        (0.1, floor + 0.7),
        (0.45, floor + 0.7),
    ]
    arrow(axis, loop, **RECURRENT)
    write(axis, 1.45, floor + 0.9, "recurrent\nkernel", ha="left", color=RED, fontsize=8)
    write(axis, 2.1, floor + 0.2, "=", fontsize=20)
    start = 2.9
    _node(axis, (start, floor + 0.7), f"{state_name}$_0$", GREY, dashed=True)
    for step in range(1, steps + 1):
        x = start + 1.15 * step
        arrow(axis, [(x - 0.85, floor + 0.7), (x - 0.3, floor + 0.7)], **RECURRENT)
        write(axis, x - 0.6, floor + 0.92, "recurrent\nkernel", color=RED, fontsize=8)
        _step(axis, x, floor, names, str(step))
    write(axis, 0.75, 0.35, "the loop")
    write(axis, start + 1.15 * (steps + 1) / 2, 0.35, "unrolled: at every step the same weights on arrows of one kind")
    show(figure, alt)


def _step(axis: Axes, x: float, floor: float, names: tuple[str, str, str | None], index: str) -> None:
    """One step with its middle at x: the input below the state, and above it the output, if it has a name."""
    input_name, state_name, output_name = names
    _node(axis, (x, floor), f"{input_name}$_{index}$", ORANGE)
    _node(axis, (x, floor + 0.7), f"{state_name}$_{index}$", PINK, "oo")
    arrow(axis, [(x, floor + 0.17), (x, floor + 0.53)], **KERNEL)
    write(axis, x + 0.06, floor + 0.33, "kernel", ha="left", color=BLUE, fontsize=8)
    if output_name:
        _node(axis, (x, floor + 1.4), f"{output_name}$_{index}$", GREEN, "....")
        arrow(axis, [(x, floor + 0.87), (x, floor + 1.23)], **OUTPUT)


def _node(
    axis: Axes,
    middle: Point,
    text: str,
    colour: str,
    hatch: str = "",
    *,
    width: float = 0.6,
    height: float = 0.34,
    dashed: bool = False,
) -> None:
    """A box around its middle, with a text."""
    box(axis, middle[0] - width / 2, middle[1] - height / 2, width, height, colour=colour, hatch=hatch, dashed=dashed)
    write(axis, middle[0] + 0.04, middle[1], text)


def draw_game(*, alt: str, noise: str = "noise", fake: str = "drawing", real: str = "real image") -> None:
    """The game of a GAN: the generator makes fakes of noise, the discriminator tells them from real ones.

    Dashed arrows show whose error teaches whom.
    """
    check_alt(alt)
    figure, axis = sheet(8.8, 3.4)
    top, low, middle = 2.2, 1.2, 1.7
    size = {"width": 1.25, "height": 0.55}
    _node(axis, (0.8, top), noise, GREY, dashed=True, **size)
    _node(axis, (2.6, top), "generator", BLUE, "////", **size)
    _node(axis, (4.4, top), fake, ORANGE, **size)
    _node(axis, (4.4, low), real, GREY, dashed=True, **size)
    _node(axis, (6.2, middle), "discriminator", PINK, "xxxx", **size)
    _node(axis, (8.0, middle), "real or fake?", BLACK, **size)
    arrow(axis, [(1.43, top), (1.97, top)])
    arrow(axis, [(3.23, top), (3.77, top)])
    arrow(axis, [(5.03, top), (5.3, top), (5.3, middle + 0.12), (5.57, middle + 0.12)])
    arrow(axis, [(5.03, low), (5.3, low), (5.3, middle - 0.12), (5.57, middle - 0.12)])
    arrow(axis, [(6.83, middle), (7.37, middle)])
    dashed = {"linestyle": (0, (4, 2)), "gid": "lesson"}
    arrow(axis, [(8.2, middle + 0.28), (8.2, 2.85), (2.6, 2.85), (2.6, top + 0.28)], colour=BLUE, **dashed)
    write(axis, 5.4, 3.02, f"a {fake} called fake: the generator learns", color=BLUE)
    arrow(axis, [(8.2, middle - 0.28), (8.2, 0.6), (6.2, 0.6), (6.2, middle - 0.28)], colour=RED, **dashed)
    write(axis, 7.2, 0.3, f"a {fake} called real, a {real} called fake:\nthe discriminator learns", color=RED)
    show(figure, alt)


def draw_block(*, alt: str, causal: bool = False, normalize: Literal["before", "after"] = "before") -> None:
    """A transformer block from left to right: attention, then a feed-forward part, each added to what came in.

    `normalize` puts layer normalization before each part, as this course does, or after each sum, as Vaswani et al.
    (2017) did. Raises ValueError for another word.
    """
    check_alt(alt)
    if normalize not in ("before", "after"):
        raise ValueError(f"normalize must be 'before' or 'after', not {normalize!r}.")
    figure, axis = sheet(8.9, 2.3)
    attention = ("causal\nattention" if causal else "attention", RED, "xxxx")
    forward, norm, add = ("feed-\nforward", GREEN, "...."), ("layer\nnorm", GREY, "\\\\\\\\"), ("+", BLACK, "")
    order = {"before": [norm, attention, add, norm, forward, add], "after": [attention, add, norm, forward, add, norm]}
    nodes = [("vectors\nin", GREY, ""), *order[normalize], ("vectors\nout", GREY, "")]
    edges = []
    for place, (text, colour, hatch) in enumerate(nodes):
        x, width = 0.6 + 1.1 * place, 0.4 if text == "+" else 0.84
        _node(axis, (x, 1.2), text, colour, hatch, width=width, height=0.6)
        edges.append((x - width / 2, x + width / 2))
    for (_, start), (end, _) in zip(edges, edges[1:]):
        arrow(axis, [(start, 1.2), (end, 1.2)])
    for start, end in {"before": [(0, 3), (3, 6)], "after": [(0, 2), (3, 5)]}[normalize]:
        _arm(axis, edges[start][1] + 0.08, sum(edges[end]) / 2)
    show(figure, alt)


def _arm(axis: Axes, start: float, end: float) -> None:
    """A residual arm: it leaves the stream at x = start and comes back from above at x = end."""
    arrow(axis, [(start, 1.2), (start, 1.8), (end, 1.8), (end, 1.5)], colour=RED, gid="skip", linewidth=2.0)
    write(axis, (start + end) / 2, 1.95, "unchanged", color=RED)


def draw_mask(mask: np.ndarray, *, rows: Sequence[object], columns: Sequence[object], alt: str) -> None:
    """A boolean mask (n, m): a filled cell where the row may look at the column, an empty one with a cross where not.

    Raises ValueError for a mask that is not boolean, for another number of names, and for more than 40 names a side.
    """
    check_alt(alt)
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise ValueError(f"mask must be boolean, True where the row may look at the column, not {mask.dtype}.")
    if mask.shape != (len(rows), len(columns)):
        raise ValueError(f"mask has shape {mask.shape}, but there are {len(rows)} rows and {len(columns)} columns.")
    if not 1 <= min(mask.shape) <= max(mask.shape) <= 40:
        raise ValueError(f"draw_mask draws 1 to 40 rows and columns, not {mask.shape}.")
    cell = min(0.34, 6.5 / max(mask.shape))
    left = 0.5 + 0.08 * max(len(str(name)) for name in rows)
    above = 0.5 + 0.08 * max(len(str(name)) for name in columns)
    figure, axis = sheet(left + cell * mask.shape[1] + 0.3, above + cell * mask.shape[0] + 0.4)
    bottom = 0.4
    top = bottom + cell * mask.shape[0]
    for (row, column), allowed in np.ndenumerate(mask):
        _cell(axis, left + column * cell, top - (row + 1) * cell, cell, bool(allowed))
    for row, name in enumerate(rows):
        write(axis, left - 0.08, top - (row + 0.5) * cell, str(name), ha="right")
    for column, name in enumerate(columns):
        write(axis, left + (column + 0.5) * cell, top + 0.08, str(name), va="bottom", rotation=90)
    show(figure, alt)


def _cell(axis: Axes, x: float, y: float, size: float, allowed: bool) -> None:
    gid = "allowed" if allowed else "forbidden"
    face = BLUE if allowed else "white"
    axis.add_patch(Rectangle((x, y), size, size, facecolor=face, edgecolor="#999999", linewidth=0.8, gid=gid))
    if not allowed:
        write(axis, x + size / 2, y + size / 2, "\u00d7", color=GREY)
