"""Take what a page needs out of the npm package onnxruntime-web: `npm pack onnxruntime-web@VERSION`, then

`python -m course_utils.browser.vendor onnxruntime-web-VERSION.tgz FOLDER` writes the files into FOLDER (not over those that
are here) and prints what the card must say. The same bytes each time: the gzip header carries no date.
"""

import gzip
import hashlib
import sys
import tarfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
FILES = {
    "package/dist/ort.wasm.bundle.min.mjs": "ort.wasm.bundle.min.mjs",
    "package/dist/ort-wasm-simd-threaded.wasm": "ort-wasm-simd-threaded.wasm.gz",
}
SOURCE_MAP = b"//# sourceMappingURL="  # a last line that would make a browser look for a file that is not there


def read_card() -> dict:
    """The card of the vendored files: version, origin, licence, bytes and sha256 of each."""
    return tomllib.loads((HERE / "card.toml").read_text(encoding="utf-8"))


def unpack(package: str | Path, folder: str | Path) -> dict[str, str]:
    """Write the files of the npm package into `folder`, and return the sha256 of each. Raises ValueError for another package."""
    package = Path(package)
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    expected = read_card()["package_sha256"]
    if found != expected:
        raise ValueError(f"{package.name} has the sha256 {found}, the package of the card has {expected}.")
    hashes = {}
    with tarfile.open(package) as archive:
        for inside, name in FILES.items():
            content = archive.extractfile(inside).read()
            if name.endswith(".gz"):
                content = gzip.compress(content, 9, mtime=0)
            else:
                content = content[: content.rindex(SOURCE_MAP)]
            (Path(folder) / name).write_bytes(content)
            hashes[name] = hashlib.sha256(content).hexdigest()
    return hashes


if __name__ == "__main__":
    for name, found in unpack(sys.argv[1], sys.argv[2]).items():
        print(name, (Path(sys.argv[2]) / name).stat().st_size, "bytes", found)
