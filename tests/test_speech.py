"""The spoken digits: voices and clips stand in one part only, and both scales give the same form."""

import io
import tarfile
import wave

import numpy as np
import pytest

from course_utils.datasets.dataset import Dataset, data_folder
from course_utils.datasets.speech import (
    SPEECH_COMMANDS,
    WORDS,
    SpokenPart,
    digit_strings,
    load_spoken_digits,
    place_at_random,
)


@pytest.fixture(scope="module")
def speech() -> Dataset:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_SCALE", "quick")
        return load_spoken_digits()


def parts_of(speech: Dataset) -> dict[str, SpokenPart]:
    return {
        "train": speech.train,
        "validation": speech.validation,
        "test": speech.test,
        "human": speech.details["human"],
    }


def words_of(part: SpokenPart) -> list[np.ndarray]:
    return [clip[:length] for clip, length in zip(part.inputs, part.lengths)]


def test_sizes_and_classes(speech: Dataset) -> None:
    parts = parts_of(speech)
    assert {name: len(part.inputs) for name, part in parts.items()} == {
        "train": 1020,
        "validation": 120,
        "test": 240,
        "human": 10,
    }
    for part in parts.values():
        assert part.inputs.shape == (len(part.targets), 8000) and part.inputs.dtype == np.float32
        assert len(part.lengths) == len(part.voices) == len(part.targets)
        assert len(set(np.bincount(part.targets, minlength=10))) == 1, "each digit equally often"
    assert speech.details["rate"] == 8000 and speech.details["words"] == WORDS
    assert speech.details["human"].targets.tolist() == list(range(10))
    assert (data_folder() / "speech.npz").stat().st_size <= 4_000_000


def test_no_voice_and_no_clip_in_two_parts(speech: Dataset) -> None:
    parts = parts_of(speech)
    voices = [set(part.voices) for part in parts.values()]
    assert [len(names) for names in voices] == [34, 4, 8, 1]
    assert len(set.union(*voices)) == 47
    clips = [word.tobytes() for part in parts.values() for word in words_of(part)]
    assert len(set(clips)) == len(clips) == 1390


