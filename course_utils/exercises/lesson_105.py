"""Exercises of lesson 105, measuring a detector."""

import numpy as np

from course_utils.exercises.exercise import (
    Exercise,
    Wrong,
    expect_close,
    expect_no_mistake,
    measured_numbers,
    one_number,
    some_numbers,
)
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


def parts(one, other):
    """Shared area, covered area and area of the hull of two boxes, x1, y1, x2, y2."""
    shared = max(min(one[2], other[2]) - max(one[0], other[0]), 0) * max(
        min(one[3], other[3]) - max(one[1], other[1]), 0
    )
    covered = area(one) + area(other) - shared
    return shared, covered, area(hull_of(one, other))


def area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def hull_of(one, other):
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def generalized_iou(one, other):
    x1, y1 = max(one[0], other[0]), max(one[1], other[1])
    x2, y2 = min(one[2], other[2]), min(one[3], other[3])
    shared = max(x2 - x1, 0) * max(y2 - y1, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    covered = sum(areas) - shared
    width = max(one[2], other[2]) - min(one[0], other[0])
    height = max(one[3], other[3]) - min(one[1], other[1])
    hull = width * height
    return shared / covered - (hull - covered) / hull


def plain_iou(one, other):
    shared, covered, _ = parts(one, other)
    return shared / covered


def gap_by_covered(one, other):
    shared, covered, hull = parts(one, other)
    return shared / covered - (hull - covered) / covered


def penalty_added(one, other):
    shared, covered, hull = parts(one, other)
    return shared / covered + (hull - covered) / hull


def shared_by_hull(one, other):
    shared, _, hull = parts(one, other)
    return shared / hull


def never_negative(one, other):
    return max(generalized_iou(one, other), 0)


def covered_twice(one, other):
    """The shared part is not taken off the sum of both areas."""
    shared, covered, hull = parts(one, other)
    both = covered + shared
    return shared / both - (hull - both) / hull


def negative_sides(one, other):
    """Two negative sides have a positive product: boxes that lie apart share an area."""
    shared = (min(one[2], other[2]) - max(one[0], other[0])) * (min(one[3], other[3]) - max(one[1], other[1]))
    covered = area(one) + area(other) - shared
    hull = parts(one, other)[2]
    return shared / covered - (hull - covered) / hull


def corners_and_sizes(one, other):
    """Takes the last two numbers of a box for its width and height."""
    return generalized_iou(*((box[0], box[1], box[0] + box[2], box[1] + box[3]) for box in (one, other)))


def generalized_iou_by_arrays(one, other):
    one, other = np.asarray(one, dtype="float64"), np.asarray(other, dtype="float64")
    shared = np.prod(np.maximum(np.minimum(one, other)[2:] - np.maximum(one, other)[:2], 0))
    hull = np.prod(np.maximum(one, other)[2:] - np.minimum(one, other)[:2])
    covered = np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]) - shared
    return np.array(shared / covered - 1 + covered / hull)


IOU_MISTAKES = {
    plain_iou: "That is plain IoU. The part of the hull that no box covers must be taken off.",
    gap_by_covered: "You divided the gap by the covered area. Divide it by the area of the hull.",
    penalty_added: "You added the gap. It is a penalty: boxes far apart must score less, down to -1.",
    shared_by_hull: "You divided the shared area by the hull. Start from IoU, then take off the gap's share.",
    never_negative: "Yours is never negative. Boxes that lie far apart come near to -1.",
    covered_twice: "You counted the shared part twice: covered is the sum of both areas minus the shared one.",
    negative_sides: "Boxes that lie apart share nothing: set negative sides to 0 before you multiply them.",
    corners_and_sizes: "You took the last two numbers of a box for width and height. They are its second corner.",
}


def iou_cases():
    """Pairs of boxes that overlap, lie apart, lie inside each other, touch, and are the same."""
    random = np.random.default_rng(3)
    cases = [
        ((0.0, 0, 10, 10), (2.0, 3, 5, 6)),
        ((0.0, 0, 10, 10), (10.0, 0, 20, 10)),
        ((0.0, 0, 10, 10), (0.0, 0, 10, 10)),
        ((0.0, 0, 10, 10), (30.0, 40, 32, 44)),
    ]
    for spread in (8, 15, 30, 90):
        corners = random.uniform(0, spread, (2, 2))
        boxes = np.concatenate([corners, corners + random.uniform(2, 20, (2, 2))], axis=1)
        cases.append((tuple(boxes[0]), tuple(boxes[1])))
    return cases


def test_generalized_iou(answer):
    cases = iou_cases()
    results = [one_number(answer(*case), "The result") for case in cases]
    expect_no_mistake(results, cases, IOU_MISTAKES)
    for result, (one, other) in zip(results, cases):
        wanted = generalized_iou(one, other)
        boxes = " and ".join(str(tuple(round(edge, 1) for edge in box)) for box in (one, other))
        expect_close(result, wanted, f"For {boxes} you return {result:.3f}; it should be {wanted:.3f}.")


