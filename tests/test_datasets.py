"""The embedded data: what the cards say is what is there, the parts share nothing, and damage is named."""

import dataclasses
import re

import numpy as np
import pytest

from course_utils.command.lessons import checkout_folder
from course_utils.datasets import dataset as dataset_module
from course_utils.datasets import (
    load_characters,
    load_cifar10,
    load_digits,
    load_fashion,
    load_letters,
    load_photographs,
    load_shakespeare,
    load_small_letters,
    load_sprites,
    load_surnames,
    load_weather,
    read_cards,
)
from course_utils.datasets.dataset import data_folder, embedded_file, few_of_each


def test_digits():
    digits = load_digits()
    assert [len(part.inputs) for part in (digits.train, digits.validation, digits.test)] == [3500, 500, 1000]
    assert digits.train.inputs.shape[1:] == (28, 28, 1) and digits.train.inputs.dtype == np.float32
    assert digits.train.inputs.min() == 0 and digits.train.inputs.max() == 1
    for part in (digits.train, digits.validation, digits.test):
        assert len(set(np.bincount(part.targets))) == 1, "each class equally often"
    seen = {image.tobytes() for image in digits.train.inputs}
    assert not any(image.tobytes() in seen for image in digits.test.inputs)


def test_full_digits_without_network_fall_back_and_say_so(monkeypatch, capsys):
    from course_utils.environment import import_quietly

    import_quietly()
    import keras

    def no_network():
        raise Exception("URL fetch failure")

    monkeypatch.setenv("COURSE_SCALE", "full")
    monkeypatch.setattr(keras.datasets.mnist, "load_data", no_network)
    assert len(load_digits().train.inputs) == 3500
    assert "could not be downloaded" in capsys.readouterr().out


def test_full_digits_with_network(monkeypatch):
    import keras

    part = (np.zeros((60000, 28, 28), "uint8"), np.zeros(60000, "uint8"))
    monkeypatch.setenv("COURSE_SCALE", "full")
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: (part, (part[0][:10000], part[1][:10000])))
    digits = load_digits()
    assert [len(split.inputs) for split in (digits.train, digits.validation, digits.test)] == [55000, 5000, 10000]
    assert digits.card.what.startswith("70,000 handwritten digits") and digits.card.sha256.startswith("731c5ac6")


def test_shakespeare(monkeypatch):
    quick = load_shakespeare()
    assert 900_000 < len(quick.train) < 1_200_000
    assert quick.test.startswith("MASTER:\nBoatswain!") and "=" not in quick.details["alphabet"]
    assert set(quick.train + quick.validation + quick.test) <= set(quick.details["alphabet"])
    speech = "We are such stuff\nAs dreams are made on"
    assert speech in quick.test and speech not in quick.train
    monkeypatch.setenv("COURSE_SCALE", "full")
    full = load_shakespeare()
    assert (
        len(full.train) > 4 * len(quick.train) and speech not in full.train and len(full.details["train_plays"]) == 36
    )


def test_weather():
    weather = load_weather()
    parts = (weather.train, weather.validation, weather.test)
    hours = np.concatenate([part.hours for part in parts])
    assert len(hours) == 8730 and np.all(np.diff(hours) == np.timedelta64(1, "h")), "consecutive, none twice"
    assert all(part.values.shape == (3, len(part.hours), 8) and np.isfinite(part.values).all() for part in parts)
    temperature = weather.details["features"].index("temperature")
    assert -25 < weather.train.values[..., temperature].min() and weather.train.values[..., temperature].max() < 40
    assert weather.details["airports"] == ("EWR", "JFK", "LGA") and weather.details["units"]["temperature"] == "°C"
    assert 0 < weather.train.missing.mean() < 0.05
    wind = weather.details["features"].index("wind_speed")
    assert weather.train.values[..., wind].max() < 40, "the source's one impossible reading is left out"


def test_letters():
    letters = load_letters()
    parts = {"train": letters.train, "validation": letters.validation, "test": letters.test}
    assert [len(part.inputs) for part in parts.values()] == [6188, 832, 1768]
    families = letters.details["families"]
    for name, part in parts.items():
        assert part.inputs.shape[1:] == (28, 28, 1) and part.inputs.dtype == np.float32 and part.inputs.max() == 1
        assert len(set(np.bincount(part.targets, minlength=26))) == 1, "each letter equally often"
        assert len(families[name]) == len(letters.details["styles"][name]) == len(part.inputs)
    assert not set(families["train"]) & set(families["test"]) and not set(families["validation"]) & set(
        families["test"]
    )
    ink = np.argwhere(letters.test.inputs[0, :, :, 0] > 0)
    assert (np.ptp(ink, axis=0) + 1).max() == 20, "the longer side is 20 pixels"


