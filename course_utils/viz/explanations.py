"""Pictures with a map of what spoke for an answer."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from course_utils.viz.show import check_alt, show
from course_utils.viz.style import COLOURS

MOST = 8  # side by side: more would be too small to read


def show_maps(
    images: np.ndarray,
    maps: np.ndarray,
    boxes: np.ndarray,
    titles: Sequence[object],
    *,
    first: float,
    step: float,
    alt: str,
) -> None:
    """Images (n, height, width, 1 or 3) in a row, below each its map (n, rows, columns), blue where positive.

    `boxes` (n, 4), left, top, right and bottom in pixels, are dashed. The middle of the first place of a map lies on
    pixel `first`, the next `step` pixels further; each map has its own scale. Without images a line says so. Raises ValueError
    if the numbers of images, maps, boxes and titles differ, or for more than eight images.
    """
    check_alt(alt)
    if len({len(images), len(maps), len(boxes), len(titles)}) > 1 or len(images) > MOST:
        raise ValueError(
            f"{len(images)} images, {len(maps)} maps, {len(boxes)} boxes and {len(titles)} titles: give as many of each, up to {MOST}."
        )
    if len(images) == 0:
        print("There is no picture to show here.")
        return
    height, width = images.shape[1:3]
    side = min(1.8, 9.0 / len(images))
    figure, axes = plt.subplots(
        2, len(images), squeeze=False, figsize=(side * len(images), 2 * side * height / width + 0.1)
    )
    for column, (upper, lower) in enumerate(axes.T):
        upper.imshow(images[column], vmin=0, vmax=1)
        upper.set_title(str(titles[column]), fontsize=10)
        grey = images[column].mean(axis=2)
        grey = grey if images.shape[3] == 1 else 1 - grey  # a grey picture counts ink, a coloured one light
        lower.imshow(grey, vmin=0, vmax=2)
        rows, columns = maps[column].shape
        edges = [first - step / 2, first + (columns - 0.5) * step, first + (rows - 0.5) * step, first - step / 2]
        lower.imshow(np.maximum(maps[column], 0), cmap="Blues", alpha=0.6, extent=edges, interpolation="bilinear")
        left, top, right, bottom = np.asarray(boxes[column]) - 0.5
        lower.plot([left, right, right, left, left], [top, top, bottom, bottom, top], "--", color=COLOURS[1])
        for axis in (upper, lower):
            axis.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), xticks=[], yticks=[])
            axis.grid(False)
    axes[0, 0].set_ylabel("scene", fontsize=10)
    axes[1, 0].set_ylabel("map", fontsize=10)
    show(figure, alt)


def one_of_each(classes: np.ndarray, chosen: np.ndarray, most: int = 4) -> np.ndarray:
    """Of the examples that are `chosen` (n,), true or false, the first of each class (n,), in order, up to `most`: their places."""
    places = np.flatnonzero(chosen)
    _, first = np.unique(np.asarray(classes)[places], return_index=True)
    return places[np.sort(first)[:most]]


def covered(images: np.ndarray, boxes: Sequence[Sequence[int]], grey: float = 0.25) -> np.ndarray:
    """A copy of the images (n, height, width, channels) with one box each, left, top, right, bottom, painted in one grey."""
    images = images.copy()
    for image, (left, top, right, bottom) in zip(images, boxes):
        image[top:bottom, left:right] = grey
    return images


def patches(side: int, size: int, step: int) -> list[tuple[int, int, int, int]]:
    """All boxes of `size` x `size` pixels in a picture of `side` x `side`, `step` apart, row by row: left, top, right, bottom."""
    corners = range(0, side - size + 1, step)
    return [(left, top, left + size, top + size) for top in corners for left in corners]
