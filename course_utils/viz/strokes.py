"""The signals of MNIST-1D: each with its stroke made visible, or several in a row."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np

from course_utils.datasets.mnist1d import LENGTH, one_of_each
from course_utils.viz.show import show
from course_utils.viz.style import COLOURS


def show_strokes(*, alt: str, seed: int = 0) -> None:
    """One signal of each of the ten classes, in panels with a common height: noise thin and grey, the stroke thick and blue."""
    signals, is_stroke = one_of_each(seed)
    figure, axes = plt.subplots(2, 5, figsize=(7.5, 2.8), sharex=True, sharey=True, layout="constrained")
    places = np.arange(LENGTH)
    for number, axis in enumerate(axes.flat):
        axis.plot(places, signals[number], "-", color="0.6", linewidth=1)
        stroke = np.where(is_stroke[number], signals[number], np.nan)  # a gap where the signal begins anew
        axis.plot(places, stroke, "-", color=COLOURS[0], linewidth=2.5)
        axis.set_title(f"class {number}", fontsize=9)
        axis.set(xticks=[0, 20], yticks=[])
    for axis in axes[1]:
        axis.set_xlabel("place", fontsize=9)
    show(figure, alt)


def show_row(signals: np.ndarray, names: Sequence[str], *, alt: str) -> None:
    """Signals (n, steps) side by side with a common height, each under its name. Raises ValueError if the counts differ."""
    if len(signals) != len(names):
        raise ValueError(f"There are {len(signals)} signals and {len(names)} names.")
    figure, axes = plt.subplots(1, len(signals), figsize=(7.5, 1.7), sharey=True, squeeze=False, layout="constrained")
    for signal, name, axis in zip(signals, names, axes[0]):
        axis.plot(np.arange(len(signal)), signal, "-", color=COLOURS[0], linewidth=1.5)
        axis.set_title(name, fontsize=9)
        axis.set_xlabel("step", fontsize=9)
    show(figure, alt)
