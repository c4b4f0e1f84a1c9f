"""Two tasks that tell sequence layers apart, made by a rule: look up a value by its key, and follow a light switch.

Every step is a row of 26 numbers, so that one model fits both: columns 0 to 15 the key, 16 no value, 17 to 24 the value,
25 a press. Every answer is a code: 0 where nothing is asked, 1 to 8 a value, 9 the light is off, 10 it is on.
"""

from collections.abc import Sequence

import numpy as np

_COLUMNS = np.eye(26, dtype="float32")


def recall_task(examples: int, length: int, pairs: Sequence[int], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a key and a value, then only keys that were shown: steps (examples, length, 26), answers (examples, length).

    Each example has one of the numbers in `pairs`, all its keys differ. After Arora et al. (2023), arXiv:2312.04927.
    Raises ValueError unless the numbers lie between 1 and 16.
    """
    if len(pairs) == 0 or min(pairs) < 1 or max(pairs) > 16:
        raise ValueError(f"pairs must be numbers from 1 to 16, not {list(pairs)}.")
    random, step = np.random.default_rng(seed), np.arange(length)
    count = random.choice(pairs, (examples, 1))
    keys = random.permuted(np.tile(np.arange(16), (examples, 1)), axis=1)
    values = random.integers(1, 9, (examples, 16))
    place = np.where(step < count, step, random.integers(0, count, (examples, length)))
    key, value = np.take_along_axis(keys, place, axis=1), np.take_along_axis(values, place, axis=1)
    return _COLUMNS[key] + _COLUMNS[16 + np.where(step < count, value, 0)], np.where(step < count, 0, value)


def switch_task(examples: int, length: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Presses of a light switch, each with probability 1/2: steps (examples, length, 26), the light (examples, length)."""
    pressed = np.random.default_rng(seed).integers(0, 2, (examples, length))
    return pressed[..., np.newaxis] * _COLUMNS[25], 9 + pressed.cumsum(axis=1) % 2
