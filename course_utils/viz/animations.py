"""Animations as GIF inside the page: they play offline, in HTML exports too."""

import io
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from course_utils.viz.show import check_alt, show_picture


def show_animation(
    draw: Callable[[Figure, int], None],
    frames: int,
    *,
    alt: str,
    seconds_per_frame: float = 0.25,
) -> None:
    """Call `draw(figure, frame)` for each frame and show the frames as one animation.

    The figure is cleared before each call. Raises ValueError if there is no frame.
    """
    check_alt(alt)
    if frames < 1:
        raise ValueError(f"frames must be at least 1, not {frames}.")
    figure = plt.figure(figsize=(4.0, 3.6), dpi=70)
    pictures = []
    for frame in range(frames):
        figure.clear()
        draw(figure, frame)
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())
        pictures.append(Image.fromarray(pixels).convert("RGB").quantize(32))
    plt.close(figure)
    buffer = io.BytesIO()
    pictures[0].save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=int(1000 * seconds_per_frame),
        loop=0,
        optimize=True,
    )
    show_picture(buffer.getvalue(), "gif", alt)
