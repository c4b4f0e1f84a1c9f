"""The raw results of lesson 507: about half an hour of one processor core.

It needs the packages of the course. On another machine the last digits of the measures differ.
"""

import subprocess
import sys
from pathlib import Path

from files import new_file

COMMAND = Path(__file__).parents[2] / "tools" / "generators.py"


def build() -> Path:
    """Run all trainings. Raises RuntimeError if a run fails; what was stored until then stays in the named file."""
    path = new_file("generators.json")
    if subprocess.run([sys.executable, str(COMMAND), str(path)]).returncode:
        raise RuntimeError(f"the trainings stopped. To go on where they ended: python tools/generators.py {path}")
    return path
