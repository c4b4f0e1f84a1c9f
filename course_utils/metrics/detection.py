"""Boxes and detections: overlap, suppression, hits, and the average precision of COCO by pycocotools.

Boxes are corners x1, y1, x2, y2. The detections of an image are boxes (n, 4), scores (n,) and classes (n,).
"""

import contextlib
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

Detections = tuple[np.ndarray, np.ndarray, np.ndarray]
COCO_THRESHOLDS = tuple(np.linspace(0.5, 0.95, 10).round(2).tolist())


def box_iou(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union of boxes (n, 4) with boxes (m, 4): (n, m), 0 where both are empty.

    Raises ValueError for another shape, and for a box that ends before it begins.
    """
    first, second = _checked(first)[:, np.newaxis], _checked(second)  # (n, 1, 4) meets (m, 4)
    sides = np.minimum(first[..., 2:], second[:, 2:]) - np.maximum(first[..., :2], second[:, :2])
    shared = np.maximum(sides, 0).prod(axis=-1)
    covered = _areas(first) + _areas(second) - shared
    return shared / np.where(covered > 0, covered, 1)


def non_max_suppression(boxes: np.ndarray, scores: np.ndarray, iou_threshold: float) -> np.ndarray:
    """Indices of the boxes (n, 4) that stay, by falling score (n,): none overlaps a better one by more than the threshold."""
    boxes = _checked(boxes)
    overlaps = box_iou(boxes, boxes)
    kept: list[int] = []
    for candidate in np.argsort(-np.asarray(scores, dtype="float64"), kind="stable"):
        if not np.any(overlaps[candidate, kept] > iou_threshold):
            kept.append(int(candidate))
    return np.array(kept, dtype="int64")


def without_doubles(detections: Detections, iou_threshold: float = 0.5) -> Detections:
    """The detections of one image that stay when suppression runs within each class."""
    boxes, scores, classes = detections
    kept: list[int] = []
    for label in np.unique(classes):
        own = np.flatnonzero(classes == label)
        kept.extend(own[non_max_suppression(boxes[own], scores[own], iou_threshold)])
    kept = sorted(kept, key=lambda number: -scores[number])
    return boxes[kept], scores[kept], classes[kept]


def of_class(detections: Detections, label: int) -> tuple[np.ndarray, np.ndarray]:
    """The boxes (k, 4) and scores (k,) of one class among the detections of one image, by falling score."""
    boxes, scores, classes = detections
    own = np.flatnonzero(classes == label)
    own = own[np.argsort(-scores[own], kind="stable")]
    return boxes[own], scores[own]


def tightest_of_groups(
    true_boxes: Sequence[np.ndarray],
    true_classes: Sequence[np.ndarray],
    detections: Sequence[Detections],
    iou_threshold: float = 0.5,
) -> list[Detections]:
    """`without_doubles`, then each box that stays gives way to the best fitting one of its group: a bound, it needs the truth.

    Its group are the boxes of its class that overlap it by more than the threshold, and itself. The best fitting one has
    the largest IoU with an object of this class. Arguments as for `coco_map`.
    """
    return [_tightest(*scene, iou_threshold) for scene in zip(true_boxes, true_classes, detections)]


def _tightest(
    true_boxes: np.ndarray, true_classes: np.ndarray, detections: Detections, iou_threshold: float
) -> Detections:
    boxes, _, classes = detections
    kept, scores, labels = without_doubles(detections, iou_threshold)
    fits = np.where(np.equal.outer(classes, true_classes), box_iou(boxes, true_boxes), 0).max(axis=1, initial=0)
    tight = kept.copy()
    for place, (box, label) in enumerate(zip(kept, labels)):
        group = np.flatnonzero((classes == label) & (box_iou([box], boxes)[0] > iou_threshold))
        if fits[group].max(initial=0) > 0:
            tight[place] = boxes[group[fits[group].argmax()]]
    return tight, scores, labels


def best_overlaps(true_boxes: Sequence[np.ndarray], detections: Sequence[Detections]) -> np.ndarray:
    """Of each object of all images the IoU with the detection that fits it best, of whatever class and score."""
    fits = [box_iou(objects, boxes).max(axis=1, initial=0) for objects, (boxes, _, _) in zip(true_boxes, detections)]
    return np.concatenate(fits)


def hits_and_misses(
    detections: Detections, true_boxes: np.ndarray, true_classes: np.ndarray, iou_threshold: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """Which detections (n,) of one image hit an object, and which objects (k,) no detection hits.

    By falling score, a detection claims the free object of its class that it overlaps most, if by the threshold or more.
    """
    boxes, scores, classes = detections
    overlaps = np.where(np.equal.outer(classes, true_classes), box_iou(boxes, true_boxes), -1)
    hits, missed = np.zeros(len(boxes), dtype=bool), np.ones(len(true_boxes), dtype=bool)
    for number in np.argsort(-np.asarray(scores), kind="stable"):
        free = np.where(missed, overlaps[number], -1)
        if free.max(initial=-1) >= iou_threshold:
            hits[number] = True
            missed[free.argmax()] = False
    return hits, missed


def best_score(
    true_boxes: Sequence[np.ndarray],
    true_classes: Sequence[np.ndarray],
    detections: Sequence[Detections],
    tried: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
) -> float:
    """The least score from which on the detections of all images have the highest F1, at an IoU of 0.5.

    F1 is 2 * hits / (answers + objects). Arguments as for `coco_map`; of equally good scores the first is taken.
    """

    def f1(least: float) -> float:
        kinds = sort_out(true_boxes, true_classes, detections, least)
        hits, alarms, missed = count_kinds(kinds).values()
        return 2 * hits / max(2 * hits + alarms + missed, 1)

    return max(tried, key=f1)


def sort_out(
    true_boxes: Sequence[np.ndarray],
    true_classes: Sequence[np.ndarray],
    detections: Sequence[Detections],
    least_score: float = 0.0,
) -> dict[str, list[tuple[np.ndarray, np.ndarray]]]:
    """What became of the detections with this score or more, image by image: hits, false alarms, missed objects.

    Each holds for each image boxes (k, 4) and classes (k,), as `viz.show_boxes` draws them. A hit has an IoU of 0.5.
    """
    kinds: dict[str, list] = {"hit": [], "false alarm": [], "missed": []}
    for objects, labels, (boxes, scores, classes) in zip(true_boxes, true_classes, detections):
        sure = scores >= least_score
        boxes, scores, classes = boxes[sure], scores[sure], classes[sure]
        hits, missed = hits_and_misses((boxes, scores, classes), objects, labels)
        kinds["hit"].append((boxes[hits], classes[hits]))
        kinds["false alarm"].append((boxes[~hits], classes[~hits]))
        kinds["missed"].append((objects[missed], labels[missed]))
    return kinds


def count_kinds(kinds: dict[str, list[tuple[np.ndarray, np.ndarray]]]) -> dict[str, int]:
    """How many hits, false alarms and missed objects `sort_out` has found in all images together."""
    return {name: sum(len(labels) for _, labels in entries) for name, entries in kinds.items()}


def most_mistakes(kinds: dict[str, list[tuple[np.ndarray, np.ndarray]]], count: int) -> list[int]:
    """The numbers of the images with most false alarms and missed objects, from `sort_out`; the most first."""
    totals = [len(alarms) + len(missed) for (_, alarms), (_, missed) in zip(kinds["false alarm"], kinds["missed"])]
    return np.argsort(-np.array(totals), kind="stable")[:count].tolist()


def why_missed(
    kinds: dict[str, list[tuple[np.ndarray, np.ndarray]]], detections: Sequence[Detections], least_score: float = 0.0
) -> dict[str, int]:
    """Of the missed objects of `sort_out`: how many have no box, and what is amiss with the box of the others?

    A box is one of `detections`, those before suppression, that overlaps the object by half. No box; only boxes of
    another class; of the right class, but none with `least_score`; and such a box, which suppression dropped or which
    another object claimed.
    """
    reasons = {"no box": 0, "another class": 0, "score too low": 0, "dropped": 0}
    for (missed, labels), (boxes, scores, classes) in zip(kinds["missed"], detections):
        for overlaps, label in zip(box_iou(missed, boxes), labels):
            near = overlaps >= 0.5
            own = near & (classes == label)
            if not near.any():
                reasons["no box"] += 1
            elif not own.any():
                reasons["another class"] += 1
            elif scores[own].max() < least_score:
                reasons["score too low"] += 1
            else:
                reasons["dropped"] += 1
    return reasons


def why_false(
    kinds: dict[str, list[tuple[np.ndarray, np.ndarray]]],
    true_boxes: Sequence[np.ndarray],
    true_classes: Sequence[np.ndarray],
) -> dict[str, int]:
    """Of the false alarms of `sort_out`: what is at their place? After Hoiem et al. (2012), doi 10.1007/978-3-642-33712-3_25.

    By the object with which the box has the largest IoU: at 0.5 or more, another class or a double; at 0.1 or more, a
    loose box, whatever its class; below, the ground.
    """
    reasons = {"another class": 0, "double": 0, "loose box": 0, "ground": 0}
    for (alarms, labels), objects, classes in zip(kinds["false alarm"], true_boxes, true_classes):
        for overlaps, label in zip(box_iou(alarms, objects), labels):
            nearest = overlaps.max(initial=0)
            if nearest >= 0.5:
                reasons["double" if classes[overlaps.argmax()] == label else "another class"] += 1
            else:
                reasons["loose box" if nearest >= 0.1 else "ground"] += 1
    return reasons


def coco_map(
    true_boxes: Sequence[np.ndarray],
    true_classes: Sequence[np.ndarray],
    detections: Sequence[Detections],
    iou_threshold: float | Sequence[float] = 0.5,
) -> float:
    """Mean over the classes of the average precision at one IoU threshold, or at several, from 0 to 1.

    `COCO_THRESHOLDS`, 0.50 to 0.95 in steps of 0.05, gives what the COCO benchmark calls AP.

    For each of n images: true boxes (k, 4) as corners x1, y1, x2, y2, true classes (k,), and the detections as
    boxes (m, 4), scores (m,), classes (m,). Classes without a true box do not count; of each image and class, the
    100 detections of the highest scores do. Raises ValueError if lengths or shapes differ or nothing is there to find.
    """
    if not len(true_boxes) == len(true_classes) == len(detections):
        raise ValueError(
            f"One entry an image is needed everywhere, not {len(true_boxes)} lists of true boxes, "
            f"{len(true_classes)} of true classes and {len(detections)} of detections."
        )
    truths: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for image, (boxes, classes, (found_boxes, scores, found_classes)) in enumerate(
        zip(true_boxes, true_classes, detections)
    ):
        for box, area, label in _records(boxes, classes):
            truths.append(
                {
                    "id": len(truths) + 1,
                    "image_id": image,
                    "bbox": box,
                    "area": area,
                    "category_id": label,
                    "iscrowd": 0,
                }
            )
        if len(scores) != len(found_boxes):
            raise ValueError(f"{len(found_boxes)} detected boxes have {len(scores)} scores in image {image}.")
        for (box, _, label), score in zip(_records(found_boxes, found_classes), scores):
            found.append({"image_id": image, "bbox": box, "category_id": label, "score": float(score)})
    if not truths:
        raise ValueError("There is no true box in any image, so nothing can be found.")
    return _evaluate(len(true_boxes), truths, found, iou_threshold) if found else 0.0


def _checked(boxes: np.ndarray) -> np.ndarray:
    """Boxes (n, 4) as an array; an empty list counts as no box."""
    boxes = np.asarray(boxes, dtype="float64")
    if boxes.size == 0:
        boxes = boxes.reshape(0, 4)
    if boxes.ndim != 2 or boxes.shape[1] != 4 or not np.all(boxes[:, :2] <= boxes[:, 2:]):
        raise ValueError(f"Boxes must have shape (n, 4) with x1 <= x2 and y1 <= y2, not {boxes.shape}: {boxes}")
    return boxes


def _areas(boxes: np.ndarray) -> np.ndarray:
    return (boxes[..., 2:] - boxes[..., :2]).prod(axis=-1)


def _records(boxes: np.ndarray, classes: np.ndarray) -> list[tuple[list[float], float, int]]:
    """COCO's form of boxes (n, 4) and classes (n,): (x, y, width, height), area, class."""
    boxes = np.asarray(boxes, dtype="float64")
    if boxes.size == 0:
        boxes = boxes.reshape(0, 4)
    if boxes.ndim != 2 or boxes.shape[1] != 4 or len(boxes) != len(classes):
        raise ValueError(f"Boxes must have shape (n, 4) with n classes, not {boxes.shape} with {len(classes)}.")
    sizes = boxes[:, 2:] - boxes[:, :2]
    if not np.all(sizes >= 0):
        raise ValueError("A box ends before it begins: corners must satisfy x1 <= x2 and y1 <= y2.")
    places = np.concatenate([boxes[:, :2], sizes], axis=1)
    return [(place.tolist(), float(place[2] * place[3]), int(label)) for place, label in zip(places, classes)]


def _evaluate(images: int, truths: list[dict], found: list[dict], iou_threshold: float | Sequence[float]) -> float:
    """Run pycocotools, which prints at every step, without a sound."""
    coco = COCO()
    coco.dataset = {
        "info": {},
        "images": [{"id": number} for number in range(images)],
        "annotations": truths,
        "categories": [{"id": label} for label in sorted({truth["category_id"] for truth in truths})],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(found), iouType="bbox")
        evaluation.params.iouThrs = np.array(iou_threshold, ndmin=1)
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][..., 0, -1]  # thresholds, recalls, classes; all areas, 100 detections
    return float(precision.mean())
