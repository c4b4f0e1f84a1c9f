"""Handwritten digits and printed letters together: 36 classes."""

import numpy as np

from course_utils.datasets.dataset import Dataset, Split
from course_utils.datasets.digits import load_digits
from course_utils.datasets.letters import load_letters


def load_characters() -> Dataset:
    """Images (n, 28, 28, 1), float32 from 0 (paper) to 1 (ink), and labels (n,): the digits 0 to 9, then the letters A to Z as 10 to 35.

    Each part is shuffled; `details["names"]` holds the 36 characters. The training part holds as many digits as letters, within
    a typeface. Quick: 6984 / 1332 / 2768 images for train / validation / test. Full: 12,376 / 5832 / 11,768, with all letters.
    """
    digits, letters = load_digits(), load_letters()
    parts = {}
    for name in ("train", "validation", "test"):
        (images, labels), (more_images, more_labels) = getattr(digits, name), getattr(letters, name)
        if name == "train":
            count = min(len(labels), len(more_labels))
            kept = count // 26 * 26  # whole typefaces
            images, labels = images[:count], labels[:count]
            more_images, more_labels = more_images[:kept], more_labels[:kept]
        order = np.random.default_rng(0).permutation(len(labels) + len(more_labels))
        parts[name] = Split(
            np.concatenate([images, more_images])[order], np.concatenate([labels, more_labels + 10])[order]
        )
    return Dataset(letters.card, **parts, details={"names": "0123456789" + letters.details["letters"]})
