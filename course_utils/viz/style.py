"""The palette of Okabe and Ito (2008), readable with every common colour vision, each colour with its own line style."""

import matplotlib.pyplot as plt
from cycler import cycler

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9")
LINE_STYLES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)), (0, (8, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def use_course_style() -> None:
    """Set Matplotlib's defaults for all pictures that follow."""
    plt.rcParams.update(
        {
            "axes.grid": True,
            "axes.prop_cycle": cycler(color=COLOURS) + cycler(linestyle=LINE_STYLES),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.constrained_layout.use": True,
            "figure.dpi": 90,
            "figure.figsize": (7.0, 3.2),
            "font.size": 10,
            "grid.alpha": 0.3,
            "image.cmap": "gray_r",
            "image.interpolation": "nearest",
            "legend.frameon": False,
            "savefig.dpi": 90,
        }
    )
