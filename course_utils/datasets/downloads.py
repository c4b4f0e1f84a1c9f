"""Half a download in Keras's cache: found by its checksum, so that it is fetched again and not taken for the whole."""

import hashlib
import os
import tempfile
from pathlib import Path

ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256"}  # by the length of what they give


def remove_damaged(checksums: dict[str, str]) -> None:
    """Remove the files of Keras's cache that have another checksum than the one given, and name them.

    `checksums` are MD5, SHA-1 or SHA-256 by the file's place in the folder `datasets`. A file that is not there yet is no fault.
    """
    for name, checksum in checksums.items():
        path = keras_cache() / "datasets" / name
        if path.is_file() and checksum_of(path, ALGORITHMS[len(checksum)]) != checksum:
            print(f"{path} is only a part of the download, or damaged: it is fetched again.")
            path.unlink()


def keras_cache() -> Path:
    """Where `keras.utils.get_file` keeps what it fetched: by its own rules, which no public function of Keras tells."""
    home = "~" if os.access(Path("~").expanduser(), os.W_OK) else "/tmp"
    cache = Path(os.environ.get("KERAS_HOME", f"{home}/.keras")).expanduser()
    if os.access(cache, os.W_OK):
        return cache
    return Path("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir()) / ".keras"


def checksum_of(path: Path, algorithm: str) -> str:
    """The checksum of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
