"""Pictures: each reaches the page with its alt text, and wrong input is named."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from course_utils.viz import (
    COLOURS,
    LINE_STYLES,
    MARKERS,
    heat_map,
    image_grid,
    line_chart,
    place_legend,
    show,
    show_animation,
    show_boxes,
    show_confusions,
    show_masks,
    show_strips,
    table,
)

ALT = "A small picture made by a test"


@pytest.fixture
def shown(monkeypatch):
    """What reaches the page: the HTML of each picture."""
    import sys

    page = []
    show_module = sys.modules["course_utils.viz.show"]
    monkeypatch.setattr(show_module, "display", lambda data, raw: page.append(data["text/html"]))
    return page


@pytest.fixture
def figures(monkeypatch):
    """The figures themselves, kept open, and the lines in numbers below them."""
    import sys

    kept = []
    for name in ("boxes", "charts", "images", "masks"):
        module = sys.modules[f"course_utils.viz.{name}"]
        monkeypatch.setattr(module, "show", lambda figure, alt, numbers=(): kept.append((figure, list(numbers))))
    yield kept
    plt.close("all")


def picture(page):
    """The picture of a page's HTML."""
    return Image.open(io.BytesIO(base64.b64decode(re.search(r'base64,([^"]+)"', page)[1])))


def test_show_closes_the_figure_and_keeps_the_alt_text(shown):
    figure, axis = plt.subplots()
    axis.plot([1, 2])
    show(figure, alt='A line & a "quote" that rises')
    assert not plt.fignum_exists(figure.number)
    assert shown[0].startswith('<img alt="A line &amp; a &quot;quote&quot; that rises" src="data:image/png;base64,')
    assert picture(shown[0]).width > 100 and "<details>" not in shown[0]


def test_the_numbers_are_folded_away_below_the_picture(shown):
    figure, axis = plt.subplots()
    show(figure, alt=ALT, numbers=["a < b: 1", "c: 2"])
    folded = re.search(r"<details><summary>In numbers</summary>(.*?)</details>$", shown[0], re.DOTALL)[1]
    assert folded == "a &lt; b: 1<br>\nc: 2"


def test_nbval_compares_the_alt_text_only(shown):
    from pathlib import Path

    from nbval.plugin import get_sanitize_patterns

    patterns = get_sanitize_patterns((Path(__file__).parent / "nbval_sanitize.cfg").read_text(encoding="utf-8"))
    line_chart({"one": [1, 2]}, x_label="epoch", y_label="loss", alt=ALT)
    line_chart({"one": [3, 2], "two": [1, 1]}, x_label="epoch", y_label="loss", alt=ALT)
    line_chart({"one": [3, 2]}, x_label="epoch", y_label="loss", alt=ALT + ", another")
    show_animation(lambda figure, frame: None, frames=1, alt=ALT)
    compared = []
    for page in shown:
        for regex, replacement in patterns:
            page = re.sub(regex, replacement, page)
        compared.append(page)
    assert compared[0] == compared[1] == f'<img alt="{ALT}" src="PICTURE">\nNUMBERS'
    assert compared[2] != compared[0] and compared[3] == f'<img alt="{ALT}" src="PICTURE">'


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


@pytest.mark.parametrize("shape", [(4, 5), (3, 4, 5, 2)])
def test_image_grid_names_a_wrong_shape(shape):
    with pytest.raises(ValueError, match=re.escape(str(shape))):
        image_grid(np.zeros(shape), alt=ALT)


def test_image_grid_without_images_says_so(shown, capsys):
    image_grid(np.zeros((0, 4, 5)), [], alt=ALT)
    image_grid(np.array([]), [], alt=ALT)
    assert shown == [] and capsys.readouterr().out == 2 * "There is no picture to show here.\n"


def test_image_grid_names_a_wrong_number_of_titles():
    with pytest.raises(ValueError, match="2 titles for 3 images"):
        image_grid(np.zeros((3, 4, 4)), ["a", "b"], alt=ALT)


def image_widths(figure):
    """Width and height in inches of the pictures of a grid."""
    figure.canvas.draw()
    boxes = [axis.images[0].get_window_extent() for axis in figure.axes if axis.images]
    return [(box.width / figure.dpi, box.height / figure.dpi) for box in boxes]


def test_image_grid_names_its_rows_and_frames_its_images(figures):
    image_grid(np.zeros((5, 4, 4)), alt=ALT, columns=3, row_labels=["real", "drawn"], frames=True)
    axes = figures[0][0].axes
    assert [axes[place].get_ylabel() for place in (0, 1, 3)] == ["real", "", "drawn"]
    assert all(spine.get_visible() for spine in axes[4].spines.values()) and not axes[5].axison
    image_grid(np.zeros((5, 4, 4)), alt=ALT, columns=3)
    assert not any(spine.get_visible() for spine in figures[1][0].axes[0].spines.values())
    with pytest.raises(ValueError, match="3 row labels for 2 rows"):
        image_grid(np.zeros((5, 4, 4)), alt=ALT, columns=3, row_labels="abc")


