"""Lesson 305: the best guess of each loss, patches and their field, whose weights move, and the measures."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

LESSON = functions_of("305")
SPACE = LESSON["hatched"].__globals__
SPACE["INK"] = np.array([1.0, 0.4, 0.2, 0.4], "float32")
SPACE["rows"], SPACE["columns"] = np.mgrid[:32, :32]
DISC = (SPACE["rows"] - 16) ** 2 + (SPACE["columns"] - 16) ** 2 < 120


@pytest.mark.parametrize(("power", "statistic"), [(1, np.median), (2, np.mean)])
def test_best_guess(power, statistic):
    answers = np.random.default_rng(0).random(7)
    best = statistic(answers)
    cost = LESSON["mean_cost"](best, answers, power)
    assert all(cost < LESSON["mean_cost"](best + step, answers, power) for step in (-0.2, -0.02, 0.02, 0.2))


def test_mean_cost_on_paper():
    assert np.isclose(LESSON["mean_cost"](0.4, SPACE["INK"], 1), 0.2)
    assert np.isclose(LESSON["mean_cost"](0.5, SPACE["INK"], 2), 0.09)


@pytest.mark.parametrize(("answers", "power"), [([], 1), (np.ones((2, 2)), 1), ([1.0], 3)])
def test_mean_cost_refuses(answers, power):
    with pytest.raises(ValueError):
        LESSON["mean_cost"](0.5, answers, power)


@pytest.mark.parametrize(("size", "stride"), [(1, 1), (3, 1), (4, 2), (5, 3)])
def test_logit_map_equals_keras(size, stride):
    generator = np.random.default_rng(0)
    picture, kernel = generator.normal(size=(12, 15)), generator.normal(size=(size, size))
    expected = keras.ops.conv(picture[None, ..., None], kernel[..., None, None], strides=stride, padding="valid")
    np.testing.assert_allclose(LESSON["logit_map"](picture, kernel, stride), expected[0, ..., 0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("picture", "stride"), [(np.ones(4), 1), (np.ones((1, 4)), 1), (np.ones((4, 4)), 0)])
def test_logit_map_refuses(picture, stride):
    with pytest.raises(ValueError):
        LESSON["logit_map"](picture, np.ones((2, 2)), stride)


def test_loss_of_a_map_stays_finite():
    assert np.isclose(LESSON["loss_if_real"](np.array([[-1000.0, 1000.0]])), 500)


def test_receptive_field():
    assert LESSON["receptive_field"]([]) == 1
    assert LESSON["receptive_field"]([(3, 1), (3, 1)]) == 5
    assert LESSON["receptive_field"]([(4, 2)] * 3 + [(4, 1)] * 2) == 70
    with pytest.raises(ValueError):
        LESSON["receptive_field"]([(3, 0)])


def test_a_change_outside_the_field_leaves_the_logit():
    network = LESSON["patch_discriminator"]("discriminator")
    picture = np.random.default_rng(0).random((1, 32, 32, 1)).astype("float32")
    before = network([picture, picture]).numpy()[0, ..., 0]
    changed = picture.copy()
    changed[0, 16, 16] += 5
    moved = before != network([picture, changed]).numpy()[0, ..., 0]
    assert moved.any() and moved.sum() <= 9 and not moved[:2].any() and not moved[6:].any()


def test_the_outline_matters_to_the_discriminator():
    network = LESSON["patch_discriminator"]("discriminator")
    picture = np.random.default_rng(0).random((1, 32, 32, 1)).astype("float32")
    assert np.abs(network([picture, picture]) - network([1 - picture, picture])).min() > 0


def a_game(weight, plays, skips=True):
    keras.utils.set_random_seed(0)
    return LESSON["ImageToImage"](
        LESSON["u_net"]("generator", skips), LESSON["patch_discriminator"]("discriminator"), weight, plays
    )


def a_batch(count=4):
    masks = np.stack([np.roll(DISC, shift, axis=1) for shift in range(count)])
    outlines = LESSON["outline_of"](masks).astype("float32")[..., None]
    return tf.constant(outlines), tf.constant(
        LESSON["hatched"](masks, np.zeros(count, int)).astype("float32")[..., None]
    )


@pytest.mark.parametrize(("step", "mover"), [("discriminator_step", "discriminator"), ("generator_step", "generator")])
def test_each_step_moves_its_own_player_only(step, mover):
    game = a_game(10, True)
    for player in ("generator", "discriminator"):
        weights = getattr(game, player).trainable_weights
        before = [weight.numpy().copy() for weight in weights]
        LESSON[step](game, *a_batch())
        assert any(not np.array_equal(old, new) for old, new in zip(before, weights)) == (player == mover)


def test_l1_alone_overfits_one_batch():
    game, step = a_game(1, False), tf.function(LESSON["generator_step"])
    distances = [float(step(game, *a_batch())) for _ in range(60)]
    assert distances[-1] < 0.25 * distances[0]


def test_without_skips_no_map_is_joined():
    joined = [
        [type(layer).__name__ for layer in LESSON["u_net"]("generator", skips).layers].count("Concatenate")
        for skips in (True, False)
    ]
    assert joined == [3, 0]


def test_outline_and_fill():
    outline = LESSON["outline_of"](DISC[None])[0]
    assert outline.any() and not (outline & ~DISC).any() and not outline[12:20, 12:20].any()


@pytest.mark.parametrize("phase", range(4))
def test_diagonal_means_find_the_phase(phase):
    picture = LESSON["hatched"](DISC[None], np.array([phase]))
    means = LESSON["diagonal_means"](picture, DISC[None])[0]
    assert means.argmax() == phase and np.isclose(np.ptp(means), 0.8)
    assert np.isclose(np.ptp(LESSON["diagonal_means"](0.4 * DISC[None], DISC[None])), 0)


def test_area_overlap():
    assert LESSON["area_overlap"](0.3 * DISC[None], DISC[None]) == 1
    half = 0.3 * (DISC & (SPACE["columns"] < 16))
    assert 0.4 < LESSON["area_overlap"](half[None], DISC[None])[0] < 0.5
