"""Moving digits: short clips of handwritten digits that drift or bounce, after Moving MNIST (Srivastava et al., 2015)."""

import dataclasses
from typing import NamedTuple

import numpy as np

from course_utils.datasets.dataset import Dataset, Split, read_cards
from course_utils.datasets.digits import load_digits
from course_utils.scale import scale

FIELD, DIGIT, SCRAP = 32, 14, 7
DRIFTING_FRAMES, BOUNCING_FRAMES = 8, 16
TURNING_FRAMES, FRAMES_AFTER, TURNING_SPEEDS = 4, 3, (1.5, 2.0)
DIRECTIONS = ("→", "↘", "↓", "↙", "←", "↖", "↑", "↗")
DRIFTING_SPEEDS, BOUNCING_SPEEDS = (1.5, 2.5), (1.0, 2.0)  # pixels a frame


class MovingDigits(NamedTuple):
    """`clips` (n, frames, 32, 32, 1) float32 from 0 (paper) to 1 (ink); `directions` (n,) int64 from 0 to 7, the place in
    `details["directions"]`; `digits` (n,) int64 from 0 to 9: which digit moves; `velocities` (n, 2) float64: pixels a
    frame, down and to the right. With bouncing digits the last three describe the first digit at the first frame."""

    clips: np.ndarray
    directions: np.ndarray
    digits: np.ndarray
    velocities: np.ndarray


def load_moving_digits(*, bouncing: bool = False, clutter: bool = True) -> Dataset:
    """Clips of 32 x 32 pixels, 8 frames long (bouncing: 16), drawn anew with a fixed seed: the same at each call.

    By default one digit drifts straight on in one of eight directions. The field has no walls: what leaves on one side
    comes in on the other, so that in each frame every place is equally likely, whatever the direction. With `clutter` a
    scrap of another digit stands still, and in each frame one more scrap flashes up somewhere. With `bouncing` two
    digits of the same size bounce off the four walls, without clutter.

    Train, validation and test clips use train, validation and test digits. Quick: 2000 / 200 / 600 clips (bouncing:
    1000 / 100 / 200); full: ten times as many.
    """
    digits = load_digits()
    sizes = (1000, 100, 200) if bouncing else (2000, 200, 600)
    parts = [
        _make_part(part, size * scale(quick=1, full=10), np.random.default_rng([15, number]), bouncing, clutter)
        for number, (part, size) in enumerate(zip((digits.train, digits.validation, digits.test), sizes))
    ]
    what = f"{len(parts[0].clips)} clips to train on: {'two digits bounce' if bouncing else 'one digit drifts'} over 32 x 32 pixels"
    card = dataclasses.replace(read_cards()["digits"], name="moving_digits", what=what)
    return Dataset(card, *parts, details={"directions": DIRECTIONS})


class TurningDigits(NamedTuple):
    """`before` (n, 4, 32, 32, 1) float32: a digit goes straight on. Then it turns, and three frames later it is seen again:
    in `left` (n, 32, 32, 1) if it turned to its left, in `right` if it turned to its right. `turns_left` (n,) bool: what happened."""

    before: np.ndarray
    left: np.ndarray
    right: np.ndarray
    turns_left: np.ndarray


def load_turning_digits() -> Dataset:
    """Films of a digit that turns by a right angle after four frames, to its left or right with equal chances.

    Nothing before the turn tells which way. Both futures of each film are drawn, and which of them happened is told. The
    same at each call. Train, validation and test films use train, validation and test digits. Quick: 2000 / 200 / 500
    films; full: ten times as many.
    """
    digits = load_digits()
    parts = [
        _make_turning_part(part, size * scale(quick=1, full=10), np.random.default_rng([117, number]))
        for number, (part, size) in enumerate(zip((digits.train, digits.validation, digits.test), (2000, 200, 500)))
    ]
    what = f"{len(parts[0].before)} films to train on: a digit goes straight on and turns over 32 x 32 pixels"
    card = dataclasses.replace(read_cards()["digits"], name="turning_digits", what=what)
    return Dataset(card, *parts, details={"frames_after_the_turn": FRAMES_AFTER})


def nearest_direction(steps: np.ndarray) -> np.ndarray:
    """Steps (n, 2), down and to the right, of any length -> the nearest of the eight directions, 0 to 7 (n,); no step is 0."""
    angles = np.arctan2(steps[:, 0], steps[:, 1])
    return np.round(angles * len(DIRECTIONS) / (2 * np.pi)).astype(int) % len(DIRECTIONS)


def mean_clips(part: MovingDigits) -> np.ndarray:
    """The mean of all clips of each direction: (8, frames, 32, 32, 1)."""
    return np.stack([part.clips[part.directions == number].mean(axis=0) for number in range(len(DIRECTIONS))])


def ink_places(films: np.ndarray) -> np.ndarray:
    """Where the ink is in films (n, ..., 32, 32): how much in each row and in each column, (n, ..., 64)."""
    return np.concatenate([films.sum(axis=-1), films.sum(axis=-2)], axis=-1)


