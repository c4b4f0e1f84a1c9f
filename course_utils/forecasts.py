"""Forecasts of a film's next frames without training: copy, shift, and move each piece of ink by its own step."""

from itertools import product
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from course_utils.datasets.moving_digits import DIGIT, FIELD

ROOM = FIELD - DIGIT  # a digit's upper left corner goes from 0 to here, and back
MIDDLE = (DIGIT - 1) / 2  # where its centre of mass lies, nearly, seen from that corner

RESTS = 0.05  # pixels a frame: slower is no motion


class Moved(NamedTuple):
    """`frames` (n, 32, 32, 1): a forecast of each film; `kinds` (n,): "apart", "bounces next" or "touching"."""

    frames: np.ndarray
    kinds: np.ndarray


def copied(past: np.ndarray, ahead: int = 1) -> np.ndarray:
    """Films (n, frames, 32, 32, 1) -> their last frames (n, 32, 32, 1), whatever `ahead`."""
    return past[:, -1]


def shifted(past: np.ndarray, ahead: int = 1) -> np.ndarray:
    """Films (n, frames, 32, 32, 1) -> their last frames moved on, `ahead` times the one step, in halves of a pixel, that best
    explains the last frame from the one before: (n, 32, 32, 1)."""
    return _shifted(past[..., 0], ahead)[..., np.newaxis]


def each_moved(past: np.ndarray, ahead: int = 1) -> Moved:
    """Each of two pieces of ink in films (n, frames, 32, 32, 1) goes on by its own step for `ahead` frames, off the walls.

    It is told: two pieces, as stiff as wood, at constant speeds; where the walls are and that pieces bounce off them. The
    pieces are followed by their centres of mass through those frames in which they do not touch. A film ("touching")
    with fewer than two such frames is `shifted` as a whole. In "bounces next" a piece bounces between its last frame and
    the forecast; else the film is "apart".
    """
    frames, kinds = [], []
    for film in past[..., 0]:
        seen = [(time, pieces) for time, frame in enumerate(film) if (pieces := _two_pieces(frame))]
        if len(seen) < 2:
            frames.append(_shifted(film[np.newaxis], ahead)[0])
            kinds.append("touching")
            continue
        times = np.array([time for time, _ in seen])
        futures = [_moved(track, times, len(film) - 1 + ahead) for track in _tracks([pieces for _, pieces in seen])]
        frames.append(np.maximum(*(frame for frame, _ in futures)))
        kinds.append("bounces next" if any(bounced for _, bounced in futures) else "apart")
    return Moved(np.stack(frames)[..., np.newaxis], np.array(kinds))


def _shifted(films: np.ndarray, ahead: int) -> np.ndarray:
    """Films (n, frames, rows, columns) -> (n, rows, columns), one step for each film."""
    steps = np.array(list(product(np.arange(-2, 2.1, 0.5), repeat=2)))
    errors = [
        ((ndimage.shift(films[:, -2], (0, *step), order=1) - films[:, -1]) ** 2).sum(axis=(1, 2)) for step in steps
    ]
    best = steps[np.argmin(errors, axis=0)]
    return np.stack([ndimage.shift(film[-1], ahead * step, order=1) for film, step in zip(films, best)])


def _two_pieces(frame: np.ndarray) -> list[np.ndarray] | None:
    """The two large pieces of ink that hang together, small scraps added to the nearer one; None where there is one piece."""
    labels, count = ndimage.label(frame > 0.05, structure=np.ones((3, 3)))
    pieces = sorted((np.where(labels == number, frame, 0) for number in range(1, count + 1)), key=np.sum, reverse=True)
    if count < 2 or pieces[1].sum() < 0.25 * pieces[0].sum():
        return None
    for scrap in pieces[2:]:
        nearer = np.argmin([_distance(piece, scrap) for piece in pieces[:2]])
        pieces[nearer] = pieces[nearer] + scrap
    return pieces[:2]


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.linalg.norm(np.subtract(ndimage.center_of_mass(one), ndimage.center_of_mass(other))))


def _tracks(pairs: list[list[np.ndarray]]) -> list[list[np.ndarray]]:
    """The pieces of each frame -> those of each digit: the way that is shorter in sum."""
    tracks = [[piece] for piece in pairs[0]]
    for one, other in pairs[1:]:
        straight = _distance(tracks[0][-1], one) + _distance(tracks[1][-1], other)
        crossed = _distance(tracks[0][-1], other) + _distance(tracks[1][-1], one)
        tracks[0].append(one if straight <= crossed else other)
        tracks[1].append(other if straight <= crossed else one)
    return tracks


def _moved(track: list[np.ndarray], times: np.ndarray, target: int) -> tuple[np.ndarray, bool]:
    """A piece at the time `target`, and whether it bounced since it was seen last. Drawn from the seen one that needs the
    wholest number of pixels, since a move between pixels blurs."""
    corners = np.array([ndimage.center_of_mass(piece) for piece in track]) - MIDDLE
    (row, over), (column, beside) = (_goes_on(corners[:, axis], times, target) for axis in (0, 1))
    steps = np.array([row, column]) - corners
    source = np.abs(steps - np.round(steps)).sum(axis=1).argmin()
    return ndimage.shift(track[source], steps[source], order=1), over or beside


def _goes_on(places: np.ndarray, times: np.ndarray, target: int) -> tuple[float, bool]:
    """Where a place leads, at the seen speed that best explains all places, and whether a wall stops it before."""
    speeds = np.diff(places) / np.diff(times)
    if np.abs(speeds).max() < RESTS:  # along a wall it touches, it must not bounce
        return places[-1], False
    candidates = [*np.abs(speeds), *-np.abs(speeds)]
    errors = [np.abs(_folded(places[-1] + speed * (times - times[-1])) - places).sum() for speed in candidates]
    free = places[-1] + candidates[int(np.argmin(errors))] * (target - times[-1])
    return _folded(free), not 0 <= free <= ROOM


def _folded(places: np.ndarray) -> np.ndarray:
    return ROOM - np.abs(places % (2 * ROOM) - ROOM)
