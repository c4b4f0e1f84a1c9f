"""Small changes of pictures that several lessons need before they begin."""

import numpy as np


def half_as_large(images: np.ndarray) -> np.ndarray:
    """Images (n, height, width, channels) -> (n, height / 2, width / 2, channels): the mean of each block of 2 x 2 pixels.

    Raises ValueError for another shape, and where height or width is odd.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1] % 2 or images.shape[2] % 2:
        raise ValueError(
            f"Images (n, height, width, channels) of even height and width are needed, not {images.shape}."
        )
    count, height, width, channels = images.shape
    return images.reshape(count, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
