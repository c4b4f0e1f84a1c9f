"""Spoken digits: synthetic voices and one human embedded, the digits of Speech Commands at the full scale."""

import io
import tarfile
import wave
from pathlib import Path
from typing import NamedTuple

import numpy as np

from course_utils.datasets.dataset import Card, Dataset, embedded_file, read_cards
from course_utils.scale import current_scale

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
RATE, SAMPLES = 8000, 8000  # samples a second; samples of a clip: one second
STRING_SAMPLES, LONGEST_SPEECH = 29_000, 24_000  # of a string: samples in all, samples of speech in it
SPEECH_COMMANDS = Card(
    "speech_commands", "", "38,908 recordings of the ten digits by volunteers, at most one second each",
    "Warden (2018), Speech Commands v0.02, download.tensorflow.org", "CC BY 4.0", 2_428_923_189,
    "af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58", "keras.utils.get_file",
)  # fmt: skip
ADDRESS = "https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_v0.02.tar.gz"


class SpokenPart(NamedTuple):
    """Clips of one second: the word stands at the beginning and ends after `lengths[i]` samples, silence follows."""

    inputs: np.ndarray  # (n, 8000), float32 from -1 to 1
    targets: np.ndarray  # (n,), the digit
    lengths: np.ndarray  # (n,), samples
    voices: np.ndarray  # (n,), who speaks


def load_spoken_digits() -> Dataset:
    """Spoken digits, 8000 samples a second, as `SpokenPart`s; no voice stands in two parts.

    Quick: 34 / 4 / 8 voices of a speech synthesiser, 30 clips each. Full: the digits of Speech Commands, recorded by
    volunteers, in its official parts; without a network the quick part is used. `details` holds the `rate`, the `words`,
    and `human`: a `SpokenPart` of ten clips by a trained speaker, one a digit, meant as a last test.
    """
    card = read_cards()["speech"]
    parts = _embedded_parts(card)
    details = {"rate": RATE, "words": WORDS, "human": parts.pop("human")}
    if current_scale() == "full":
        import keras

        try:
            path = keras.utils.get_file("speech_commands_v0.02.tar.gz", ADDRESS, file_hash=SPEECH_COMMANDS.sha256)
        except Exception as error:  # Keras raises a bare Exception when the download fails
            print(f"Speech Commands could not be downloaded ({str(error)[:60]}...): using the embedded voices.")
        else:
            card, parts = SPEECH_COMMANDS, _speech_commands(Path(path))
    return Dataset(card, **parts, details=details)


