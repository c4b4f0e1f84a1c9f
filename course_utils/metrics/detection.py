"""Mean average precision as the COCO benchmark counts it, by pycocotools: silent, in memory, without files."""

import contextlib
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

Detections = tuple[np.ndarray, np.ndarray, np.ndarray]


def coco_map(
    true_boxes: Sequence[np.ndarray],
    true_classes: Sequence[np.ndarray],
    detections: Sequence[Detections],
    iou_threshold: float = 0.5,
) -> float:
    """Mean over the classes of the average precision at one IoU threshold, from 0 to 1.

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


def _evaluate(images: int, truths: list[dict], found: list[dict], iou_threshold: float) -> float:
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
        evaluation.params.iouThrs = np.array([iou_threshold])
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][0, :, :, 0, -1]  # recall levels, classes; all areas, 100 detections
    return float(precision.mean())
