"""Boxes and detections: small cases counted by hand, the libraries' answers, silence, and named mistakes."""

import numpy as np
import pytest

from course_utils.environment import import_quietly
from course_utils.metrics import (
    COCO_THRESHOLDS,
    best_overlaps,
    best_score,
    box_iou,
    coco_map,
    count_kinds,
    hits_and_misses,
    most_mistakes,
    non_max_suppression,
    of_class,
    sort_out,
    tightest_of_groups,
    why_false,
    why_missed,
    without_doubles,
)

import_quietly()

import keras  # noqa: E402
from pycocotools import mask as coco_mask  # noqa: E402

BOX = np.array([[0, 0, 10, 10]])
TWO = np.array([[0, 0, 10, 10], [20, 20, 40, 40]])
NOTHING = (np.zeros((0, 4)), np.zeros(0), np.zeros(0, int))


def found(boxes, scores, classes):
    return np.array(boxes, dtype=float).reshape(-1, 4), np.array(scores), np.array(classes)


def test_a_perfect_detector_gets_1():
    answer = [found(TWO, [0.3, 0.9], [1, 5])]
    assert coco_map([TWO], [np.array([1, 5])], answer, 0.95) == pytest.approx(1)


def test_five_detections_counted_by_hand():
    boxes = np.array([[0, 0, 10, 10], [20, 0, 30, 10], [0, 20, 10, 30]])
    answer = found(
        [boxes[0], [50, 50, 60, 60], boxes[1], boxes[2], [50, 0, 60, 10]], [0.9, 0.8, 0.7, 0.6, 0.5], [2] * 5
    )
    assert coco_map([boxes], [np.array([2, 2, 2])], [answer]) == pytest.approx((34 + 67 * 3 / 4) / 101)


@pytest.mark.parametrize("threshold, expected", [(0.5, 1), (0.79, 1), (0.8, 1), (0.81, 0)])
def test_the_threshold_counts(threshold, expected):
    answer = [found([[0, 0, 10, 8]], [0.5], [3])]
    assert coco_map([BOX], [np.array([3])], answer, threshold) == pytest.approx(expected)


def test_a_wrong_class_is_no_hit_and_a_class_without_objects_does_not_count():
    assert coco_map([BOX], [np.array([3])], [found(BOX, [0.9], [4])]) == 0
    both = found(np.concatenate([BOX, BOX]), [0.9, 0.8], [4, 3])
    assert coco_map([BOX], [np.array([3])], [both]) == pytest.approx(1)


def test_a_double_is_a_false_alarm():
    doubles = found([BOX[0], BOX[0], TWO[1]], [0.9, 0.8, 0.7], [3, 3, 3])
    assert coco_map([TWO], [np.array([3, 3])], [doubles]) == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_scores_are_compared_across_images():
    boxes, classes = [BOX, BOX], [np.array([0]), np.array([0])]
    miss = [[30, 30, 40, 40]]
    early, late = ([found(BOX, [0.5], [0]), found(miss, [score], [0])] for score in (0.9, 0.1))
    assert coco_map(boxes, classes, early) == pytest.approx(51 / 101 / 2)
    assert coco_map(boxes, classes, late) == pytest.approx(51 / 101)


def test_images_without_objects_or_answers(capsys):
    assert coco_map([BOX], [np.array([0])], [NOTHING]) == 0
    boxes, classes = [BOX, np.zeros((0, 4))], [np.array([0]), np.zeros(0, int)]
    assert coco_map(boxes, classes, [found(BOX, [0.5], [0]), NOTHING]) == pytest.approx(1)
    assert coco_map(boxes, classes, [found(BOX, [0.5], [0]), found(BOX, [0.9], [0])]) == pytest.approx(1 / 2)
    assert capsys.readouterr().out == ""


def test_mistakes_are_named():
    labels = [np.array([0])]
    with pytest.raises(ValueError, match="One entry an image"):
        coco_map([BOX], labels, [])
    with pytest.raises(ValueError, match="no true box"):
        coco_map([np.zeros((0, 4))], [np.zeros(0, int)], [NOTHING])
    with pytest.raises(ValueError, match="1 detected boxes have 2 scores"):
        coco_map([BOX], labels, [(BOX, np.array([0.5, 0.4]), np.array([0]))])
    with pytest.raises(ValueError, match="n classes"):
        coco_map([BOX], [np.array([0, 1])], [NOTHING])
    with pytest.raises(ValueError, match="ends before it begins"):
        coco_map([np.array([[5, 5, 1, 9]])], labels, [NOTHING])


