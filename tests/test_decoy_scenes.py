"""Scenes of a digit, a letter and a photograph: boxes are where the ink is, parts share nothing, layers make the scene."""

import numpy as np
import pytest

from course_utils.datasets import load_decoy_scenes, load_digits
from course_utils.datasets.decoy_scenes import lay_on


@pytest.fixture(scope="module")
def scenes():
    return load_decoy_scenes()


def test_shapes_and_reproducibility(scenes):
    for part, count in ((scenes.train, 3500), (scenes.validation, 500), (scenes.test, 1000)):
        assert part.inputs.shape == (count, 48, 48, 1) and part.inputs.dtype == np.float32
        assert 0 <= part.inputs.min() and part.inputs.max() <= 1
        targets = part.targets
        assert set(np.bincount(targets.classes)) == {count // 10}, "each digit equally often"
        assert targets.letters.shape == (count,) and set(targets.letters) == set(range(26))
        for boxes in (targets.digit_boxes, targets.letter_boxes):
            left, top, right, bottom = boxes.T
            assert boxes.min() >= 0 and boxes.max() <= 48
            assert set(bottom - top) == set(range(14, 19)) and (right > left).all()
    assert np.array_equal(scenes.test.inputs, load_decoy_scenes().test.inputs)


def test_the_boxes_do_not_overlap_and_hold_the_ink(scenes):
    layers, targets = scenes.details["layers"], scenes.test.targets
    for ink, boxes in ((layers.digits, targets.digit_boxes), (layers.letters, targets.letter_boxes)):
        for image, (left, top, right, bottom) in zip(ink, boxes):
            inside = image[top:bottom, left:right]
            assert inside.max() > 0.5 and inside.sum() == pytest.approx(image.sum(), rel=1e-5)
    assert not ((layers.digits > 0) & (layers.letters > 0)).any()


def test_the_letters_cover_about_as_much_as_the_digits(scenes):
    def mean_area(boxes):
        left, top, right, bottom = boxes.T
        return ((right - left) * (bottom - top)).mean()

    targets = scenes.test.targets
    assert mean_area(targets.letter_boxes) == pytest.approx(mean_area(targets.digit_boxes), rel=0.05)


def test_the_layers_make_the_scenes(scenes):
    layers = scenes.details["layers"]
    assert np.array_equal(lay_on(layers.photographs, layers.digits, layers.letters), scenes.test.inputs)
    assert not np.array_equal(layers.photographs, layers.other_photographs)
    assert lay_on(np.ones((1, 2, 2, 1))).max() == 0.5, "a photograph alone is pale"


def test_the_middle_says_little(scenes):
    left, top, right, bottom = scenes.test.targets.digit_boxes.T
    assert ((left <= 24) & (24 < right) & (top <= 24) & (24 < bottom)).mean() < 0.2


def test_each_test_digit_serves_once(scenes):
    digits = scenes.test.targets.classes
    assert np.array_equal(np.bincount(digits), np.bincount(load_digits().test.targets))
    ink = scenes.details["layers"].digits.sum(axis=(1, 2, 3))
    assert len(np.unique(ink.round(3))) > 900