def test_image_grid_stays_readable(figures):
    image_grid(np.zeros((20, 4, 4)), ["true seven, said four"] * 20, alt=ALT, columns=10, row_labels=["real", "drawn"])
    image_grid(np.zeros((10, 4, 4)), alt=ALT, size=0.2)
    image_grid(np.zeros((2, 4, 16)), alt=ALT, size=0.8)
    for figure, _ in figures:
        assert figure.get_figwidth() <= 9.001
        assert min(height for _, height in image_widths(figure)) > 0.5
    title = figures[0][0].axes[0].title
    assert title.get_fontsize() >= 9 and title.get_text() == "true seven,\nsaid four"


def test_strips_have_a_row_of_frames_for_each_clip(figures):
    show_strips(np.zeros((2, 5, 4, 4, 1)), ["one", "other"], alt=ALT)
    figure, _ = figures[0]
    assert sum(len(axis.images) for axis in figure.axes) == 10
    assert {axis.images[0].get_clim() for axis in figure.axes if axis.images} == {(0, 1)}
    with pytest.raises(ValueError, match="one name a clip"):
        show_strips(np.zeros((2, 5, 4, 4)), ["one"], alt=ALT)
    with pytest.raises(ValueError, match="must have shape"):
        show_strips(np.zeros((5, 4, 4)), ["one"], alt=ALT)


def boxed(*boxes):
    """Boxes and their numbers as labels."""
    return np.array(boxes, dtype=float).reshape(-1, 4), range(len(boxes))


def test_boxes_leave_all_panels_equal(figures):
    images = np.zeros((3, 40, 60, 1))
    kinds = {
        "truth": [boxed((2, 3, 10, 20)), boxed((-30, -20, 90, 70)), boxed()],
        "answer": [boxed(), boxed((50, 30, 60, 40), (0, 0, 9, 9)), boxed((1, 1, 5, 5))],
    }
    show_boxes(images, kinds, alt=ALT, titles=["a", "b", "c"], columns=2)
    figure, _ = figures[0]
    panels = [axis for axis in figure.axes if axis.images]
    assert len(panels) == 3 and {axis.get_xlim() for axis in panels} == {(-0.5, 59.5)}
    assert {axis.get_ylim() for axis in panels} == {(39.5, -0.5)}
    assert [len(axis.lines) for axis in panels] == [1, 3, 1]
    first, second = panels[1].lines[0], panels[1].lines[1]
    assert first.get_color() != second.get_color() and first.get_linestyle() != second.get_linestyle()
    assert np.ptp(panels[0].lines[0].get_xdata()) == 8 and np.ptp(panels[0].lines[0].get_ydata()) == 17
    for axis in panels:
        for text in axis.texts:
            x, y = text.get_position()
            assert 0 <= x <= 60 and 0 <= y <= 40
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["truth", "answer"]


def test_a_detection_is_labelled_by_its_class(figures):
    boxes, scores, classes = np.array([[1, 1, 9, 9.0]]), np.array([0.7]), np.array([4])
    show_boxes(np.zeros((1, 20, 20, 3)), {"answer": [(boxes, scores, classes)]}, alt=ALT)
    figure, _ = figures[0]
    assert [text.get_text() for text in figure.axes[0].texts] == ["4"] and not figure.legends


def test_boxes_name_what_does_not_fit():
    images = np.zeros((2, 20, 20))
    with pytest.raises(ValueError, match="answer: 1 entries for 2 images"):
        show_boxes(images, {"answer": [boxed()]}, alt=ALT)
    with pytest.raises(ValueError, match="1 titles for 2 images"):
        show_boxes(images, {"answer": [boxed(), boxed()]}, alt=ALT, titles=["one"])
    with pytest.raises(ValueError, match="Image 1: 1 boxes have 2 labels"):
        show_boxes(images, {"answer": [boxed(), (np.ones((1, 4)), [1, 2])]}, alt=ALT)
    plt.close("all")