def test_small_letters_keep_the_chosen_ones_and_their_ink():
    letters, small = load_letters(), load_small_letters()
    assert small.details["letters"] == "ABCDEFGHIJ"
    assert [len(part.inputs) for part in (small.train, small.validation, small.test)] == [2380, 320, 680]
    assert small.test.inputs.shape[1:] == (12, 12, 1) and small.test.inputs.dtype == np.float32
    assert set(small.validation.targets) == set(range(10))
    assert len(small.details["styles"]["test"]) == len(small.details["families"]["test"]) == 680
    large = letters.test.inputs[letters.test.targets < 10]
    np.testing.assert_allclose(4 * small.test.inputs.sum(), large[:, 2:-2, 2:-2].sum(), rtol=1e-5)
    only = load_small_letters("CA")
    assert set(only.train.targets) == {0, 2} and only.details["letters"] == "CA"


@pytest.mark.parametrize("chosen", ["", "AA", "ab", "A1"])
def test_small_letters_name_what_is_wrong(chosen):
    with pytest.raises(ValueError, match="capital letters"):
        load_small_letters(chosen)


def test_sprites():
    sprites = load_sprites()
    parts = {"train": sprites.train, "validation": sprites.validation, "test": sprites.test}
    assert sum(len(part.inputs) for part in parts.values()) == 1005
    names = {part: set(sprites.details["names"][part]) for part in parts}
    assert not names["train"] & names["test"] and "dog face" in set.union(*names.values())
    for part in parts.values():
        assert part.inputs.shape[1:] == (32, 32, 4) and 0 <= part.inputs.min() and part.inputs.max() == 1
        assert set(part.targets) == set(range(len(sprites.details["groups"]))), "every group in every part"


def test_surnames():
    surnames = load_surnames()
    parts = [surnames.train, surnames.validation, surnames.test]
    assert 8000 < sum(len(part.inputs) for part in parts) < 8300 and len(surnames.details["languages"]) == 10
    names = [set(part.inputs.tolist()) for part in parts]
    assert not names[0] & names[2] and not names[0] & names[1] and not names[1] & names[2]
    assert set().union(*map(set, set().union(*names))) == set(surnames.details["alphabet"])
    assert max(map(len, set().union(*names))) <= 14 and min(map(len, set().union(*names))) >= 2
    language = {
        name: surnames.details["languages"][label] for part in parts for name, label in zip(part.inputs, part.targets)
    }
    known = ("Lehtonen", "Finnish"), ("Horvat", "Croatian"), ("Esposito", "Italian")
    assert all(language[name] == expected for name, expected in known if name in language)
    assert sum(name in language for name, _ in known) >= 2
    assert len(set(surnames.test.targets)) == 10, "every language in the test part"


def test_photographs():
    photographs = load_photographs()
    names = [*photographs.train.targets, *photographs.validation.targets, *photographs.test.targets]
    assert sorted(names) == ["astronaut", "brick", "chelsea", "coffee", "grass", "gravel", "rocket"]
    assert photographs.train.inputs.shape == (4, 192, 192, 3) and photographs.train.inputs.max() <= 1


def test_gaps_are_filled_within_a_part():
    from course_utils.datasets.weather import _interpolate

    values = np.array([[[np.nan], [1.0], [np.nan], [3.0]]], dtype=np.float32)
    assert _interpolate(values)[0, :, 0].tolist() == [1.0, 1.0, 2.0, 3.0]
    assert np.isnan(values[0, 0, 0]), "the argument is not changed"


@pytest.mark.parametrize("card", read_cards().values(), ids=lambda card: card.name)
def test_cards_and_readme_agree_with_the_files(card):
    path = embedded_file(card)
    assert path.stat().st_size == card.bytes
    readme = (checkout_folder() / "data" / "README.md").read_text(encoding="utf-8")
    for fact in (card.file, card.what, card.origin, card.licence, f"{card.bytes:,}", card.sha256, card.rebuild):
        assert fact in readme, fact


