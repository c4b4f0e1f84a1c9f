"""A project of one's own: three briefs, a sealed test part, and the check of what a machine can see in a notebook."""

from course_utils.projects.leads import lead_by_groups
from course_utils.projects.sealed import Project, Sealed

__all__ = ["Project", "Sealed", "lead_by_groups"]
