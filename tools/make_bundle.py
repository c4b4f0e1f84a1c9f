"""Make dist/bundle, a folder that installs the course with no network: `python tools/make_bundle.py`, called by make.

Wheels for this system and this Python, the course beside them, and one script: for Linux and macOS or for Windows.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What a learner needs. Named one by one, so that nothing else that lies in the folder travels along.
COURSE = (
    "notebooks", "course_utils", "data", "docs", "projects", "tools", "README.md", "LICENSE", "CITATION.cff",
    "CODE_OF_CONDUCT.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml", "requirements.txt",
    "requirements-gpu.txt", "requirements-ship.txt", "requirements-nbgrader.txt",
)  # fmt: skip
NEEDED_GIGABYTES = 3
HERE = (platform.system(), platform.machine(), sys.maxsize > 2**32, *sys.version_info[:2])
# The same five facts of the Python that is to install.
SUITABLE = (
    "import platform, sys; "
    f"sys.exit((platform.system(), platform.machine(), sys.maxsize > 2**32, *sys.version_info[:2]) != {HERE})"
)
SYSTEM = "{} {}, Python {}.{}".format(HERE[0].replace("Darwin", "macOS"), HERE[1], *HERE[3:])

SHELL_SCRIPT = """\
#!/bin/sh
# Installs the course into course/.venv. Needs no network: all packages lie in wheels/.
cd "$(dirname "$0")/course" || exit 1
for python in python{major}.{minor} python3 python; do
  if "$python" -c "{suitable}" 2>/dev/null; then
    export PIP_NO_INDEX=1 PIP_FIND_LINKS=../wheels PIP_CONFIG_FILE=/dev/null GPU=0
    "$python" tools/set_up.py .venv requirements.txt || exit 1
    echo "To begin: $PWD/.venv/bin/course lab"
    exit 0
  fi
done
echo "This bundle is for {system}, and none was found here. Install that Python, or ask for another bundle."
exit 1
"""

BATCH_SCRIPT = """\
@echo off
rem Installs the course into course\\.venv. Needs no network: all packages lie in wheels\\.
cd /d "%~dp0course" || goto failed
py -{major}.{minor} -c "{suitable}" >nul 2>&1 || goto absent
set PIP_NO_INDEX=1
set PIP_FIND_LINKS=..\\wheels
set PIP_CONFIG_FILE=nul
set GPU=0
py -{major}.{minor} tools\\set_up.py .venv requirements.txt || goto failed
echo To begin: "%CD%\\.venv\\Scripts\\course" lab
pause
exit /b 0
:absent
echo This bundle is for {system}, and none was found here. Install that Python, or ask for another bundle.
:failed
pause
exit /b 1
"""

READ_ME = """\
The course with all its packages, for {system}. It needs no network and 5 GB of disk.

1. Copy this folder from the stick to where it is to stay. On Windows choose a short path, C:\\course for instance.
2. {how}
3. It says how to begin, and `course check --room` says whether the machine is ready.
"""


def stop(sentence: str) -> None:
    """End with one sentence."""
    sys.exit(f"No bundle was made: {sentence}")


def write_script(folder: Path, windows: bool) -> Path:
    """Write the script that installs, and the page that says how to call it; returns the script's path."""
    words = {"major": HERE[3], "minor": HERE[4], "suitable": SUITABLE, "system": SYSTEM}
    script = folder / ("install.bat" if windows else "install.sh")
    text = (BATCH_SCRIPT if windows else SHELL_SCRIPT).format(**words)
    script.write_text(text, encoding="utf-8", newline="\r\n" if windows else "\n")
    script.chmod(0o755)
    how = "Open install.bat with a double click." if windows else "In a terminal, in this folder: sh install.sh"
    read_me = READ_ME.format(system=SYSTEM, how=how)
    (folder / "READ_ME.txt").write_text(read_me, encoding="utf-8", newline="\r\n" if windows else "\n")
    return script


def copy_course(root: Path, folder: Path, names: Iterable[str] = COURSE) -> None:
    """Copy the course, and as pages/ what the last `course run` wrote, if there is any."""
    passing = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.tmp", ".~*")
    for name in names:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / "course" / name, ignore=passing)
        else:
            shutil.copy(root / name, folder / "course" / name)
    runs = sorted((root / "runs").glob("[0-9]*"))  # a run that goes on has a name with a dot before
    if runs:
        shutil.copytree(runs[-1], folder / "pages")


def fetch_wheels(root: Path, folder: Path) -> None:
    """Fetch what requirements.txt lists, as wheels. Ends with one sentence if that fails."""
    command = [sys.executable, "-m", "pip", "wheel", "--requirement", str(root / "requirements.txt")]
    result = subprocess.run([*command, "--wheel-dir", str(folder / "wheels")], capture_output=True, text=True)
    if result.returncode:
        lines = [line for line in result.stderr.splitlines() if line.startswith("ERROR")] or ["pip says no more"]
        stop(f"a package could not be fetched. Is the network up? ({re.sub('^ERROR: ', '', lines[-1])})")


def make_bundle(root: Path, folder: Path, names: Iterable[str] = COURSE) -> None:
    """Make the bundle in `folder`, which appears only when it is whole. One that is there is never overwritten."""
    if folder.exists():
        stop(f"{folder} is there already. Rename or remove it, then call this again.")
    draft = folder.with_name(f".{folder.name}")
    shutil.rmtree(draft, ignore_errors=True)  # of a call that was interrupted
    (draft / "course").mkdir(parents=True)
    free = shutil.disk_usage(draft).free / 1e9
    if free < NEEDED_GIGABYTES:
        stop(f"{NEEDED_GIGABYTES} GB of disk are needed in {folder.parent} and {free:.1f} GB are free.")
    print(f"Fetching the packages for {SYSTEM} (about 1 GB) ...", flush=True)
    start = time.monotonic()
    try:
        fetch_wheels(root, draft)
        copy_course(root, draft, names)
        script = write_script(draft, windows=os.name == "nt")
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e9
    wheels = len(list((folder / "wheels").iterdir()))
    print(f"{folder}: {wheels} packages, {size:.2f} GB, {time.monotonic() - start:.0f} s. {script.name} installs it.")


if __name__ == "__main__":
    try:
        make_bundle(ROOT, ROOT / "dist" / "bundle")
    except KeyboardInterrupt:
        stop("interrupted.")
    except OSError as error:
        stop(f"{error}.")
