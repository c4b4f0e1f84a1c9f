"""Moving digits: they go where the labels say, no single frame tells the direction, and the parts share no digit."""

import numpy as np
import pytest

from course_utils.datasets import load_digits, load_moving_digits, load_turning_digits
from course_utils.datasets import moving_digits as module


@pytest.fixture(scope="module")
def drifting():
    return load_moving_digits()


@pytest.fixture(scope="module")
def clean():
    return load_moving_digits(clutter=False)


@pytest.fixture(scope="module")
def bouncing():
    return load_moving_digits(bouncing=True)


def mean_angle(ink):
    """The place of the ink on a ring of 32 pixels, as complex numbers (..., 2), down and right."""
    turn = np.exp(2j * np.pi * np.arange(32) / 32)
    return np.stack([(ink.sum(axis=-1) * turn).sum(axis=-1), (ink.sum(axis=-2) * turn).sum(axis=-1)], axis=-1)


def test_shapes_and_ranges(drifting, bouncing):
    for data, sizes, frames in ((drifting, (2000, 200, 600), 8), (bouncing, (1000, 100, 200), 16)):
        for part, size in zip((data.train, data.validation, data.test), sizes):
            assert part.clips.shape == (size, frames, 32, 32, 1) and part.clips.dtype == np.float32
            assert 0 <= part.clips.min() and 0.9 < part.clips.max() <= 1
            assert part.directions.dtype == part.digits.dtype == np.int64
            assert np.ptp(np.bincount(part.directions, minlength=8)) <= 1
            assert set(part.digits) == set(range(10))
    assert len(drifting.details["directions"]) == 8 and "2000 clips" in str(drifting.card)


def test_the_digit_drifts_by_its_velocity_in_its_direction(clean):
    places = mean_angle(clean.test.clips[..., 0])
    steps = np.angle(places[:, 1:] * places[:, :-1].conj()) * 32 / (2 * np.pi)
    assert np.allclose(steps, clean.test.velocities[:, np.newaxis], atol=0.02)
    angles = np.arctan2(*clean.test.velocities.T)
    assert np.allclose(np.exp(1j * angles), np.exp(1j * clean.test.directions * np.pi / 4))
    speeds = np.hypot(*clean.test.velocities.T)
    assert 1.5 <= speeds.min() and speeds.max() <= 2.5 and np.ptp(speeds) > 0.9


def test_no_ink_is_lost_at_the_border(clean):
    ink = clean.test.clips.sum(axis=(2, 3, 4))
    assert np.allclose(ink, ink[:, :1], rtol=1e-4)


@pytest.mark.parametrize("frame", [0, 4, 7])
def test_the_place_in_a_frame_does_not_tell_the_direction(clean, frame):
    """At random, the mean of 250 unit vectors is about 0.06 long; a fixed start would make it 0.9."""
    places = mean_angle(clean.train.clips[:, frame, ..., 0])
    places /= np.abs(places)
    means = [np.abs(places[clean.train.directions == direction].mean(axis=0)).max() for direction in range(8)]
    assert max(means) < 0.2


def test_one_scrap_stands_still_and_one_flashes(drifting, clean):
    assert not np.array_equal(drifting.test.clips, clean.test.clips)
    background = drifting.test.clips.min(axis=1)
    assert np.mean(background.max(axis=(1, 2, 3)) > 0.3) > 0.9, "some ink is there in all frames"
    assert np.array_equal(drifting.test.clips >= clean.test.clips, np.ones(drifting.test.clips.shape, bool))


def test_bouncing_digits_stay_inside_and_turn_round(bouncing):
    ink = bouncing.test.clips.sum(axis=(2, 3, 4))
    assert np.all(ink > 5)
    random, velocity = np.random.default_rng(0), np.array([[0.0, 2.5]])
    digit = load_digits().test.inputs[:1]
    film = module._film(digit, velocity, random, bouncing=True)[0, ..., 0]
    columns = (film * np.arange(32)).sum(axis=(1, 2)) / film.sum(axis=(1, 2))
    turns = np.sign(np.diff(columns))
    assert {-1, 1} <= set(turns) and np.abs(np.diff(columns)).max() < 2.55
    assert np.allclose(np.ptp((film * np.arange(32)[:, None]).sum(axis=(1, 2)) / film.sum(axis=(1, 2))), 0, atol=1e-4)


