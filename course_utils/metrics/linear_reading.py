"""What a single matrix can read from vectors."""

import numpy as np


def linear_reading(vectors: np.ndarray, classes: np.ndarray) -> float:
    """The share of `classes` (n,), whole numbers from 0, that one matrix reads right from vectors (n, width).

    The matrix comes from least squares: it should give 1 in the column of the right class and 0 elsewhere; the largest
    column is what is read. It is tried on the vectors that it was made from.
    """
    wanted = np.eye(np.max(classes) + 1)[classes]
    matrix = np.linalg.lstsq(vectors, wanted, rcond=None)[0]
    return float(np.mean((vectors @ matrix).argmax(axis=1) == classes))