def test_embedded_files_stay_small_and_are_all_on_cards():
    files = {
        path.name
        for path in data_folder().iterdir()
        if path.suffix not in (".md", ".py", ".toml", ".txt") and path.is_file()
    }
    assert files == {card.file for card in read_cards().values()}
    assert sum((data_folder() / name).stat().st_size for name in files) < 20e6


def test_damage_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(dataset_module, "data_folder", lambda: tmp_path)
    card = read_cards_here()["digits"]
    with pytest.raises(FileNotFoundError, match="missing. Restore it"):
        embedded_file(card)
    (tmp_path / card.file).write_bytes(b"not the digits")
    with pytest.raises(ValueError, match="damaged: its checksum"):
        embedded_file(card)


def read_cards_here():
    import tomllib

    text = (checkout_folder() / "data" / "cards.toml").read_text(encoding="utf-8")
    return {name: dataset_module.Card(name=name, **fields) for name, fields in tomllib.loads(text).items()}


def test_a_card_prints_origin_and_licence():
    card = read_cards()["weather"]
    assert re.search(r"Origin: .+\nLicence: CC0", str(card))
    assert dataclasses.is_dataclass(card)


def test_characters_join_digits_and_letters():
    characters = load_characters()
    assert [len(part.inputs) for part in (characters.train, characters.validation, characters.test)] == [
        6984,
        1332,
        2768,
    ]
    assert characters.details["names"] == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert set(characters.train.targets) == set(range(36)) and len(set(characters.train.targets[:100] < 10)) == 2
    digits = load_digits()
    known = {image.tobytes(): label for image, label in zip(digits.test.inputs, digits.test.targets)}
    mine = [(image.tobytes(), label) for image, label in zip(characters.test.inputs, characters.test.targets)]
    assert sum(known.get(image) == label for image, label in mine) == 1000, "image and label still belong together"


def test_all_of_mnist_leaves_the_shares_of_digits_and_letters_in_training(monkeypatch):
    import keras

    images, test = (np.zeros((count, 28, 28), "uint8") for count in (60_000, 100))
    labels, test_labels = (np.arange(len(part)) % 10 for part in (images, test))
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: ((images, labels), (test, test_labels)))
    monkeypatch.setenv("COURSE_SCALE", "full")
    characters = load_characters()
    targets = characters.train.targets
    assert len(targets) == 12_376 and np.mean(targets < 10) == 0.5
    assert 0.45 < np.mean(targets[:1500] < 10) < 0.55, "the first ones too"
    assert len(characters.validation.targets) == 5832


@pytest.mark.parametrize("load, name", [(load_fashion, "fashion_mnist"), (load_cifar10, "cifar10")])
def test_benchmarks_with_and_without_network(load, name, monkeypatch, capsys):
    import keras

    size = (32, 32, 3) if name == "cifar10" else (28, 28)
    full, test = ((np.full((count, *size), 255, "uint8"), np.ones((count, 1), "uint8")) for count in (6000, 20))
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", lambda: (full, test))
    loaded = load()
    assert [len(part.inputs) for part in (loaded.train, loaded.validation, loaded.test)] == [1000, 5000, 20]
    assert loaded.train.inputs.shape[1:] == (*size[:2], 3 if name == "cifar10" else 1) and loaded.test.inputs.max() == 1
    assert loaded.test.targets.shape == (20,) and len(loaded.details["names"]) == 10

    def no_network():
        raise Exception("URL fetch failure")

    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", no_network)
    assert len(load().train.inputs) == 6984
    assert "could not be downloaded" in capsys.readouterr().out


def test_few_of_each_class():
    digits = load_digits().train
    few = few_of_each(digits, 3, seed=1)
    assert few.inputs.shape == (30, 28, 28, 1)
    assert np.bincount(few.targets).tolist() == [3] * 10
    known = {image.tobytes(): label for image, label in zip(*digits)}
    assert all(known[image.tobytes()] == label for image, label in zip(*few))
    assert len({image.tobytes() for image in few.inputs}) == 30
    assert np.array_equal(few.inputs, few_of_each(digits, 3, seed=1).inputs)
    assert not np.array_equal(few.inputs, few_of_each(digits, 3, seed=2).inputs)
    with pytest.raises(ValueError, match="Class 0 has 350 examples, fewer than 351"):
        few_of_each(digits, 351, seed=0)
