"""Capital letters of 190 typefaces, drawn like MNIST's digits; no typeface stands in two parts."""

import string

import numpy as np

from course_utils.datasets.dataset import Dataset, Split, embedded_file, read_cards
from course_utils.datasets.pictures import half_as_large

FAMILY_PARTS = {"train": slice(0, 133), "validation": slice(133, 152), "test": slice(152, 190)}


def load_letters() -> Dataset:
    """Images (n, 28, 28, 1), float32 from 0 (paper) to 1 (ink), and labels (n,), int64 from 0 (A) to 25 (Z).

    A typeface gives one image of each letter for its regular face and one for its bold face, if it has one. `details`
    holds `letters`, and for each part the `styles` (n,) and the `families` (n,) of its images. Full is the same as quick.
    """
    card = read_cards()["letters"]
    with np.load(embedded_file(card)) as archive:
        images, family_of, families, styles = (
            archive[name] for name in ("images", "family_of", "families", "styles")
        )  # (face, letter, row, column), (face,), (family,), (family,)
    parts, details = {}, {"letters": string.ascii_uppercase, "styles": {}, "families": {}}
    for name, part in FAMILY_PARTS.items():
        chosen = np.isin(family_of, np.arange(len(families))[part])
        pictures = images[chosen].reshape(-1, 28, 28, 1).astype("float32") / 255
        parts[name] = Split(pictures, np.tile(np.arange(26), chosen.sum()))
        family_of_image = np.repeat(family_of[chosen], 26)
        details["styles"][name], details["families"][name] = styles[family_of_image], families[family_of_image]
    return Dataset(card, **parts, details=details)


def load_small_letters(chosen: str = "ABCDEFGHIJ") -> Dataset:
    """The chosen capital letters, small: images (n, 12, 12, 1), float32 from 0 to 1, and labels (n,), places in the alphabet.

    Two pixels of paper are cut off on each side, then blocks of 2 x 2 pixels averaged. The parts are those of
    `load_letters`, and so is `details`, except that it keeps the chosen letters only. Raises ValueError unless `chosen`
    holds capital letters, each once.
    """
    if not chosen or len(set(chosen)) < len(chosen) or not set(chosen) <= set(string.ascii_uppercase):
        raise ValueError(f"Give capital letters, each once, not {chosen!r}.")
    numbers = [string.ascii_uppercase.index(letter) for letter in chosen]
    letters = load_letters()
    parts, details = {}, {"letters": chosen, "styles": {}, "families": {}}
    for name in FAMILY_PARTS:
        images, labels = getattr(letters, name)
        kept = np.isin(labels, numbers)
        parts[name] = Split(half_as_large(images[kept, 2:-2, 2:-2]), labels[kept])
        for detail in ("styles", "families"):
            details[detail][name] = letters.details[detail][name][kept]
    return Dataset(letters.card, **parts, details=details)
