"""A digit to be read, a letter that is none of its business, and a photograph behind both."""

from typing import NamedTuple

import numpy as np

from course_utils.datasets.dataset import Dataset, Split
from course_utils.datasets.digits import load_digits
from course_utils.datasets.letters import load_letters
from course_utils.datasets.photographs import load_photographs
from course_utils.datasets.scenes import cut_and_resized
from course_utils.scale import scale

SIZE = 48
HEIGHTS = (14, 18)
DARKEST = 0.5  # of a photograph; ink reaches 1


class DecoyTargets(NamedTuple):
    """`classes` (n,), the digit from 0 to 9; `letters` (n,), the letter from 0 (A) to 25 (Z).

    `digit_boxes` and `letter_boxes` (n, 4), int64: left, top, right and bottom in pixels, tight around the ink.
    """

    classes: np.ndarray
    letters: np.ndarray
    digit_boxes: np.ndarray
    letter_boxes: np.ndarray


class Layers(NamedTuple):
    """What scenes are made of, each (n, 48, 48, 1), float32: the ink of digit and letter, the photograph, another one."""

    digits: np.ndarray
    letters: np.ndarray
    photographs: np.ndarray
    other_photographs: np.ndarray


def load_decoy_scenes() -> Dataset:
    """Images (n, 48, 48, 1), float32 from 0 (paper) to 1 (ink), with `DecoyTargets`; the same at every call.

    One digit and one letter, 14 to 18 pixels high, stand anywhere on a piece of a photograph. Their boxes do not
    overlap. Digits, typefaces and photographs of a test scene occur in no other part. `details["layers"]` holds the
    `Layers` of the test scenes; `details["letters"]` the alphabet. Quick: 3500 / 500 / 1000 scenes; full: 20,000 / 1000 / 2000.
    """
    digits, letters = load_digits(), load_letters()
    photographs = _grey_photographs()
    counts = {
        "train": scale(quick=3500, full=20_000),
        "validation": scale(quick=500, full=1000),
        "test": scale(quick=1000, full=2000),
    }
    parts, layers = {}, None
    for seed, (part, count) in enumerate(counts.items()):
        random = np.random.default_rng(seed)
        layers, targets = _compose(getattr(digits, part), getattr(letters, part), photographs[part], count, random)
        images = lay_on(layers.photographs, layers.digits, layers.letters)
        parts[part] = Split(images, targets)
    return Dataset(digits.card, **parts, details={"layers": layers, "letters": letters.details["letters"]})


def lay_on(photographs: np.ndarray, *inks: np.ndarray) -> np.ndarray:
    """Ink on pale photographs, all (n, 48, 48, 1): at each pixel the darkest of them; a photograph counts half."""
    scenes = DARKEST * photographs
    for ink in inks:
        scenes = np.maximum(scenes, ink)
    return scenes


def _grey_photographs() -> dict[str, np.ndarray]:
    """For each part photographs (n, 192, 192), from 0 (white) to 1 (black); those of training and their negatives."""
    photographs = load_photographs()
    parts = {part: 1 - getattr(photographs, part).inputs.mean(axis=3) for part in ("train", "validation", "test")}
    parts["train"] = np.concatenate([parts["train"], 1 - parts["train"]])
    return parts


def _compose(
    digits: Split, letters: Split, photographs: np.ndarray, count: int, random: np.random.Generator
) -> tuple[Layers, DecoyTargets]:
    """`count` scenes in layers; each digit serves once before any serves again."""
    layers = Layers(*(np.zeros((count, SIZE, SIZE, 1), "float32") for _ in Layers._fields))
    rounds = -(-count // len(digits.inputs))
    chosen = np.concatenate([random.permutation(len(digits.inputs)) for _ in range(rounds)])[:count]
    chosen_letters = random.integers(len(letters.inputs), size=count)
    boxes = np.empty((2, count, 4), "int64")
    for index, (digit, letter) in enumerate(zip(chosen, chosen_letters)):
        photograph = random.integers(len(photographs))
        layers.photographs[index, ..., 0] = _piece(photographs[photograph], random)
        other = (photograph + 1) % len(photographs)
        layers.other_photographs[index, ..., 0] = _piece(photographs[other], random)
        inks = [
            cut_and_resized(image, int(random.integers(HEIGHTS[0], HEIGHTS[1] + 1)))
            for image in (digits.inputs[digit], letters.inputs[letter])
        ]
        boxes[:, index] = _apart(inks, random)
        for layer, ink, (left, top, right, bottom) in zip(layers[:2], inks, boxes[:, index]):
            layer[index, top:bottom, left:right, 0] = ink
    targets = DecoyTargets(digits.targets[chosen], letters.targets[chosen_letters], *boxes)
    return layers, targets


def _piece(photograph: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A random piece of a photograph (192, 192), at half its size: (48, 48)."""
    row, column = random.integers(0, len(photograph) - 2 * SIZE + 1, 2)
    piece = photograph[row : row + 2 * SIZE, column : column + 2 * SIZE]
    return piece.reshape(SIZE, 2, SIZE, 2).mean(axis=(1, 3))


def _apart(inks: list[np.ndarray], random: np.random.Generator) -> list[tuple[int, int, int, int]]:
    """Random places for two pieces of ink (height, width) so that they share no pixel: their boxes."""
    while True:
        boxes = []
        for height, width in (ink.shape for ink in inks):
            left, top = int(random.integers(0, SIZE - width + 1)), int(random.integers(0, SIZE - height + 1))
            boxes.append((left, top, left + width, top + height))
        first, second = boxes
        if first[2] <= second[0] or second[2] <= first[0] or first[3] <= second[1] or second[3] <= first[1]:
            return boxes
