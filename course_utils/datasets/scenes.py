"""Scenes for detection and segmentation: one to four handwritten digits on a textured ground, among stroke fragments."""

from functools import cache
from typing import NamedTuple

import numpy as np

from course_utils.datasets.dataset import Dataset, Split
from course_utils.datasets.digits import load_digits
from course_utils.scale import scale

SIZE = 64
MOST_OBJECTS = 4
HEIGHTS = (14, 28)
LARGEST_OVERLAP = 0.15
LEAST_VISIBLE = 0.75
INK = 0.35


class SceneTargets(NamedTuple):
    """What is in each scene.

    `boxes[i]` has shape (k, 4), float32: corners x1, y1, x2, y2 in pixels, tight around the visible ink.
    `classes[i]` has shape (k,), int64. `masks` has shape (n, 64, 64), uint8: 0 for the ground and 1 to k for the
    object that the pixel shows, in the order of the boxes.
    """

    boxes: list[np.ndarray]
    classes: list[np.ndarray]
    masks: np.ndarray


def load_scenes() -> Dataset:
    """Images (n, 64, 64, 1), float32 from 0 (paper) to 1 (ink), with `SceneTargets`; the same at every call.

    Quick: 3600 / 200 / 400 scenes for train / validation / test, composed of the digits of the same part of
    `load_digits`, so that no digit of a test scene occurs in a training scene. Full: 20,000 / 1000 / 2000 scenes.
    """
    digits = load_digits()
    counts = {
        "train": scale(quick=3600, full=20000),
        "validation": scale(quick=200, full=1000),
        "test": scale(quick=400, full=2000),
    }
    parts = {
        name: compose_scenes(*getattr(digits, name), count, np.random.default_rng(seed))
        for seed, (name, count) in enumerate(counts.items())
    }
    return Dataset(digits.card, **parts)


def pixel_classes(targets: SceneTargets) -> np.ndarray:
    """What each pixel belongs to, (n, 64, 64), uint8: 0 for the ground, 1 to 10 for a digit 0 to 9."""
    labels = np.zeros_like(targets.masks)
    for scene, mask, classes in zip(labels, targets.masks, targets.classes):
        for number, label in enumerate(classes, start=1):
            scene[mask == number] = label + 1
    return labels


def compose_scenes(images: np.ndarray, labels: np.ndarray, count: int, random: np.random.Generator) -> Split:
    """Compose `count` scenes of digits (n, 28, 28, 1) with labels (n,)."""
    scenes, masks = _grounds(count, random), np.zeros((count, SIZE, SIZE), "uint8")
    boxes, classes = [], []
    for scene, mask in zip(scenes, masks):
        for _ in range(random.integers(0, 5)):
            _add_fragment(scene, images, random)
        found = _add_objects(scene, mask, images, labels, random)
        boxes.append(np.array([box for box, _ in found], "float32"))
        classes.append(np.array([label for _, label in found], "int64"))
    scenes += random.normal(0, 0.05, scenes.shape).astype("float32")
    return Split(np.clip(scenes, 0, 1)[..., np.newaxis], SceneTargets(boxes, classes, masks))


def _grounds(count: int, random: np.random.Generator) -> np.ndarray:
    """Smooth clouds and fine grain, (count, 64, 64), between 0 and 0.75."""
    ground = np.zeros((count, SIZE, SIZE), "float32")
    for cells, strength in ((4, 0.5), (16, 0.25)):
        grid = random.random((count, cells, cells), dtype="float32")
        enlarge = _resizing(cells, SIZE)
        ground += strength * random.random((count, 1, 1), dtype="float32") * (enlarge @ grid @ enlarge.T)
    return ground


@cache
def _resizing(old: int, new: int) -> np.ndarray:
    """The matrix (new, old) that resizes an axis: linear interpolation, averaging when it shrinks."""
    places = (np.arange(new) + 0.5) * old / new - 0.5
    reach = max(old / new, 1.0)
    distance = np.abs(np.clip(places, 0, old - 1)[:, np.newaxis] - np.arange(old))
    weights = np.maximum(1 - distance / reach, 0)
    return (weights / weights.sum(axis=1, keepdims=True)).astype("float32")


