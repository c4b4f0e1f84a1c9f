"""Pictures: each reaches the page with its alt text, and wrong input is named."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_utils.viz import COLOURS, LINE_STYLES, MARKERS, heat_map, image_grid, line_chart, show, show_animation
from course_utils.viz import animations as animations_module

ALT = "A small picture made by a test"


@pytest.fixture
def shown(monkeypatch):
    """What reaches the page: pictures (PNG bytes, alt) and HTML."""
    import sys

    page = []
    show_module = sys.modules["course_utils.viz.show"]
    monkeypatch.setattr(show_module, "display", page.append)
    monkeypatch.setattr(animations_module, "display", page.append)
    return page


def test_show_closes_the_figure_and_keeps_the_alt_text(shown):
    figure, axis = plt.subplots()
    axis.plot([1, 2])
    show(figure, alt=ALT)
    assert not plt.fignum_exists(figure.number)
    data, metadata = shown[0]._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == ALT
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).width > 100


@pytest.mark.parametrize("alt", ["", "picture", None])
def test_a_picture_without_a_text_is_refused(shown, alt):
    with pytest.raises(ValueError, match="alt must say"):
        show(plt.figure(), alt=alt)
    assert shown == []
    plt.close("all")


@pytest.mark.parametrize("shape", [(3, 4, 5), (3, 4, 5, 1), (3, 4, 5, 3)])
def test_image_grid_takes_grey_and_colour(shown, shape):
    image_grid(np.random.default_rng(0).random(shape), ["a", "b", "c"], alt=ALT, columns=2)
    assert len(shown) == 1


@pytest.mark.parametrize("shape", [(4, 5), (0, 4, 5), (3, 4, 5, 2)])
def test_image_grid_names_a_wrong_shape(shape):
    with pytest.raises(ValueError, match=re.escape(str(shape))):
        image_grid(np.zeros(shape), alt=ALT)


def test_image_grid_names_a_wrong_number_of_titles():
    with pytest.raises(ValueError, match="2 titles for 3 images"):
        image_grid(np.zeros((3, 4, 4)), ["a", "b"], alt=ALT)


def test_charts(shown):
    line_chart({"one": [1, 2], "two": [2, 1]}, x_label="epoch", y_label="loss", alt=ALT, log_y=True)
    line_chart({"one": [1, 2]}, x=[16, 1024], x_label="length", y_label="ms", alt=ALT, log_x=True, log_y=True)
    heat_map(np.eye(2), rows="ab", columns="cd", row_label="row", column_label="column", alt=ALT)
    assert len(shown) == 3
    with pytest.raises(ValueError, match=r"shape \(2, 2\), but there are 3 rows"):
        heat_map(np.eye(2), rows="abc", columns="cd", row_label="row", column_label="column", alt=ALT)


def test_animation_has_all_frames(shown):
    show_animation(
        lambda figure, frame: figure.subplots().plot([0, frame + 1]), frames=3, alt='A line & a "quote" that rises'
    )
    encoded = re.search(r"base64,([^\"]+)", shown[0].data)[1]
    assert Image.open(io.BytesIO(base64.b64decode(encoded))).n_frames == 3
    assert "A line &amp; a &quot;quote&quot;" in shown[0].data
    with pytest.raises(ValueError, match="at least 1"):
        show_animation(lambda figure, frame: None, frames=0, alt=ALT)


def test_every_colour_has_a_second_cue():
    assert (
        len(COLOURS)
        == len(LINE_STYLES)
        == len(MARKERS)
        == len(set(COLOURS))
        == len(set(LINE_STYLES))
        == len(set(MARKERS))
    )