def test_masks_have_a_colour_and_a_name_a_class(figures):
    truth = np.zeros((2, 20, 20), int)
    truth[0, 2:8, 2:8], truth[0, 12:18, 2:8], truth[1, 5:10, 5:10], truth[1, 0, 0] = 1, 2, 2, 1
    show_masks(np.zeros((2, 20, 20, 1)), {"truth": truth, "answer": truth * 0}, names=["five", "six"], alt=ALT)
    figure, _ = figures[0]
    assert len(figure.axes) == 6 and [axis.get_ylabel() for axis in figure.axes[::2]] == ["", "truth", "answer"]
    first, second = figure.axes[2], figure.axes[3]
    assert [text.get_text() for text in first.texts] == ["five", "six"]
    assert [text.get_text() for text in second.texts] == ["six"]  # one pixel carries no name
    colours = first.images[0].get_array()
    assert colours[0, 0].tolist() == [1, 1, 1] and colours[3, 3].tolist() != colours[13, 3].tolist()
    assert not figure.axes[4].texts


def test_masks_name_what_does_not_fit():
    images = np.zeros((2, 20, 20))
    with pytest.raises(ValueError, match=r"truth: masks must have the shape \(2, 20, 20\)"):
        show_masks(images, {"truth": np.zeros((2, 10, 10), int)}, names=["a"], alt=ALT)
    with pytest.raises(ValueError, match="between 0 and 1"):
        show_masks(images, {"truth": np.full((2, 20, 20), 2)}, names=["a"], alt=ALT)
    with pytest.raises(ValueError, match="11 classes"):
        show_masks(images, {}, names=range(11), alt=ALT)


def test_charts_reach_the_page(shown):
    line_chart({"one": [1, 2], "two": [2, 1]}, x_label="epoch", y_label="loss", alt=ALT, log_y=True)
    line_chart({"one": [1, 2]}, x=[16, 1024], x_label="length", y_label="ms", alt=ALT, log_x=True, log_y=True)
    line_chart({"one": [1, 2]}, x=["few", "all"], x_label="images", y_label="share", alt=ALT)
    heat_map(np.eye(2), rows="ab", columns="cd", row_label="row", column_label="column", alt=ALT)
    assert len(shown) == 4 and all("In numbers" in page for page in shown)
    with pytest.raises(ValueError, match=r"shape \(2, 2\), but there are 3 rows"):
        heat_map(np.eye(2), rows="abc", columns="cd", row_label="row", column_label="column", alt=ALT)


@pytest.mark.parametrize("epochs", [2, 3, 7, 40])
def test_epochs_have_whole_ticks(figures, epochs):
    line_chart({"one": np.linspace(1, 0, epochs)}, x_label="epoch", y_label="loss", alt=ALT)
    ticks = figures[0][0].axes[0].get_xticks()
    assert np.array_equal(ticks, np.round(ticks))


def test_few_points_have_markers_that_differ(figures):
    line_chart({"one": [1, 2], "two": [2, 1]}, x_label="epoch", y_label="loss", alt=ALT)
    line_chart({"one": range(100)}, x_label="step", y_label="loss", alt=ALT)
    assert [line.get_marker() for line in figures[0][0].axes[0].get_lines()] == list(MARKERS[:2])
    assert figures[1][0].axes[0].get_lines()[0].get_marker() == "None"


def test_the_least_of_each_line_is_ringed_where_asked(figures):
    line_chart(
        {"one": [3, 1, 2], "two": [5, 6, 4]}, x=[10, 20, 30], x_label="T", y_label="loss", alt=ALT, mark_least=True
    )
    rings = figures[0][0].axes[0].get_lines()[1::2]
    assert [(*ring.get_xdata(), *ring.get_ydata()) for ring in rings] == [(20, 1), (30, 4)]


def test_the_y_axis_begins_at_zero_where_asked(figures):
    for from_zero in (True, False):
        line_chart({"one": [3, 2]}, x_label="epoch", y_label="loss", alt=ALT, from_zero=from_zero)
    least, usual = (figure.axes[0].get_ylim()[0] for figure, *_ in figures)
    assert least == 0 < usual


def test_log_x_has_a_tick_at_each_value(figures):
    line_chart({"one": [1, 2, 3]}, x=[16, 32, 1048576], x_label="length", y_label="ms", alt=ALT, log_x=True)
    axis = figures[0][0].axes[0]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["16", "32", "1048576"]
    line_chart({"one": np.ones(40)}, x=np.geomspace(0.001, 1, 40), x_label="rate", y_label="loss", alt=ALT, log_x=True)
    axis = figures[1][0].axes[0]
    assert [label.get_text() for label in axis.get_xticklabels()] == [
        "0.001",
        "0.01",
        "0.1",
        "1",
    ]  # of many the powers of ten
    with pytest.raises(ValueError, match="log_x needs x"):
        line_chart({"one": [1, 2, 3]}, x_label="length", y_label="ms", alt=ALT, log_x=True)


