"""Fashion-MNIST and CIFAR-10, downloaded by Keras: the field's small benchmarks, for the full scale."""

import numpy as np

from course_utils.datasets.characters import load_characters
from course_utils.datasets.dataset import Card, Dataset, Split
from course_utils.datasets.downloads import remove_damaged

FASHION = Card("fashion_mnist", "", "70,000 grey pictures of clothes, 28 x 28 pixels, ten classes", "Xiao, Rasul and Vollgraf (2017), by keras.datasets",
               "MIT", 30_878_645, "MD5 of each file, as published", "keras.datasets.fashion_mnist.load_data()")  # fmt: skip
CIFAR10 = Card("cifar10", "", "60,000 coloured photographs, 32 x 32 pixels, ten classes", "Krizhevsky (2009), by keras.datasets",
               "none stated", 170_498_071, "checked by keras.datasets", "keras.datasets.cifar10.load_data()")  # fmt: skip
CHECKSUMS = {  # MD5, as Xiao, Rasul and Vollgraf publish them; Keras itself checks CIFAR-10, and nothing here
    "fashion_mnist": {
        "fashion-mnist/train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "fashion-mnist/train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "fashion-mnist/t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "fashion-mnist/t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    },
    "cifar10": {},
}
NAMES = {
    "fashion_mnist": ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
    "cifar10": ("airplane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
}


def load_fashion() -> Dataset:
    """Images (n, 28, 28, 1), float32 from 0 to 1, and labels (n,): 55,000 / 5000 / 10,000. Without a network: the characters."""
    return _load(FASHION)


def load_cifar10() -> Dataset:
    """Images (n, 32, 32, 3), float32 from 0 to 1, and labels (n,): 45,000 / 5000 / 10,000. Without a network: the characters."""
    return _load(CIFAR10)


def _load(card: Card) -> Dataset:
    import keras

    try:
        remove_damaged(CHECKSUMS[card.name])
        (images, labels), (test_images, test_labels) = getattr(keras.datasets, card.name).load_data()
    except Exception as error:  # Keras raises a bare Exception when the download fails
        print(f"{card.name} could not be downloaded ({str(error)[:60]}...): using the embedded characters.")
        return load_characters()
    parts = {
        "train": (images[:-5000], labels[:-5000]),
        "validation": (images[-5000:], labels[-5000:]),
        "test": (test_images, test_labels),
    }
    splits = {name: Split(_pictures(some), np.ravel(of).astype("int64")) for name, (some, of) in parts.items()}
    return Dataset(card, **splits, details={"names": NAMES[card.name]})


def _pictures(images: np.ndarray) -> np.ndarray:
    return np.reshape(images, (*images.shape[:3], -1)).astype("float32") / 255
