"""Pictures of a convolution in small numbers: the window that slides, and what each weight meets."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.viz.animations import show_animation
from course_utils.viz.show import check_alt, show
from course_utils.viz.style import COLOURS


def show_sliding_window(image: np.ndarray, kernel: np.ndarray, *, alt: str, seconds_per_frame: float = 0.8) -> None:
    """A film: the window stops at each place of the image, and each stop writes one number of the output.

    Image (rows, columns), kernel (height, width); stride 1, no padding.
    Raises ValueError if one is no matrix or the kernel is larger than the image.
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    rows, columns = _output_shape(image, kernel)
    height, width = kernel.shape
    output = np.full((rows, columns), np.nan)
    for row, column in np.ndindex(rows, columns):
        output[row, column] = (image[row : row + height, column : column + width] * kernel).sum()

    def draw(figure: Figure, frame: int) -> None:
        left, right = figure.subplots(1, 2, width_ratios=(image.shape[1], columns))
        row, column = divmod(frame, columns)
        done = np.arange(rows * columns).reshape(rows, columns) <= frame
        _write_numbers(left, image, image, "image and window")
        _frame(left, row, column, height, width)
        _write_numbers(right, np.where(done, output, np.nan), output, "output")
        _frame(right, row, column, 1, 1)

    show_animation(draw, rows * columns, alt=alt, seconds_per_frame=seconds_per_frame)


def show_kernel_positions(image: np.ndarray, kernel: np.ndarray, *, alt: str) -> None:
    """For each weight of the kernel the image with a frame around the pixels that this weight meets, over all stops.

    Image (rows, columns), kernel (height, width); stride 1, no padding. The panels stand where the weights stand.
    Raises ValueError if one is no matrix or the kernel is larger than the image.
    """
    check_alt(alt)
    image, kernel = np.asarray(image), np.asarray(kernel)
    rows, columns = _output_shape(image, kernel)
    height, width = kernel.shape
    size = (1.8 * width, 1.95 * height)
    figure, axes = plt.subplots(height, width, figsize=size, squeeze=False, layout="constrained")
    for y, x in np.ndindex(height, width):
        _write_numbers(axes[y, x], image, image, f"weight {_text(kernel[y, x])}")
        _frame(axes[y, x], y, x, rows, columns)
    show(figure, alt)


def _output_shape(image: np.ndarray, kernel: np.ndarray) -> tuple[int, int]:
    """How many stops the window makes downwards and to the right."""
    if image.ndim != 2 or kernel.ndim != 2 or not kernel.size:
        raise ValueError(f"image and kernel must be matrices, not of shape {image.shape} and {kernel.shape}.")
    rows, columns = np.subtract(image.shape, kernel.shape) + 1
    if rows < 1 or columns < 1:
        raise ValueError(f"A kernel of shape {kernel.shape} does not fit into an image of shape {image.shape}.")
    return int(rows), int(columns)


def _write_numbers(axis: Axes, numbers: np.ndarray, shades: np.ndarray, title: str) -> None:
    """A matrix as squares in pale grey with its numbers written in; NaN stays empty. `shades` spans the greys."""
    low, high = shades.min(initial=0), shades.max(initial=1)
    axis.imshow(numbers, vmin=low, vmax=low + 2.5 * (high - low))
    axis.set(xticks=[], yticks=[])
    axis.set_title(title, fontsize=9)
    axis.grid(False)
    axis.spines[:].set(visible=True, color="0.6")
    for (row, column), value in np.ndenumerate(numbers):
        if np.isfinite(value):
            axis.text(column, row, _text(value), ha="center", va="center", fontsize=9)


def _frame(axis: Axes, row: int, column: int, height: int, width: int) -> None:
    """A coloured frame around `height` rows and `width` columns from (row, column) on."""
    corner = (column - 0.5, row - 0.5)
    axis.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=COLOURS[1], linewidth=3, clip_on=False))


def _text(number: float) -> str:
    """A number in up to three digits, with a real minus sign."""
    return f"{number:.3g}".replace("-", "\N{MINUS SIGN}")