def test_a_part_uses_its_own_digits_only(monkeypatch):
    used = {}
    original = module._film

    def spy(images, *arguments, **words):
        used.setdefault(len(images), set()).update(image.tobytes() for image in images)
        return original(images, *arguments, **words)

    monkeypatch.setattr(module, "_film", spy)
    load_moving_digits()
    digits = load_digits()
    for part, size in ((digits.train, 2000), (digits.validation, 200), (digits.test, 600)):
        assert used[size] <= {image.tobytes() for image in part.inputs} and len(used[size]) == size
    assert not used[2000] & used[600]


def test_the_same_at_each_call_whatever_the_global_seed(drifting):
    np.random.seed(7)
    again = load_moving_digits()
    for first, second in zip((drifting.train, drifting.test), (again.train, again.test)):
        assert all(np.array_equal(one, other) for one, other in zip(first, second))
    assert not np.array_equal(again.train.clips[:200], again.test.clips[:200])


def test_nearest_direction_counts_clockwise_from_right():
    steps = np.array([[0, 1], [1, 1], [1, 0], [1, -1], [0, -1], [-1, -1], [-1, 0], [-1, 1], [0.1, 5]])
    assert module.nearest_direction(steps).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 0]


def test_the_nearest_direction_of_the_velocities_is_the_label(drifting):
    assert np.array_equal(module.nearest_direction(drifting.train.velocities), drifting.train.directions)


def test_mean_clips_has_the_mean_of_each_direction():
    clips = np.arange(16.0).reshape(16, 1, 1, 1, 1)
    part = module.MovingDigits(clips, np.arange(16) % 8, np.zeros(16), np.zeros((16, 2)))
    assert module.mean_clips(part).reshape(8).tolist() == [4, 5, 6, 7, 8, 9, 10, 11]


def test_ink_places_adds_up_rows_and_columns():
    films = np.zeros((2, 3, 32, 32))
    films[1, 2, 5, 7] = films[1, 2, 5, 8] = 1
    places = module.ink_places(films)
    assert places.shape == (2, 3, 64) and places.sum() == 4
    assert places[1, 2, 5] == 2 and places[1, 2, 32 + 7] == places[1, 2, 32 + 8] == 1


def centres(pictures):
    rows, columns = np.indices(pictures.shape[1:3])
    ink = pictures[..., 0]
    total = ink.sum(axis=(1, 2))
    return np.stack([(ink * rows).sum(axis=(1, 2)) / total, (ink * columns).sum(axis=(1, 2)) / total], axis=1)


def test_digits_turn_by_a_right_angle_to_either_side():
    data = load_turning_digits()
    for part, size in zip((data.train, data.validation, data.test), (2000, 200, 500)):
        assert part.before.shape == (size, 4, 32, 32, 1) and part.left.shape == part.right.shape == (size, 32, 32, 1)
        assert abs(part.turns_left.mean() - 0.5) < 0.01
        steps = [centres(part.before[:, frame + 1]) - centres(part.before[:, frame]) for frame in range(3)]
        assert np.allclose(steps[0], steps[1], atol=1e-3) and np.allclose(steps[1], steps[2], atol=1e-3)
        at_turn = centres(part.before[:, 3])
        to_the_left = steps[2][:, ::-1] * (-1, 1)  # from heading right to heading up
        assert np.allclose(centres(part.left) - at_turn, 3 * to_the_left, atol=1e-3)
        assert np.allclose(centres(part.right) - at_turn, -3 * to_the_left, atol=1e-3)
    again = load_turning_digits()
    assert np.array_equal(data.test.left, again.test.left)
