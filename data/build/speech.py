"""Spoken digits: 46 voices of espeak-ng, and one human from a package of Debian. Runs on Linux (x86-64) with SciPy."""

import ctypes
import platform
import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np
from files import new_file, unpacked
from scipy.signal import resample_poly

DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ACCENTS = ("en", "en-us", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-us-nyc", "en-gb-x-gbclan", "en-gb-x-gbcwmd")
# Voices of espeak-ng whose mel spectra differ clearly from each other: near copies (Gene2, klatt2), whispers and robots
# are left out. The order was drawn at random.
VOICES = {
    "train": (
        "m7,grandma,belinda,klatt,m8,marcelo,aunty,Diogo,Alicia,f3,norbert,boris,ian,Andrea,Gene,m2,Andy,antonio,Michael,"
        "Jacky,anika,Mr serious,quincy,Lee,m1,m4,iven,Denis,sandro,f2,m3,edward,Reed,victor"
    ).split(","),
    "validation": ["ed", "Marco", "pedro", "steph"],
    "test": ["f1", "shelby", "david", "pablo", "Storm", "Annie", "m6", "travis"],
}
TAKES = 3
RATE_PARAMETER, PITCH_PARAMETER = 1, 3  # numbers in espeak's header


class Espeak:
    """The library of espeak-ng in the folder of the package espeakng-loader, called through ctypes."""

    def __init__(self, folder: Path) -> None:
        self.voices = folder / "espeak-ng-data" / "voices" / "!v"
        self.library = ctypes.CDLL(str(folder / "libespeak-ng.so"))
        rate = self.library.espeak_Initialize(2, 0, str(folder).encode(), 0)  # 2: samples go to a callback
        if rate != 22050:
            raise RuntimeError(f"espeak-ng does not start: it answers {rate}.")
        self.pieces: list[np.ndarray] = []
        callback_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self.callback = callback_type(self._receive)  # kept, or it would be freed while the library still calls it
        self.library.espeak_SetSynthCallback(self.callback)

    def _receive(self, samples, count: int, _) -> int:
        if samples and count > 0:
            self.pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    def say(self, word: str, accent: str, voice: str, words_per_minute: int, pitch: int, seed: int) -> np.ndarray:
        """The word as samples (n,), 22,050 a second, from -1 to 1. Raises RuntimeError if the voice cannot be had.

        Two silent failures are made loud: an unknown accent keeps the voice that was set before, which the returned
        code tells; an unknown variant gives the plain accent, which only a look for its file tells.
        """
        if not (self.voices / voice).is_file():
            raise RuntimeError(f"espeak-ng has no voice {voice}.")
        self.pieces.clear()
        code = self.library.espeak_SetVoiceByName(f"{accent}+{voice}".encode())
        code = code or self.library.espeak_SetParameter(RATE_PARAMETER, words_per_minute, 0)
        code = code or self.library.espeak_SetParameter(PITCH_PARAMETER, pitch, 0)
        self.library.espeak_ng_SetRandSeed(seed)  # otherwise the breath in a voice depends on the clock
        code = code or self.library.espeak_Synth(word.encode(), len(word) + 1, 0, 1, 0, 1, None, None)
        if code or not self.pieces:
            raise RuntimeError(f"espeak-ng fails on '{word}' of {accent}+{voice}: code {code}.")
        return np.concatenate(self.pieces) / 32768


def human_digits() -> list[np.ndarray]:
    """The digits 0 to 9 as samples (n,), 8000 a second, read by Allison Smith for the telephone system Asterisk."""
    clips = []
    with tempfile.TemporaryDirectory() as folder:
        command = ["apt-get", "download", "asterisk-core-sounds-en-wav=1.6.1-1"]
        if subprocess.run(command, cwd=folder).returncode:
            raise RuntimeError("apt-get does not fetch the human voice; its own words stand above.")
        package = next(Path(folder).glob("*.deb"))
        subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
        for digit in range(10):
            path = Path(folder) / "usr/share/asterisk/sounds/en_US_f_Allison/digits" / f"{digit}.wav"
            with wave.open(str(path)) as file:
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


def build() -> Path:
    """`sound` in 8-bit mu-law, 8000 samples a second, one clip after the other, with the `lengths` and what each clip is.

    Each voice says all ten digits in several takes, each with its own accent, speed and pitch. The human, the last
    voice, says them once.
    """
    if (platform.system(), platform.machine()) != ("Linux", "x86_64") or not shutil.which("apt-get"):
        raise RuntimeError("It needs Linux on x86-64, and `apt-get`, as in Debian.")
    generator = np.random.default_rng(0)
    voices = [name for names in VOICES.values() for name in names]
    clips, rows, accents = [], [], []
    with unpacked("espeakng-loader==0.2.4", "--only-binary", ":all:") as folder:
        espeak = Espeak(folder / "espeakng_loader")
        for number, voice in enumerate(voices):
            for take, accent in enumerate(generator.permutation(ACCENTS)[:TAKES]):
                speed, pitch = int(generator.integers(120, 221)), int(generator.integers(30, 71))
                for digit, word in enumerate(DIGIT_WORDS):
                    seed = 1000 * number + 10 * take + digit + 1
                    spoken = espeak.say(word, str(accent), voice, speed, pitch, seed)
                    clips.append(trimmed(resample_poly(spoken, 160, 441)))
                    rows.append((digit, number, take))
                    accents.append(str(accent))
    for digit, samples in enumerate(human_digits()):
        clips.append(trimmed(samples))
        rows.append((digit, len(voices), 0))
        accents.append("en-us")
    digits, voice_of, take_of = np.array(rows, np.uint8).T
    path = new_file("speech.npz")
    np.savez_compressed(
        path,
        sound=mu_law(np.concatenate(clips)),
        lengths=np.array([len(clip) for clip in clips], np.uint16),
        digits=digits,
        voice_of=voice_of,
        take_of=take_of,
        accents=accents,
        voices=[*voices, "Allison Smith (human)"],
        parts=[part for part, names in VOICES.items() for _ in names] + ["human"],
    )
    return path
