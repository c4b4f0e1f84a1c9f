"""Drawings of ideas: a loop unrolled, the game of a GAN, a transformer block, a mask."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.viz.drawings.shapes import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    RED,
    Point,
    arrow,
    node,
    sheet,
    write,
)
from course_utils.viz.show import check_alt, show

KERNEL = {"colour": BLUE, "gid": "kernel"}
RECURRENT = {"colour": RED, "gid": "recurrent kernel", "linewidth": 2.0}
DENSE = {"colour": GREEN, "gid": "dense", "linestyle": (0, (4, 2))}
LETTER = 0.07  # inches a letter, about
LINE_Y = 0.95
PARTS = {"attention": (RED, "xxxx"), "causal\nattention": (RED, "xxxx"), "feed-\nforward": (GREEN, "....")}
INPUT_Y, STATE_Y, OUTPUT_Y = 0.8, 1.5, 2.4


def draw_recurrence(
    *, alt: str, steps: int = 4, input_name: str = "x", state_name: str = "h", output_name: str | None = None
) -> None:
    """A recurrent layer as a loop, and the same layer unrolled over `steps` steps; equal arrows carry the same weights.

    With `output_name` each state also gives an output. Raises ValueError unless there are 2 to 5 steps, and for names
    that are too long for them.
    """
    check_alt(alt)
    if not 2 <= steps <= 5:
        raise ValueError(f"steps must be from 2 to 5, not {steps}.")
    names = (input_name, state_name, output_name)
    wide = max(0.6, 0.22 + LETTER * max(len(name or "") for name in names))
    loop, start, pitch = 0.35 + wide / 2, 1.8 + 1.5 * wide, wide + 0.55
    if start + pitch * steps + wide / 2 > 8.9:
        raise ValueError(f"{steps} steps with these names are wider than the page: take shorter names or fewer steps.")
    figure, axis = sheet(start + pitch * steps + wide / 2 + 0.1, 2.85 if output_name else 2.15)
    _step(axis, loop, names, "t", wide)
    _loop(axis, loop, wide)
    write(axis, loop + wide / 2 + 1.05, STATE_Y - 0.25, "=", fontsize=20)
    _unrolled(axis, [start + pitch * step for step in range(steps + 1)], names, wide)
    write(axis, loop, 0.3, "the loop")
    write(axis, start + pitch * steps / 2, 0.3, "unrolled: at every step the same weights")
    show(figure, alt)


def _unrolled(axis: Axes, places: Sequence[float], names: tuple[str, str, str | None], wide: float) -> None:
    """The first state at the first place, then one step at each other place, each fed by the state before it."""
    node(axis, (places[0], STATE_Y), f"{names[1]}$_0$", GREY, dashed=True, width=wide)
    for step, (before, x) in enumerate(zip(places, places[1:]), start=1):
        arrow(axis, [(before + wide / 2, STATE_Y), (x - wide / 2, STATE_Y)], **RECURRENT)
        write(axis, (before + x) / 2, STATE_Y + 0.2, "recurrent\nkernel", color=RED, fontsize=8)
        _step(axis, x, names, str(step), wide)


def _loop(axis: Axes, x: float, wide: float) -> None:
    """The arrow from the state back to itself, around the top of its box."""
    left, right, over = x - wide / 2 - 0.25, x + wide / 2 + 0.25, STATE_Y + 0.34
    way = [
        (x + wide / 2, STATE_Y),
        (right, STATE_Y),
        (right, over),
        (left, over),
        (left, STATE_Y),
        (x - wide / 2, STATE_Y),
    ]
    arrow(axis, way, **RECURRENT)
    write(axis, right + 0.06, STATE_Y + 0.17, "recurrent\nkernel", ha="left", color=RED, fontsize=8)


def _step(axis: Axes, x: float, names: tuple[str, str, str | None], index: str, wide: float) -> None:
    """One step with its middle at x: the input below the state, and above it the output, if it has a name."""
    input_name, state_name, output_name = names
    node(axis, (x, INPUT_Y), f"{input_name}$_{index}$", ORANGE, width=wide)
    node(axis, (x, STATE_Y), f"{state_name}$_{index}$", PINK, "oo", width=wide)
    arrow(axis, [(x, INPUT_Y + 0.17), (x, STATE_Y - 0.17)], **KERNEL)
    write(axis, x + 0.06, (INPUT_Y + STATE_Y) / 2, "kernel", ha="left", color=BLUE, fontsize=8)
    if output_name:
        node(axis, (x, OUTPUT_Y), f"{output_name}$_{index}$", GREEN, "....", width=wide)
        arrow(axis, [(x, STATE_Y + 0.17), (x, OUTPUT_Y - 0.17)], **DENSE)
        write(axis, x + 0.06, OUTPUT_Y - 0.36, "dense", ha="left", color=GREEN, fontsize=8)


def draw_game(*, alt: str, noise: str = "noise", fake: str = "drawing", real: str = "real image") -> None:
    """The game of a GAN: the generator makes fakes of noise, the discriminator tells them from real ones.

    Dashed arrows show whose error teaches whom. `fake` and `real` name one example each.
    """
    check_alt(alt)
    figure, axis = sheet(8.8, 3.3)
    top, low, middle = 2.0, 1.1, 1.55
    size = {"width": 1.3, "height": 0.55}
    node(axis, (0.8, top), noise, GREY, dashed=True, **size)
    node(axis, (2.6, top), "generator", BLUE, "////", **size)
    node(axis, (4.4, top), fake, ORANGE, **size)
    node(axis, (4.4, low), real, GREY, dashed=True, **size)
    node(axis, (6.2, middle), "discriminator", PINK, "xxxx", **size)
    node(axis, (8.0, middle), "real or fake?", BLACK, bar=False, **size)
    for start, end, y in ((1.45, 1.95, top), (3.25, 3.75, top), (6.85, 7.35, middle)):
        arrow(axis, [(start, y), (end, y)])
    for y, entry in ((top, middle + 0.12), (low, middle - 0.12)):
        arrow(axis, [(5.05, y), (5.3, y), (5.3, entry), (5.55, entry)])
    _error(axis, [(8.2, middle + 0.28), (8.2, 2.65), (2.6, 2.65), (2.6, top + 0.28)], BLUE)
    teaches = f"a {fake} called fake: the generator learns,\nthrough the discriminator, whose weights stay"
    write(axis, 5.4, 2.9, teaches, color=BLUE)
    _error(axis, [(8.2, middle - 0.28), (8.2, 0.6), (6.2, 0.6), (6.2, middle - 0.28)], RED)
    write(axis, 7.2, 0.33, f"a {fake} called real, a {real} called fake:\nthe discriminator learns", color=RED)
    show(figure, alt)


def _error(axis: Axes, points: Sequence[Point], colour: str) -> None:
    """The way of an error back to the network that learns from it."""
    arrow(axis, points, colour=colour, gid="error", linestyle=(0, (4, 2)), linewidth=1.6)


def draw_block(*, alt: str, causal: bool = False, normalize: Literal["before", "after"] = "before") -> None:
    """A transformer block from left to right: attention, then a feed-forward part, each added to what came in.

    `normalize` puts layer normalization before each part, as this course does, or after each sum, as Vaswani et al.
    (2017) did. Raises ValueError for another word.
    """
    check_alt(alt)
    if normalize not in ("before", "after"):
        raise ValueError(f"normalize must be 'before' or 'after', not {normalize!r}.")
    figure, axis = sheet(8.9, 1.95)
    attention, forward = "causal\nattention" if causal else "attention", "feed-\nforward"
    before = [attention, "+", "layer\nnorm", forward, "+"]
    names = ["layer\nnorm", *before] if normalize == "before" else [*before, "layer\nnorm"]
    names = ["vectors\nin", *names, "vectors\nout"]
    edges = [_part(axis, 0.6 + 1.1 * place, name) for place, name in enumerate(names)]
    for (_, start), (end, _) in zip(edges, edges[1:]):
        arrow(axis, [(start, LINE_Y), (end, LINE_Y)])
    for start, end in {"before": [(0, 3), (3, 6)], "after": [(0, 2), (3, 5)]}[normalize]:
        _arm(axis, edges[start][1] + 0.08, sum(edges[end]) / 2)
    seen = "each place looks at\nitself and those before" if causal else "each place looks\nat all places"
    for name, note in ((attention, seen), (forward, "each place\nfor itself")):
        write(axis, sum(edges[names.index(name)]) / 2, LINE_Y - 0.52, note, fontsize=8, color=GREY)
    show(figure, alt)


def _part(axis: Axes, x: float, name: str) -> tuple[float, float]:
    """One part of a block with its middle at x; gives back where it begins and ends."""
    if name == "+":
        node(axis, (x, LINE_Y), name, BLACK, bar=False, width=0.34, height=0.34)
        return x - 0.17, x + 0.17
    colour, hatch = PARTS.get(name, (GREY, "\\\\\\\\" if name.startswith("layer") else ""))
    node(axis, (x, LINE_Y), name, colour, hatch, width=0.84, height=0.6, dashed=name.startswith("vectors"))
    return x - 0.42, x + 0.42


def _arm(axis: Axes, start: float, end: float) -> None:
    """A residual arm: it leaves the stream at x = start and comes back from above at x = end."""
    over = LINE_Y + 0.55
    arrow(
        axis, [(start, LINE_Y), (start, over), (end, over), (end, LINE_Y + 0.17)], colour=RED, gid="skip", linewidth=2
    )
    write(axis, (start + end) / 2, over + 0.15, "unchanged", color=RED)


def draw_mask(mask: np.ndarray, *, rows: Sequence[object], columns: Sequence[object], alt: str) -> None:
    """A boolean mask (n, m): a filled cell where the row may look at the column, an empty one with a cross where not.

    Raises ValueError for a mask that is not boolean, for another number of names, and for more than 40 names a side.
    """
    check_alt(alt)
    mask = _checked_mask(mask, rows, columns)
    cell = min(0.34, 6.5 / max(mask.shape))
    row_room, column_room = (max(len(str(name)) for name in names) * LETTER for names in (rows, columns))
    upright = column_room > cell
    left, bottom = 0.2 + max(row_room, 0.75), 0.45
    right, top = left + cell * mask.shape[1], bottom + cell * mask.shape[0]
    figure, axis = sheet(max(right + 0.2, 2.9), top + 0.25 + max(column_room if upright else 0, 0.3))
    for (row, column), allowed in np.ndenumerate(mask):
        _cell(axis, left + column * cell, top - (row + 1) * cell, cell, bool(allowed))
    for row, name in enumerate(rows):
        write(axis, left - 0.08, top - (row + 0.5) * cell, str(name), ha="right")
    for column, name in enumerate(columns):
        x = left + (column + 0.5) * cell
        write(axis, x, top + 0.08, str(name), va="bottom", rotation=90 if upright else 0)
    write(axis, left - 0.08, top + 0.08, "row looks\nat column", ha="right", va="bottom", fontsize=8, color=GREY)
    _legend(axis, left)
    show(figure, alt)


def _checked_mask(mask: np.ndarray, rows: Sequence[object], columns: Sequence[object]) -> np.ndarray:
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise ValueError(f"mask must be boolean, True where the row may look at the column, not {mask.dtype}.")
    if mask.shape != (len(rows), len(columns)):
        raise ValueError(f"mask has shape {mask.shape}, but there are {len(rows)} rows and {len(columns)} columns.")
    if not 1 <= min(mask.shape) <= max(mask.shape) <= 40:
        raise ValueError(f"draw_mask draws 1 to 40 rows and columns, not {mask.shape}.")
    return mask


def _legend(axis: Axes, left: float) -> None:
    """What the two kinds of cells mean."""
    for x, text in ((left, "may look"), (left + 0.95, "may not")):
        _cell(axis, x, 0.12, 0.2, text == "may look", gid="legend")
        write(axis, x + 0.26, 0.22, text, ha="left", fontsize=8)


def _cell(axis: Axes, x: float, y: float, size: float, allowed: bool, gid: str | None = None) -> None:
    """A filled cell, or an empty one with a cross."""
    gid = gid or ("allowed" if allowed else "forbidden")
    face = BLUE if allowed else "white"
    axis.add_patch(Rectangle((x, y), size, size, facecolor=face, edgecolor="#999999", linewidth=0.8, gid=gid))
    if not allowed:
        write(axis, x + size / 2, y + size / 2, "\u00d7", color=GREY)
