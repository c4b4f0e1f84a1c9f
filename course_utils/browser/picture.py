"""A picture of the page for readers who cannot open it here: what it shows for one drawing, computed by its own code in Node."""

import os
import re
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import SubFigure

from course_utils.browser.node import Strokes, prepare_in_node, read_in_node
from course_utils.browser.page import HERE
from course_utils.viz.show import check_alt, show

PAD = 280  # pixels: how wide the page's drawing area is
PEN = 24  # pixels
COLUMNS = 16  # feature maps in a row


@dataclass(frozen=True)
class View:
    """What the page shows for a drawing: `images` (2, 28, 28), prepared and as drawn, and `shares` (2, 10), the answers.

    `maps` are the feature maps of the prepared image, each (height, width, maps); `headings` the page's words over all.
    """

    images: np.ndarray
    shares: np.ndarray
    maps: list[np.ndarray]
    headings: list[str]


def view_of(onnx_file: str | os.PathLike, drawing: Strokes) -> View:
    """The view of one drawing. Errors as those of `read_in_node`."""
    ways = [prepare_in_node([drawing], how, PAD)[0] for how in ("prepare", "asDrawn")]
    images = np.array(ways)
    logits, *outputs = read_in_node(onnx_file, images)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    headings = re.findall(r"<h2>(.+)</h2>", (HERE / "page.html").read_text(encoding="utf-8"))
    for number, output in enumerate(outputs, start=1):
        _, height, width, maps = output.shape
        headings.append(f"convolution {number}: {maps} feature maps of {height} x {width}")
    return View(images[..., 0], powers / powers.sum(axis=1, keepdims=True), [output[0] for output in outputs], headings)


def show_page(onnx_file: str | os.PathLike, drawing: Strokes, *, alt: str) -> None:
    """Draw the page as it looks when somebody has drawn these strokes in its area of 280 x 280.

    No browser takes part: Node computes what the page would, Matplotlib draws it in the page's order. Errors as those
    of `read_in_node`, and ValueError without an alt text.
    """
    check_alt(alt)
    view = view_of(onnx_file, drawing)
    rows = [-(-maps.shape[-1] // COLUMNS) for maps in view.maps]
    heights = [3.0, *(0.4 + 0.56 * count for count in rows)]
    figure = plt.figure(figsize=(9, sum(heights)), layout="none")
    parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _draw_top(parts[0], view, drawing)
    for part, maps, heading in zip(parts[1:], view.maps, view.headings[2:]):
        _draw_maps(part, maps, heading)
    show(figure, alt)


def _draw_top(part: SubFigure, view: View, drawing: Strokes) -> None:
    pad = part.add_axes((0, 0.03, 0.31, 0.93))
    for stroke in drawing:
        x, y = zip(*stroke)
        pad.plot(x, y, color="black", linewidth=PEN / PAD * 0.93 * 3 * 72, solid_capstyle="round", marker="")
    pad.set(xlim=(0, PAD), ylim=(PAD, 0), xticks=[], yticks=[])
    _frame(pad, 2)
    for number, left in enumerate((0.35, 0.69)):
        part.text(left, 0.98, view.headings[number], va="top", fontsize=10, fontweight="bold")
        image = part.add_axes((left, 0.42, 0.15, 0.45))
        image.imshow(view.images[number], vmin=0, vmax=1, cmap="gray_r")
        _frame(image, 1)
        answer = view.shares[number].argmax()
        part.text(left + 0.01, 0.33, str(answer), va="top", fontsize=26, fontweight="bold")
        bars = part.add_axes((left + 0.18, 0.05, 0.08, 0.82))
        bars.barh(np.arange(10), view.shares[number], color="#0072b2", height=0.7)
        bars.set(xlim=(0, 1), ylim=(9.5, -0.5), xticks=[], yticks=np.arange(10))
        bars.tick_params(length=0, labelsize=8)
        bars.spines[:].set_visible(False)
        bars.grid(False)
        for digit, share in enumerate(view.shares[number]):
            bars.text(1.05, digit, f"{share:.2f}", va="center", fontsize=8)


def _draw_maps(part: SubFigure, maps: np.ndarray, heading: str) -> None:
    rows = -(-maps.shape[-1] // COLUMNS)
    height = 0.4 + 0.56 * rows
    part.text(0, 0.93, heading, va="top", fontsize=10, fontweight="bold")
    for number in range(maps.shape[-1]):
        row, column = divmod(number, COLUMNS)
        bottom = (0.56 * (rows - 1 - row)) / height
        axis = part.add_axes((column / COLUMNS, bottom, 0.94 / COLUMNS, 0.52 / height))
        axis.imshow(maps[..., number], vmin=0, vmax=max(1, maps[..., number].max()), cmap="gray_r")
        _frame(axis, 0.7)


def _frame(axis: plt.Axes, width: float) -> None:
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set(visible=True, color="0.5", linewidth=width)
