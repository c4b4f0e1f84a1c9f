"""Grids of pictures."""

import textwrap
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from course_utils.viz.show import show

WIDEST = 9.0  # inches: more does not fit beside the sidebar of a small screen
LETTER_WIDTH = 0.075  # inches that a letter of the titles takes on average
GAP = 0.04  # inches between neighbours
LEAST_HEIGHT = 0.6  # inches of a row, where the width allows it


def image_grid(
    images: np.ndarray,
    titles: Sequence[object] | None = None,
    *,
    alt: str,
    columns: int = 10,
    size: float = 0.8,
    value_range: tuple[float, float] | None = None,
    row_labels: Sequence[object] | None = None,
    frames: bool = False,
) -> None:
    """Show images (n, height, width) or (n, height, width, 1 or 3) in rows of `columns`.

    Each is `size` inches wide: more if its title or a row of 0.6 inch needs it, less if the whole
    would be wider than 9 inches. Grey images show 0 as white paper; `value_range` fixes what is
    white and black (default: least and greatest value). `row_labels`, one a row, stand at the left;
    `frames` draws a thin line around each image. Without images, as where a network makes no
    mistake, a line says so. Raises ValueError on another shape, or if the number of titles differs
    from that of images, or the number of row labels from that of rows.
    """
    images = np.asarray(images)
    if images.size == 0:
        print("There is no picture to show here.")
        return
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if not (images.ndim == 3 or (images.ndim == 4 and images.shape[-1] == 3)):
        raise ValueError(f"images must have shape (n, height, width[, 1 or 3]), not {images.shape}.")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"{len(titles)} titles for {len(images)} images: give one title an image.")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    if row_labels is not None and len(row_labels) != rows:
        raise ValueError(f"{len(row_labels)} row labels for {rows} rows: give one label a row.")

    names = [str(title) for title in titles] if titles is not None else []
    labels = [str(label) for label in row_labels] if row_labels is not None else []
    label_width = LETTER_WIDTH * _longest_line(labels) + 0.1 if labels else 0
    shape = images.shape[1] / images.shape[2]  # height / width
    wanted = max(size, LETTER_WIDTH * _longest_line(names), LEAST_HEIGHT / shape)
    size = min(wanted, (WIDEST - label_width) / columns)
    names = [textwrap.fill(name, max(4, int(size / LETTER_WIDTH))) for name in names]
    title_height = 0.17 * max((name.count("\n") + 1 for name in names), default=0)
    between = title_height + GAP
    width = label_width + size * columns
    height = rows * (size * shape + between)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(width, height),
        squeeze=False,
        layout="none",  # everything is placed here: the layout engines are slow for many images
        gridspec_kw={
            "left": label_width / width,
            "right": 1 - GAP / width,
            "bottom": GAP / height,
            "top": 1 - title_height / height,
            "wspace": GAP / (size - GAP),
            "hspace": between / (size * shape),
        },
    )
    low, high = value_range or (float(images.min()), float(images.max()))
    for position, axis in enumerate(axes.flat):
        if position >= len(images):
            axis.axis("off")
            continue
        axis.imshow(images[position], vmin=low, vmax=high)
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set(visible=frames, color="0.6")
        if names:
            axis.set_title(names[position], fontsize=9, pad=2)
    for axis, label in zip(axes[:, 0], labels):
        axis.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=10)
    show(figure, alt)


def show_strips(clips: np.ndarray, names: Sequence[object], *, alt: str) -> None:
    """Clips (n, frames, height, width) or (n, frames, height, width, 1 or 3), from 0 to 1: a row of frames for each, its name at the left.

    Raises ValueError on another shape, or if the number of names differs from that of the clips.
    """
    clips = np.asarray(clips)
    if clips.ndim not in (4, 5):
        raise ValueError(f"clips must have shape (n, frames, height, width[, 1 or 3]), not {clips.shape}.")
    if len(names) != len(clips):
        raise ValueError(f"{len(names)} names for {len(clips)} clips: give one name a clip.")
    image_grid(
        clips.reshape(-1, *clips.shape[2:]),
        columns=clips.shape[1],
        row_labels=names,
        value_range=(0, 1),
        frames=True,
        alt=alt,
    )


def _longest_line(texts: Sequence[str]) -> int:
    """The number of letters of the longest line of several texts."""
    return max((len(line) for text in texts for line in text.splitlines()), default=0)
