"""The start of every lesson: a quiet TensorFlow, one seed, the course's picture style, and a line on the device."""

import contextlib
import os
import sys
from collections.abc import Iterator


def in_colab() -> bool:
    """Whether the code runs on Google Colab."""
    return "google.colab" in sys.modules


@contextlib.contextmanager
def silent_stderr() -> Iterator[None]:
    """Send file descriptor 2 to nowhere: TensorFlow's C++ code writes there, past Python's sys.stderr."""
    sys.stderr.flush()
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


def import_quietly() -> None:
    """Import TensorFlow and Keras and touch the devices once, without log lines.

    Raises ImportError with the cure when one of them is missing, RuntimeError when Keras uses another backend.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    # Keep freed memory instead of handing it back at every step: on a CPU, attention trains up to twice as fast, bit for bit the same.
    os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "1")
    try:
        with silent_stderr():
            import keras
            import tensorflow as tf

            tf.constant(0.0) + 1.0
        tf.get_logger().setLevel("ERROR")  # no warnings about retracing between the lines of a training
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{error.name} is not installed. Run `make run` in the course's folder, or `pip install 'course-utils[tensorflow]'`."
        ) from error
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"Keras runs on {keras.backend.backend()} here; this course needs TensorFlow. "
            "Set the environment variable KERAS_BACKEND to tensorflow and restart the kernel."
        )


def device_report() -> str:
    """One line: the versions, the device and the scale."""
    import keras
    import tensorflow as tf

    from course_utils.scale import current_scale

    gpus = tf.config.list_physical_devices("GPU")
    device = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else "CPU"
    cores = "" if gpus else f" with {os.cpu_count()} cores"
    return f"Keras {keras.__version__} on TensorFlow {tf.__version__}, {device}{cores}, scale: {current_scale()}"


def set_up(seed: int) -> None:
    """Prepare a lesson: import TensorFlow quietly, seed Python, NumPy and TensorFlow, set the picture style."""
    import_quietly()
    import keras

    from course_utils.viz import use_course_style

    keras.utils.set_random_seed(seed)
    use_course_style()
    print(device_report())
