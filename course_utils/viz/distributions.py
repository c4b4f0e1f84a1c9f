"""Two samples of one number as curves, with the largest gap between them."""

import matplotlib.pyplot as plt
import numpy as np

from course_utils.viz.charts import place_legend
from course_utils.viz.show import show


def show_largest_gap(
    first: np.ndarray, second: np.ndarray, *, names: tuple[str, str], x_label: str, y_label: str, alt: str
) -> None:
    """Two samples (n,) and (m,) as the curves *share of the sample that is at most x*, and their largest gap as a line.

    The gap is the statistic of Kolmogorov and Smirnov; it stands in the legend and below the picture. Raises ValueError
    unless both are rows of numbers.
    """
    first, second = np.asarray(first, dtype="float64"), np.asarray(second, dtype="float64")
    if first.ndim != 1 or second.ndim != 1 or not first.size or not second.size:
        raise ValueError(f"Two rows of numbers are needed, not {first.shape} and {second.shape}.")
    values = np.unique(np.concatenate([first, second]))
    shares = [np.searchsorted(np.sort(sample), values, side="right") / len(sample) for sample in (first, second)]
    widest = int(np.argmax(abs(shares[0] - shares[1])))
    gap = abs(shares[0] - shares[1])[widest]
    figure, axis = plt.subplots(layout="constrained")
    for name, share in zip(names, shares):
        axis.step(values, share, where="post", label=name)
    ends = sorted(float(share[widest]) for share in shares)
    axis.plot([values[widest]] * 2, ends, "-", color="black", linewidth=3, label=f"largest gap {gap:.2f}")
    axis.set(xlabel=x_label, ylabel=y_label)
    place_legend(axis)
    show(figure, alt, numbers=[f"largest gap {gap:.3f} at {values[widest]:.3f}"])
