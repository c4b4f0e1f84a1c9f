"""What the lessons on one machine's speed use and do not teach: files to decode, batches that wait, seconds, peak memory."""

from collections.abc import Callable, Mapping
from io import BytesIO
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from PIL import Image

from course_utils.datasets.dataset import Split
from course_utils.datasets.photographs import load_photographs

if TYPE_CHECKING:
    import tensorflow as tf


def photograph_crops(count: int, *, size: int = 160, seed: int = 0) -> Split:
    """`count` JPEG files as bytes (count,), each a square of `size` pixels out of one of the seven photographs.

    The targets (count,) say which photograph, in equal numbers. Raises ValueError if the size is not 1 to 192.
    """
    photographs = load_photographs()
    pictures = np.concatenate([photographs.train.inputs, photographs.validation.inputs, photographs.test.inputs])
    height = pictures.shape[1]
    if not 1 <= size <= height:
        raise ValueError(f"A crop is 1 to {height} pixels wide, not {size}.")
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(count) % len(pictures))
    files = np.empty(count, dtype=object)
    for place, label in enumerate(labels):
        top, left = random.integers(0, height - size + 1, 2)
        crop = pictures[label, top : top + size, left : left + size]
        stream = BytesIO()
        Image.fromarray(np.round(crop * 255).astype("uint8")).save(stream, "JPEG", quality=90)
        files[place] = stream.getvalue()
    return Split(files, labels)


def time_each(run: Callable[[Any], object], cases: Mapping[str, Any], runs: int = 3) -> pd.DataFrame:
    """Wall seconds of `run(case)` by the name of each case: those of its first run, and of its fastest.

    All cases take turns, so that a busy moment of the machine hits none of them alone; what disturbs a run only makes it
    longer, so the fastest tells most. Raises ValueError if there is nothing to run.
    """
    if runs < 1 or not cases:
        raise ValueError(f"Needs at least one run of one case, not {runs} of {len(cases)}.")
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(runs):
        for name, case in cases.items():
            begin = perf_counter()
            run(case)
            taken[name].append(perf_counter() - begin)
    return pd.DataFrame({name: {"first": seconds[0], "fastest": min(seconds)} for name, seconds in taken.items()}).T


def waiting_batches(count: int, seconds: float) -> "tf.data.Dataset":
    """The numbers 0 to `count` - 1 as a dataset that only waits, `seconds` for each, as for a disk."""
    import tensorflow as tf

    def wait(number: np.ndarray) -> np.ndarray:
        sleep(seconds)
        return number

    return tf.data.Dataset.range(count).map(lambda number: tf.numpy_function(wait, [number], tf.int64))


def peak_bytes(task: Callable[..., object], *arguments: Any) -> int:
    """How many bytes more than before TensorFlow holds on its device, at the highest, during `task(*arguments)`.

    On the first GPU if there is one. On a CPU it needs the allocator that `set_up` chooses, and chooses too late if
    TensorFlow was imported before: then a RuntimeError says so.
    """
    import tensorflow as tf

    device = "GPU:0" if tf.config.list_physical_devices("GPU") else "CPU:0"
    try:
        tf.config.experimental.reset_memory_stats(device)
        before = tf.config.experimental.get_memory_info(device)["current"]
    except ValueError as error:
        raise RuntimeError(
            "TensorFlow does not count its memory here. Restart the kernel and run set_up first."
        ) from error
    task(*arguments)
    return tf.config.experimental.get_memory_info(device)["peak"] - before
