"""Scenes of one drawing on a photograph: the box is where the drawing is, and the parts share no drawing that matters."""

import numpy as np

from course_utils.datasets import load_sprite_scenes, load_sprites


def test_shapes_and_reproducibility():
    scenes, again = load_sprite_scenes(), load_sprite_scenes()
    for part, count in ((scenes.train, 3600), (scenes.validation, 300), (scenes.test, 600)):
        assert part.inputs.shape == (count, 48, 48, 3) and part.inputs.dtype == np.float32
        assert 0 <= part.inputs.min() and part.inputs.max() <= 1
        assert set(np.bincount(part.targets.classes)) == {count // 6}, "each class equally often"
        left, top, right, bottom = part.targets.boxes.T
        assert (right - left == bottom - top).all() and left.min() >= 0 and max(right.max(), bottom.max()) <= 48
        assert (right - left).min() == 24 and (right - left).max() == 35
    assert np.array_equal(scenes.test.inputs, again.test.inputs)


def test_boxes_are_where_the_clocks_are():
    scenes = load_sprite_scenes()
    clock = scenes.details["names"].index("clock")
    chosen = np.flatnonzero(scenes.test.targets.classes == clock)
    distances = []
    for index, (left, top, right, bottom) in zip(chosen, scenes.test.targets.boxes[chosen]):
        row, column = np.argwhere(scenes.test.inputs[index].min(axis=2) > 0.9).mean(axis=0)
        distances.append(np.hypot(row - (top + bottom) / 2, column - (left + right) / 2))
    assert np.median(distances) < 3, "the white of a clock lies in the middle of its box"


def test_the_test_drawings_are_not_those_of_training():
    names = load_sprites().details["names"]
    assert not set(names["train"]) & (set(names["validation"]) | set(names["test"]))
