"""MNIST-1D: ten strokes of twelve numbers, stretched, moved, tilted and noisy, made afresh after Greydanus (2020).

S. Greydanus (2020), Scaling down deep learning, arXiv:2011.14439, gives the strokes and the steps, and measures 32 % (logistic
regression), 68 % (dense), 94 % (convolution) and 91 % (GRU) on 1000 test signals after training on 4000.
"""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from course_utils.datasets.dataset import Split

LENGTH = 40
STROKES = np.array(
    [
        [5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5],
        [5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5],
        [5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5],
        [5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5],
        [5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5],
        [5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5],
        [5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5],
        [5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5],
        [5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5],
    ]
)
PADDING = (36, 60)  # zeros after the stroke, least and most
MOST_MOVED = 48
STRETCH, TILT = 0.4, 0.75
SLOW_NOISE, FAST_NOISE = 0.25, 0.02


def strokes() -> np.ndarray:
    """The ten clean strokes (10, 12): each begins at 0 and has the standard deviation 1/6."""
    from_zero = STROKES - STROKES[:, :1]
    return from_zero / from_zero.std(axis=1, keepdims=True) / 6


def _resampled(signal: np.ndarray, length: int) -> np.ndarray:
    return np.interp(np.linspace(0, 1, length), np.linspace(0, 1, len(signal)), signal)


def _signal(stroke: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One example (40,): the stroke, somewhere among slow noise; and where the stroke is (40,)."""
    long = len(stroke) + PADDING[1]
    padding = random.integers(PADDING[0], PADDING[1] + 1)
    drawn = _resampled(np.concatenate([stroke, np.zeros(padding)]), long)
    is_stroke = np.arange(long) < np.ceil(long * len(stroke) / (len(stroke) + padding))
    drawn *= 1 + STRETCH * (random.random() - 0.5)
    moved = random.integers(MOST_MOVED)
    drawn, is_stroke = np.roll(drawn, moved), np.roll(is_stroke, moved)
    slow = gaussian_filter1d(SLOW_NOISE * random.normal(size=long), 2)
    signal = np.where(is_stroke, drawn, slow) + FAST_NOISE * random.normal(size=long)
    signal -= TILT * (random.random() - 0.5) * np.linspace(-0.5, 0.5, long)
    return _resampled(signal, LENGTH), _resampled(is_stroke.astype("float64"), LENGTH) > 0.5


def mnist1d(count: int, seed: int = 0, *, channels: bool = False) -> Split:
    """`count` signals (count, 40), float32, mean 0 and standard deviation 1 in all, and their classes (count,), in equal numbers.

    With `channels` they are (count, 40, 1), as convolutions read them. Other seeds make other signals of the same ten
    strokes. Raises ValueError for fewer than ten signals.
    """
    if count < len(STROKES):
        raise ValueError(f"At least {len(STROKES)} signals are made, one a class, not {count}.")
    random = np.random.default_rng(seed)
    clean = strokes()
    classes = random.permutation(np.arange(count) % len(clean))
    signals = np.array([_signal(clean[label], random)[0] for label in classes])
    signals = ((signals - signals.mean()) / signals.std()).astype("float32")
    return Split(signals[..., np.newaxis] if channels else signals, classes)


def one_of_each(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A signal of each class (10, 40), as it is before its mean is taken away, and where its stroke is (10, 40), true or false."""
    random = np.random.default_rng(seed)
    made = [_signal(stroke, random) for stroke in strokes()]
    return np.array([signal for signal, _ in made]), np.array([is_stroke for _, is_stroke in made])
