"""Forecasts without training: exact where the laws hold, a whole shift where the pieces touch."""

import numpy as np
import pytest

from course_utils.datasets import load_moving_digits
from course_utils.datasets.moving_digits import _drawn
from course_utils.forecasts import copied, each_moved, shifted

ROUND = np.exp(-((np.arange(14) - 6.5) ** 2)[:, None] / 6 - ((np.arange(14) - 6.5) ** 2) / 6)
ROUND = np.where(ROUND > 0.1, ROUND, 0)


def film(start, step, frames=5):
    """A round spot of ink from a place on, off the walls: (frames, 32, 32, 1)."""
    places = np.array(start) + np.arange(frames)[:, None] * np.array(step)
    places = 18 - np.abs(places % 36 - 18)
    return _drawn(np.repeat(ROUND[None, None], frames, axis=1), places[None].astype("float64"))[0]


def two(one, other):
    return np.maximum(film(*one), film(*other))[None]


def test_whole_steps_are_forecast_exactly():
    clips = two(((0, 0), (1, 0)), ((10, 17), (-1, -1)))
    moved = each_moved(clips[:, :4])
    assert moved.kinds.tolist() == ["apart"] and moved.frames.shape == (1, 32, 32, 1)
    assert np.allclose(moved.frames, clips[:, 4], atol=1e-5)


def test_a_piece_bounces_off_the_wall():
    clips = two(((3, 0), (-1, 0)), ((10, 18), (1, 0)))
    moved = each_moved(clips[:, :4])
    assert moved.kinds.tolist() == ["bounces next"]
    assert np.allclose(moved.frames, clips[:, 4], atol=1e-5)


def test_a_bounce_among_the_seen_frames_is_understood():
    clips = two(((1, 0), (-1, 0)), ((10, 17), (1, 0)))
    moved = each_moved(clips[:, :4])
    assert moved.kinds.tolist() == ["apart"] and np.allclose(moved.frames, clips[:, 4], atol=1e-5)


def test_pieces_are_followed_through_a_meeting():
    clips = two(((9, 0), (0, 6)), ((9, 18), (0, -6)))  # together in frames 1 and 2, apart in 0 and 3
    moved = each_moved(clips[:, :4])
    assert moved.kinds[0] != "touching" and moved.frames.max() > 0.8


def test_pieces_that_touch_are_shifted_as_a_whole():
    clips = two(((5, 5), (1, 1)), ((8, 8), (1, 1)))
    moved = each_moved(clips[:, :4], ahead=1)
    assert moved.kinds.tolist() == ["touching"]
    assert np.allclose(moved.frames, shifted(clips[:, :4])) and np.allclose(moved.frames, clips[:, 4], atol=1e-5)


@pytest.mark.parametrize("ahead", [1, 2, 3])
def test_several_frames_ahead(ahead):
    one, other = ((0, 0), (1, 0)), ((10, 17), (-1, -1))
    clips = np.maximum(film(*one, frames=7), film(*other, frames=7))[None]
    assert np.allclose(each_moved(clips[:, :4], ahead).frames, clips[:, 3 + ahead], atol=1e-5)
    assert np.array_equal(copied(clips[:, :4], ahead), clips[:, 3])


def test_each_on_its_own_beats_the_others_on_the_page_s_films():
    clips = load_moving_digits(bouncing=True).test.clips[:60]
    errors = [
        ((frames - clips[:, 4]) ** 2).mean()
        for frames in (each_moved(clips[:, :4]).frames, shifted(clips[:, :4]), clips[:, 3])
    ]
    assert errors[0] < 0.8 * errors[1] < 0.8 * errors[2]
