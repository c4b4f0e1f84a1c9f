"""Boxes on images."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from course_utils.viz.show import show
from course_utils.viz.style import COLOURS, LINE_STYLES

WIDEST = 9.0  # inches: more does not fit beside the sidebar of a small screen
Drawn = tuple[np.ndarray, Sequence[object]] | tuple[np.ndarray, np.ndarray, np.ndarray]


def show_boxes(
    images: np.ndarray,
    kinds: Mapping[str, Sequence[Drawn]],
    *,
    alt: str,
    titles: Sequence[object] | None = None,
    columns: int = 4,
    size: float = 2.2,
) -> None:
    """Images (n, height, width[, 1 or 3]) in rows of `columns`, with boxes of one or more named kinds.

    A kind holds for each image its boxes (k, 4), corners x1, y1, x2, y2 in pixels, and k labels; or a detector's answer,
    boxes, scores and classes, of which the classes are the labels. Each kind has a colour and
    a line style of its own; a label stands above its box, that of the second kind below it, that of a third inside. All
    images are drawn at the same size, `size` inches or less, whatever the boxes. Raises ValueError if a kind does not
    have one entry an image, or an entry not one label a box.
    """
    images = np.asarray(images)
    pictures = images[..., 0] if images.ndim == 4 and images.shape[-1] == 1 else images
    for name, entries in kinds.items():
        if len(entries) != len(pictures):
            raise ValueError(f"{name}: {len(entries)} entries for {len(pictures)} images.")
    if titles is not None and len(titles) != len(pictures):
        raise ValueError(f"{len(titles)} titles for {len(pictures)} images: give one title an image.")
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    size = min(size, WIDEST / columns)
    height, width = pictures.shape[1:3]
    above = 0.25 if titles is not None else 0.05
    figure, axes = plt.subplots(
        rows, columns, figsize=(size * columns, (size * height / width + above) * rows + 0.3), squeeze=False
    )
    for axis in axes.flat:
        axis.axis("off")
    for number, (axis, picture) in enumerate(zip(axes.flat, pictures)):
        axis.imshow(picture, vmin=0, vmax=1)
        axis.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))  # boxes may leave the image
        axis.axis("on")
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set(visible=True, color="0.8")
        if titles is not None:
            axis.set_title(str(titles[number]), fontsize=10, pad=3)
        for place, entries in enumerate(kinds.values()):
            boxes, labels = entries[number][0], entries[number][-1]
            if len(boxes) != len(labels):
                raise ValueError(f"Image {number}: {len(boxes)} boxes have {len(labels)} labels.")
            for box, label in zip(boxes, labels):
                _draw_box(axis, box, str(label), place, (width, height))
    if len(kinds) > 1:
        lines = [
            Line2D([], [], color=COLOURS[place], linestyle=LINE_STYLES[place], label=name)
            for place, name in enumerate(kinds)
        ]
        figure.legend(handles=lines, loc="outside lower center", ncols=len(kinds))
    show(figure, alt)


def _draw_box(axis, box, label: str, kind: int, size: tuple[int, int]) -> None:
    x1, y1, x2, y2 = (float(edge) - 0.5 for edge in box)  # pixel 0 is drawn from -0.5 to 0.5
    style = {"color": COLOURS[kind], "linestyle": LINE_STYLES[kind], "linewidth": 1.5}
    axis.plot([x1, x2, x2, x1, x1], [y1, y1, y2, y2, y1], **style)
    if not label:
        return
    x, y, side = ((x1, y1, "bottom"), (x1, y2, "top"), (x1 + 1, (y1 + y2) / 2, "center"))[min(kind, 2)]
    lower, upper = {"bottom": (5, size[1]), "top": (0, size[1] - 6), "center": (3, size[1] - 3)}[side]
    text = axis.text(
        np.clip(x, 0, size[0] - 5), np.clip(y, lower, upper), label, va=side, color=COLOURS[kind], fontsize=10
    )
    text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
