"""The common shape of a data set, and the checked reading of an embedded file."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np


@dataclass(frozen=True)
class Card:
    """Where a data set comes from; the fields of data/cards.toml."""

    name: str
    file: str
    what: str
    origin: str
    licence: str
    bytes: int
    sha256: str
    rebuild: str

    def __str__(self) -> str:
        return f"{self.what}\nOrigin: {self.origin}\nLicence: {self.licence}"


class Split(NamedTuple):
    """One part of a data set: `inputs[i]` goes with `targets[i]`."""

    inputs: Any
    targets: Any


@dataclass(frozen=True)
class Dataset:
    """Train, validation and test parts that share no example; `details` holds names and units."""

    card: Card
    train: Any
    validation: Any
    test: Any
    details: dict[str, Any] = field(default_factory=dict)


def data_folder() -> Path:
    """The folder of the embedded files: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "data"
    return installed if installed.is_dir() else package.parent / "data"


def read_cards() -> dict[str, Card]:
    """All cards by the name of the data set."""
    with open(data_folder() / "cards.toml", "rb") as file:
        return {name: Card(name=name, **fields) for name, fields in tomllib.load(file).items()}


def embedded_file(card: Card) -> Path:
    """The path of a card's file, once its checksum is verified.

    Raises FileNotFoundError if it is missing and ValueError if its content is not the one the card describes.
    """
    path = data_folder() / card.file
    cure = f"Restore it: `git checkout data/{card.file}` in a clone, or reinstall course-utils."
    if not path.is_file():
        raise FileNotFoundError(f"The data file {path} is missing. {cure}")
    if hashlib.sha256(path.read_bytes()).hexdigest() != card.sha256:
        raise ValueError(f"The data file {path} is damaged: its checksum is not the one in cards.toml. {cure}")
    return path


def few_of_each(part: Split, count: int, seed: int) -> Split:
    """`count` random examples of each class of a part with classes as targets, the same ones for a seed, ordered by class.

    Raises ValueError if a class has fewer.
    """
    random, chosen = np.random.default_rng(seed), []
    for label in np.unique(part.targets):
        members = np.flatnonzero(part.targets == label)
        if len(members) < count:
            raise ValueError(f"Class {label} has {len(members)} examples, fewer than {count}.")
        chosen.append(random.choice(members, count, replace=False))
    places = np.concatenate(chosen)
    return Split(part.inputs[places], part.targets[places])
