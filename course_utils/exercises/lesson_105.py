"""Exercises of lesson 105, object detection."""

import numpy as np

from course_utils.exercises.exercise import Exercise, Wrong, expect_close, measured_numbers, some_numbers
from course_utils.scale import current_scale

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
    if not isinstance(answer, (list, tuple, np.ndarray)):
        raise Wrong("The answer is a list of indices, [3, 1] for instance.")
    kept = some_numbers(answer, (len(answer),))
    for mistake, message in KEPT_MISTAKES:
        if len(kept) == len(mistake) and np.allclose(kept, mistake):
            raise Wrong(message)
    if kept.tolist() != [1, 2, 0]:
        raise Wrong("Go down by score. Each box stays unless it overlaps a kept one by more than 0.75.")


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


def never_negative(boxes_a, boxes_b):
    return np.maximum(generalized_iou(boxes_a, boxes_b), 0)


def covered_twice(boxes_a, boxes_b):
    """The shared part is not taken off the sum of both areas."""
    shared, covered, hull = parts(boxes_a, boxes_b)
    both = covered + shared
    return shared / both - (hull - both) / hull


def negative_sides(boxes_a, boxes_b):
    """Two negative sides have a positive product: boxes that lie apart share an area."""
    a, b = np.asarray(boxes_a, dtype="float64")[:, np.newaxis], np.asarray(boxes_b, dtype="float64")
    shared = (np.minimum(a[..., 2:], b[:, 2:]) - np.maximum(a[..., :2], b[:, :2])).prod(axis=-1)
    covered = (a[..., 2:] - a[..., :2]).prod(axis=-1) + (b[:, 2:] - b[:, :2]).prod(axis=-1) - shared
    _, _, hull = parts(boxes_a, boxes_b)
    return shared / covered - (hull - covered) / hull


def generalized_iou_by_loop(boxes_a, boxes_b):
    rows = []
    for left, top, right, bottom in boxes_a:
        rows.append([])
        for x1, y1, x2, y2 in boxes_b:
            width = max(min(right, x2) - max(left, x1), 0)
            height = max(min(bottom, y2) - max(top, y1), 0)
            covered = (right - left) * (bottom - top) + (x2 - x1) * (y2 - y1) - width * height
            hull = (max(right, x2) - min(left, x1)) * (max(bottom, y2) - min(top, y1))
            rows[-1].append(width * height / covered - 1 + covered / hull)
    return rows


IOU_MISTAKES = (
    (plain_iou, "That is plain IoU. The part of the hull that no box covers must be taken off."),
    (gap_by_covered, "You divided the gap by the covered area. Divide it by the area of the hull."),
    (penalty_added, "You added the gap. It is a penalty: boxes far apart must score less, down to -1."),
    (shared_by_hull, "You divided the shared area by the hull. Start from IoU, then take off the gap's share."),
    (pairs_only, "You compared the boxes pair by pair. Each of the n boxes meets each of the m: the shape is (n, m)."),
    (never_negative, "Yours is never negative. Boxes that lie far apart come near to -1."),
    (covered_twice, "You counted the shared part twice: covered is the sum of both areas minus the shared one."),
    (negative_sides, "Boxes that lie apart share nothing: set negative sides to 0 before you multiply them."),
)  # fmt: skip


def iou_cases():
    """Boxes that overlap, lie apart, lie inside each other, and touch; one against many."""
    random = np.random.default_rng(3)
    for n, m, spread in ((4, 5, 30), (1, 3, 8), (3, 2, 90)):
        corners = random.uniform(0, spread, (n + m, 2))
        boxes = np.concatenate([corners, corners + random.uniform(2, 20, (n + m, 2))], axis=1)
        yield boxes[:n], boxes[n:]
    yield np.array([[0.0, 0, 10, 10]]), np.array([[2.0, 3, 5, 6], [10, 0, 20, 10], [0, 0, 10, 10], [30, 40, 32, 44]])