def test_several_thresholds_are_averaged():
    answer = [found([[0, 0, 10, 8]], [0.5], [3])]
    assert coco_map([BOX], [np.array([3])], answer, (0.5, 0.79, 0.9)) == pytest.approx(2 / 3)
    assert coco_map([BOX], [np.array([3])], answer, COCO_THRESHOLDS) == pytest.approx(0.7)
    assert COCO_THRESHOLDS == (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


def random_boxes(random, count):
    corners = random.uniform(0, 40, (count, 2))
    return np.concatenate([corners, corners + random.uniform(1, 25, (count, 2))], axis=1)


def test_iou_is_that_of_keras_and_of_pycocotools():
    random = np.random.default_rng(1)
    first, second = random_boxes(random, 30), random_boxes(random, 50)
    ours = box_iou(first, second)
    assert ours.shape == (30, 50) and 0 <= ours.min() < ours.max() <= 1
    assert np.allclose(ours, keras.utils.bounding_boxes.compute_iou(first, second, "xyxy"), atol=1e-5)
    by_size = [np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1) for boxes in (first, second)]
    assert np.allclose(ours, coco_mask.iou(*by_size, np.zeros(50)), atol=1e-9)


def test_iou_of_nothing_and_of_empty_boxes():
    box = [[0, 0, 1, 1]]
    assert [box_iou([], box).shape, box_iou(box, []).shape, box_iou([], []).shape] == [(0, 1), (1, 0), (0, 0)]
    assert box_iou([[2, 2, 2, 2]], [[2, 2, 2, 2], [0, 0, 4, 4]]).tolist() == [[0, 0]]
    assert non_max_suppression([], [], 0.5).tolist() == []


@pytest.mark.parametrize("wrong", [[[4, 0, 2, 4]], [[0, 4, 4, 2]], [[0, 0, 1]], [0, 0, 1, 1], [[0, 0, np.nan, 1]]])
def test_wrong_boxes_are_named(wrong):
    with pytest.raises(ValueError, match=r"shape \(n, 4\) with x1 <= x2"):
        box_iou([[0, 0, 1, 1]], wrong)
    with pytest.raises(ValueError, match=r"shape \(n, 4\) with x1 <= x2"):
        non_max_suppression(wrong, [0.5], 0.5)


def test_doubles_go_within_a_class_only():
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 10], [20, 20, 40, 40.0]])
    kept, scores, classes = without_doubles((boxes, np.array([0.5, 0.9, 0.7, 0.6]), np.array([3, 3, 8, 3])))
    assert scores.tolist() == [0.9, 0.7, 0.6] and classes.tolist() == [3, 8, 3]
    assert kept.tolist() == boxes[[1, 2, 3]].tolist()
    assert [len(part) for part in without_doubles(NOTHING)] == [0, 0, 0]


def test_a_hit_needs_the_class_and_a_free_object():
    answer = found([BOX[0], BOX[0], TWO[1]], [0.7, 0.9, 0.8], [3, 3, 4])
    hits, missed = hits_and_misses(answer, TWO, np.array([3, 3]))
    assert hits.tolist() == [False, True, False] and missed.tolist() == [False, True]
    hits, missed = hits_and_misses(NOTHING, TWO, np.array([3, 3]))
    assert hits.tolist() == [] and missed.tolist() == [True, True]
    hits, missed = hits_and_misses(answer, np.zeros((0, 4)), np.zeros(0))
    assert hits.tolist() == [False] * 3 and missed.tolist() == []


def sorted_case():
    boxes, classes = [TWO, BOX], [np.array([3, 4]), np.array([5])]
    first = found([TWO[0], TWO[1], [50, 50, 60, 60]], [0.9, 0.8, 0.2], [3, 9, 1])
    second = found([[0, 0, 10, 9]], [0.4], [5])
    return boxes, classes, [first, second]


