"""Handwritten digits: 5000 of MNIST embedded, all 70,000 at the full scale."""

import numpy as np

from course_utils.datasets.dataset import Card, Dataset, Split, embedded_file, read_cards
from course_utils.scale import current_scale

MNIST = Card("mnist", "", "70,000 handwritten digits, 28 x 28 pixels", "LeCun, Cortes and Burges (1998), by keras.datasets",
             "CC BY-SA 3.0", 11_490_434, "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
             "keras.datasets.mnist.load_data()")  # fmt: skip
QUICK_PARTS = {"train": slice(0, 3500), "validation": slice(3500, 4000), "test": slice(4000, 5000)}


def load_digits() -> Dataset:
    """Images (n, 28, 28, 1), float32 from 0 (paper) to 1 (ink), and labels (n,), int64 from 0 to 9.

    Quick: 3500 / 500 / 1000 images for train / validation / test, every class equally often. Full: MNIST with
    55,000 / 5000 / 10,000 images, downloaded by `keras.datasets`; without a network the quick part is used.
    """
    if current_scale() == "full":
        import keras

        try:
            (images, labels), test = keras.datasets.mnist.load_data()
        except Exception as error:  # Keras raises a bare Exception when the download fails
            print(f"The full MNIST could not be downloaded ({str(error)[:60]}...): using the 5000 embedded digits.")
        else:
            parts = {
                "train": (images[:55000], labels[:55000]),
                "validation": (images[55000:], labels[55000:]),
                "test": test,
            }
            return Dataset(MNIST, **{name: _split(*part) for name, part in parts.items()})
    return load_embedded_digits()


def load_embedded_digits() -> Dataset:
    """The quick part of `load_digits`, at every scale: for what is compared with stored results that were made with it."""
    card = read_cards()["digits"]
    with np.load(embedded_file(card)) as archive:
        images, labels = archive["images"], archive["labels"]
    return Dataset(card, **{name: _split(images[part], labels[part]) for name, part in QUICK_PARTS.items()})


def _split(images: np.ndarray, labels: np.ndarray) -> Split:
    return Split(images[..., np.newaxis].astype("float32") / 255, labels.astype("int64"))
