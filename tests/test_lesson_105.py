"""Lesson 105: boxes, suppression and average precision on the page are those of the libraries and of the package."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.datasets.scenes import SceneTargets
from course_utils.environment import import_quietly
from course_utils.metrics import COCO_THRESHOLDS, box_iou, coco_map, hits_and_misses, without_doubles
from course_utils.metrics import non_max_suppression as package_suppression

import_quietly()

import tensorflow as tf  # noqa: E402

LESSON = functions_of("105")
iou, non_max_suppression, hits_among, mean_average_precision = (
    LESSON[name] for name in ("iou", "non_max_suppression", "hits_among", "mean_average_precision")
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
        ((0, 0, 4, 4), (9, 0, 12, 4), 0),
    ],
)
def test_iou_of_two_boxes(first, second, expected):
    assert iou(first, second) == pytest.approx(expected) == iou(second, first)


def test_iou_is_that_of_the_package():
    first, second = random_boxes(np.random.default_rng(1), 30), random_boxes(np.random.default_rng(2), 20)
    ours = [[iou(one, other) for other in second] for one in first]
    assert np.allclose(ours, box_iou(first, second))


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("count", [1, 10, 80])
def test_non_max_suppression_is_that_of_tensorflow_and_of_the_package(threshold, count):
    random = np.random.default_rng(count)
    boxes, scores = random_boxes(random, count), random.random(count)
    expected = tf.image.non_max_suppression(boxes, scores, count, iou_threshold=threshold).numpy().tolist()
    assert non_max_suppression(boxes, scores, threshold) == expected
    assert package_suppression(boxes, scores, threshold).tolist() == expected


def test_nothing_is_suppressed_where_nothing_is():
    assert non_max_suppression([], [], 0.5) == []


def test_an_object_is_hit_once_and_by_the_best_score():
    boxes = [(0, 0, 10, 9), (0, 0, 10, 10), (30, 30, 40, 40)]
    assert hits_among(boxes, [(0, 0, 10, 10)], 0.5) == [True, False, False]
    assert hits_among(boxes[1:], [(0, 0, 10, 10), (30, 30, 40, 40)], 0.5) == [True, True]
    assert hits_among(boxes, [], 0.5) == [False] * 3 and hits_among([], boxes, 0.5) == []
    assert hits_among([(0, 0, 10, 8)], [(0, 0, 10, 10)], 0.8) == [True]


def test_hits_are_those_of_the_package():
    random = np.random.default_rng(4)
    for _ in range(20):
        objects = random_boxes(random, 4)
        boxes = np.concatenate([objects + random.normal(0, 1.5, objects.shape), random_boxes(random, 3)])
        boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 0.5)
        scores = np.sort(random.random(7))[::-1]
        hits, missed = hits_and_misses((boxes, scores, np.zeros(7)), objects, np.zeros(4))
        assert hits.tolist() == hits_among(boxes, objects, 0.5)
        assert missed.sum() == 4 - hits.sum()


def test_the_hits_of_one_class_come_by_falling_score_over_all_scenes():
    object_boxes = np.array([[0, 0, 10, 10.0], [30, 30, 40, 40]])
    truth = SceneTargets([object_boxes, object_boxes[:1]], [np.array([3, 8]), np.array([3])], np.zeros(0))
    first = (
        np.array([[0, 0, 10, 9.0], [0, 0, 10, 10], [30, 30, 40, 40]]),
        np.array([0.5, 0.9, 0.7]),
        np.array([3, 3, 8]),
    )
    second = np.array([[0, 0, 10, 10.0]]), np.array([0.8]), np.array([3])
    hits, object_count = LESSON["ranked_hits"]([first, second], truth, 3, 0.5)
    assert hits.tolist() == [True, True, False] and object_count == 2
    hits, object_count = LESSON["ranked_hits"]([first, second], truth, 5, 0.5)
    assert len(hits) == 0 and object_count == 0


def test_a_class_without_objects_is_left_out():
    truth = SceneTargets([np.array([[0, 0, 10, 10.0]])], [np.array([3])], np.zeros(0))
    found = [(np.array([[0, 0, 10, 10.0]] * 2), np.array([0.5, 0.9]), np.array([3, 7]))]
    assert mean_average_precision(found, truth) == pytest.approx(1)
    assert coco_map(truth.boxes, truth.classes, found) == pytest.approx(1)


def test_precision_at_recalls():
    precision_at_recalls = LESSON["precision_at_recalls"]
    curve = precision_at_recalls([1, 0, 1, 1, 0], 3)
    assert curve.shape == (101,) and np.allclose(curve[:34], 1) and np.allclose(curve[34:], 3 / 4)
    assert precision_at_recalls([], 3).tolist() == [0] * 101
    assert precision_at_recalls([0, 0], 3).tolist() == [0] * 101
    half = precision_at_recalls([0, 1], 2)
    assert np.allclose(half[:51], 0.5) and np.allclose(half[51:], 0)


def scattered(random, scenes):
    """Random scenes and answers near and far, in ten classes."""
    boxes, classes, found = [], [], []
    for _ in range(scenes):
        count, others = random.integers(1, 5), random.integers(0, 4)
        boxes.append(random_boxes(random, count))
        classes.append(random.integers(0, 10, count))
        near = np.concatenate([boxes[-1], boxes[-1]]) + random.normal(0, 1, (2 * count, 4))
        near[:, 2:] = np.maximum(near[:, 2:], near[:, :2] + 0.5)
        labels = np.concatenate([classes[-1], np.where(random.random(count) < 0.5, classes[-1], 3)])
        found.append(
            (
                np.concatenate([near, random_boxes(random, others)]),
                random.random(2 * count + others).round(2),
                np.concatenate([labels, random.integers(0, 10, others)]),
            )
        )
    return SceneTargets(boxes, classes, np.zeros(0)), found


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.75, 0.9])
@pytest.mark.parametrize("seed", [0, 1])
def test_mean_average_precision_is_that_of_pycocotools(threshold, seed):
    truth, found = scattered(np.random.default_rng(seed), 60)
    ours = mean_average_precision(found, truth, threshold)
    assert 0.005 < ours < 0.9
    assert ours == pytest.approx(coco_map(truth.boxes, truth.classes, found, threshold), abs=1e-6)


def test_averages_and_clean_are_made_scene_by_scene():
    truth, found = scattered(np.random.default_rng(5), 40)
    LESSON["averages"].__globals__.update(ten_thresholds=COCO_THRESHOLDS)
    assert np.mean(LESSON["averages"](found, truth)) == pytest.approx(
        coco_map(truth.boxes, truth.classes, found, COCO_THRESHOLDS)
    )
    cleaned = LESSON["clean"](found, 0.4)
    for ours, scene in zip(cleaned, found):
        assert ours[0].tolist() == without_doubles(scene, 0.4)[0].tolist()
