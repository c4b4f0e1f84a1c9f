"""One HTML file that holds a network, its runtime and the code to draw and read a digit: it needs no server and no network."""

import base64
import html
import os
import tempfile
from pathlib import Path

from course_utils.environment import in_colab

HERE = Path(__file__).parent
COURSE = HERE.parents[1]


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
    """Where a lesson may leave a file for its reader: this folder if it is `my` or Colab's, else `my` of the course.

    Without a course beside the package, a new temporary folder. So nothing is written among the course's own files, and
    a browser that may not look outside of the home folder, as those of Ubuntu, finds the file.
    """
    here = Path.cwd()
    if (here.name == "my" or in_colab()) and os.access(here, os.W_OK):
        return here
    if (COURSE / "notebooks").is_dir() and os.access(COURSE, os.W_OK):
        (COURSE / "my").mkdir(exist_ok=True)
        return COURSE / "my"
    return Path(tempfile.mkdtemp(prefix="lesson-"))


def short_path(path: Path) -> str:
    """How to tell a reader where a file is: from the course's folder on if it lies there, else in full."""
    return str(path.relative_to(COURSE) if path.is_relative_to(COURSE) else path)


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")
