"""Grids of pictures."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from course_utils.viz.show import show


def image_grid(
    images: np.ndarray,
    titles: Sequence[object] | None = None,
    *,
    alt: str,
    columns: int = 10,
    size: float = 0.8,
    value_range: tuple[float, float] | None = None,
) -> None:
    """Show images (n, height, width) or (n, height, width, 1 or 3) in rows of `columns`, each `size` inches wide.

    Grey images show 0 as white paper; `value_range` fixes what is white and black (default: least and greatest value).
    Raises ValueError on another shape, or if the number of titles differs from the number of images.
    """
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if not (images.ndim == 3 or (images.ndim == 4 and images.shape[-1] == 3)) or len(images) == 0:
        raise ValueError(f"images must have shape (n, height, width[, 1 or 3]) with n > 0, not {images.shape}.")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"{len(titles)} titles for {len(images)} images: give one title an image.")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    cell_height = size * images.shape[1] / images.shape[2] + (0.22 if titles is not None else 0)
    figure, axes = plt.subplots(rows, columns, figsize=(size * columns, cell_height * rows), squeeze=False)
    low, high = value_range or (float(images.min()), float(images.max()))
    for position, axis in enumerate(axes.flat):
        axis.axis("off")
        if position < len(images):
            axis.imshow(images[position], vmin=low, vmax=high)
            if titles is not None:
                axis.set_title(str(titles[position]), fontsize=8, pad=2)
    show(figure, alt)
