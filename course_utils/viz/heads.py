"""The attention maps of several heads, side by side."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from course_utils.viz.show import check_alt, show

CELL = 0.22  # inches: letters of 10 points fit
A_ROW = 2  # heads side by side


def show_heads(maps: np.ndarray, signs: Sequence[object], *, alt: str) -> None:
    """Maps (heads, length, length) of self-attention over the same signs (length,): dark where the row looks.

    All heads have one scale from 0 to 1; spaces among the signs are drawn as ␣, line breaks as ↵. Raises ValueError if
    the shape differs from the signs or a map has over 24 of them.
    """
    check_alt(alt)
    maps = np.asarray(maps)
    signs = [str(sign).replace(" ", "␣").replace("\n", "↵") for sign in signs]
    if maps.ndim != 3 or maps.shape[1:] != (len(signs), len(signs)) or not 1 <= len(signs) <= 24:
        raise ValueError(f"maps has shape {maps.shape}, but there are {len(signs)} signs (1 to 24 can be drawn).")
    across = min(len(maps), A_ROW)
    down = -(-len(maps) // A_ROW)
    side = CELL * len(signs)
    figure, axes = plt.subplots(
        down,
        across,
        figsize=(0.9 + (side + 0.35) * across, down * (side + 0.6)),
        squeeze=False,
        layout="constrained",
    )
    for axis in axes.flat[len(maps) :]:
        axis.set_axis_off()
    for head, (axis, weights) in enumerate(zip(axes.flat, maps), start=1):
        picture = axis.imshow(weights, cmap="Blues", vmin=0, vmax=1)
        axis.set_xticks(range(len(signs)), signs, fontsize=10)
        axis.set_yticks(range(len(signs)), signs, fontsize=10)
        axis.tick_params(length=0)
        axis.set_title(f"head {head}", fontsize=10)
        axis.grid(False)
    for axis in axes[:, 0]:
        axis.set_ylabel("looks", fontsize=10)
    for axis in axes[-1]:
        axis.set_xlabel("is looked at", fontsize=10)
    figure.colorbar(picture, ax=axes, label="weight", aspect=30)
    show(figure, alt, numbers=[_in_numbers(head, weights, signs) for head, weights in enumerate(maps, start=1)])


def _in_numbers(head: int, weights: np.ndarray, signs: Sequence[str]) -> str:
    """The last row of a map in words: what its sign looks at most."""
    last = weights[-1]
    most = np.argsort(-last)[:3]
    looks = ", ".join(f"{signs[place]} (place {place + 1}) {last[place]:.2f}" for place in most)
    return f"head {head}, last row: {looks}"