FINDING = ("count_by_class", "count_together", "map_by_class", "map_together")


def test_finding(answer):
    by_class, together, map_by_class, map_together = measured_numbers(
        answer, *FINDING, shares=FINDING[2:], counts=FINDING[:2]
    )
    if min(by_class, together) < 100:
        raise Wrong("Count over all the test scenes: some hundreds or thousands.")
    quick = current_scale() == "quick"
    if by_class > (2500 if quick else 12_500):  # five times as many test scenes
        raise Wrong("So many? Count what stays after the NMS, not what was there before.")
    if together > by_class:
        raise Wrong("NMS over all classes drops more. The two counts may have changed places.")
    if together == by_class:
        raise Wrong(
            "The same count twice? For the second, run NMS on all boxes of a scene at once, whatever their class."
        )
    if min(map_by_class, map_together) < 0.5:
        raise Wrong("The mAP is far below what the lesson measured. Is it that at IoU 0.5, of the test scenes?")
    if map_by_class == map_together != round(map_by_class, 2):  # two decimals may well be equal
        raise Wrong("The same mAP to the last digit? Measure anew: `mean_average_precision` of what the NMS has kept.")
    if map_together > map_by_class + 0.01:
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
            "never negative": never_negative,
            "covered twice": covered_twice,
            "negative sides": negative_sides,
            "width and height": corners_and_sizes,
            "not a number": lambda one, other: float("nan"),
        },
        also_right={"with arrays": generalized_iou_by_arrays},
        explanation="It falls to -1 as boxes move apart. So it tells a near miss from a far one, and can be used as a loss.",
    ),
    Exercise(
        key="105-3",
        title="One answer for one place",
        minutes=15,
        test=test_finding,
        hints=(
            "For each scene of `three_test`: kept = non_max_suppression(boxes, scores, 0.5), then boxes[kept] and so on.",
            "Count with sum(len(scores) for _, scores, _ in detections); measure with mean_average_precision(detections, test).",
        ),
        solution={"count_by_class": 1693, "count_together": 1562, "map_by_class": 0.744, "map_together": 0.738},
        program="""
            def together(found):
                boxes, scores, classes = found
                kept = non_max_suppression(boxes, scores, 0.5)
                return boxes[kept], scores[kept], classes[kept]


            def count(detections):
                return sum(len(scores) for _, scores, _ in detections)


            by_class = clean(three_test, 0.5)
            settled = [together(found) for found in three_test]
            finding = {
                "count_by_class": count(by_class),
                "count_together": count(settled),
                "map_by_class": mean_average_precision(by_class, test),
                "map_together": mean_average_precision(settled, test),
            }
            """,
        also_right={
            "another run": {
                "count_by_class": 1672,
                "count_together": 1560,
                "map_by_class": 0.749,
                "map_together": 0.741,
            },
            "in two decimals": {
                "count_by_class": 1650,
                "count_together": 1500,
                "map_by_class": 0.75,
                "map_together": 0.75,
            },
        },
        wrong_answers={
            "percent": {"count_by_class": 1693, "count_together": 1562, "map_by_class": 74.4, "map_together": 73.8},
            "counts exchanged": {
                "count_by_class": 1562,
                "count_together": 1693,
                "map_by_class": 0.744,
                "map_together": 0.74,
            },
            "mAPs exchanged": {
                "count_by_class": 1693,
                "count_together": 1562,
                "map_by_class": 0.73,
                "map_together": 0.744,
            },
            "class by class twice": {
                "count_by_class": 1693,
                "count_together": 1693,
                "map_by_class": 0.744,
                "map_together": 0.744,
            },
            "one number": 0.74,
            "not measured anew": {
                "count_by_class": 1693,
                "count_together": 1562,
                "map_by_class": 0.7441,
                "map_together": 0.7441,
            },
            "counted before": {
                "count_by_class": 3021,
                "count_together": 1562,
                "map_by_class": 0.744,
                "map_together": 0.74,
            },
            "not a number": {
                "count_by_class": 1693,
                "count_together": 1562,
                "map_by_class": 0.744,
                "map_together": float("nan"),
            },
            "one scene": {"count_by_class": 5, "count_together": 3, "map_by_class": 0.744, "map_together": 0.74},
            "the mAP with doubles": {
                "count_by_class": 1693,
                "count_together": 1562,
                "map_by_class": 0.744,
                "map_together": 0.35,
            },
        },
        explanation="One such run: fewer answers, and a slightly lower mAP. A second guess costs little at a low score and "
        "sometimes is right; mAP rewards it, a user may not.",
    ),
]
