"""Measures of a model's results: thin and documented, on well-kept libraries."""

from course_utils.metrics.attention import attention_of, mean_attention_to
from course_utils.metrics.detection import coco_map

__all__ = ["attention_of", "coco_map", "mean_attention_to"]
