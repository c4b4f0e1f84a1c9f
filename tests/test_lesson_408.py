"""Lesson 408: hidden words, the loss at the asked places only, the filler, counted vectors, the classifier, the checkpoint."""

import sys
from types import SimpleNamespace

import numpy as np
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures import distilbert  # noqa: E402
from course_utils.checkpoints import load_checkpoint  # noqa: E402
from course_utils.datasets import read_cards  # noqa: E402
from course_utils.datasets.reviews import bag_of_words  # noqa: E402

LESSON = functions_of("408")
CROSS_ENTROPY = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
LESSON["mask_words"].__globals__.update(COMMON=9, SLOTS=5, cross_entropy=CROSS_ENTROPY, EPOCHS={40: 12})
WORDS = 60


def passages(count: int = 300) -> np.ndarray:
    """Random codes from 3 on, a few unknown words, padding after 1 to 32 words."""
    random = np.random.default_rng(0)
    codes = random.integers(3, WORDS, size=(count, 32), dtype="int32")
    codes[random.random(codes.shape) < 0.05] = 1
    codes[np.arange(32) >= random.integers(1, 33, size=count)[:, None]] = 0
    return codes


def small_networks(seed: int = 0) -> tuple[keras.Model, keras.Model]:
    """An encoder and a filler whose every weight is random, the biases too."""
    encoder = LESSON["build_encoder"](WORDS, 16, 2)
    filler = LESSON["build_filler"](encoder)
    random = np.random.default_rng(seed)
    filler.set_weights([random.normal(scale=0.5, size=weight.shape) for weight in filler.get_weights()])
    return encoder, filler


def test_masking_asks_content_words_only_and_changes_nothing_else() -> None:
    codes = passages()
    before = codes.copy()
    inputs, places, targets = LESSON["mask_words"](codes, WORDS, np.random.default_rng(1))
    np.testing.assert_array_equal(codes, before)
    assert inputs.shape == codes.shape and places.shape == targets.shape == (300, 5)
    there = np.take_along_axis(codes, places, axis=1)
    np.testing.assert_array_equal(targets[targets > 0], there[targets > 0])
    assert targets[targets > 0].min() > 9, "the frequent words, unknown ones and padding are never asked"
    asked = np.zeros(codes.shape, bool)
    np.put_along_axis(asked, places, targets > 0, axis=1)
    np.testing.assert_array_equal(inputs[~asked], codes[~asked])
    np.testing.assert_array_equal(asked.sum(axis=1), (targets > 0).sum(axis=1), "no place is asked twice")
    wanted = np.minimum(np.maximum(1, np.rint(0.15 * (codes > 0).sum(axis=1))), (codes > 9).sum(axis=1))
    np.testing.assert_array_equal(asked.sum(axis=1), wanted, "as many as may be asked")
    assert inputs.dtype == codes.dtype and (inputs[codes > 0] > 0).all()


def test_shares_of_the_masking_rule() -> None:
    codes = np.random.default_rng(0).integers(10, 6000, size=(20_000, 32), dtype="int32")
    inputs, places, targets = LESSON["mask_words"](codes, 6000, np.random.default_rng(1))
    shown, asked = np.take_along_axis(inputs, places, axis=1)[targets > 0], targets[targets > 0]
    assert np.isclose(asked.size / codes.size, 5 / 32)
    assert np.isclose(np.mean(shown == 2), 0.8, atol=0.01) and np.isclose(np.mean(shown == asked), 0.1, atol=0.01)
    others = shown[(shown != 2) & (shown != asked)]
    assert others.min() < 50 and others.max() > 5950, "random words come from the whole vocabulary"
    again = LESSON["mask_words"](codes, 6000, np.random.default_rng(2))[1]
    assert np.mean(again == places) < 0.1, "other places each time"


def test_bits_equal_keras_and_see_the_asked_places_only() -> None:
    random = np.random.default_rng(0)
    logits, targets = random.normal(size=(7, 5, WORDS)), random.integers(0, WORDS, size=(7, 5))
    targets[:, 3:] = 0
    bits = LESSON["bits_of_words"](logits, targets)
    assert bits.shape == ((targets > 0).sum(),)
    np.testing.assert_allclose(bits.mean() * np.log(2), CROSS_ENTROPY(targets, logits), rtol=1e-5)
    changed = logits.copy()
    changed[targets == 0] += random.normal(size=((targets == 0).sum(), WORDS))
    np.testing.assert_array_equal(LESSON["bits_of_words"](changed, targets), bits)
    np.testing.assert_allclose(LESSON["bits_of_words"](np.zeros((1, 1, 8)), np.array([[5]])), [3])