@pytest.mark.parametrize(
    "lines",
    [
        {"rises": np.arange(9.0), "also": np.arange(9.0) / 2},
        {"falls": -np.arange(9.0), "gaps": np.array([np.nan, 1, 1, np.nan, 2, 2, 1, 0, 0])},
        {"fills everything": np.tile([0.0, 1.0], 40)},
        {"fills everything and has a name of many words": np.tile([0.0, 1.0], 40)},
    ],
)
def test_the_legend_covers_no_line(figures, lines):
    line_chart(lines, x_label="step", y_label="value", alt=ALT)
    figure = figures[0][0]
    figure.canvas.draw()
    axis = figure.axes[0]
    box = axis.get_legend().get_window_extent()
    assert len(axis.get_legend().get_texts()) == len(lines)
    assert 0 <= box.x0 and box.x1 <= figure.bbox.x1 and 0 <= box.y0 and box.y1 <= figure.bbox.y1
    for line in axis.get_lines():
        path = line.get_path().transformed(line.get_transform()).cleaned(remove_nans=True)
        assert not path.intersects_bbox(box, filled=False)


def test_place_legend_prefers_a_free_corner():
    figure, axis = plt.subplots()
    axis.plot([0, 0, 1], label="falls into the upper left")
    axis.plot([1, 0.5, 0], label="and this one too")
    place_legend(axis)
    box, inside = axis.get_legend().get_window_extent(), axis.get_window_extent()
    assert inside.x0 <= box.x0 and box.x1 <= inside.x1
    plt.close(figure)


def test_lines_in_numbers(figures):
    line_chart({"loss": [3, 1, 2, np.nan], "none": [np.nan] * 4}, x_label="epoch", y_label="loss", alt=ALT)
    assert figures[0][1] == [
        "loss: first 3, last 2, least 1 (epoch 2), greatest 3 (epoch 1)",
        "none: no number",
    ]


def test_heat_map_without_numbers_has_a_scale(figures):
    for numbers in (True, False):
        heat_map(
            np.array([[0.5, -2.0]]),
            rows=["a"],
            columns=["b", "c"],
            row_label="",
            column_label="",
            alt=ALT,
            numbers=numbers,
            colour_label="shift",
            diverging=True,
        )
    written, scaled = (figure for figure, _ in figures)
    assert [text.get_text() for text in written.axes[0].texts] == ["0.5", "-2"] and len(written.axes) == 1
    assert not list(scaled.axes[0].texts) and scaled.axes[1].get_ylabel() == "shift"
    assert scaled.axes[0].images[0].get_clim() == (-2, 2)
    assert figures[0][1] == ["a: b = 0.5, c = -2"]


def test_a_wide_heat_map_stays_on_the_page(figures):
    heat_map(np.eye(60), rows=range(60), columns=range(60), row_label="", column_label="", alt=ALT, numbers=False)
    assert figures[0][0].get_figwidth() <= 9.001
    assert figures[0][1][7] == "7: greatest 1 at 7"


def test_confusions_are_counted(figures):
    show_confusions([0, 0, 1, 2], np.array([0, 1, 1, 0]), names=["cat", "dog", "cow"], alt=ALT)
    axis = figures[0][0].axes[0]
    assert axis.images[0].get_array().tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
    assert (axis.get_ylabel(), axis.get_xlabel()) == ("truth", "prediction")
    with pytest.raises(ValueError, match=r"classes \[3\] have none"):
        show_confusions([0, 3], [0, 1], names="abc", alt=ALT)


def test_animation_has_all_frames(shown):
    show_animation(lambda figure, frame: figure.subplots().plot([0, frame + 1]), frames=3, alt=ALT)
    assert picture(shown[0]).n_frames == 3 and f'alt="{ALT}"' in shown[0]
    with pytest.raises(ValueError, match="at least 1"):
        show_animation(lambda figure, frame: None, frames=0, alt=ALT)


def test_table_rounds_floats_and_keeps_whole_numbers():
    rows = {"GRU": {"right": 7, "share": 0.12345}, "rule": {"right": 9, "share": np.float32(0.5)}}
    made = table(rows, digits=3, row_name="model")
    assert made.loc["GRU"].tolist() == [7, 0.123] and made.columns.tolist() == ["right", "share"]
    assert made.index.tolist() == ["GRU", "rule"] and made.columns.name == "model"
    assert pd.api.types.is_integer_dtype(made["right"])
    with pytest.raises(ValueError, match=r"'GRU' and 'rule' differ in the columns \['share'\]"):
        table({"GRU": {"right": 7, "share": 0.1}, "rule": {"right": 9}})
    with pytest.raises(ValueError, match="at least one row"):
        table({})


def test_every_colour_has_a_second_cue():
    assert (
        len(COLOURS)
        == len(LINE_STYLES)
        == len(MARKERS)
        == len(set(COLOURS))
        == len(set(LINE_STYLES))
        == len(set(MARKERS))
    )