def test_detections_are_sorted_out_by_place():
    kinds = sort_out(*sorted_case())
    assert [labels.tolist() for _, labels in kinds["hit"]] == [[3], [5]]
    assert [labels.tolist() for _, labels in kinds["false alarm"]] == [[9, 1], []]
    assert [labels.tolist() for _, labels in kinds["missed"]] == [[4], []]
    kinds = sort_out(*sorted_case(), 0.5)
    assert [labels.tolist() for _, labels in kinds["false alarm"]] == [[9], []]
    assert [labels.tolist() for _, labels in kinds["missed"]] == [[4], [5]]
    assert kinds["missed"][1][0].tolist() == BOX.tolist()


def test_the_reason_of_a_miss_and_the_worst_images():
    boxes, classes, detections = sorted_case()
    kinds = sort_out(boxes, classes, detections, 0.5)
    assert count_kinds(kinds) == {"hit": 1, "false alarm": 1, "missed": 2}
    reasons = {"no box": 0, "another class": 1, "score too low": 1, "dropped": 0}
    assert why_missed(kinds, detections, 0.5) == reasons
    assert why_missed(kinds, detections, 0.4) == reasons | {"score too low": 0, "dropped": 1}
    nothing = {"no box": 2, "another class": 0, "score too low": 0, "dropped": 0}
    assert why_missed(kinds, [NOTHING, NOTHING]) == nothing
    assert most_mistakes(kinds, 2) == [0, 1] and most_mistakes(kinds, 1) == [0]


def test_the_reason_of_a_false_alarm():
    answer = found(
        [BOX[0], BOX[0], BOX[0], [5, 5, 15, 15], [9, 9, 19, 19], [20, 20, 40, 40]],
        [0.9, 0.8, 0.7, 0.6, 0.5, 0.4],
        [3, 3, 8, 3, 3, 4],
    )
    boxes, classes = [TWO, np.zeros((0, 4))], [np.array([3, 4]), np.zeros(0)]
    kinds = sort_out(boxes, classes, [answer, found(BOX, [0.9], [3])])
    assert why_false(kinds, boxes, classes) == {"another class": 1, "double": 1, "loose box": 1, "ground": 2}


def test_the_answers_of_one_class_come_by_falling_score():
    answer = found([[0, 0, 1, 1], [0, 0, 2, 2], [0, 0, 3, 3]], [0.2, 0.5, 0.8], [3, 8, 3])
    boxes, scores = of_class(answer, 3)
    assert boxes[:, 2].tolist() == [3, 1] and scores.tolist() == [0.8, 0.2]
    boxes, scores = of_class(NOTHING, 3)
    assert boxes.shape == (0, 4) and len(scores) == 0


def test_the_tightest_box_of_a_group_is_one_that_suppression_drops():
    answer = found([[0, 0, 10, 7], [0, 0, 10, 9], [0, 0, 10, 10], [20, 20, 40, 30]], [0.9, 0.8, 0.7, 0.6], [3, 3, 8, 4])
    (kept, scores, labels), empty = tightest_of_groups([TWO, TWO], [np.array([3, 5])] * 2, [answer, NOTHING])
    assert scores.tolist() == [0.9, 0.7, 0.6] and labels.tolist() == [3, 8, 4]
    assert kept.tolist() == [[0, 0, 10, 9], [0, 0, 10, 10], [20, 20, 40, 30]]  # of 8 and 4 there is no object
    assert [len(part) for part in empty] == [0, 0, 0]


def test_the_best_overlap_of_each_object():
    answer = found([[0, 0, 10, 8], [0, 0, 10, 9]], [0.1, 0.9], [3, 4])
    assert best_overlaps([TWO, BOX], [answer, NOTHING]) == pytest.approx([0.9, 0, 0])


def test_the_best_score_has_the_highest_f1():
    boxes, classes, detections = sorted_case()
    assert best_score(boxes, classes, detections) == 0.3  # two hits, one alarm, one miss
    assert best_score(boxes, classes, detections, (0.5, 0.95)) == 0.5
    assert best_score(boxes, classes, [NOTHING, NOTHING], (0.5, 0.7)) == 0.5
