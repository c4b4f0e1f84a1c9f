"""What the lesson on one machine's speed uses and does not teach: files to decode, medians of seconds, resident memory."""

import statistics
from collections.abc import Callable, Mapping
from io import BytesIO
from time import perf_counter

import numpy as np
import psutil
from PIL import Image

from course_utils.datasets.dataset import Split
from course_utils.datasets.photographs import load_photographs


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


def median_seconds(tasks: Mapping[str, Callable[[], object]], repeats: int = 3) -> dict[str, float]:
    """The median of the wall seconds of each task, by its name.

    Each task runs once before, unmeasured. Then all take turns, so that a busy moment of the machine hits none of them
    alone. Raises ValueError if there is nothing to repeat.
    """
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1, not {repeats}.")
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for task in tasks.values():
        task()
    for _ in range(repeats):
        for name, task in tasks.items():
            begin = perf_counter()
            task()
            taken[name].append(perf_counter() - begin)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def resident_growth(make: Callable[[], object]) -> float:
    """By how many megabytes the memory of this process is larger while it holds what `make` returns."""
    process = psutil.Process()
    before = process.memory_info().rss
    held = make()
    grown = process.memory_info().rss - before
    del held
    return grown / 1e6
