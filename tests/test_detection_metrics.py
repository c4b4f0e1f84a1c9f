"""coco_map: small cases counted by hand, silence, and named mistakes."""

import numpy as np
import pytest

from course_utils.metrics import coco_map

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
