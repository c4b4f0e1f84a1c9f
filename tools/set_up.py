"""Make a virtual environment and install the course into it: `python tools/set_up.py .venv requirements.txt`.

Called by make, with nothing but the standard library. It ends with one sentence, whatever goes wrong.
`python tools/set_up.py --add .venv requirements-ship.txt` adds what a second file lists to an environment that is there.
On Linux with an NVIDIA GPU it also installs what `*-gpu.txt` beside the requirements lists; GPU=0 in the environment
declines.
"""

import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NEEDED_GIGABYTES, GPU_GIGABYTES = 5, 6
CURES = (
    # what pip prints, what it means and what helps
    (
        "No space left on device",
        "The disk is full. Free {} GB (with NVIDIA's libraries {} GB) and call the same command again.".format(
            NEEDED_GIGABYTES, NEEDED_GIGABYTES + GPU_GIGABYTES
        ),
    ),
    ("Permission denied", "This folder cannot be written. Move the course to a folder of your own."),
    (
        "connection",
        "The package registry cannot be reached. Check the network (or proxy) and call the same command again.",
    ),
    (
        "name resolution",
        "The package registry cannot be reached. Check the network (or proxy) and call the same command again.",
    ),
    (
        "No matching distribution",
        "A package has no version for this machine or cannot be found. Is the network up, and is this a 64-bit Python?",
    ),
)


def stop(sentence):
    sys.exit("Set-up stopped: " + sentence)


def run(log_path, *command):
    """Run a command quietly; its output goes to a log, from which a failure is explained."""
    with open(log_path, "a") as log:
        failed = subprocess.call(command, stdout=log, stderr=subprocess.STDOUT)
    if failed:
        with open(log_path, errors="replace") as log:
            text = log.read()
        for sign, cure in CURES:
            if sign.lower() in text.lower():
                stop("{} (Details: {})".format(cure, log_path))
        stop("an unexpected error; the details are in {}".format(log_path))


def gpu_requirements(requirements):
    """The file with NVIDIA's libraries where they are of use and not declined, else None; says what it found."""
    libraries = "-gpu".join(os.path.splitext(requirements))
    if not os.path.exists(libraries):
        return None
    sys.path.insert(0, ROOT)
    from course_utils.nvidia import nvidia_gpus

    gpus = nvidia_gpus()
    if not gpus:
        return None
    if os.environ.get("GPU") == "0":
        print("Found {}; GPU=0: it stays unused.".format(", ".join(gpus)))
        return None
    print(
        "Found {}: NVIDIA's libraries for TensorFlow are installed too (about 3 GB of downloads, {} GB of disk). "
        "GPU=0 before or after the command declines.".format(", ".join(gpus), GPU_GIGABYTES)
    )
    return libraries


def python_of(folder):
    return os.path.join(folder, "Scripts" if os.name == "nt" else "bin", "python")


def add(folder, requirements):
    """Install what a second file lists: its pins agree with the first. The stamp is named by the file's last word."""
    if not os.path.exists(os.path.join(folder, "ready")):
        stop("there is no environment in {} yet: call make without --add first.".format(folder))
    stamp = os.path.splitext(os.path.basename(requirements))[0].split("-")[-1]
    print("Adding what {} lists to {} (once) ...".format(os.path.basename(requirements), folder), flush=True)
    log = os.path.join(folder, "set-up-{}.log".format(stamp))
    open(log, "w").close()
    run(log, python_of(folder), "-m", "pip", "install", "--requirement", requirements)
    open(os.path.join(folder, stamp), "w").close()
    print("Ready.")


def main(folder, requirements):
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        stop("this course needs Python 3.11, 3.12 or 3.13, not {}.{}.".format(*sys.version_info[:2]))
    libraries = gpu_requirements(requirements)
    needed = NEEDED_GIGABYTES + (GPU_GIGABYTES if libraries else 0)
    free = shutil.disk_usage(".").free / 1e9
    if free < needed and not os.path.isdir(folder):
        stop("{} GB of disk are needed here and {:.1f} GB are free. Free some and call again.".format(needed, free))
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        stop("this Python has no venv module. On Debian and Ubuntu: apt install python3-venv.")
    downloads = "" if os.environ.get("PIP_NO_INDEX") else " and about 1 GB of downloads"
    print("Setting up {} (once; a few minutes{}) ...".format(folder, downloads), flush=True)
    try:
        venv.create(folder, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        stop("the folder {} cannot be made: {}.".format(folder, error))
    python = python_of(folder)
    log = os.path.join(folder, "set-up.log")
    open(log, "w").close()
    files = [requirements] + ([libraries] if libraries else [])
    run(log, python, "-m", "pip", "install", *(word for name in files for word in ("--requirement", name)))
    # No dependencies: they are pinned above. No build isolation: hatchling is among them, so no network is needed.
    run(log, python, "-m", "pip", "install", "--no-deps", "--no-build-isolation", "--editable", ".")
    open(os.path.join(folder, "ready"), "w").close()
    print("Ready.")


if __name__ == "__main__":
    task, arguments = (add, sys.argv[2:]) if sys.argv[1:2] == ["--add"] else (main, sys.argv[1:])
    if len(arguments) != 2:
        stop("call it with a folder and a requirements file, for instance: .venv requirements.txt")
    try:
        task(*arguments)
    except KeyboardInterrupt:
        stop("interrupted. The next call goes on from here.")