def test_generalized_iou(answer):
    cases = list(iou_cases())
    results = [answer(*case) for case in cases]
    for mistake, message in IOU_MISTAKES:
        wrong = [mistake(*case) for case in cases]
        same_shapes = [np.shape(each) for each in map(_as_array, results)] == [each.shape for each in wrong]
        if same_shapes and all(np.allclose(_as_array(result), each) for result, each in zip(results, wrong)):
            raise Wrong(message)
    for result, case in zip(results, cases):
        expect_close(result, generalized_iou(*case), "The values differ from those of the formula.")


def _as_array(result):
    """A numeric result as an array, anything else as an array without values."""
    try:
        return np.asarray(result, dtype="float64")
    except (TypeError, ValueError):
        return np.zeros(0)


FINDING = ("count_before", "count_after", "map_before", "map_after")


def test_finding(answer):
    before, after, map_before, map_after = measured_numbers(answer, *FINDING, shares=FINDING[2:], counts=FINDING[:2])
    if min(before, after) < 100:
        raise Wrong("Count over all the test scenes: some hundreds or thousands.")
    quick = current_scale() == "quick"
    if before > (2500 if quick else 12_500):  # five times as many test scenes
        raise Wrong("So many? Count only the detections that score 0.3 or more.")
    if after > before:
        raise Wrong("NMS only drops boxes. The two counts may have changed places.")
    if quick and after > 0.98 * before:  # after a long training the classes may hardly quarrel
        raise Wrong("Hardly anything was dropped. Are the boxes of each class still moved apart before the NMS?")
    if map_before < 0.6 or map_after < 0.6:
        raise Wrong(
            "The mAP is far below what the lesson measured. Measure it on all peaks, not only on those above 0.3."
        )
    if map_after == map_before != round(map_before, 2):  # two decimals may well be equal
        raise Wrong("The same mAP to the last digit? Measure anew: `mean_average_precision` of what the NMS has kept.")
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
            "not a number": [1, 2, float("nan")],
        },
        also_right={"as the function returns it": np.array([1, 2, 0])},
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
            "never negative": never_negative,
            "covered twice": covered_twice,
            "negative sides": negative_sides,
        },
        also_right={"by a loop": generalized_iou_by_loop},
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
        program="""
            def kept_of(boxes, scores, classes):
                kept = non_max_suppression(boxes, scores, 0.5)
                return boxes[kept], scores[kept], classes[kept]


            def count(detections):
                return sum((scores >= 0.3).sum() for _, scores, _ in detections)


            settled = [kept_of(*each) for each in peaks]
            finding = {
                "count_before": count(peaks),
                "count_after": count(settled),
                "map_before": mean_average_precision(test, peaks),
                "map_after": mean_average_precision(test, settled),
            }
            """,
        also_right={
            "another run": {"count_before": 1301, "count_after": 1012, "map_before": 0.883, "map_after": 0.84},
            "in two decimals": {"count_before": 1301, "count_after": 1012, "map_before": 0.88, "map_after": 0.88},
        },
        wrong_answers={
            "percent": {"count_before": 1428, "count_after": 990, "map_before": 85.5, "map_after": 80.9},
            "counts exchanged": {"count_before": 990, "count_after": 1428, "map_before": 0.855, "map_after": 0.809},
            "mAPs exchanged": {"count_before": 1428, "count_after": 990, "map_before": 0.809, "map_after": 0.855},
            "within each class": {"count_before": 1428, "count_after": 1425, "map_before": 0.855, "map_after": 0.855},
            "one number": 0.809,
            "not measured anew": {"count_before": 1428, "count_after": 990, "map_before": 0.883, "map_after": 0.883},
            "counted at a lower score": {
                "count_before": 3900,
                "count_after": 2700,
                "map_before": 0.855,
                "map_after": 0.809,
            },
            "not a number": {"count_before": 1428, "count_after": 990, "map_before": 0.855, "map_after": float("nan")},
            "one scene": {"count_before": 5, "count_after": 3, "map_before": 0.855, "map_after": 0.809},
            "mAP of half": {"count_before": 1428, "count_after": 990, "map_before": 0.855, "map_after": 0.42},
        },
        explanation="One such run: far fewer answers, close to the true number of objects, and yet a lower mAP. "
        "A second guess costs little at a low score and sometimes is right; mAP rewards it, a user may not.",
    ),
]
