"""`course check`: is this machine ready for the course, and if not, what helps?"""

import hashlib
import platform
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import psutil

from course_utils.nvidia import nvidia_gpus
from course_utils.scale import FULL_GIGABYTES

QUICK_GIGABYTES = 3.5
TRAINING_CURE = (
    "Set CUDA_VISIBLE_DEVICES=-1 to leave out a GPU; if there is none, or that does not help, reinstall TensorFlow."
)


class Finding(NamedTuple):
    """One line of the report; `cure` is empty where all is well."""

    what: str
    found: str
    cure: str


def check_python() -> Finding:
    suitable = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("Python", platform.python_version(), "" if suitable else "Use Python 3.11, 3.12 or 3.13.")


def check_tensorflow() -> Finding:
    from course_utils.environment import import_quietly

    try:
        notes = import_quietly()
    except (ImportError, RuntimeError) as error:
        return Finding("TensorFlow and Keras", "missing", str(error))
    import keras
    import tensorflow as tf

    found = "\n".join([f"TensorFlow {tf.__version__}, Keras {keras.__version__}", *notes])
    known = tuple(map(int, tf.__version__.split(".")[:2])) >= (2, 20) and tuple(
        map(int, keras.__version__.split(".")[:2])
    ) >= (3, 13)
    return Finding(
        "TensorFlow and Keras", found, "" if known else "Update: pip install 'tensorflow>=2.20' 'keras>=3.13'."
    )


def check_device() -> Finding:
    """Which device TensorFlow computes on. A GPU that it does not see is no failure: a CPU is enough for quick."""
    import tensorflow as tf

    seen, there = tf.config.list_physical_devices("GPU"), nvidia_gpus()
    if seen:
        return Finding("Device", f"{len(seen)} GPU, seen by TensorFlow", "")
    if there:
        advice = (
            f"{', '.join(there)}: TensorFlow does not see it and computes on the CPU. To change that, update NVIDIA's "
            "driver if it is older than 525, and install NVIDIA's libraries: pip install -r requirements-gpu.txt"
        )
        return Finding("Device", advice, "")
    return Finding("Device", "no GPU; the quick scale needs none", "")


def check_memory() -> Finding:
    gigabytes = psutil.virtual_memory().available / 1e9
    enough = gigabytes > QUICK_GIGABYTES
    return Finding(
        "Free memory",
        f"{gigabytes:.1f} GB"
        + ("" if gigabytes > FULL_GIGABYTES else f"; the full scale takes up to {FULL_GIGABYTES} GB"),
        "" if enough else "Most lessons take up to 2 GB, lesson 409 takes 3.2 GB: close other programs.",
    )


def check_disk() -> Finding:
    gigabytes = shutil.disk_usage(tempfile.gettempdir()).free / 1e9
    return Finding(
        "Free disk", f"{gigabytes:.1f} GB", "" if gigabytes > 0.5 else "Free half a gigabyte for temporary files."
    )


def check_data() -> Finding:
    from course_utils.datasets.dataset import embedded_file, read_cards

    try:
        files = [embedded_file(card) for card in read_cards().values()]
    except (FileNotFoundError, ValueError) as error:
        return Finding("Data", "damaged", str(error))
    return Finding("Data", f"{len(files)} files, checksums right", "")


def check_training() -> Finding:
    """A few steps of a small convolutional network on fixed pictures must lower the loss."""
    import keras
    import numpy as np

    pixels = np.random.default_rng(0).random((32, 8, 8, 1), dtype="float32")
    upper_half = pixels[:, :4].mean(axis=(1, 2))
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(4, 3, activation="relu", kernel_initializer=keras.initializers.GlorotUniform(seed=0)),
            keras.layers.Flatten(),
            keras.layers.Dense(1, kernel_initializer="zeros"),
        ]
    )
    model.compile(keras.optimizers.SGD(0.01), "mse")
    try:
        losses = model.fit(pixels, upper_half, batch_size=32, epochs=5, verbose=0).history["loss"]
    except Exception as error:  # drivers, libraries and compilers fail in errors of many kinds
        reason = str(error).strip().splitlines()[:1]
        found = " ".join([f"it failed: {type(error).__name__}", *reason])
        return Finding("One training step", found, TRAINING_CURE)
    learned = losses[-1] < losses[0]
    return Finding(
        "One training step",
        "the loss of a convolution fell" if learned else "the loss of a convolution did not fall",
        "" if learned else TRAINING_CURE,
    )


def check_writing() -> Finding:
    from course_utils.exercises.progress import CURE, progress_file, why_not_kept

    trouble = why_not_kept()
    if trouble:
        return Finding("Progress file", "not kept", f"{trouble}. {CURE}")
    return Finding("Progress file", str(progress_file()), "")


CHECKS: tuple[Callable[[], Finding], ...] = (
    check_python, check_tensorflow, check_device, check_memory, check_disk, check_data, check_writing, check_training,
)  # fmt: skip


def check_machine() -> list[Finding]:
    """All findings in order. Without TensorFlow the checks that need it are left out."""
    findings = []
    for check in CHECKS:
        if check in (check_device, check_training) and any(finding.found == "missing" for finding in findings):
            continue
        findings.append(check())
    return findings


def course_version() -> str:
    """The version of the course: of the clone that is here, which may be newer than what was installed from it."""
    from course_utils.command.lessons import checkout_folder

    try:
        text = (checkout_folder() / "pyproject.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        return metadata.version("course-utils")
    return tomllib.loads(text)["project"]["version"]


def room_code(folder: Path = Path(__file__).parents[1]) -> str:
    """Three digits that are equal where the course's code, TensorFlow and Keras are, on every system and every Python."""
    import keras
    import tensorflow as tf

    digest = hashlib.sha256(f"{tf.__version__} {keras.__version__}\n".encode())
    # Text, not bytes: git may end lines otherwise on Windows. What projects/files holds lies elsewhere in a clone.
    for path in sorted(folder.rglob("*.py"), key=lambda path: path.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(("projects/files/", "data/")):
            digest.update(f"{name}\n{path.read_text(encoding='utf-8')}\n".encode())
    return f"{int(digest.hexdigest(), 16) % 900 + 100}"


def room_line(findings: Sequence[Finding]) -> str:
    """One line to read aloud: READY and a code of three digits, or the number of the first check that fails, and why."""
    for number, finding in enumerate(findings, 1):
        if finding.cure:
            reason = finding.found.split("\n")[0].split(". ")[0]
            if len(reason) > 50:  # an error of a library; the number is what counts
                reason = reason[:50].rsplit(" ", 1)[0] + " ..."
            return f"NOT READY, number {number}: {finding.what}, {reason} (course {course_version()})"
    return f"READY, code {room_code()} (course {course_version()})"
