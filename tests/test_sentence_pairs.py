"""Sentence pairs: the embedded part, a stand-in for the download, and the line that says why it was not used."""

import hashlib
import io
import zipfile

import pytest

from course_utils.datasets import sentence_pairs
from course_utils.datasets.sentence_pairs import load_sentence_pairs


@pytest.fixture
def keras_with(monkeypatch, tmp_path):
    """Lets `get_file` deliver the given bytes, or raise; returns the path of the file."""
    from course_utils.environment import import_quietly

    import_quietly()
    import keras

    def prepare(content=None):
        path = tmp_path / "fra-eng.zip"

        def get_file(name, origin):
            if content is None:
                raise Exception("URL fetch failure")
            path.write_bytes(content)
            return str(path)

        monkeypatch.setenv("COURSE_SCALE", "full")
        monkeypatch.setattr(keras.utils, "get_file", get_file)
        return path

    return prepare


def archive() -> bytes:
    lines = [f"Sentence {number}.\tPhrase\u202f{number}.\tCC-BY" for number in range(200)]
    lines += [
        "Sentence 7.\tLa phrase 7.",
        "Sentence 8.\tPhrase\xa08.\tCC-BY",
        "Long." + 60 * "x" + "\tLongue.",
        "no tab",
    ]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("fra-eng/_about.txt", "about")
        file.writestr("fra-eng/fra.txt", "\n".join(lines))
    return buffer.getvalue()


def test_quick_part_writes_german_numbers_in_one_word():
    pairs = load_sentence_pairs()
    assert [len(part.inputs) for part in (pairs.train, pairs.validation, pairs.test)] == [14227, 500, 1000]
    assert pairs.details["languages"] == ("English", "German")
    assert not any(" " in text for text in pairs.train.targets)
    parts = (pairs.train, pairs.validation, pairs.test)
    known = {english: german for part in parts for english, german in zip(*part)}
    assert known["ninety one"] == "einundneunzig" and len(known) == 15727


def test_full_part_from_a_stand_in(keras_with, monkeypatch):
    content = archive()
    keras_with(content)
    monkeypatch.setattr(sentence_pairs, "SHA1", hashlib.sha1(content).hexdigest())
    pairs = load_sentence_pairs()
    parts = (pairs.train, pairs.validation, pairs.test)
    assert pairs.details["languages"] == ("English", "French")
    assert sum(len(part.inputs) for part in parts) == 201, (
        "one more translation of 7; the second 8 is the same as the first"
    )
    assert [len(set(part.inputs)) for part in parts] == [125, 25, 50]
    assert not set(parts[0].inputs) & set(parts[2].inputs) and not set(parts[1].inputs) & set(parts[2].inputs)
    together = {pair for part in parts for pair in zip(part.inputs, part.targets)}
    assert {("Sentence 7.", "Phrase 7."), ("Sentence 7.", "La phrase 7."), ("Sentence 8.", "Phrase 8.")} <= together
    assert load_sentence_pairs().test == pairs.test


def test_without_network_it_says_so_and_uses_the_numbers(keras_with, capsys):
    keras_with()
    assert len(load_sentence_pairs().train.inputs) == 14227
    assert "could not be downloaded (URL fetch failure" in capsys.readouterr().out


def test_another_file_is_refused_and_removed(keras_with, capsys):
    path = keras_with(archive())
    assert len(load_sentence_pairs().train.inputs) == 14227
    assert "checksum is not the published one" in capsys.readouterr().out and not path.exists()
