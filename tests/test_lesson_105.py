"""Lesson 105: boxes, suppression and average precision on the page are those of the libraries."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.datasets.scenes import SceneTargets
from course_utils.environment import import_quietly
from course_utils.metrics import coco_map

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from pycocotools import mask as coco_mask  # noqa: E402

LESSON = functions_of("105")
iou, non_max_suppression, precision_at_recalls, mean_average_precision = (
    LESSON[name] for name in ("iou", "non_max_suppression", "precision_at_recalls", "mean_average_precision")
)


def random_boxes(random, count):
    corners = random.uniform(0, 40, (count, 2))
    return np.concatenate([corners, corners + random.uniform(1, 25, (count, 2))], axis=1)


@pytest.mark.parametrize(
    "first, second, expected",
    [
        ((0, 0, 4, 4), (0, 0, 4, 4), 1),
        ((0, 0, 4, 4), (2, 0, 6, 4), 1 / 3),
        ((0, 0, 4, 4), (1, 1, 3, 3), 1 / 4),
        ((0, 0, 20, 20), (5, 5, 25, 25), 225 / 575),
        ((0, 0, 4, 4), (4, 0, 8, 4), 0),
        ((0, 0, 4, 4), (9, 9, 12, 12), 0),
        ((0, 0, 4, 4), (2, 2, 2, 2), 0),
        ((2, 2, 2, 2), (2, 2, 2, 2), 0),
        ((1, 0, 1, 9), (1, 0, 1, 9), 0),
    ],
)
def test_iou_of_two_boxes(first, second, expected):
    assert iou([first], [second]) == pytest.approx(np.array([[expected]]))
    assert iou([second], [first]) == pytest.approx(np.array([[expected]]))


def test_iou_is_that_of_keras_and_of_pycocotools():
    random = np.random.default_rng(1)
    first, second = random_boxes(random, 30), random_boxes(random, 50)
    ours = iou(first, second)
    assert ours.shape == (30, 50) and 0 <= ours.min() < ours.max() <= 1
    assert np.allclose(ours, keras.utils.bounding_boxes.compute_iou(first, second, "xyxy"), atol=1e-5)
    by_size = [np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1) for boxes in (first, second)]
    assert np.allclose(ours, coco_mask.iou(*by_size, np.zeros(50)), atol=1e-9)


def test_empty_inputs():
    box = [[0, 0, 1, 1]]
    assert [iou([], box).shape, iou(box, []).shape, iou([], []).shape] == [(0, 1), (1, 0), (0, 0)]
    assert iou(np.zeros((0, 4)), box).shape == (0, 1)
    assert non_max_suppression([], [], 0.5).tolist() == []


@pytest.mark.parametrize("wrong", [[[4, 0, 2, 4]], [[0, 4, 4, 2]], [[0, 0, 1]], [0, 0, 1, 1], [[0, 0, np.nan, 1]]])
def test_wrong_boxes_are_named(wrong):
    with pytest.raises(ValueError, match=r"shape \(n, 4\) with x1 <= x2"):
        iou([[0, 0, 1, 1]], wrong)
    with pytest.raises(ValueError, match=r"shape \(n, 4\) with x1 <= x2"):
        non_max_suppression(wrong, [0.5], 0.5)


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("count", [1, 10, 150])
def test_non_max_suppression_is_that_of_tensorflow(threshold, count):
    random = np.random.default_rng(count)
    boxes, scores = random_boxes(random, count), random.random(count)
    expected = tf.image.non_max_suppression(boxes, scores, count, iou_threshold=threshold)
    assert np.array_equal(non_max_suppression(boxes, scores, threshold), expected)


def test_non_max_suppression_compares_with_kept_boxes_only():
    chain = [[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]]  # each overlaps the next, the first not the last
    assert non_max_suppression(chain, [0.9, 0.8, 0.7], 0.4).tolist() == [0, 2]
    assert non_max_suppression(chain, [0.8, 0.9, 0.7], 0.4).tolist() == [1]


def test_scores_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="2 boxes need scores"):
        non_max_suppression([[0, 0, 1, 1], [0, 0, 2, 2]], [0.5], 0.5)
    with pytest.raises(ValueError, match="do not fit"):
        precision_at_recalls([1, 0], [0.5], 3)
    with pytest.raises(ValueError, match="do not fit"):
        precision_at_recalls([1], [0.5], 0)


@pytest.mark.parametrize(
    "hits, objects, expected",
    [
        ([1, 0, 1, 1, 0], 3, (34 + 67 * 3 / 4) / 101),
        ([1, 1], 2, 1),
        ([1, 1, 0, 0, 0], 2, 1),
        ([0, 0], 2, 0),
        ([], 2, 0),
        ([1], 2, 51 / 101),
        ([0, 1], 1, 1 / 2),
    ],
)
def test_average_precision_of_small_cases(hits, objects, expected):
    scores = np.linspace(0.9, 0.1, len(hits))
    assert precision_at_recalls(hits, scores, objects).mean() == pytest.approx(expected)
    assert precision_at_recalls(hits[::-1], scores[::-1], objects).mean() == pytest.approx(expected)


def scattered(random, scenes):
    """True boxes, and detections that hit, miss their class, come twice, or lie anywhere."""
    boxes, classes, found = [], [], []
    for _ in range(scenes):
        count = random.integers(0, 5)
        boxes.append(random_boxes(random, count))
        classes.append(random.integers(0, 10, count))
        near = np.repeat(boxes[-1], 2, axis=0) + random.normal(0, 1, (2 * count, 4))
        near[:, 2:] = np.maximum(near[:, 2:], near[:, :2])
        labels = np.where(random.random(2 * count) < 0.8, np.repeat(classes[-1], 2), random.integers(0, 10, 2 * count))
        others = random.integers(0, 3)
        found.append(
            (
                np.concatenate([near, random_boxes(random, others)]),
                random.random(2 * count + others).round(2),
                np.concatenate([labels, random.integers(0, 10, others)]),
            )
        )
    return SceneTargets(boxes, classes, np.zeros(0)), found


@pytest.mark.parametrize("iou_threshold", [0.3, 0.5, 0.75, 0.9])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_mean_average_precision_is_that_of_pycocotools(iou_threshold, seed):
    truth, found = scattered(np.random.default_rng(seed), 60)
    ours = mean_average_precision(truth, found, iou_threshold)
    assert 0.005 < ours < 0.9
    assert ours == pytest.approx(coco_map(truth.boxes, truth.classes, found, iou_threshold), abs=1e-6)


def test_an_object_is_claimed_once_and_by_the_best_score():
    truth = SceneTargets([np.array([[0, 0, 10, 10.0]])], [np.array([3])], np.zeros(0))
    boxes = np.array([[0, 0, 10, 9], [0, 0, 10, 10], [0, 0, 10, 10.0]])
    found = [(boxes, np.array([0.5, 0.9, 0.7]), np.array([3, 3, 4]))]
    hits, scores, objects = LESSON["class_hits"](truth, found, 3, 0.5)
    assert hits.tolist() == [False, True] and scores.tolist() == [0.5, 0.9] and objects == 1


def test_targets_and_detections_are_inverse():
    page = LESSON["point_targets"].__globals__
    page.update(cell=4, grid=16)
    boxes = [np.array([[4, 8, 20, 36], [40, 30, 55, 52]], dtype="float32"), np.zeros((0, 4), "float32")]
    truth = SceneTargets(boxes, [np.array([7, 2]), np.zeros(0, "int64")], np.zeros(0))
    targets = LESSON["point_targets"](truth)
    assert targets["heat"].shape == (2, 16, 16, 10) and (targets["heat"] == 1).sum() == 2
    for scene in (0, 1):
        heat, geometry = targets["heat"][scene], targets["geometry"][scene, ..., :4]
        found, scores, classes = LESSON["to_detections"](heat, geometry, True)
        order = np.argsort(-classes)
        assert np.allclose(found[order], boxes[scene]) and np.allclose(scores, 1)
        assert classes[order].tolist() == truth.classes[scene].tolist()
    assert len(LESSON["to_detections"](targets["heat"][0], targets["geometry"][0, ..., :4], False)[1]) > 2


def test_losses_look_where_they_should():
    target = np.zeros((1, 16, 16, 10), "float32")
    target[0, 5, 5, 3], target[0, 5, 6, 3] = 1, 0.9
    almost, near, far = (target * 0 + 1e-3 for _ in range(3))
    almost[0, 5, 5, 3] = near[0, 5, 6, 3] = far[0, 12, 12, 3] = 0.9
    right, beside, astray = (float(LESSON["focal_loss"](target, heat)) for heat in (almost, near, far))
    assert right < 0.01 < beside < astray
    geometry = np.random.default_rng(0).normal(size=(1, 16, 16, 4)).astype("float32")
    places = np.zeros((1, 16, 16, 5), "float32")
    assert float(LESSON["geometry_loss"](places, geometry)) == 0
    places[0, 2, 3] = [*geometry[0, 2, 3] + 1, 1]
    assert float(LESSON["geometry_loss"](places, geometry)) == pytest.approx(4, abs=1e-4)


def test_the_u_net_keeps_the_size_and_looks_around():
    keras.utils.set_random_seed(0)
    scene = keras.Input((16, 16, 1))
    model = keras.Model(scene, LESSON["u_net"](scene, (8, 12, 16)))
    assert model.output_shape == (None, 16, 16, 8)
    image = np.random.default_rng(0).normal(size=(1, 16, 16, 1)).astype("float32")
    changed = image.copy()
    changed[0, 0, 0] += 5
    difference = np.abs(model.predict(image, verbose=0) - model.predict(changed, verbose=0)).max(axis=(0, 3))
    assert difference[0, 0] > 0 and difference[8:, 8:].max() > 0
