"""The judge of the small letters, the variational autoencoder of the package, and the score of prints."""

import numpy as np
import pytest

from course_utils.datasets import load_small_letters
from course_utils.datasets.dataset import Dataset, Split
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.letter_drawings import (  # noqa: E402
    LetterJudge,
    VariationalAutoencoder,
    falling_adam,
    ink,
    letter_decoder,
    letter_denoiser,
    letter_encoder,
    score_of_prints,
)


def few_letters(each=40):
    letters = load_small_letters("AH")
    part = Split(letters.train.inputs[: 2 * each], letters.train.targets[: 2 * each] // 7)
    return Dataset(letters.card, part, part, part, {"letters": "AH"})


def test_the_judge_reads_letters_and_its_distance_is_zero_for_equal_sets():
    keras.utils.set_random_seed(1)
    letters = few_letters()
    judge = LetterJudge(letters, epochs=10)
    images = letters.train.inputs
    assert judge.accuracy(letters.train) > 0.9
    assert judge.describe(images).shape == (80, 32)
    assert judge.distance(images, images) < 1e-3
    assert judge.distance(1 - images, images) > 1
    report = judge.report({"same": images, "inverse": 1 - images}, letters)
    assert report["same"]["distance"] < 1e-3 < report["inverse"]["distance"]
    assert report["same"]["to nearest"] == 0 and report["same"]["under 0.2"] == 1
    assert report["inverse"]["to nearest"] > 1 and report["inverse"]["under 0.2"] == 0


def test_ink_lies_between_0_and_1_and_networks_have_the_shapes_of_letters():
    decoder = letter_decoder(3)
    drawn = ink(decoder, np.random.default_rng(0).normal(size=(5, 3)))
    assert drawn.shape == (5, 12, 12, 1) and 0 < drawn.min() and drawn.max() < 1
    assert letter_encoder(7)(drawn).shape == (5, 7)


def test_the_rate_falls_to_zero_at_the_end_of_the_epochs():
    rate = falling_adam(0.01, examples=100, epochs=3).learning_rate
    adam = falling_adam(0.01, examples=100, epochs=3)
    schedule = adam._learning_rate
    assert np.isclose(float(rate), 0.01) and np.isclose(float(schedule(6)), 0)
    assert float(schedule(3)) > 0


def test_the_bound_is_the_loss_and_training_raises_it(tmp_path):
    keras.utils.set_random_seed(1)
    images = few_letters().train.inputs
    model = VariationalAutoencoder(code_size=4)
    model.compile(falling_adam(0.004, len(images), 30))
    before = model.predict(images, verbose=0)
    assert before.shape == (80,)
    model.fit(images, epochs=30, batch_size=64, verbose=0)
    after = model.predict(images, verbose=0)
    assert after.mean() < before.mean() / 2
    model.save(tmp_path / "vae.keras")
    again = keras.saving.load_model(tmp_path / "vae.keras")
    codes = np.random.default_rng(0).normal(size=(2, 4))
    assert np.allclose(ink(again.decoder, codes), ink(model.decoder, codes), atol=1e-5)


def test_scores_of_prints_are_those_by_hand():
    train = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]).reshape(4, 2, 1, 1)
    prints = np.array([[1.0, 0.0]]).reshape(1, 2, 1, 1)
    one = 0.5 * (1 - 0.5 / 5)  # shares (2 + 0.5) / 5 and 0.5 / 5
    assert np.isclose(score_of_prints(prints, train, groups=1), -np.log(one))
    two = (5 / 6) * (5 / 6) / 2 + (1 / 6) * (5 / 6) / 2  # (2 + 0.5) / 3 and 0.5 / 3
    assert np.isclose(score_of_prints(prints, train, groups=2), -np.log(two))
    each = (0.98 * 0.98 + 0.02 * 0.98) / 2
    assert np.isclose(score_of_prints(prints, train, groups=None), -np.log(each))


def test_more_groups_than_letters_are_refused():
    with pytest.raises(ValueError):
        score_of_prints(np.zeros((1, 2, 1, 1)), np.zeros((2, 2, 1, 1)), groups=3)


def test_the_denoiser_knows_the_step_and_has_the_shape_of_its_letters():
    keras.utils.set_random_seed(1)
    denoiser = letter_denoiser(10, width=8)
    images = np.random.default_rng(0).normal(size=(2, 12, 12, 1)).astype("float32")
    early, late = (np.asarray(denoiser([images, np.full(2, step)])) for step in (0, 9))
    assert early.shape == images.shape and not np.allclose(early, late)
