"""Measures of a model's results: thin and documented, on well-kept libraries."""

from course_utils.metrics.attention import attention_of, mean_attention_to
from course_utils.metrics.detection import (
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

__all__ = [
    "COCO_THRESHOLDS",
    "attention_of",
    "best_overlaps",
    "best_score",
    "box_iou",
    "coco_map",
    "count_kinds",
    "hits_and_misses",
    "mean_attention_to",
    "most_mistakes",
    "non_max_suppression",
    "of_class",
    "sort_out",
    "tightest_of_groups",
    "why_false",
    "why_missed",
    "without_doubles",
]
