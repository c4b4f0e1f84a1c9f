"""The builders of the embedded data, for tests that call their functions."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parents[1] / "data" / "build"


def builder(name: str) -> ModuleType:
    """The module data/build/NAME.py; its imports find the files beside it, as they do in `python data/build`."""
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(FOLDER))
