"""One coloured drawing on a photograph: which sort of thing is it, and where?"""

from typing import NamedTuple

import numpy as np
from PIL import Image

from course_utils.datasets.dataset import Dataset, Split
from course_utils.datasets.photographs import load_photographs
from course_utils.datasets.sprites import load_sprites
from course_utils.scale import scale

SIZE = 48
SUBGROUPS = {
    "face": ("face-smiling", "face-affection", "face-tongue", "face-neutral-skeptical", "face-sleepy", "face-unwell",
             "face-concerned", "face-negative", "face-hand", "face-hat", "face-glasses"),
    "mammal": ("animal-mammal",),
    "vehicle": ("transport-ground",),
    "clothing": ("clothing",),
    "building": ("place-building", "place-religious"),
    "clock": ("time",),
}  # fmt: skip


class SpriteTargets(NamedTuple):
    """`classes` (n,) and `boxes` (n, 4): left, top, right and bottom of the drawing in pixels."""

    classes: np.ndarray
    boxes: np.ndarray


def load_sprite_scenes() -> Dataset:
    """Images (n, 48, 48, 3), float32 from 0 to 1, and SpriteTargets. `details["names"]` holds the six classes.

    A drawing of 24 to 35 pixels stands somewhere on a piece of a photograph. The test scenes show drawings and
    photographs that no training scene has; the validation scenes show the training drawings on another photograph. Quick: 3600 / 300 / 600 scenes, always the same ones; full: ten times as many to train on.
    """
    sprites, photographs = load_sprites(), load_photographs()
    bright = photographs.train.inputs
    pictures = {
        "train": np.concatenate([bright, 1 - bright]),
        "validation": photographs.validation.inputs,
        "test": photographs.test.inputs,
    }
    counts = {"train": scale(quick=3600, full=36_000), "validation": 300, "test": 600}
    parts = {}
    for seed, (part, count) in enumerate(counts.items()):
        sources = ("validation", "test") if part == "test" else ("train",)
        drawings = np.concatenate([getattr(sprites, source).inputs for source in sources])
        subgroups = np.concatenate([sprites.details["subgroups"][source] for source in sources])
        by_class = [drawings[np.isin(subgroups, members)] for members in SUBGROUPS.values()]
        parts[part] = _compose(by_class, pictures[part], count, np.random.default_rng(seed))
    return Dataset(sprites.card, **parts, details={"names": tuple(SUBGROUPS)})


def _compose(by_class: list[np.ndarray], pictures: np.ndarray, count: int, generator: np.random.Generator) -> Split:
    images, boxes = np.empty((count, SIZE, SIZE, 3), dtype="float32"), np.empty((count, 4), dtype="int64")
    classes = np.arange(count) % len(by_class)
    for index, label in enumerate(classes):
        row, column = generator.integers(0, pictures.shape[1] - 2 * SIZE, 2)
        cut = pictures[generator.integers(len(pictures))][row : row + 2 * SIZE, column : column + 2 * SIZE]
        scene = cut.reshape(SIZE, 2, SIZE, 2, 3).mean(axis=(1, 3))
        drawing = by_class[label][generator.integers(len(by_class[label]))]
        drawing = drawing[:, :: generator.choice((-1, 1))]
        side = int(generator.integers(24, 36))
        top, left = generator.integers(0, SIZE - side + 1, 2)
        resized = Image.fromarray((drawing * 255).astype("uint8")).resize((side, side), Image.Resampling.BILINEAR)
        colours, opacity = np.split(np.asarray(resized, dtype="float32") / 255, [3], axis=2)
        place = scene[top : top + side, left : left + side]
        place[:] = place * (1 - opacity) + colours * opacity
        images[index], boxes[index] = scene, (left, top, left + side, top + side)
    return Split(images, SpriteTargets(classes, boxes))
