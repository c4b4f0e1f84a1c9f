"""The one place where a picture reaches the page, always with a text for those who cannot see it."""

import base64
import html
import io
from collections.abc import Sequence

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure


def show(figure: Figure, alt: str, *, numbers: Sequence[str] = ()) -> None:
    """Display a figure as PNG with its alt text and close it.

    `numbers` are lines of text that give what is drawn, folded away below the picture.
    Raises ValueError if the alt text is missing.
    """
    check_alt(alt)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight")
    plt.close(figure)
    show_picture(buffer.getvalue(), "png", alt, numbers)


def show_picture(data: bytes, kind: str, alt: str, numbers: Sequence[str] = ()) -> None:
    """Display the bytes of a PNG or GIF as HTML.

    JupyterLab passes no alt text on from a notebook's own way to store pictures, in
    the metadata of an output. As an `<img>` it arrives in every viewer, and in HTML exports.
    """
    encoded = base64.b64encode(data).decode("ascii")
    page = f'<img alt="{html.escape(alt)}" src="data:image/{kind};base64,{encoded}">'
    if numbers:
        lines = "<br>\n".join(html.escape(line) for line in numbers)
        page += f"\n<details><summary>In numbers</summary>{lines}</details>"
    display({"text/html": page, "text/plain": alt}, raw=True)


def check_alt(alt: str) -> None:
    """Raise ValueError unless the alt text says something."""
    if not isinstance(alt, str) or len(alt.split()) < 4:
        raise ValueError("alt must say in a sentence what the picture shows, for readers who cannot see it.")
