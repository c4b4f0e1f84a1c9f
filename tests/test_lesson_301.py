"""Lesson 301: losses, slopes, who moves whose weights, and the measures."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

LESSON = functions_of("301")
LESSON["discriminator_step"].__globals__["cross_entropy"] = keras.losses.BinaryCrossentropy(from_logits=True)


@pytest.mark.parametrize("spread", [0.1, 1, 100])
def test_losses_equal_keras_and_stay_finite(spread):
    generator = np.random.default_rng(0)
    real, fake = generator.normal(0, spread, 50).astype("float32"), generator.normal(0, spread, 70).astype("float32")
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    for_real, for_fake = cross_entropy(np.ones(50), real), cross_entropy(np.zeros(70), fake)
    np.testing.assert_allclose(LESSON["discriminator_loss"](real, fake), for_real + for_fake, rtol=1e-5)
    np.testing.assert_allclose(LESSON["minimax_generator_loss"](fake), -for_fake, rtol=1e-5)
    np.testing.assert_allclose(
        LESSON["non_saturating_generator_loss"](fake), cross_entropy(np.ones(70), fake), rtol=1e-5
    )


def test_at_the_generators_best_the_discriminator_loses_two_ln_two():
    logits = np.zeros(10)
    assert np.isclose(LESSON["discriminator_loss"](logits, logits), 2 * np.log(2))


def a_game():
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    discriminator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    return LESSON["Game"](generator, discriminator, 3, (0.01, 0.01))


@pytest.mark.parametrize(("step", "mover"), [("discriminator_step", "discriminator"), ("generator_step", "generator")])
def test_each_step_moves_its_own_player_only(step, mover):
    game, real = a_game(), np.ones((8, 2), "float32")
    for player in ("generator", "discriminator"):
        network = getattr(game, player)
        before = [weights.copy() for weights in network.get_weights()]
        LESSON[step](game, real)
        moved = any(not np.array_equal(old, new) for old, new in zip(before, network.get_weights()))
        assert moved == (player == mover)


def test_a_frozen_discriminator_is_fooled():
    """The generator's loss must fall when only the generator learns: it follows the discriminator's slope."""
    keras.utils.set_random_seed(0)
    game, real = a_game(), tf.ones((64, 2))
    losses = [float(LESSON["generator_step"](game, real)) for _ in range(100)]
    assert losses[-1] < losses[0] - 0.3


def test_frechet_distance():
    generator = np.random.default_rng(0)
    points = generator.normal(size=(5000, 4))
    assert abs(LESSON["frechet_distance"](points, points)) < 1e-6
    assert np.isclose(LESSON["frechet_distance"](points, points + 3), 4 * 9)
    other = generator.normal(size=(5000, 4)) * [1, 2, 3, 4]
    assert abs(LESSON["frechet_distance"](points, other) - (0 + 1 + 4 + 9)) < 0.5


def test_modes_hit_counts_places_not_points():
    namespace = LESSON["modes_hit"].__globals__
    angles = 2 * np.pi * np.arange(8) / 8
    namespace["centres"], namespace["spread"] = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1), 0.1
    assert LESSON["modes_hit"](np.repeat(namespace["centres"], 10, axis=0)) == (8, 1.0)
    assert LESSON["modes_hit"](np.repeat(namespace["centres"][:1], 80, axis=0)) == (1, 1.0)
    assert LESSON["modes_hit"](np.zeros((80, 2))) == (0, 0.0)