def place_at_random(part: SpokenPart, chosen: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sounds (n, 8000), float32: the chosen clips (n,), each at a random moment of its second, in faint noise; their digits.

    The spread of the noise is between 0.0003 and 0.003 and differs from sound to sound; that of speech is about 0.15.
    """
    random = np.random.default_rng(seed)
    sounds = _faint_noise(random, len(chosen), SAMPLES)
    for sound, place in zip(sounds, chosen):
        length = part.lengths[place]
        start = random.integers(SAMPLES - length + 1)
        sound[start : start + length] += part.inputs[place, :length]
    return sounds, part.targets[chosen]


def log_mel(sounds: np.ndarray, rate: int, bands: int = 32, frame: int = 256, hop: int = 128) -> np.ndarray:
    """Log-mel spectrograms (n, frames, bands), float32, roughly of mean 0 and spread 1, of sounds (n, samples).

    Lesson 206 makes them step by step: power of Hann-windowed frames, summed in triangles equally wide in mel
    (1127 ln(1 + hertz / 700)) from 80 hertz to half the rate, its logarithm; a floor stands for silence.
    """
    edges = np.linspace(*(1127 * np.log1p(np.array([80, rate / 2]) / 700)), bands + 2)
    bins = 1127 * np.log1p(np.arange(frame // 2 + 1) * rate / frame / 700)[:, np.newaxis]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    filters = np.maximum(0, np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(frame) / frame)
    starts = np.arange(0, sounds.shape[1] - frame + 1, hop)
    spectrograms = []
    for sound in sounds:
        frames = sound[starts[:, np.newaxis] + np.arange(frame)]  # (frames, frame)
        power = np.abs(np.fft.rfft(frames * window)) ** 2
        spectrograms.append((np.log(power @ filters + 1e-3) + 5) / 3)
    return np.array(spectrograms, dtype="float32")


def digit_strings(part: SpokenPart, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sounds (count, 29000), float32, of strings of 3 to 5 digits, and targets (count, 5), int32: digit + 1, then 0.

    A string joins random clips of one voice, with pauses of 0.05 to 0.125 seconds, in faint noise. A string that would
    be longer than the sound loses its last digits.
    """
    random = np.random.default_rng(seed)
    sounds, targets = _faint_noise(random, count, STRING_SAMPLES), np.zeros((count, 5), "int32")
    clips_of = [np.flatnonzero(part.voices == voice) for voice in np.unique(part.voices)]
    for sound, target in zip(sounds, targets):
        chosen = random.choice(clips_of[random.integers(len(clips_of))], random.integers(3, 6))
        while part.lengths[chosen].sum() > LONGEST_SPEECH:
            chosen = chosen[:-1]
        target[: len(chosen)] = part.targets[chosen] + 1
        start = random.integers(800)
        for place in chosen:
            sound[start : start + part.lengths[place]] += part.inputs[place, : part.lengths[place]]
            start += part.lengths[place] + random.integers(400, 1001)
    return sounds, targets


def _faint_noise(random: np.random.Generator, count: int, samples: int) -> np.ndarray:
    spread = 10 ** random.uniform(-3.5, -2.5, (count, 1))
    return random.standard_normal((count, samples), "float32") * spread.astype("float32")


def _embedded_parts(card: Card) -> dict[str, SpokenPart]:
    with np.load(embedded_file(card)) as archive:
        stored = {name: archive[name] for name in archive.files}
    loudness = stored["sound"].astype("float32") / 127.5 - 1
    sound = np.sign(loudness) * (256 ** np.abs(loudness) - 1) / 255  # mu-law back to samples
    clips = np.split(sound, np.cumsum(stored["lengths"].astype("int64"))[:-1])
    part_of, generator = stored["parts"][stored["voice_of"]], np.random.default_rng(0)
    parts = {}
    for name in ("train", "validation", "test", "human"):
        chosen = np.flatnonzero(part_of == name)
        if name != "human":
            chosen = generator.permutation(chosen)
        voices = stored["voices"][stored["voice_of"][chosen]]
        parts[name] = _part([clips[place] for place in chosen], stored["digits"][chosen], voices)
    return parts


def _part(clips: list[np.ndarray], digits: np.ndarray, voices: np.ndarray) -> SpokenPart:
    """Clips of any length as one array: cut after a second, or filled up with silence."""
    inputs = np.zeros((len(clips), SAMPLES), "float32")
    lengths = np.array([min(len(clip), SAMPLES) for clip in clips], "int64")
    for row, clip, length in zip(inputs, clips, lengths):
        row[:length] = clip[:length]
    return SpokenPart(inputs, np.asarray(digits).astype("int64"), lengths, np.asarray(voices))


def _speech_commands(path: Path) -> dict[str, SpokenPart]:
    """The digits in the archive, read without unpacking it; the official lists name the clips of validation and test."""
    lists, clips = {"validation_list.txt": set(), "testing_list.txt": set()}, {}
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:
            name = member.name.removeprefix("./")
            if name in lists:
                lists[name].update(archive.extractfile(member).read().decode("ascii").split())
            elif name.split("/")[0] in WORDS and name.endswith(".wav"):
                clips[name] = _trimmed(_half_rate(archive.extractfile(member).read()))
    part_of = {"validation": lists["validation_list.txt"], "test": lists["testing_list.txt"]}
    part_of["train"] = set(clips) - part_of["validation"] - part_of["test"]
    parts, generator = {}, np.random.default_rng(0)
    for part, wanted in part_of.items():
        names = generator.permutation(sorted(wanted & set(clips)))
        digits = np.array([WORDS.index(name.split("/")[0]) for name in names])
        voices = np.array([name.split("/")[1].split("_")[0] for name in names])
        parts[part] = _part([clips[name] for name in names], digits, voices)
    return parts


def _half_rate(content: bytes) -> np.ndarray:
    """The samples (n,) of a 16,000 Hz file at 8000 Hz: frequencies that the lower rate cannot hold are removed first."""
    with wave.open(io.BytesIO(content)) as file:
        if file.getframerate() != 2 * RATE:
            raise ValueError(f"A recording has {file.getframerate()} samples a second; {2 * RATE} were expected.")
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype("float32") / 32768
    half = len(samples) // 2
    return (np.fft.irfft(np.fft.rfft(samples)[: half // 2 + 1], half) / 2).astype("float32")


def _trimmed(samples: np.ndarray) -> np.ndarray:
    """The clip from the first to the last 10 ms that is not 26 dB below the loudest, with 0.8 as its largest sample."""
    blocks = samples[: len(samples) // 80 * 80].reshape(-1, 80)
    loudness = np.sqrt((blocks**2).mean(axis=1))
    if loudness.max() == 0:
        return samples
    loud = np.flatnonzero(loudness >= loudness.max() * 10 ** (-26 / 20))
    clip = samples[80 * loud[0] : 80 * (loud[-1] + 1)]
    return 0.8 * clip / np.abs(clip).max()
