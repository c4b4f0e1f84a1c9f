"""Half a file in Keras's cache is not taken for the data: each loader that downloads names it and fetches it again."""

import gzip
import hashlib
import io
import os
import pickle
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from course_utils.datasets import benchmarks, load_cifar10, load_digits, load_fashion, sentence_pairs
from course_utils.datasets.downloads import keras_cache
from course_utils.datasets.sentence_pairs import load_sentence_pairs
from course_utils.environment import import_quietly

FASHION = "fashion-mnist/train-images-idx3-ubyte.gz"


@pytest.fixture
def internet(tmp_path, monkeypatch):
    """Stands in for the download: {file name at its end: content}; `internet["fetched"]` lists what was asked for."""
    import_quietly()
    from keras.src.backend import config
    from keras.src.utils import file_utils

    served = {"fetched": []}

    def urlretrieve(address, path, progress=None):
        name = address.split("/")[-1]
        served["fetched"].append(name)
        Path(path).write_bytes(served[name])

    monkeypatch.setattr(file_utils, "urlretrieve", urlretrieve)
    monkeypatch.setenv("COURSE_SCALE", "full")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(config, "_KERAS_DIR", str(tmp_path))
    return served


def half(tmp_path, name, content):
    """Puts the first half of a file into the cache."""
    path = tmp_path / "datasets" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content[: len(content) // 2])


def place_of_keras(monkeypatch):
    """Where `get_file` would put a file; nothing is made or fetched."""
    import keras

    class Told(Exception):
        pass

    def tell(folder, **_):
        raise Told(folder)

    with monkeypatch.context() as patch:
        patch.setattr("os.makedirs", tell)
        with pytest.raises(Told) as told:
            keras.utils.get_file("file.txt", "https://example.org/file.txt")
    return Path(str(told.value))


@pytest.mark.parametrize("there", [True, False], ids=["/tmp", "no /tmp"])
def test_without_a_writable_cache_files_are_sought_where_keras_puts_them(internet, tmp_path, monkeypatch, there):
    """Keras takes /tmp, whatever TMPDIR says, and TMPDIR only where there is no /tmp."""
    from keras.src.backend import config

    absent = str(tmp_path / "absent")
    monkeypatch.setenv("KERAS_HOME", absent)
    monkeypatch.setattr(config, "_KERAS_DIR", absent)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)  # it is looked up once
    is_folder = os.path.isdir
    monkeypatch.setattr("os.path.isdir", lambda path: there if path == "/tmp" else is_folder(path))
    assert keras_cache() == Path("/tmp" if there else tmp_path) / ".keras"
    assert keras_cache() / "datasets" == place_of_keras(monkeypatch)


def test_beside_a_home_that_cannot_be_written_keras_takes_tmp(tmp_path):
    """Asked in a new process: Keras looks at HOME once, as it is imported."""
    (tmp_path / ".keras").mkdir()
    code = (
        "import os, sys; writable = os.access; "
        "os.access = lambda path, mode: os.fspath(path) != sys.argv[1] and writable(path, mode); "
        "os.makedirs = lambda *_, **__: None; "  # leaves no trace
        "from course_utils.datasets.downloads import keras_cache; "
        "from keras.src.backend import config; print(config.keras_home() == str(keras_cache()) == '/tmp/.keras')"
    )
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_HOME"} | {"HOME": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=120, env=environment
    )
    assert result.stdout == "True\n", result.stderr


def accept_as_true(monkeypatch, content):
    """Let Keras's own check take this content for the published file; any other is refused."""
    from keras.src.utils import file_utils

    monkeypatch.setattr(file_utils, "validate_file", lambda path, *_, **__: Path(path).read_bytes() == content)


def clothes():
    """Four made-up files of Fashion-MNIST, 6000 pictures for training and 20 for the test."""
    random = np.random.default_rng(0)
    files = {}
    for part, count in (("train", 6000), ("t10k", 20)):
        pixels, labels = random.integers(0, 256, count * 784, "uint8"), random.integers(0, 10, count, "uint8")
        files[f"{part}-images-idx3-ubyte.gz"] = gzip.compress(bytes(16) + pixels.tobytes(), compresslevel=0)
        files[f"{part}-labels-idx1-ubyte.gz"] = gzip.compress(bytes(8) + labels.tobytes())
    return files


