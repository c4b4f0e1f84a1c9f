"""The one place where a figure reaches the page, always with a text for those who cannot see it."""

import io

import matplotlib.pyplot as plt
from IPython.display import Image, display
from matplotlib.figure import Figure


def show(figure: Figure, alt: str) -> None:
    """Display a figure as PNG with its alt text and close it. Raises ValueError if the text is missing."""
    check_alt(alt)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight")
    plt.close(figure)
    # As metadata, not as Image(alt=...): the IPython 7 of Colab does not know that argument.
    display(Image(data=buffer.getvalue(), format="png", metadata={"alt": alt}))


def check_alt(alt: str) -> None:
    """Raise ValueError unless the alt text says something."""
    if not isinstance(alt, str) or len(alt.split()) < 4:
        raise ValueError("alt must say in a sentence what the picture shows, for readers who cannot see it.")