def cut_and_resized(image: np.ndarray, height: int) -> np.ndarray:
    """A drawing (28, 28, 1) cut to its ink and resized to `height` pixels, its width in proportion: (height, width)."""
    ink = image[..., 0]
    rows, columns = np.flatnonzero(ink.max(axis=1) > INK), np.flatnonzero(ink.max(axis=0) > INK)
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    width = int(np.clip(round(height * ink.shape[1] / ink.shape[0]), 3, HEIGHTS[1]))
    resized = _resizing(ink.shape[0], height) @ ink @ _resizing(ink.shape[1], width).T
    return np.minimum(resized, 1)  # black, though the rounded shares of a pixel may add up to a little more


def _resized_digit(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A digit (28, 28, 1) cut to its ink and resized to a random height, (height, width)."""
    return cut_and_resized(image, int(random.integers(HEIGHTS[0], HEIGHTS[1] + 1)))


def _blend(scene: np.ndarray, digit: np.ndarray, top: int, left: int, random: np.random.Generator) -> None:
    """Lay a digit on the scene, in place, with a random blackness."""
    part = scene[top : top + digit.shape[0], left : left + digit.shape[1]]
    part += digit * (random.uniform(0.6, 1.0) - part)


def _add_fragment(scene: np.ndarray, images: np.ndarray, random: np.random.Generator) -> None:
    """Lay a piece of a digit on the scene, in place: ink as black as that of the objects, but no object."""
    digit = _resized_digit(images[random.integers(len(images))], random)
    height, width = (int(size) for size in random.integers(4, 9, size=2))
    y, x = (int(random.integers(0, max(size - piece, 0) + 1)) for size, piece in zip(digit.shape, (height, width)))
    piece = digit[y : y + height, x : x + width]
    top, left = (int(random.integers(0, SIZE - size + 1)) for size in piece.shape)
    _blend(scene, piece, top, left, random)


def _add_objects(
    scene: np.ndarray, mask: np.ndarray, images: np.ndarray, labels: np.ndarray, random: np.random.Generator
) -> list[tuple[tuple[int, int, int, int], int]]:
    """Lay one to four digits on the scene and their numbers on the mask, in place; return (box, label) of each."""
    taken: list[tuple[int, int, int, int]] = []
    chosen: list[int] = []
    for _ in range(random.integers(1, MOST_OBJECTS + 1)):
        number = int(random.integers(len(images)))
        digit = _resized_digit(images[number], random)
        for _ in range(10):
            top, left = (int(random.integers(0, SIZE - size + 1)) for size in digit.shape)
            place = (left, top, left + digit.shape[1], top + digit.shape[0])
            ink = digit > INK
            if all(_overlap(place, other) <= LARGEST_OVERLAP for other in taken) and _hides_little(mask, place, ink):
                _blend(scene, digit, top, left, random)
                taken.append(place)
                chosen.append(int(labels[number]))
                mask[place[1] : place[3], place[0] : place[2]][ink] = len(taken)
                break
    return [(_visible_box(mask == number), label) for number, label in enumerate(chosen, start=1)]


def _overlap(first: tuple[int, int, int, int], second: tuple[int, int, int, int]) -> float:
    """The shared area as a share of the smaller box."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    areas = ((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second))
    return max(width, 0) * max(height, 0) / min(areas)


def _hides_little(mask: np.ndarray, place: tuple[int, int, int, int], ink: np.ndarray) -> bool:
    """Whether each object on the mask stays visible for the most part once `ink` is laid on it."""
    covered = np.bincount(mask[place[1] : place[3], place[0] : place[2]][ink], minlength=MOST_OBJECTS + 1)[1:]
    if not covered.any():
        return True
    present = np.bincount(mask.ravel(), minlength=MOST_OBJECTS + 1)[1:]
    return bool(np.all(covered <= (1 - LEAST_VISIBLE) * present))


def _visible_box(pixels: np.ndarray) -> tuple[int, int, int, int]:
    """The corners (x1, y1, x2, y2) around the true pixels (64, 64)."""
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
