"""The start of every lesson: a quiet TensorFlow, one seed, the course's picture style, and a line on the device."""

import contextlib
import os
import re
import sys
from collections.abc import Iterator

KERAS_SETTINGS = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


def in_colab() -> bool:
    """Whether the code runs on Google Colab."""
    return "google.colab" in sys.modules


def lesson_number() -> str:
    """The number of the lesson that this kernel runs, as far as Jupyter, VS Code or Colab tell; else ""."""
    place = os.environ.get("JPY_SESSION_NAME") or getattr(sys.modules["__main__"], "__vsc_ipynb_file__", "")
    found = re.search(r"(\d{3})_\w+\.ipynb", _first_cell_on_colab() if in_colab() else place)
    return found[1] if found else ""


def _first_cell_on_colab() -> str:
    try:
        from google.colab import _message

        return str(_message.blocking_request("get_ipynb", timeout_sec=5)["ipynb"]["cells"][0])
    except Exception:  # the function is Colab's own and may change; the number is a courtesy
        return ""


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


def import_quietly(touch_devices: bool = True) -> list[str]:
    """Import TensorFlow and Keras with the settings that the lessons need, and touch the devices once, without log lines.

    `touch_devices=False` leaves that to the caller: devices can be divided, and a cluster joined, only before the first operation.
    Returns a sentence about each setting of the user's that this session does without.
    Raises ImportError with the cure when one of the two is missing, RuntimeError when Keras cannot run as needed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Keep freed memory instead of handing it back at every step: on a CPU, attention trains up to twice as fast, bit for bit the same.
    os.environ.setdefault("TF_CPU_ALLOCATOR_USE_BFC", "1")
    # TensorFlow leaves oneDNN's kernels off on Linux processors without AVX512-VNNI; there a 3-D convolution takes 14 times as long.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    notes = _choose_backend()
    try:
        with silent_stderr():
            import keras
            import tensorflow as tf

            notes += _prepare_gpus()
            if touch_devices:
                tf.constant(0.0) + 1.0
        tf.get_logger().setLevel("ERROR")  # no warnings about retracing between the lines of a training
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{error.name} is not installed. Run `make run` in the course's folder, or `pip install 'course-utils[tensorflow]'`."
        ) from error
    except (AssertionError, ValueError) as error:  # Keras 3.13 and 3.15 on a setting that they do not know
        raise RuntimeError(
            f"Keras refuses its settings file {_keras_file()}: correct or rename it, then restart the kernel. {error}"
        ) from error
    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"Keras already runs on {keras.backend.backend()} here; this course needs TensorFlow. "
            "Restart the kernel and run the set-up cell first."
        )
    return notes + _choose_settings()


def _choose_backend() -> list[str]:
    asked = os.environ.get("KERAS_BACKEND") or "tensorflow"
    os.environ["KERAS_BACKEND"] = "tensorflow"  # wins over keras.json
    if asked == "tensorflow":
        return []
    return [f"KERAS_BACKEND is {asked}; the course needs TensorFlow, so this session runs on TensorFlow."]


def _keras_file() -> str:
    return os.path.expanduser(os.path.join(os.environ.get("KERAS_HOME", "~/.keras"), "keras.json"))


def _prepare_gpus() -> list[str]:
    """Full float32 products, and memory as it is needed: two open lessons share one GPU."""
    import tensorflow as tf

    # TensorFloat-32 rounds factors to 10 bits: then nothing by hand equals Keras to 1e-5.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, True)
    except RuntimeError:
        return ["TensorFlow ran before the set-up and holds all of the GPU's memory; restart the kernel to share it."]
    return []


def _choose_settings() -> list[str]:
    """Set what keras.json may have changed; a sentence about each setting that differed."""
    import keras

    notes = []
    for name, needed in KERAS_SETTINGS.items():
        found = getattr(keras.config, name)()
        if found != needed:
            getattr(keras.config, f"set_{name}")(needed)
            notes.append(f"{name} is {found} in Keras's settings ({_keras_file()}); this session takes {needed}.")
    keras.config.set_dtype_policy("float32")
    return notes


def device_report() -> str:
    """One line: the versions, the device and the scale."""
    import keras
    import tensorflow as tf

    from course_utils.scale import current_scale

    gpus = tf.config.list_physical_devices("GPU")
    device = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else "CPU"
    cores = "" if gpus else f" with {os.cpu_count()} cores"
    return f"Keras {keras.__version__} on TensorFlow {tf.__version__}, {device}{cores}, scale: {current_scale()}"


def _choose_precision(mixed: bool) -> list[str]:
    """float16 products where they were asked for and can help; a sentence about what was done."""
    import keras
    import tensorflow as tf

    from course_utils.scale import current_scale

    if not mixed:
        return []
    if current_scale() != "full" or not tf.config.list_physical_devices("GPU"):
        return ["mixed_precision helps only on a GPU at the full scale: this session stays with float32."]
    keras.config.set_dtype_policy("mixed_float16")
    return ["mixed_float16: products of 16 bits, weights of 32. Claims were set in float32 and may turn ✘."]


def _scale_report(argument: str | None) -> list[str]:
    """Which of two words on the scale won, and what to expect of the full scale."""
    from course_utils.scale import current_scale, full_time

    variable = os.environ.get("COURSE_SCALE", "").strip()
    notes = []
    if argument is not None and variable and variable.lower() != current_scale():
        notes.append(f"COURSE_SCALE says {variable}; the scale in set_up(...) wins.")
    if current_scale() == "full":
        notes.append(
            f"full: {full_time(lesson_number())} on a T4 GPU (counted, not timed), and much longer on a CPU. "
            "The claims were set at quick, some may turn ✘."
        )
    return notes


def set_up(seed: int, scale: str | None = None, mixed_precision: bool = False) -> None:
    """Prepare a lesson: import TensorFlow quietly, seed Python, NumPy and TensorFlow, set the picture style.

    `scale` is "quick" or "full" and wins over the environment variable COURSE_SCALE; without either it is quick.
    `mixed_precision` takes Keras's mixed_float16 at full on a GPU, where lessons 403, 404, 407 and 408 gain by it.
    Raises ValueError for another scale, and what `import_quietly` raises.
    """
    from course_utils.scale import choose_scale, current_scale

    choose_scale(scale)
    current_scale()  # a wrong word in COURSE_SCALE is told before the slow import
    notes = import_quietly()
    import keras

    from course_utils.viz import use_course_style

    keras.utils.set_random_seed(seed)
    use_course_style()
    print(device_report())
    for note in notes + _scale_report(scale) + _choose_precision(mixed_precision):
        print(note)