def _make_part(part: Split, count: int, random: np.random.Generator, bouncing: bool, clutter: bool) -> MovingDigits:
    chosen = np.concatenate([random.permutation(len(part.inputs)) for _ in range(-(-count // len(part.inputs)))])[
        :count
    ]
    speeds = BOUNCING_SPEEDS if bouncing else DRIFTING_SPEEDS
    directions = random.permutation(np.arange(count) % len(DIRECTIONS))
    velocities = _velocities(directions, speeds, random)
    clips = _film(part.inputs[chosen], velocities, random, bouncing)
    if bouncing:
        others = random.integers(len(part.inputs), size=count)
        other_velocities = _velocities(random.integers(len(DIRECTIONS), size=count), speeds, random)
        clips = np.maximum(clips, _film(part.inputs[others], other_velocities, random, bouncing))
    elif clutter:
        clips = np.maximum(clips, _scraps(part.inputs, count, 1, random))
        clips = np.maximum(clips, _scraps(part.inputs, count, DRIFTING_FRAMES, random))
    return MovingDigits(clips, directions, part.targets[chosen], velocities)


def _make_turning_part(part: Split, count: int, random: np.random.Generator) -> TurningDigits:
    small = _halved(part.inputs[random.integers(len(part.inputs), size=count)])
    velocities = _velocities(random.permutation(np.arange(count) % len(DIRECTIONS)), TURNING_SPEEDS, random)
    corners = (FIELD - DIGIT) / 2 + random.uniform(-2, 2, (count, 2))  # where they turn: no digit leaves the field
    times = np.arange(TURNING_FRAMES) - (TURNING_FRAMES - 1)
    places = corners[:, np.newaxis] + times[:, np.newaxis] * velocities[:, np.newaxis]
    before = _drawn(np.repeat(small[:, np.newaxis], TURNING_FRAMES, axis=1), places)
    to_the_left = velocities[:, ::-1] * (-1, 1)  # (down, right) turned by a right angle, seen from the one who goes
    left, right = (
        _drawn(small[:, np.newaxis], (corners + side * FRAMES_AFTER * to_the_left)[:, np.newaxis])[:, 0]
        for side in (1, -1)
    )
    return TurningDigits(before, left, right, random.permutation(np.arange(count) % 2 == 0))


def _halved(images: np.ndarray) -> np.ndarray:
    """Images (n, 28, 28, 1), half as large: (n, 14, 14)."""
    return images.reshape(-1, DIGIT, 2, DIGIT, 2).mean(axis=(2, 4))


def _velocities(directions: np.ndarray, speeds: tuple[float, float], random: np.random.Generator) -> np.ndarray:
    """(n, 2), down and right: the direction's angle and a random length between the two speeds."""
    angles = directions * 2 * np.pi / len(DIRECTIONS)
    lengths = random.uniform(*speeds, len(directions))
    return lengths[:, np.newaxis] * np.stack([np.sin(angles), np.cos(angles)], axis=1)


def _film(images: np.ndarray, velocities: np.ndarray, random: np.random.Generator, bouncing: bool) -> np.ndarray:
    """The images (n, 28, 28, 1), half as large, on their way from a random place: (n, frames, 32, 32, 1)."""
    small = _halved(images)
    room = FIELD - DIGIT if bouncing else FIELD
    starts = random.uniform(0, room, (len(images), 1, 2))
    frames = BOUNCING_FRAMES if bouncing else DRIFTING_FRAMES
    places = starts + np.arange(frames)[:, np.newaxis] * velocities[:, np.newaxis]
    if bouncing:
        places = room - np.abs(places % (2 * room) - room)
    return _drawn(np.repeat(small[:, np.newaxis], frames, axis=1), places)


def _scraps(images: np.ndarray, count: int, frames: int, random: np.random.Generator) -> np.ndarray:
    """Pieces of SCRAP x SCRAP pixels from the middle of digits at random places, one a frame: (count, frames, 32, 32, 1)."""
    small = _halved(images)
    row, column = random.integers(2, DIGIT - SCRAP - 1, 2)
    pieces = small[random.integers(len(small), size=(count, frames)), row : row + SCRAP, column : column + SCRAP]
    return _drawn(pieces, random.integers(FIELD, size=(count, frames, 2)).astype("float64"))


def _drawn(pictures: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Pictures (n, frames, size, size) on an empty field at their places (n, frames, 2), which may lie between pixels."""
    count, frames, size = pictures.shape[:3]
    corners = np.floor(places).astype(int)
    down, right = np.moveaxis((places - corners).astype("float32"), -1, 0)[..., np.newaxis, np.newaxis]
    wide = np.pad(pictures, ((0, 0), (0, 0), (1, 1), (1, 1)))
    wide = (1 - down) * wide[:, :, 1:] + down * wide[:, :, :-1]
    wide = (1 - right) * wide[..., 1:] + right * wide[..., :-1]
    rows, columns = np.moveaxis((corners[..., np.newaxis] + np.arange(size + 1)) % FIELD, 2, 0)
    field = np.zeros((count, frames, FIELD, FIELD, 1), dtype="float32")
    clip, frame = np.ogrid[:count, :frames]
    field[clip[..., None, None], frame[..., None, None], rows[..., :, None], columns[..., None, :], 0] = wide
    return field
