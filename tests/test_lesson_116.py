"""Lesson 116: masks and their measures on small numbers, and a U-Net whose shortcuts add no weight and carry detail."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.datasets import load_scenes
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("116")
iou, coarse, edges, build = (LESSON[name] for name in ("iou", "coarse", "edges", "build"))


@pytest.fixture(scope="module")
def few():
    scenes, masks = LESSON["with_masks"](load_scenes().validation)
    return scenes[:8], masks[:8]


def test_masks_are_one_where_a_digit_is(few):
    scenes, masks = few
    assert scenes.shape == (8, 64, 64, 1) and masks.shape == (8, 64, 64) and masks.dtype == np.float32
    assert set(np.unique(masks)) == {0, 1}
    targets = load_scenes().validation.targets
    for mask, boxes in zip(masks, targets.boxes):
        for left, top, right, bottom in np.array(boxes, dtype=int):
            assert mask[top:bottom, left:right].any()


def test_iou_of_masks():
    one, other = np.zeros((2, 4, 4)), np.zeros((2, 4, 4))
    one[0, :2, :2] = other[0, :2, 1:3] = 1
    assert iou(one, other) == pytest.approx(2 / 6)
    assert iou(one, one) == 1 and iou(one, 1 - one) == 0


def test_coarse_decides_by_majority():
    masks = np.zeros((1, 4, 4))
    masks[0, 0, 0] = masks[0, 0, 2] = masks[0, 0, 3] = masks[0, 1, 3] = 1
    found = coarse(masks, 2)
    assert found[0, :2, :2].sum() == 0 and found[0, :2, 2:].all() and found[0, 2:].sum() == 0
    assert np.array_equal(coarse(masks, 1), masks > 0)


def test_edges_are_both_sides_of_a_border():
    masks = np.zeros((1, 5, 5))
    masks[0, 2, 2] = 1
    expected = np.zeros((5, 5), bool)
    expected[[1, 2, 2, 2, 3], [2, 1, 2, 3, 2]] = True
    assert np.array_equal(edges(masks)[0], expected)
    assert not edges(np.ones((2, 5, 5))).any()


def test_shortcuts_add_no_weight_and_carry_detail():
    keras.utils.set_random_seed(1)
    plain, with_shortcuts = build(False), build(True)
    assert plain.count_params() == with_shortcuts.count_params()
    assert with_shortcuts.output_shape == (None, 64, 64, 1)
    names = [layer.__class__.__name__ for layer in with_shortcuts.layers]
    assert names.count("Add") == 3 and "Add" not in [layer.__class__.__name__ for layer in plain.layers]


def test_the_u_net_learns_a_few_scenes_by_heart(few):
    keras.utils.set_random_seed(1)
    scenes, masks = few
    LESSON["train"].__globals__.update(train_scenes=scenes, train_masks=masks, used=8, epochs=60)
    network = build(True)
    LESSON["train"](network, 0.01)
    assert iou(LESSON["mask_of"](network, scenes), masks) > 0.8