def test_picking_first_gives_what_picking_last_gives() -> None:
    """The logits at five places equal those that the filler gives when all 32 places are asked."""
    _, filler = small_networks()
    codes = passages(6)
    places = np.random.default_rng(1).permuted(np.tile(np.arange(32, dtype="int32"), (6, 1)), axis=1)[:, :5]
    everywhere = filler.predict([codes, np.tile(np.arange(32, dtype="int32"), (6, 1))], verbose=0)
    picked = filler.predict([codes, places], verbose=0)
    np.testing.assert_allclose(picked, np.take_along_axis(everywhere, places[..., None], axis=1), atol=1e-4)


def test_table_is_tied() -> None:
    encoder, filler = small_networks()
    shapes = [weight.shape for weight in filler.weights]
    assert shapes.count((WORDS, 16)) == 1 and (16, WORDS) not in shapes
    before = filler.predict([passages(2), np.zeros((2, 1), "int32")], verbose=0)
    table = encoder.get_layer("table").get_weights()[0]
    table[40] = 0
    encoder.get_layer("table").set_weights([table])
    after = filler.predict([np.where(passages(2) == 40, 41, passages(2)), np.zeros((2, 1), "int32")], verbose=0)
    assert (after[..., 40] == 0).all() and (before[..., 40] != 0).all()


def test_padding_changes_nothing_and_both_sides_are_seen() -> None:
    encoder, _ = small_networks()
    row = np.zeros((1, 32), "int32")
    row[0, :6] = [5, 9, 14, 20, 33, 7]
    before = encoder.predict(row, verbose=0)[0, :6]
    table = encoder.get_layer("table").get_weights()[0]
    table[0] = np.random.default_rng(3).normal(scale=3, size=16)  # what padding looks like
    encoder.get_layer("table").set_weights([table])
    np.testing.assert_allclose(encoder.predict(row, verbose=0)[0, :6], before, atol=1e-5)
    for place in range(6):
        changed = row.copy()
        changed[0, place] = 50
        difference = np.abs(encoder.predict(changed, verbose=0)[0, :6] - before).max(axis=1)
        assert (difference > 1e-3).all(), "a word is felt to its left and to its right"


def test_classifier_ignores_padding() -> None:
    encoder, _ = small_networks()
    classifier = LESSON["build_classifier"](encoder)
    codes = passages(5)
    vectors = encoder.predict(codes, verbose=0)
    weights, bias = classifier.get_layer("praise").get_weights()
    means = [row[words > 0].mean(axis=0) for row, words in zip(vectors, codes)]
    np.testing.assert_allclose(
        classifier.predict(codes, verbose=0), (np.array(means) @ weights + bias)[:, 0], atol=1e-4
    )


def test_counted_vectors_bring_words_of_one_kind_together() -> None:
    """Codes 10 to 19 and 20 to 29 never share a row; two words of one kind lie closer than any two of both."""
    random = np.random.default_rng(0)
    codes = np.concatenate([random.integers(low, low + 10, size=(500, 6)) for low in (10, 20)])
    vectors = LESSON["count_vectors"](bag_of_words(codes, words=WORDS), 4)
    assert vectors.shape == (WORDS, 4) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors[10:30], axis=1), 1, rtol=1e-5)
    assert np.abs(vectors[:10]).max() < 1e-3, "words that never occur"
    angles = vectors[10:30] @ vectors[10:30].T
    kinds = np.arange(20) // 10
    assert angles[kinds[:, None] == kinds].min() > angles[kinds[:, None] != kinds].max() + 0.3


