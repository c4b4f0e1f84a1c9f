"""The capitals A to Z of the fonts that fonts.txt names, drawn like MNIST's digits."""

import io
import json
import string
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from files import fetch, new_file
from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parents[1] / "fonts.txt"
REGULAR, BOLD = 400, 700


def face(
    package: zipfile.ZipFile, folder: str, files: list[dict[str, Any]], weight: int
) -> tuple[ImageFont.FreeTypeFont, int]:
    """The face of a font that comes nearest to a weight, 96 pixels high, and the weight that it has."""
    file = min(files, key=lambda file: 0 if file["variable"] else abs(file["weight"] - weight))
    font = ImageFont.truetype(io.BytesIO(package.read(f"{folder}/{file['path']}")), 96)
    if not file["variable"]:
        return font, file["weight"]
    axes = font.get_variation_axes()
    values = [axis["default"] for axis in axes]
    for place, axis in enumerate(axes):
        if axis["name"] in (b"Weight", "Weight", b"wght"):
            values[place] = min(max(weight, axis["minimum"]), axis["maximum"])
            font.set_variation_by_axes(values)
            return font, values[place]
    return font, file["weight"] or 0


def faces(package: zipfile.ZipFile, folder: str, about: dict[str, Any]) -> list[ImageFont.FreeTypeFont]:
    """The regular and, if there is one, the bold upright face of a font package."""
    upright = [file for file in about["files"] if file["style"] == "normal"]
    regular, _ = face(package, folder, upright, REGULAR)
    bold, weight = face(package, folder, upright, BOLD)
    return [regular, bold] if weight >= 600 else [regular]


def drawn_letter(font: ImageFont.FreeTypeFont, letter: str) -> np.ndarray:
    """A letter as (28, 28) grey values, ink 255, the longer side of its box 20 pixels, its box in the middle."""
    sheet = Image.new("L", (288, 288))
    ImageDraw.Draw(sheet).text((96, 60), letter, fill=255, font=font)
    ink = sheet.crop(sheet.getbbox())
    width, height = (max(1, round(20 * side / max(ink.size))) for side in ink.size)
    small = ink.resize((width, height), Image.Resampling.BOX)
    picture = Image.new("L", (28, 28))
    picture.paste(small, ((28 - width) // 2, (28 - height) // 2))
    return np.asarray(picture)


def build() -> Path:
    """`images` (faces, 26, 28, 28) and `family_of` (faces,); `families` and `styles`, shuffled, so that any run is mixed."""
    requirements = FONTS.read_text(encoding="utf-8").split()
    images, families, styles, family_of = [], [], [], []
    for index in np.random.default_rng(0).permutation(len(requirements)):
        folder = requirements[index].split("==")[0].replace("-", "_")
        with zipfile.ZipFile(fetch(requirements[index])) as package:
            about = json.loads(package.read(f"{folder}/metadata.json"))
            for font in faces(package, folder, about):
                images.append([drawn_letter(font, letter) for letter in string.ascii_uppercase])
                family_of.append(len(families))
        families.append(about["family"])
        styles.append(about["category"][0].lower().replace("_", " "))
    path = new_file("letters.npz")
    columns = {"images": np.array(images), "family_of": np.array(family_of, np.uint8)}
    np.savez_compressed(path, **columns, families=families, styles=styles)
    return path
