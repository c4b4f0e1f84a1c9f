"""The raw results of the bout of lessons 502 and 503: about two hours of one processor core.

It needs the packages of the course. On another machine, and on another day, the seconds and so the steps differ a little.
"""

import subprocess
import sys
from pathlib import Path

from files import new_file

COMMAND = Path(__file__).parents[2] / "tools" / "bout.py"


def build() -> Path:
    """Run the whole bout. Raises RuntimeError if a run fails; what was stored until then stays in the named file."""
    path = new_file("bout.json")
    if subprocess.run([sys.executable, str(COMMAND), str(path)]).returncode:
        raise RuntimeError(f"the bout stopped. To go on where it ended: python tools/bout.py {path}")
    return path