def test_pretraining_learns_what_stands_beside() -> None:
    """Pairs of neighbours (10, 30), (11, 31), ...: a hidden word is told by the one beside it."""
    keras.utils.set_random_seed(0)
    first = np.random.default_rng(0).integers(10, 30, size=(2560, 16))
    codes = np.stack([first, first + 20], axis=-1).reshape(2560, 32).astype("int32")
    encoder = LESSON["build_encoder"](WORDS, 32, 1)
    filler = LESSON["build_filler"](encoder)
    LESSON["pretrain"](filler, codes, WORDS, 14, np.random.default_rng(1))
    inputs, places, targets = LESSON["mask_words"](codes[:256], WORDS, np.random.default_rng(2))
    bits = LESSON["bits_of_words"](filler.predict([inputs, places], verbose=0), targets)
    assert bits.mean() < 2 < np.log2(40)


def test_fine_tuning_starts_anew_each_time() -> None:
    """Two calls give the same share: neither weights nor the optimizer's memory of the first call are left."""
    keras.utils.set_random_seed(0)
    codes, labels = passages(80), np.arange(80) % 2
    codes[:, 0] = np.where(labels == 1, 40, 41)
    LESSON["fine_tune"].__globals__.update(train=codes, labels=labels, test=codes, test_labels=labels)
    encoder, _ = small_networks()
    classifier = LESSON["build_classifier"](encoder)
    classifier.get_layer("dropout").rate = 0.0  # its random state goes on from call to call
    classifier.compile(keras.optimizers.Adam(1e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True), jit_compile=False)  # fmt: skip
    start, results = classifier.get_weights(), []
    for _ in range(2):
        keras.utils.set_random_seed(1)
        share = LESSON["fine_tune"](classifier, start, np.arange(40))
        results.append(([share], *classifier.get_weights()[-2:], [int(classifier.optimizer.iterations)]))
    for one, other in zip(*results):
        np.testing.assert_allclose(one, other, atol=1e-5)
    assert np.isclose(float(classifier.optimizer.learning_rate), 1e-3) and results[0][3] == [24]
    assert np.abs(classifier.get_weights()[-1] - start[-1]).max() > 1e-4


def test_draws_are_balanced_and_differ() -> None:
    LESSON["draw"].__globals__.update(labels=np.arange(200) % 2)
    chosen = LESSON["draw"](50, 0)
    assert len(set(chosen)) == 50 and np.mean(chosen % 2) == 0.5
    assert np.abs(np.diff(chosen % 2)).sum() > 10, "shuffled: keras-hub does not shuffle by itself"
    np.testing.assert_array_equal(chosen, LESSON["draw"](50, 0))
    assert len(set(chosen) & set(LESSON["draw"](50, 1))) < 25


def test_checkpoint_fits_the_page_and_is_small() -> None:
    encoder = LESSON["build_encoder"](6000, 64, 2)
    filler = LESSON["build_filler"](encoder)
    load_checkpoint("pretrained_sentences", filler=filler)
    assert read_cards()["pretrained_sentences"].bytes < 2e6
    assert np.isfinite(np.concatenate([weight.ravel() for weight in filler.get_weights()])).all()
    assert 0.1 < np.abs(encoder.get_layer("table").get_weights()[0]).mean() < 1


def test_distilbert_where_it_cannot_be_had(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "keras_hub", None)  # import raises
    assert distilbert.distilbert_classifier(2) is None
    assert "DistilBERT cannot be had here (ModuleNotFoundError)" in capsys.readouterr().out


def test_distilbert_where_the_download_fails_and_where_it_works(monkeypatch, capsys) -> None:
    asked = []

    def from_preset(name, num_classes, preprocessor):
        asked.append((name, num_classes, preprocessor))
        if len(asked) == 1:
            raise ConnectionError("no network")
        return "the network"

    def preprocessor_from_preset(name, sequence_length):
        return f"{name}, texts of {sequence_length} pieces"

    classes = {"TextClassifier": from_preset, "TextClassifierPreprocessor": preprocessor_from_preset}
    classes = {name: SimpleNamespace(from_preset=function) for name, function in classes.items()}
    stand_in = SimpleNamespace(models=SimpleNamespace(**classes))
    monkeypatch.setitem(sys.modules, "keras_hub", stand_in)
    assert distilbert.distilbert_classifier(2) is None and "ConnectionError" in capsys.readouterr().out
    assert distilbert.distilbert_classifier(2) == "the network"
    preset = "distil_bert_base_en_uncased"
    assert asked == [(preset, 2, f"{preset}, texts of 64 pieces")] * 2
