"""Files of the names and shapes of the downloads of the full scale, made up, and keras_hub: nothing here is real data."""

import gzip
import hashlib
import io
import os
import pickle
import sys
import tarfile
import types
import wave
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.datasets import sentence_pairs

CIFAR_PARTS = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]


def pictures(count: int, height: int, channels: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Digits, drawn again and again with a little noise: (count, height, height, channels) uint8, and labels (count,)."""
    from course_utils.datasets.dataset import embedded_file, read_cards

    with np.load(embedded_file(read_cards()["digits"])) as archive:
        images, labels = archive["images"], archive["labels"]
    random = np.random.default_rng(0)
    chosen = random.integers(len(images), size=count)
    border = (height - 28) // 2
    grey = np.pad(images[chosen], ((0, 0), (border, border), (border, border)))
    noise = random.integers(0, 40, (count, 1, 1, channels), "uint8")
    return np.maximum(grey[..., np.newaxis], noise), labels[chosen].astype("uint8")


def make_mnist(path: Path) -> None:
    images, labels = pictures(70_000, 28)
    images = images[..., 0]
    np.savez(path, x_train=images[:60_000], y_train=labels[:60_000], x_test=images[60_000:], y_test=labels[60_000:])


def make_fashion(path: Path) -> None:
    count = 60_000 if path.name.startswith("train") else 10_000
    images, labels = pictures(count, 28)
    header, content = (8, labels) if "labels" in path.name else (16, images)
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(bytes(header) + content.tobytes())


def make_cifar(path: Path) -> None:
    folder = path / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for part in CIFAR_PARTS:
        images, labels = pictures(10_000, 32, 3)
        rows = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
        (folder / part).write_bytes(pickle.dumps({b"data": rows, b"labels": labels.tolist()}))


def make_speech(path: Path) -> None:
    """38,908 clips of one second at 16,000 samples, each word said by 1945 voices up to twice; every tenth to test."""
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    times = np.arange(16_000) / 16_000
    sounds = [(8000 * np.sin(2 * np.pi * 200 * (number + 1) * times)).astype("<i2").tobytes() for number in range(10)]
    names = [f"{words[n % 10]}/{n // 10 % 1945:08x}_nohash_{n // 19450}.wav" for n in range(38_908)]
    voices = {name: int(name.split("/")[1][:8], 16) for name in names}
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:

        def add(name: str, content: bytes) -> None:
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))

        add("validation_list.txt", "\n".join(name for name in names if voices[name] % 10 == 1).encode())
        add("testing_list.txt", "\n".join(name for name in names if voices[name] % 10 == 2).encode())
        for name in names:
            file = io.BytesIO()
            with wave.open(file, "wb") as sound:
                sound.setnchannels(1)
                sound.setsampwidth(2)
                sound.setframerate(16_000)
                sound.writeframes(sounds[words.index(name.split("/")[0])])
            add(name, file.getvalue())


def make_sentence_pairs(path: Path) -> None:
    """167,130 lines; about 150,000 stay below 60 letters. The words are made up, 12,000 in each language."""
    random = np.random.default_rng(0)
    syllables = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve"]
    words = [["".join(random.choice(syllables, random.integers(1, 4))) for _ in range(12_000)] for _ in range(2)]
    lines = []
    for _ in range(167_130):
        count = random.integers(3, 12)
        english, french = (
            " ".join(language[place] for place in random.integers(12_000, size=count)) for language in words
        )
        lines.append(f"{english}.\t{french} !\tCC-BY 2.0")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fra-eng/fra.txt", "\n".join(lines))


def make_vgg(path: Path) -> None:
    import h5py
    import keras
    from keras.src.legacy.saving import legacy_h5_format

    with h5py.File(path, "w") as file:  # the format of the published weights
        legacy_h5_format.save_weights_to_hdf5_group(file, keras.applications.VGG16(weights=None, include_top=False))


MAKERS = {
    "mnist.npz": make_mnist,
    "train-labels-idx1-ubyte.gz": make_fashion,
    "train-images-idx3-ubyte.gz": make_fashion,
    "t10k-labels-idx1-ubyte.gz": make_fashion,
    "t10k-images-idx3-ubyte.gz": make_fashion,
    "cifar-10-batches-py-target": make_cifar,
    "fra-eng.zip": make_sentence_pairs,
    "speech_commands_v0.02.tar.gz": make_speech,
    "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5": make_vgg,
}


def get_file(fname: str, origin: str | None = None, **options: Any) -> str:
    """In place of keras.utils.get_file: the made-up file; KeyError for a download that is not listed here."""
    path = Path(os.environ["FULL_DOWNLOADS"]) / fname
    if not path.exists():
        MAKERS[fname](path)
    if fname == "fra-eng.zip":  # the loader compares its checksum itself
        sentence_pairs.SHA1 = hashlib.sha1(path.read_bytes()).hexdigest()
    return str(path)


def distilbert_stand_in(name: str, num_classes: int, **options: Any) -> Any:
    """A small network of texts with the interface that a lesson uses; one of the true size would take hours here."""
    import keras

    vectorize = keras.layers.TextVectorization(
        max_tokens=1000, output_sequence_length=64, vocabulary=["film", "good", "bad"]
    )
    texts = keras.Input((1,), dtype="string", name="texts")
    vectors = keras.layers.Embedding(1000, 8, name="table")(vectorize(texts))
    mean = keras.layers.GlobalAveragePooling1D(name="mean")(vectors)
    return keras.Model(texts, keras.layers.Dense(num_classes, name="logits")(mean), name="distilbert")


def install() -> None:
    """Put `get_file` and the stand-in of keras_hub in their places."""
    import keras
    from keras.src.datasets import cifar10, fashion_mnist, mnist
    from keras.src.utils import file_utils

    for module in (keras.utils, file_utils, mnist, fashion_mnist, cifar10):
        module.get_file = get_file
    hub = types.ModuleType("keras_hub")
    hub.models = types.SimpleNamespace(
        TextClassifier=types.SimpleNamespace(from_preset=distilbert_stand_in),
        TextClassifierPreprocessor=types.SimpleNamespace(from_preset=lambda name, sequence_length: None),
    )
    sys.modules["keras_hub"] = hub
