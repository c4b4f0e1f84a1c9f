"""Shared code of the course. Importing it is cheap: TensorFlow is imported by `set_up`, not here."""

from course_utils.claims import claim
from course_utils.environment import set_up
from course_utils.scale import scale

__all__ = ["claim", "scale", "set_up"]
