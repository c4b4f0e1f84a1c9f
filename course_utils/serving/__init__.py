"""A trained network that answers over HTTP: the server's program, its start and end, and clients to try it with.

`course_utils.serving.process` and `.clients` are imported by lessons; the server is run by
`python -m course_utils.serving.server`.
"""

from course_utils.serving.process import Server
from course_utils.serving.versions import publish, withdraw

__all__ = ["Server", "publish", "withdraw"]