def test_fashion(internet, tmp_path, monkeypatch, capsys):
    files = clothes()
    internet.update(files)
    checksums = {f"fashion-mnist/{name}": hashlib.md5(content).hexdigest() for name, content in files.items()}
    assert checksums.keys() == benchmarks.CHECKSUMS["fashion_mnist"].keys()
    monkeypatch.setitem(benchmarks.CHECKSUMS, "fashion_mnist", checksums)
    half(tmp_path, FASHION, files["train-images-idx3-ubyte.gz"])
    fashion = load_fashion()
    assert [len(part.inputs) for part in (fashion.train, fashion.validation, fashion.test)] == [1000, 5000, 20]
    assert f"{Path(FASHION)} is only a part of the download" in capsys.readouterr().out
    assert sorted(internet["fetched"]) == sorted(files)
    load_fashion()
    assert len(internet["fetched"]) == 4, "what is whole is not fetched again"


def test_sentence_pairs(internet, tmp_path, monkeypatch, capsys):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("fra-eng/fra.txt", "\n".join(f"Sentence {n}.\tPhrase {n}.\tCC-BY" for n in range(200)))
    internet["fra-eng.zip"] = buffer.getvalue()
    monkeypatch.setattr(sentence_pairs, "SHA1", hashlib.sha1(buffer.getvalue()).hexdigest())
    half(tmp_path, "fra-eng.zip", buffer.getvalue())
    assert load_sentence_pairs().details["languages"] == ("English", "French")
    assert "fra-eng.zip is only a part of the download" in capsys.readouterr().out
    assert load_sentence_pairs().details["languages"] == ("English", "French")
    assert internet["fetched"] == ["fra-eng.zip"]


def test_mnist_is_checked_by_keras(internet, tmp_path, monkeypatch, capsys):
    buffer = io.BytesIO()
    images, labels = np.zeros((60_000, 28, 28), "uint8"), np.zeros(60_000, "uint8")
    np.savez_compressed(buffer, x_train=images, y_train=labels, x_test=images[:10_000], y_test=labels[:10_000])
    internet["mnist.npz"] = buffer.getvalue()
    accept_as_true(monkeypatch, buffer.getvalue())
    half(tmp_path, "mnist.npz", buffer.getvalue())
    assert len(load_digits().train.inputs) == 55_000 and internet["fetched"] == ["mnist.npz"]
    assert "incomplete" in capsys.readouterr().out


def test_cifar_is_checked_by_keras(internet, tmp_path, monkeypatch, capsys):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        part = pickle.dumps({b"data": np.zeros((10_000, 3072), "uint8"), b"labels": [0] * 10_000})
        for name in [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]:
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(part)
            archive.addfile(entry, io.BytesIO(part))
    internet["cifar-10-python.tar.gz"] = buffer.getvalue()
    accept_as_true(monkeypatch, buffer.getvalue())
    half(tmp_path, "cifar-10-batches-py-target_archive", buffer.getvalue())
    assert len(load_cifar10().train.inputs) == 45_000 and internet["fetched"] == ["cifar-10-python.tar.gz"]
    assert "incomplete" in capsys.readouterr().out


def test_every_download_has_a_checksum(monkeypatch):
    """Speech Commands and VGG16 are too large to make up: the checksum that goes to `get_file` is looked at."""
    import_quietly()
    import keras

    from course_utils.datasets.speech import SPEECH_COMMANDS, load_spoken_digits

    asked = []

    def get_file(*names, **options):
        asked.append(options.get("file_hash"))
        raise Exception("URL fetch failure")

    monkeypatch.setenv("COURSE_SCALE", "full")
    monkeypatch.setattr(keras.utils, "get_file", get_file)
    load_spoken_digits()
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", get_file)
    with pytest.raises(Exception, match="URL fetch failure"):
        keras.applications.VGG16(weights="imagenet", include_top=False)
    assert asked == [SPEECH_COMMANDS.sha256, "6d6bbae143d832006294945121d1f1fc"]
