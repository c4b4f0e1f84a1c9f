"""Is a gradient right? Small differences know nothing of the chain rule, so they are a fair judge."""

from collections.abc import Callable, Sequence

import numpy as np


def slopes_by_differences(
    loss: Callable[[], float], arrays: Sequence[np.ndarray], nudge: float = 1e-5
) -> list[np.ndarray]:
    """For each number in the arrays the slope of `loss()`, an array of slopes for each array.

    Each number is moved up and down by `nudge`, the loss is asked each time, and the number is put back. So `loss` must
    read these very arrays, and they must hold float64: float32 has too few digits for so small a nudge (ValueError).
    """
    if any(array.dtype != np.float64 for array in arrays):
        raise ValueError("Small differences need arrays of float64: use array.astype('float64').")
    all_slopes = []
    for array in arrays:
        slopes = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            before = array[place]
            array[place] = before + nudge
            above = float(loss())
            array[place] = before - nudge
            below = float(loss())
            array[place] = before
            slopes[place] = (above - below) / (2 * nudge)
        all_slopes.append(slopes)
    return all_slopes


def all_close(arrays: Sequence[np.ndarray], others: Sequence[np.ndarray], tolerance: float = 1e-5) -> bool:
    """Whether two lists of arrays agree, array by array and number by number, up to `tolerance`; shapes must be equal."""
    return all(
        np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=0, atol=tolerance)
        for one, other in zip(arrays, others, strict=True)
    )
