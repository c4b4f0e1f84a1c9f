"""Drawings of workers: what is drawn is what happens, and drawings without a text or of impossible runs are refused."""

import importlib

import matplotlib.pyplot as plt
import pytest
from matplotlib.text import Text

from course_utils.viz.drawings import draw_restart, draw_ring, draw_sharing

ALT = "A small drawing made by a test"
LISTS = [[1, 2, 3], [10, 20, 30], [100, 200, 300]]


@pytest.fixture
def drawn(monkeypatch):
    """The figures that would reach the page."""
    figures = []
    target = importlib.import_module("course_utils.viz.drawings.workers")
    monkeypatch.setattr(target, "show", lambda figure, alt, numbers=(): figures.append(figure))
    yield figures
    plt.close("all")


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_a_shared_batch_has_a_part_for_each_device(drawn):
    draw_sharing(alt=ALT, images=60, devices=3)
    found = texts(drawn[0])
    assert found.count("20 images") == 3 and "batch of\n60 images" in found and "network on\ndevice 2" in found
    for images, devices in ((64, 3), (10, 5), (4, 1)):
        with pytest.raises(ValueError, match="2 to 4 devices with equal parts"):
            draw_sharing(alt=ALT, images=images, devices=devices)


def test_the_ring_sends_in_red_what_the_next_one_gets(drawn):
    draw_ring(LISTS, alt=ALT)
    red = [text.get_text() for text in drawn[0].findobj(Text) if text.get_fontweight() == "bold"]
    sent = [number for number in red if number.isdigit()]
    assert sorted(map(int, sent)) == sorted(2 * [1, 20, 300, 303, 11, 220, 222, 333, 111, 111, 222, 333])
    assert len([patch for patch in drawn[0].axes[0].patches if patch.get_gid() == "sent"]) == 12
    assert LISTS == [[1, 2, 3], [10, 20, 30], [100, 200, 300]]
    with pytest.raises(ValueError, match="three workers with three numbers"):
        draw_ring(LISTS[:2], alt=ALT)


def test_a_restart_counts_its_lost_steps_and_keeps_each_backup_once(drawn):
    draw_restart(killed_after=26, began_after=20, steps=70, save_every=10, alt=ALT)
    lines = drawn[0].axes[0].get_lines()
    backups = [line.get_xdata()[0] for line in lines if line.get_gid() == "backup"]
    assert len(backups) == len(set(backups)) == 7
    assert {"a worker killed after step 26", "6 steps to do again"} <= set(texts(drawn[0]))
    first, second = [line.get_xdata() for line in lines if line.get_gid() == "kept"]
    assert first[1] == second[0]
    with pytest.raises(ValueError, match="killed after 10 cannot go on after 20"):
        draw_restart(killed_after=10, began_after=20, steps=70, save_every=10, alt=ALT)


@pytest.mark.parametrize("draw", [draw_sharing, lambda alt: draw_ring(LISTS, alt=alt)])
def test_a_drawing_without_a_text_is_refused(draw):
    with pytest.raises(ValueError, match="alt must say"):
        draw(alt="drawing")
