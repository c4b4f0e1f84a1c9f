"""Reliability diagrams: how sure a model is, against how often it is right."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from course_utils.viz.show import show
from course_utils.viz.style import COLOURS

FEW_ANSWERS = 10  # a share of so few is mostly chance: their bars are pale


def show_reliability(models: Mapping[str, tuple[np.ndarray, np.ndarray]], *, alt: str, bins: int = 10) -> None:
    """A panel for each named model: for each bin of confidence what the model says there, and how often it is right.

    Each model is a pair: the confidences (n,) from 0 to 1, and whether each answer is right (n,). A bar is as high as the
    share of right answers in its bin, the line across it as the mean confidence; the gap between them is what the
    calibration error adds up. The number of answers stands at the foot, bars of fewer than ten are pale, and all numbers
    are written below the picture. Raises ValueError if there is no model, or the two of a pair differ in length, are
    empty, or a confidence lies outside 0 to 1.
    """
    if not models:
        raise ValueError("Name at least one model.")
    pairs = {name: (np.asarray(sure, dtype="float64"), np.asarray(right)) for name, (sure, right) in models.items()}
    for name, (sure, right) in pairs.items():
        if sure.shape != right.shape or sure.ndim != 1 or not sure.size:
            raise ValueError(f"{name}: one confidence and one verdict an answer, not {sure.shape} and {right.shape}.")
        if not (0 <= sure.min() and sure.max() <= 1):
            raise ValueError(f"{name}: confidences lie between 0 and 1, not {sure.min():g} and {sure.max():g}.")
    edges = np.linspace(0, 1, bins + 1)
    figure, axes = plt.subplots(
        1, len(pairs), figsize=(4.2 * len(pairs), 3.4), squeeze=False, sharey=True, layout="constrained"
    )
    numbers = []
    for axis, (name, (sure, right)) in zip(axes[0], pairs.items()):
        places = np.digitize(sure, edges[1:-1], right=True)
        for place in np.unique(places):
            inside = places == place
            says, share, middle = sure[inside].mean(), right[inside].mean(), (edges[place] + edges[place + 1]) / 2
            strength = 0.3 if inside.sum() < FEW_ANSWERS else 1.0
            axis.bar(middle, share, width=0.9 / bins, color=COLOURS[6], edgecolor=COLOURS[0], alpha=strength)
            axis.plot(edges[[place, place + 1]], [says, says], "-", color=COLOURS[1], linewidth=3, alpha=strength)
            axis.text(middle, 0.02, inside.sum(), ha="center", va="bottom", fontsize=8, rotation=90 if bins > 10 else 0)
            numbers.append(f"{name}: {inside.sum()} answers, says {says:.2f}, right {share:.2f}")
        axis.set(xlim=(0, 1), ylim=(0, 1.03), xlabel="confidence")
        axis.set_title(name, fontsize=10)
    axes[0, 0].set_ylabel("share")
    kinds = [
        Patch(facecolor=COLOURS[6], edgecolor=COLOURS[0], label="is right"),
        Line2D([], [], linestyle="-", color=COLOURS[1], linewidth=3, label="says"),
        Patch(facecolor=COLOURS[6], edgecolor=COLOURS[0], alpha=0.3, label=f"fewer than {FEW_ANSWERS} answers"),
    ]
    figure.legend(handles=kinds, loc="outside lower center", ncols=3)  # inside it would cover bars
    show(figure, alt, numbers=numbers)
