"""What each pixel belongs to, in colours and names."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.patheffects import withStroke

from course_utils.viz.show import show

# The muted palette of Paul Tol, readable with every common colour vision, and grey.
PALETTE = (
    "#332288", "#88CCEE", "#44AA99", "#117733", "#999933", "#DDCC77", "#CC6677", "#882255", "#AA4499", "#777777",
)  # fmt: skip
WIDEST = 9.0  # inches: more does not fit beside the sidebar of a small screen
LABEL_WIDTH = 0.09  # inches that a letter of a row's name takes on average
LEAST_PIXELS = 12  # smaller regions carry no name


def show_masks(
    images: np.ndarray,
    masks: Mapping[str, np.ndarray],
    *,
    names: Sequence[object],
    alt: str,
    size: float = 1.5,
) -> None:
    """Images (n, height, width[, 1 or 3]) in a row, and below them a row for each named kind of mask (n, height, width).

    A mask holds for each pixel the number of its class: 0 for the ground, which stays white, and k for names[k - 1]. Each
    class has a colour, and its name stands on its largest connected region. Raises ValueError if a mask has another
    shape than the images, or a class no name or no colour.
    """
    from scipy import ndimage  # only here: most pictures need no SciPy

    images = np.asarray(images)
    pictures = images[..., 0] if images.ndim == 4 and images.shape[-1] == 1 else images
    if len(names) > len(PALETTE):
        raise ValueError(f"{len(names)} classes: there are {len(PALETTE)} colours.")
    for kind, maps in masks.items():
        if np.shape(maps) != pictures.shape[:3]:
            raise ValueError(f"{kind}: masks must have the shape {pictures.shape[:3]}, not {np.shape(maps)}.")
        if np.min(maps) < 0 or np.max(maps) > len(names):
            raise ValueError(f"{kind}: classes must lie between 0 and {len(names)}.")
    colours = np.array([(1.0, 1.0, 1.0), *(to_rgb(colour) for colour in PALETTE)])
    beside = LABEL_WIDTH * max(map(len, masks), default=0)
    size = min(size, (WIDEST - beside) / len(pictures))
    rows = 1 + len(masks)
    figure, axes = plt.subplots(
        rows, len(pictures), figsize=(beside + size * len(pictures), size * rows), squeeze=False
    )
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set(visible=True, color="0.8")
    for axis, picture in zip(axes[0], pictures):
        axis.imshow(picture, vmin=0, vmax=1)
    for line, (kind, maps) in zip(axes[1:], masks.items()):
        line[0].set_ylabel(kind, rotation=0, ha="right", va="center", fontsize=10)
        for axis, labels in zip(line, np.asarray(maps)):
            axis.imshow(colours[labels])
            for label in np.unique(labels[labels > 0]):
                numbered, count = ndimage.label(labels == label)
                sizes = ndimage.sum_labels(labels == label, numbered, range(1, count + 1))
                if sizes.max() >= LEAST_PIXELS:
                    row, column = ndimage.center_of_mass(numbered == sizes.argmax() + 1)
                    text = axis.text(column, row, str(names[label - 1]), ha="center", va="center", fontsize=9)
                    text.set_path_effects([withStroke(linewidth=2, foreground="white")])
    show(figure, alt)
