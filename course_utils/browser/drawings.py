"""Ten digits put together from arcs and lines, in place of a hand: strokes of points (x, y) in a square of 280 x 280, y downwards."""

import math
from collections.abc import Sequence

import numpy as np

Stroke = list[tuple[float, float]]


def arc(x: float, y: float, width: float, height: float, begin: float, end: float, points: int = 24) -> Stroke:
    """Part of an ellipse round (x, y), from one angle to another in degrees; 0 is right, 90 down."""
    angles = [math.radians(begin + (end - begin) * number / points) for number in range(points + 1)]
    return [(x + width / 2 * math.cos(angle), y + height / 2 * math.sin(angle)) for angle in angles]


def line(*corners: tuple[float, float], points: int = 12) -> Stroke:
    """Straight lines from corner to corner, each in `points` steps."""
    stroke = [corners[0]]
    for (x1, y1), (x2, y2) in zip(corners, corners[1:]):
        for number in range(1, points + 1):
            stroke.append((x1 + (x2 - x1) * number / points, y1 + (y2 - y1) * number / points))
    return stroke


DIGITS: dict[int, list[Stroke]] = {
    0: [arc(140, 140, 120, 180, -90, 270, 40)],
    1: [line((150, 50), (135, 230))],
    2: [arc(135, 95, 110, 90, -170, 30) + line((180, 125), (85, 225), (205, 222))],
    3: [arc(130, 95, 100, 90, -150, 85) + arc(130, 185, 115, 95, -85, 150)],
    4: [line((105, 55), (85, 150), (190, 145)), line((180, 60), (165, 230))],
    5: [line((190, 60), (105, 62), (95, 130)) + arc(130, 172, 120, 105, -115, 140)],
    6: [arc(190, 150, 190, 210, -115, -180) + arc(140, 178, 95, 90, 180, 530, 32)],
    7: [line((80, 65), (195, 62), (125, 230))],
    8: [arc(140, 95, 90, 80, 30, -270, 24) + arc(140, 180, 110, 95, -90, 270, 32) + arc(140, 95, 90, 80, 90, 30, 6)],
    9: [arc(140, 100, 95, 90, 0, -350, 32) + line((187, 95), (180, 160), (165, 235))],
}


def moved(drawing: Sequence[Stroke], scale: float, dx: float, dy: float) -> list[Stroke]:
    """The same strokes, larger or smaller from the corner at the top left, then pushed by (dx, dy)."""
    return [[(scale * x + dx, scale * y + dy) for x, y in stroke] for stroke in drawing]


def slanted_digits(
    slants: Sequence[float] = (-0.2, -0.1, 0, 0.1, 0.2, 0.3),
) -> tuple[list[list[np.ndarray]], np.ndarray]:
    """The ten digits at each slant, those of one slant together: lists of strokes (points, 2), and which digits they are (n,).

    At a slant of 0.2 a point moves to the right by a fifth of its height above the middle.
    """
    drawings = []
    for slant in slants:
        for drawing in DIGITS.values():
            drawings.append([np.array([(x - slant * (y - 140), y) for x, y in stroke]) for stroke in drawing])
    return drawings, np.tile(list(DIGITS), len(slants))
