"""Reliability diagrams: how sure a model is, against how often it is right."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np

from course_utils.viz.show import show
from course_utils.viz.style import COLOURS


def show_reliability(models: Mapping[str, tuple[np.ndarray, np.ndarray]], *, alt: str, bins: int = 10) -> None:
    """A panel for each named model: a bar for each bin of confidence, as high as the share of right answers in it.

    Each model is a pair: the confidences (n,) from 0 to 1, and whether each answer is right (n,). The number of answers
    of a bin stands at its foot, all numbers are written below the picture, and a dashed diagonal shows where a calibrated
    model would be. Raises ValueError if there is no model, or the two of a pair differ in length, are empty, or a
    confidence lies outside 0 to 1.
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
        axis.plot([0, 1], [0, 1], linestyle="--", color=COLOURS[4], label="calibrated")
        for place in np.unique(places):
            inside = places == place
            share, middle = right[inside].mean(), (edges[place] + edges[place + 1]) / 2
            axis.bar(middle, share, width=0.9 / bins, color=COLOURS[6], edgecolor=COLOURS[0])
            axis.text(middle, 0.02, inside.sum(), ha="center", va="bottom", fontsize=8, rotation=90 if bins > 10 else 0)
            numbers.append(f"{name}: {inside.sum()} answers, says {sure[inside].mean():.2f}, right {share:.2f}")
        axis.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="confidence")
        axis.set_title(name, fontsize=10)
    axes[0, 0].set_ylabel("share of right answers")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center")  # inside it would cover bars
    show(figure, alt, numbers=numbers)
