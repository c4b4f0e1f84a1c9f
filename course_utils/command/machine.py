"""`course check`: is this machine ready for the course, and if not, what helps?"""

import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from typing import NamedTuple

import psutil


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
        import_quietly()
    except (ImportError, RuntimeError) as error:
        return Finding("TensorFlow and Keras", "missing", str(error))
    import keras
    import tensorflow as tf

    found = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    known = tuple(map(int, tf.__version__.split(".")[:2])) >= (2, 20) and tuple(
        map(int, keras.__version__.split(".")[:2])
    ) >= (3, 13)
    return Finding(
        "TensorFlow and Keras", found, "" if known else "Update: pip install 'tensorflow>=2.20' 'keras>=3.13'."
    )


def check_device() -> Finding:
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    return Finding("Device", f"{len(gpus)} GPU" if gpus else "no GPU; the quick scale needs none", "")


def check_memory() -> Finding:
    gigabytes = psutil.virtual_memory().available / 1e9
    return Finding(
        "Free memory",
        f"{gigabytes:.1f} GB",
        "" if gigabytes > 3.5 else "Most lessons take up to 2 GB, lesson 409 takes 3.2 GB: close other programs.",
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
    """One step on fixed numbers must lower the loss."""
    import keras
    import numpy as np

    inputs = np.linspace(-1, 1, 32, dtype="float32").reshape(-1, 1)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    before = model.evaluate(inputs, 2 * inputs, verbose=0)
    model.fit(inputs, 2 * inputs, verbose=0)
    learned = model.evaluate(inputs, 2 * inputs, verbose=0) < before
    return Finding(
        "One training step",
        "the loss fell" if learned else "the loss did not fall",
        "" if learned else "Reinstall TensorFlow.",
    )


def check_writing() -> Finding:
    from course_utils.exercises.progress import progress_file

    folder = progress_file().parent
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    try:
        tempfile.TemporaryFile(dir=existing).close()
    except OSError as error:
        return Finding(
            "Progress file",
            str(progress_file()),
            f"It cannot be written ({error.strerror}). Set COURSE_HOME to a folder of yours.",
        )
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