def test_clips_are_words_without_silence_around(speech: Dataset) -> None:
    for part in parts_of(speech).values():
        for clip, word in zip(part.inputs, words_of(part)):
            assert 1000 < len(word) <= 8000 and not clip[len(word) :].any()
            assert 0.6 < np.abs(word).max() < 0.9
            loudness = np.sqrt(np.square(word[: len(word) // 80 * 80]).reshape(-1, 80).mean(axis=1))
            assert loudness[0] > 0.01 * loudness.max()


def mean_spectrum(word: np.ndarray) -> np.ndarray:
    frames = np.lib.stride_tricks.sliding_window_view(word, 256)[::128] * np.hanning(256)
    power = (np.abs(np.fft.rfft(frames)) ** 2).mean(axis=0)
    return np.log(power[:128].reshape(32, 4).mean(axis=1) + 1e-4)


def test_voices_really_differ(speech: Dataset) -> None:
    """A synthesiser that silently kept the voice before would give twins: compare the voices digit by digit."""
    parts = {name: part for name, part in parts_of(speech).items() if name != "human"}
    spectra = {}
    for part in parts.values():
        for voice in set(part.voices):
            chosen = np.flatnonzero(part.voices == voice)
            words = words_of(part)
            spectra[voice] = np.stack(
                [
                    np.mean([mean_spectrum(words[place]) for place in chosen if part.targets[place] == digit], axis=0)
                    for digit in range(10)
                ]
            )
    names = sorted(spectra)
    stacked = np.stack([spectra[name].ravel() for name in names])
    distance = np.sqrt(np.square(stacked[:, np.newaxis] - stacked).mean(axis=-1))
    np.fill_diagonal(distance, np.inf)
    assert distance.min() > 0.65, (names[distance.min(axis=1).argmin()], distance.min())
    correlation = [
        np.corrcoef(a[:1000], b[:1000])[0, 1]
        for a in words_of(speech.test)[:60]
        for b in words_of(speech.train)[:300]
        if min(len(a), len(b)) >= 1000
    ]
    assert np.abs(correlation).max() < 0.9


def test_parts_are_shuffled(speech: Dataset) -> None:
    assert len(set(speech.train.voices[:40])) > 15 and len(set(speech.train.targets[:40])) >= 8


def test_placed_clips_are_whole_and_start_at_different_moments(speech: Dataset) -> None:
    part, chosen = speech.test, np.arange(40)
    sounds, digits = place_at_random(part, chosen, seed=3)
    assert sounds.shape == (40, 8000) and sounds.dtype == np.float32 and digits.tolist() == part.targets[:40].tolist()
    starts = []
    for sound, word in zip(sounds, words_of(part)):
        correlation = np.correlate(sound, word, mode="valid")
        starts.append(int(correlation.argmax()))
        rest = sound.copy()
        rest[starts[-1] : starts[-1] + len(word)] -= word
        assert np.abs(rest).max() < 0.02, "nothing but the clip and faint noise"
    assert np.std(starts) > 500
    np.testing.assert_array_equal(place_at_random(part, chosen, seed=3)[0], sounds)
    assert not np.array_equal(place_at_random(part, chosen, seed=4)[0], sounds)


@pytest.mark.parametrize("name", ["test", "human"])
def test_strings_hold_their_digits_in_order_and_one_voice(speech: Dataset, name: str) -> None:
    part = parts_of(speech)[name]
    sounds, targets = digit_strings(part, 60, seed=5)
    assert sounds.shape == (60, 29000) and targets.shape == (60, 5) and targets.dtype == np.int32
    lengths = (targets > 0).sum(axis=1)
    assert set(lengths) <= {3, 4, 5} and len(set(lengths)) > 1 and targets.max() <= 10
    assert all((target[:length] > 0).all() for target, length in zip(targets, lengths)), "0 only at the end"
    assert any((target[1:] == target[:-1])[: length - 1].any() for target, length in zip(targets, lengths))
    for sound, target in zip(sounds[:5], targets[:5]):
        best = min(rest_of(sound, target, part, voice) for voice in set(part.voices))
        assert best < 0.02, "the right digits of one voice, in order, explain the whole sound"


def rest_of(sound: np.ndarray, target: np.ndarray, part: SpokenPart, voice: str) -> float:
    """What is left of the sound when the best clips of the voice, one digit after the other, are taken away."""
    rest, start = sound.copy(), 0
    for digit in target[target > 0] - 1:
        found = []
        for place in np.flatnonzero((part.voices == voice) & (part.targets == digit)):
            word = part.inputs[place, : part.lengths[place]]
            piece = sound[start : start + len(word) + 1100]
            if len(piece) < len(word):
                return np.inf
            first = start + int(np.correlate(piece, word, mode="valid").argmax())
            found.append((np.abs(sound[first : first + len(word)] - word).max(), first, word))
        _, first, word = min(found, key=lambda entry: entry[0])
        rest[first : first + len(word)] -= word
        start = first + len(word)
    return float(np.abs(rest).max())


def archive_of(recordings: dict[str, np.ndarray], lists: dict[str, list[str]], path, rate: int = 16000) -> None:
    with tarfile.open(path, "w:gz") as archive:
        contents = {name: "\n".join(names).encode() for name, names in lists.items()}
        for name, samples in recordings.items():
            buffer = io.BytesIO()
            with wave.open(buffer, "wb") as file:
                file.setnchannels(1), file.setsampwidth(2), file.setframerate(rate)
                file.writeframes((samples * 32767).astype("<i2").tobytes())
            contents[name] = buffer.getvalue()
        for name, content in contents.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def test_full_reads_the_digits_in_the_official_parts(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    time = np.arange(16000) / 16000
    tone = np.sin(2 * np.pi * 440 * time) * (time > 0.25) * 0.5 + np.sin(2 * np.pi * 6000 * time) * 0.3 * (time > 0.25)
    names = ["seven/aa_nohash_0.wav", "one/bb_nohash_0.wav", "one/bb_nohash_1.wav", "zero/cc_nohash_0.wav"]
    recordings = {name: tone for name in (*names, "cat/aa_nohash_0.wav", "_background_noise_/tap.wav")}
    lists = {"validation_list.txt": [names[0], "cat/aa_nohash_0.wav"], "testing_list.txt": names[1:3]}
    archive_of(recordings, lists, tmp_path / "speech.tar.gz")
    asked = {}

    def stand_in(name: str, origin: str, file_hash: str) -> str:
        asked.update(origin=origin, file_hash=file_hash)
        return str(tmp_path / "speech.tar.gz")

    monkeypatch.setattr(keras.utils, "get_file", stand_in)
    monkeypatch.setenv("COURSE_SCALE", "full")
    full = load_spoken_digits()
    assert asked["origin"].startswith("https://") and asked["file_hash"] == SPEECH_COMMANDS.sha256
    assert full.card is SPEECH_COMMANDS and len(full.details["human"].inputs) == 10
    assert full.validation.targets.tolist() == [7] and full.validation.voices.tolist() == ["aa"]
    assert full.test.targets.tolist() == [1, 1] and set(full.test.voices) == {"bb"}
    assert full.train.targets.tolist() == [0] and full.train.inputs.shape == (1, 8000)
    word = words_of(full.train)[0]
    assert abs(len(word) - 6000) <= 160, "the silence before the tone is cut off"
    spectrum = np.abs(np.fft.rfft(word))
    frequencies = np.fft.rfftfreq(len(word), 1 / 8000)
    assert abs(frequencies[spectrum.argmax()] - 440) < 3
    assert spectrum[np.abs(frequencies - 2000) < 100].max() < 0.05 * spectrum.max(), "6000 Hz is removed, not folded"


def test_full_without_network_falls_back_and_says_so(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    import keras

    def no_network(*arguments: object, **words: object) -> str:
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.utils, "get_file", no_network)
    monkeypatch.setenv("COURSE_SCALE", "full")
    assert len(load_spoken_digits().train.inputs) == 1020
    assert capsys.readouterr().out.count("\n") == 1


def test_another_rate_is_refused(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    archive_of({"one/bb_nohash_0.wav": np.ones(8000) * 0.5}, {}, tmp_path / "speech.tar.gz", rate=8000)
    monkeypatch.setattr(keras.utils, "get_file", lambda *arguments, **words: str(tmp_path / "speech.tar.gz"))
    monkeypatch.setenv("COURSE_SCALE", "full")
    with pytest.raises(ValueError, match="16000 were expected"):
        load_spoken_digits()
