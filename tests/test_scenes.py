"""Scenes: boxes tight around the masks, parts that share no digit, the same at every call."""

import numpy as np
import pytest

from course_utils.datasets import load_digits, load_scenes
from course_utils.datasets import scenes as scenes_module
from course_utils.datasets.dataset import Dataset, Split
from course_utils.datasets.scenes import compose_scenes, pixel_classes


@pytest.fixture(scope="module")
def scenes():
    return load_scenes()


def test_shapes_and_ranges(scenes):
    parts = (scenes.train, scenes.validation, scenes.test)
    assert [len(part.inputs) for part in parts] == [3600, 200, 400]
    for images, (boxes, classes, masks) in parts:
        assert images.shape[1:] == (64, 64, 1) and images.dtype == np.float32
        assert 0 <= images.min() < 0.05 and 0.95 < images.max() <= 1
        assert masks.shape == images.shape[:3] and masks.dtype == np.uint8
        assert len(boxes) == len(classes) == len(images)
        assert set(map(len, boxes)) == {1, 2, 3, 4} and set(np.concatenate(classes)) == set(range(10))
        assert all(b.dtype == np.float32 and b.shape == (len(c), 4) for b, c in zip(boxes, classes))


def test_boxes_are_tight_around_the_visible_ink(scenes):
    _, (boxes, _, masks) = scenes.test
    for scene_boxes, mask in zip(boxes, masks):
        assert set(np.unique(mask)) == set(range(len(scene_boxes) + 1))
        for number, box in enumerate(scene_boxes, start=1):
            rows, columns = np.nonzero(mask == number)
            assert box.tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


def test_objects_are_darker_than_their_ground_and_mostly_visible(scenes):
    images, (boxes, _, masks) = scenes.test
    assert images[masks > 0].mean() > images[masks == 0].mean() + 0.3
    heights = np.concatenate(boxes)[:, 3] - np.concatenate(boxes)[:, 1]
    assert heights.min() >= 7 and heights.max() <= 28 and np.median(heights) > 16


def test_the_same_at_every_call(scenes):
    again = load_scenes()
    np.random.seed(5)
    assert np.array_equal(scenes.test.inputs, again.test.inputs)
    assert np.array_equal(scenes.train.targets.masks, again.train.targets.masks)
    assert all(np.array_equal(a, b) for a, b in zip(scenes.train.targets.boxes, again.train.targets.boxes))
    assert not np.array_equal(scenes.train.inputs[:200], scenes.validation.inputs)


def test_each_part_is_made_of_its_own_digits(monkeypatch):
    digits = load_digits()
    picked = {
        name: Split(getattr(digits, name).inputs[getattr(digits, name).targets == label][:20], np.full(20, label))
        for label, name in enumerate(("train", "validation", "test"))
    }
    monkeypatch.setattr(scenes_module, "load_digits", lambda: Dataset(digits.card, **picked))
    monkeypatch.setattr(scenes_module, "scale", lambda quick, full: 30)
    scenes = load_scenes()
    for label, name in enumerate(("train", "validation", "test")):
        assert set(np.concatenate(getattr(scenes, name).targets.classes)) == {label}


def test_a_digit_lies_where_its_box_says():
    block = np.zeros((1, 28, 28, 1), "float32")
    block[0, 4:24, 9:19] = 1
    images, (boxes, classes, masks) = compose_scenes(block, np.array([6]), 20, np.random.default_rng(0))
    for image, scene_boxes, scene_classes, mask in zip(images, boxes, classes, masks):
        assert set(scene_classes) == {6}
        x1, y1, x2, y2 = scene_boxes[-1].astype(int)  # laid last, so that nothing covers it
        assert image[y1:y2, x1:x2].mean() > 0.5 and (mask[y1:y2, x1:x2] == len(scene_boxes)).all()
        assert (x2 - x1) * 2 == pytest.approx(y2 - y1, abs=2)


def test_resizing_keeps_the_level_and_the_direction():
    for old, new in ((4, 64), (28, 14), (20, 20), (28, 9)):
        matrix = scenes_module._resizing(old, new)
        assert matrix.shape == (new, old) and np.allclose(matrix.sum(axis=1), 1)
        assert np.all(np.diff(matrix @ np.arange(old)) > -1e-6)
    assert np.allclose(scenes_module._resizing(20, 20), np.eye(20))


def test_full_scale_has_more_scenes(monkeypatch):
    monkeypatch.setattr(scenes_module, "scale", lambda quick, full: full // 100)
    scenes = load_scenes()
    assert [len(part.inputs) for part in (scenes.train, scenes.validation, scenes.test)] == [200, 10, 20]


def test_each_pixel_has_the_class_of_its_object(scenes):
    _, targets = scenes.validation
    labels = pixel_classes(targets)
    assert labels.shape == targets.masks.shape and labels.dtype == np.uint8
    assert np.array_equal(labels > 0, targets.masks > 0)
    for scene, mask, classes in zip(labels, targets.masks, targets.classes):
        for number, label in enumerate(classes, start=1):
            assert set(scene[mask == number]) == {label + 1}
