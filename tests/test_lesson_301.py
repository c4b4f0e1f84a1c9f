"""Lesson 301: losses, slopes and turns by hand, whose weights move, and what the game logs."""

import numpy as np
import pandas as pd
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from course_utils.architectures.gan import non_saturating_losses  # noqa: E402
from course_utils.metrics.generation import modes_hit  # noqa: E402

LESSON = functions_of("301")
SPACE = LESSON["discriminator_step"].__globals__
SPACE["cross_entropy"] = keras.losses.BinaryCrossentropy(from_logits=True)


@pytest.mark.parametrize("spread", [0.1, 1, 100])
def test_losses_equal_keras_and_stay_finite(spread):
    random = np.random.default_rng(0)
    real, fake = random.normal(0, spread, 50).astype("float32"), random.normal(0, spread, 70).astype("float32")
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    for_real, for_fake = cross_entropy(np.ones(50), real), cross_entropy(np.zeros(70), fake)
    losses = list(LESSON["losses_by_hand"](real, fake).values())
    np.testing.assert_allclose(losses, [for_real + for_fake, -for_fake, cross_entropy(np.ones(70), fake)], rtol=1e-5)
    np.testing.assert_allclose([losses[0], losses[2]], non_saturating_losses(real, fake), rtol=1e-5)


def test_at_the_generators_best_the_discriminator_loses_two_ln_two():
    logits = np.zeros(10)
    assert np.isclose(LESSON["losses_by_hand"](logits, logits)["discriminator"], 2 * np.log(2))


def test_slopes_by_hand_are_those_of_the_losses():
    real, noise = np.random.default_rng(0).normal(size=(2, 40))
    theta, w, step = 0.7, -0.4, 1e-6

    def losses(theta, w):
        return LESSON["losses_by_hand"](w * real, w * theta * noise)

    by_w = losses(theta, w + step)["discriminator"] - losses(theta, w - step)["discriminator"]
    by_theta = [losses(theta + sign * step, w)["generator, non-saturating"] for sign in (1, -1)]
    assert np.isclose(LESSON["slope_by_w"](real, theta * noise, w), by_w / (2 * step), rtol=1e-5)
    assert np.isclose(LESSON["slope_by_theta"](noise, theta, w), (by_theta[0] - by_theta[1]) / (2 * step), rtol=1e-5)


def test_the_generators_turn_by_hand_comes_second():
    """It answers the discriminator's new weight: with w at 0 it would not move at all."""
    theta, w = LESSON["turn_by_hand"](np.array([2.0]), np.array([1.0]), theta=1.0, w=0.0, rate=1.0)
    assert (round(theta, 3), w) == (1.189, 0.5)
    assert LESSON["slope_by_theta"](np.array([1.0]), 1.0, 0.0) == 0


def a_game(steps=1):
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    discriminator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    return LESSON["Game"](generator, discriminator, [keras.optimizers.Adam(0.01) for _ in range(2)], steps)


@pytest.mark.parametrize("mover", ["discriminator", "generator"])
def test_each_step_moves_its_own_player_only(mover):
    game, real, noise = a_game(), np.ones((8, 2), "float32"), np.ones((8, 3), "float32")
    before = {player: getattr(game, player).get_weights() for player in ("generator", "discriminator")}
    if mover == "discriminator":
        LESSON["discriminator_step"](game, real, noise)
    else:
        LESSON["generator_step"](game, noise)
    for player, weights in before.items():
        moved = any(not np.array_equal(old, new) for old, new in zip(weights, getattr(game, player).get_weights()))
        assert moved == (player == mover)


def test_a_frozen_discriminator_is_fooled():
    """The generator's loss must fall when only the generator learns: it follows the discriminator's slope."""
    keras.utils.set_random_seed(0)
    game, noise = a_game(), tf.random.normal((64, 3))
    losses = [float(LESSON["generator_step"](game, noise)) for _ in range(100)]
    assert losses[-1] < losses[0] - 0.3


def test_a_turn_makes_as_many_steps_as_it_says():
    game = a_game(steps=5)
    game.train_step(np.ones((8, 2), "float32"))
    assert (int(game.discriminator_optimizer.iterations), int(game.generator_optimizer.iterations)) == (1, 5)


@pytest.mark.parametrize("steps_per_execution", [1, 11])
def test_logs_the_mean_of_the_epoch(monkeypatch, steps_per_execution):
    """3500 numbers in batches of 64: the last 44 have the mean 3477.5, all of them 1749.5."""
    monkeypatch.setitem(SPACE, "discriminator_step", lambda game, real, noise: tf.reduce_mean(real))
    monkeypatch.setitem(SPACE, "generator_step", lambda game, noise: 2 * tf.ones(()))
    game, numbers = a_game(steps=2), np.repeat(np.arange(3500.0), 2).reshape(3500, 2)
    game.compile(jit_compile=False, steps_per_execution=steps_per_execution)
    history = game.fit(numbers, batch_size=64, epochs=2, shuffle=False, verbose=0).history
    assert history == {"discriminator": [1749.5, 1749.5], "generator": [2, 2]}


def test_counts_modes_and_good_points():
    SPACE.update(np=np, modes_hit=modes_hit, centres=np.array([[0.0, 2.0], [2.0, 0.0]]), spread=0.1, pd=pd)
    history = [np.repeat([[0.0, 2.0], [5.0, 5.0]], 50, axis=0), np.full((10, 2), 9.0)]
    assert LESSON["counted"](history).values.tolist() == [[1, 0.5], [0, 0]]
