"""One HTML file that holds a network, its runtime and the code to draw and read a digit: it needs no server and no network."""

import base64
import html
import os
import tempfile
from pathlib import Path

from course_utils.environment import in_colab

HERE = Path(__file__).parent


def save_page(onnx_file: str | os.PathLike, place: str | os.PathLike, title: str = "Draw a digit") -> Path:
    """Write the page for an ONNX file: images (n, 28, 28, 1) from 0 to 1 -> logits (n, 10), then any feature maps (n, h, w, c).

    The file is about 5 MB, and opens in any browser of 2023 or later by a double click. Returns its place. Raises
    FileNotFoundError if there is no ONNX file; overwrites a page of the same name.
    """
    parts = {
        "TITLE": html.escape(title),
        "RUNTIME": _base64(HERE / "onnxruntime" / "ort.wasm.bundle.min.mjs"),
        "WASM": _base64(HERE / "onnxruntime" / "ort-wasm-simd-threaded.wasm.gz"),
        "READER": _base64(HERE / "reader.mjs"),
        "MODEL": _base64(Path(onnx_file)),
    }
    text = (HERE / "page.html").read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    place = Path(place)
    place.write_text(text, encoding="utf-8", newline="\n")
    return place.resolve()


def learners_folder() -> Path:
    """Where a lesson may leave a file for its reader: this folder if it is `my` or Colab's, else a new one for passing things.

    So nothing is written among the course's own files.
    """
    here = Path.cwd()
    if (here.name == "my" or in_colab()) and os.access(here, os.W_OK):
        return here
    return Path(tempfile.mkdtemp(prefix="lesson-"))


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")
