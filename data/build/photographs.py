"""Seven photographs from the package scikit-image."""

import io
import zipfile
from pathlib import Path

import numpy as np
from files import fetch, new_file
from PIL import Image

NAMES = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "grass.png", "gravel.png", "brick.png")


def middle_square(picture: Image.Image) -> np.ndarray:
    """The middle square of a picture as (192, 192, 3), made smaller by averaging; a grey picture has three equal channels."""
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    square = picture.convert("RGB").crop((left, top, left + side, top + side))
    return np.asarray(square.resize((192, 192), Image.Resampling.BOX))


def build() -> Path:
    """`images` (7, 192, 192, 3) and their `names`; the textures are grey."""
    with zipfile.ZipFile(fetch("scikit-image==0.26.0")) as package:
        pictures = [Image.open(io.BytesIO(package.read(f"skimage/data/{name}"))) for name in NAMES]
        images = np.array([middle_square(picture) for picture in pictures])
    path = new_file("photographs.npz")
    np.savez_compressed(path, images=images, names=[Path(name).stem for name in NAMES])
    return path
