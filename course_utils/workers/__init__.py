"""Training in more than one process: programs that processes run, and a team that starts, watches and ends them.

`course_utils.workers.team` is imported by lessons; the programs are run by `python -m course_utils.workers.NAME`.
"""

from course_utils.workers.team import Team, steps_of

__all__ = ["Team", "steps_of"]
