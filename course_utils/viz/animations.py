"""Animations as GIF inside the page: they play offline, in HTML exports too."""

import base64
import html
import io
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import HTML, display
from matplotlib.figure import Figure
from PIL import Image

from course_utils.viz.show import check_alt


def show_animation(
    draw: Callable[[Figure, int], None], frames: int, *, alt: str, seconds_per_frame: float = 0.25
) -> None:
    """Call `draw(figure, frame)` on a cleared figure for each frame and show the frames as one animation."""
    check_alt(alt)
    if frames < 1:
        raise ValueError(f"frames must be at least 1, not {frames}.")
    figure = plt.figure(figsize=(4.0, 3.6), dpi=70)
    pictures = []
    for frame in range(frames):
        figure.clear()
        draw(figure, frame)
        figure.canvas.draw()
        pictures.append(Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB").quantize(32))
    plt.close(figure)
    buffer = io.BytesIO()
    duration = int(1000 * seconds_per_frame)
    pictures[0].save(
        buffer, format="GIF", save_all=True, append_images=pictures[1:], duration=duration, loop=0, optimize=True
    )
    encoded = base64.b64encode(buffer.getvalue()).decode("ascii")
    display(HTML(f'<img alt="{html.escape(alt)}" src="data:image/gif;base64,{encoded}">'))
