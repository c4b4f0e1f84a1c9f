"""Exercises of lesson 105, object detection."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers

KEPT_MISTAKES = (
    ([1, 2], "These are the ones for 0.5. At 0.75 a pair must overlap more before one of the two is dropped."),
    (
        [1, 2, 3, 0],
        "You kept all four. One pair has an IoU above 0.75: 360 shared pixels, 440 covered.",
    ),
    ([0, 1, 2], "These are the right boxes in another order: NMS gives them by falling score."),
    (
        [1, 2, 3],
        "You dropped the wrong pair's weaker box. The first pair shares 18 x 18 pixels, the second 18 x 20.",
    ),
    ([0.9, 0.8, 0.6], "These are the scores. The function returns the indices of the boxes."),
)


def test_kept(answer):
    try:
        kept = np.asarray(answer, dtype="float64")
    except (TypeError, ValueError) as error:
        raise Wrong("The answer is a list of indices, [3, 1] for instance.") from error
    for mistake, message in KEPT_MISTAKES:
        if kept.shape == np.shape(mistake) and np.allclose(kept, mistake):
            raise Wrong(message)
    expect_close(kept, [1, 2, 0], "Go down by score. Each box stays unless it overlaps a kept one by more than 0.75.")


def parts(boxes_a, boxes_b):
    """Shared area, covered area and area of the hull, each (n, m)."""
    a, b = np.asarray(boxes_a, dtype="float64")[:, np.newaxis], np.asarray(boxes_b, dtype="float64")
    shared = np.maximum(np.minimum(a[..., 2:], b[:, 2:]) - np.maximum(a[..., :2], b[:, :2]), 0).prod(axis=-1)
    covered = (a[..., 2:] - a[..., :2]).prod(axis=-1) + (b[:, 2:] - b[:, :2]).prod(axis=-1) - shared
    hull = (np.maximum(a[..., 2:], b[:, 2:]) - np.minimum(a[..., :2], b[:, :2])).prod(axis=-1)
    return shared, covered, hull


def generalized_iou(boxes_a, boxes_b):
    a, b = np.asarray(boxes_a, dtype="float64")[:, np.newaxis], np.asarray(boxes_b, dtype="float64")
    shared = np.maximum(np.minimum(a[..., 2:], b[:, 2:]) - np.maximum(a[..., :2], b[:, :2]), 0).prod(axis=-1)
    covered = (a[..., 2:] - a[..., :2]).prod(axis=-1) + (b[:, 2:] - b[:, :2]).prod(axis=-1) - shared
    hull = (np.maximum(a[..., 2:], b[:, 2:]) - np.minimum(a[..., :2], b[:, :2])).prod(axis=-1)
    return shared / covered - (hull - covered) / hull


def plain_iou(boxes_a, boxes_b):
    shared, covered, _ = parts(boxes_a, boxes_b)
    return shared / covered


def gap_by_covered(boxes_a, boxes_b):
    shared, covered, hull = parts(boxes_a, boxes_b)
    return shared / covered - (hull - covered) / covered


def penalty_added(boxes_a, boxes_b):
    shared, covered, hull = parts(boxes_a, boxes_b)
    return shared / covered + (hull - covered) / hull


def shared_by_hull(boxes_a, boxes_b):
    shared, _, hull = parts(boxes_a, boxes_b)
    return shared / hull


def pairs_only(boxes_a, boxes_b):
    few = min(len(boxes_a), len(boxes_b))
    return np.diag(generalized_iou(boxes_a[:few], boxes_b[:few])).copy()


def test_generalized_iou(answer):
    random = np.random.default_rng(3)
    corners = random.uniform(0, 30, (9, 2))
    boxes = np.concatenate([corners, corners + random.uniform(2, 20, (9, 2))], axis=1)
    boxes_a, boxes_b = boxes[:4], boxes[4:]
    result = answer(boxes_a.copy(), boxes_b.copy())
    mistakes = (
        (plain_iou, "That is plain IoU. The part of the hull that no box covers must be taken off."),
        (gap_by_covered, "You divided the gap by the covered area. Divide it by the area of the hull."),
        (penalty_added, "You added the gap. It is a penalty: boxes far apart must score less, down to -1."),
        (shared_by_hull, "You divided the shared area by the hull. Start from IoU, then take off the gap's share."),
        (
            pairs_only,
            "You compared the boxes pair by pair. Each of the n boxes meets each of the m: the shape is (n, m).",
        ),
    )
    for mistake, message in mistakes:
        wrong = mistake(boxes_a, boxes_b)
        if np.shape(result) == wrong.shape and np.allclose(result, wrong):
            raise Wrong(message)
    expect_close(result, generalized_iou(boxes_a, boxes_b), "The values differ from those of the formula.")


FINDING = ("count_before", "count_after", "map_before", "map_after")


def test_finding(answer):
    before, after, map_before, map_after = measured_numbers(answer, *FINDING, shares=FINDING[2:])
    if min(before, after) < 100 or before != int(before) or after != int(after):
        raise Wrong("The counts are whole numbers, over all the test scenes: some hundreds or thousands.")
    if after > before:
        raise Wrong("NMS only drops boxes. The two counts may have changed places.")
    if after > 0.98 * before:
        raise Wrong("Hardly anything was dropped. Are the boxes of each class still moved apart before the NMS?")
    if map_before < 0.6 or map_after < 0.6:
        raise Wrong(
            "The mAP is far below what the lesson measured. Measure it on all peaks, not only on those above 0.3."
        )
    if map_after > map_before + 0.01:
        raise Wrong("A higher mAP after dropping answers? The two mAPs may have changed places.")


EXERCISES = [
    Exercise(
        key="105-1",
        title="What NMS keeps",
        minutes=5,
        test=test_kept,
        hints=(
            "First pair: 18 x 18 = 324 shared, 800 - 324 = 476 covered. Second pair: 360 shared, 440 covered.",
            "324 / 476 is below 0.75, 360 / 440 above. So one box goes. Order the others by score.",
        ),
        solution=[1, 2, 0],
        wrong_answers={
            "kept at 0.5": [1, 2],
            "all four": [1, 2, 3, 0],
            "order of the boxes": [0, 1, 2],
            "wrong pair dropped": [1, 2, 3],
            "scores": [0.9, 0.8, 0.6],
        },
        explanation="The first pair has IoU 324 / 476 = 0.68 and both stay; the second has 360 / 440 = 0.82 and loses its weaker box.",
    ),
    Exercise(
        key="105-2",
        title="Generalized IoU",
        minutes=10,
        test=test_generalized_iou,
        hints=(
            "The hull is computed like the shared part, with minimum and maximum exchanged, and its sides are never negative.",
            "Compute shared and covered as in iou, hull as (maximum of the far corners - minimum of the near corners), then "
            "shared / covered - (hull - covered) / hull.",
        ),
        solution=generalized_iou,
        wrong_answers={
            "plain IoU": plain_iou,
            "divided by covered": gap_by_covered,
            "gap added": penalty_added,
            "shared by hull": shared_by_hull,
            "pair by pair": pairs_only,
        },
        explanation="It falls to -1 as boxes move apart. So it tells a near miss from a far one, and can be used as a loss.",
    ),
    Exercise(
        key="105-3",
        title="One answer for one place",
        minutes=15,
        test=test_finding,
        hints=(
            "kept = non_max_suppression(boxes, scores, 0.5) for each scene of `peaks`, then take boxes[kept], scores[kept], classes[kept].",
            "Count with sum((scores >= 0.3).sum() for _, scores, _ in detections); measure with mean_average_precision(test, detections).",
        ),
        solution={"count_before": 1428, "count_after": 990, "map_before": 0.855, "map_after": 0.809},
        wrong_answers={
            "percent": {"count_before": 1428, "count_after": 990, "map_before": 85.5, "map_after": 80.9},
            "counts exchanged": {"count_before": 990, "count_after": 1428, "map_before": 0.855, "map_after": 0.809},
            "mAPs exchanged": {"count_before": 1428, "count_after": 990, "map_before": 0.809, "map_after": 0.855},
            "within each class": {"count_before": 1428, "count_after": 1425, "map_before": 0.855, "map_after": 0.855},
            "one number": 0.809,
            "one scene": {"count_before": 5, "count_after": 3, "map_before": 0.855, "map_after": 0.809},
            "mAP of half": {"count_before": 1428, "count_after": 990, "map_before": 0.855, "map_after": 0.42},
        },
        explanation="One such run: far fewer answers, close to the true number of objects, and yet a lower mAP. "
        "A second guess costs little at a low score and sometimes is right; mAP rewards it, a user may not.",
    ),
]
