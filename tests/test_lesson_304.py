"""Lesson 304: asking, the gradient penalty, the critic's step, and the spectral norm."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

from course_utils.architectures.gan import gradient_penalty, wasserstein_losses  # noqa: E402

LESSON = functions_of("304")


def test_asking_puts_the_row_beside_the_noise():
    table = np.arange(6.0).reshape(3, 2)
    asked = LESSON["ask"](np.array([[9.0], [8.0]]), [2, 0], table)
    np.testing.assert_array_equal(asked, [[9, 4, 5], [8, 0, 1]])


@pytest.mark.parametrize("wanted", [[0, 3], [-1, 0], [0.5, 1.0], [0], [[0], [1]]])
def test_what_cannot_be_asked_is_named(wanted):
    with pytest.raises(ValueError, match="2 whole numbers from 0 to 2"):
        LESSON["ask"](np.zeros((2, 4)), wanted, np.zeros((3, 2)))


def test_penalty_by_hand_on_numbers_from_the_page():
    penalty, gradient = LESSON["penalty_by_hand"]([3.0, 4.0])
    assert penalty == 16 and np.allclose(gradient, [4.8, 6.4])
    penalty, gradient = LESSON["penalty_by_hand"]([0.6, 0.8])
    assert np.isclose(penalty, 0) and np.allclose(gradient, 0)


@pytest.mark.parametrize("weights", [[0.0, 0.0], [[1.0, 2.0]], 3.0])
def test_penalty_by_hand_refuses_weights_without_direction(weights):
    with pytest.raises(ValueError, match="not all of them 0"):
        LESSON["penalty_by_hand"](weights)


def test_penalty_by_hand_is_the_slope_of_the_penalty():
    weights = np.random.default_rng(0).normal(size=7)
    steps = 1e-6 * np.eye(7)
    differences = [
        (LESSON["penalty_by_hand"](weights + step)[0] - LESSON["penalty_by_hand"](weights - step)[0]) / 2e-6
        for step in steps
    ]
    np.testing.assert_allclose(LESSON["penalty_by_hand"](weights)[1], differences, rtol=1e-5)


@pytest.mark.parametrize("shape", [(16, 5), (16, 6, 6, 1)])
def test_slope_penalty_equals_that_of_the_package(shape):
    real, fake = (tf.random.stateless_normal(shape, (0, seed)) for seed in (1, 2))
    critic = keras.Sequential([keras.Input(shape[1:]), layers.Flatten(), layers.Dense(8, "tanh"), layers.Dense(1)])
    results = []
    for penalty in (LESSON["slope_penalty"], gradient_penalty):
        keras.utils.set_random_seed(3)
        with tf.GradientTape() as tape:
            value = penalty(critic, real, fake)
        results.append([value, *tape.gradient(value, critic.trainable_weights)[:-1]])
    for ours, theirs in zip(*results):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-7)


def test_a_flat_critic_has_a_finite_gradient():
    weight = tf.Variable([[0.0], [0.0]])
    with tf.GradientTape() as tape:
        penalty = LESSON["slope_penalty"](lambda points: points @ weight, tf.ones((4, 2)), tf.zeros((4, 2)))
    assert np.isclose(penalty, 1, atol=1e-4)
    assert np.isfinite(tape.gradient(penalty, weight)).all()


def a_game(penalty_weight):
    """A linear critic of points; the generator makes points at (0, 0) and has a condition, as its opponent."""
    noise, point, digit = keras.Input((2,)), keras.Input((2,)), keras.Input((1,))
    silent = layers.Dense(2, kernel_initializer="zeros", use_bias=False)
    generator = keras.Model([noise, digit], layers.Add()([silent(noise), 0 * digit]))
    start = keras.initializers.Constant(0.1)
    critic = layers.Dense(1, kernel_initializer=start, use_bias=False)
    critic = keras.Model([point, digit], layers.Add()([critic(point), 0 * digit]))
    return LESSON["WassersteinGame"](
        generator, critic, wasserstein_losses, 1e-3, discriminator_rate=0.05, penalty_weight=penalty_weight
    )


REAL, DIGITS = tf.tile([[3.0, 4.0]], (16, 1)), tf.zeros((16, 1))


@pytest.mark.parametrize(("penalty_weight", "bounded"), [(10.0, True), (0.0, False)])
def test_the_critics_difference_settles_with_a_penalty_and_runs_away_without(penalty_weight, bounded):
    game = a_game(penalty_weight)
    step = tf.function(lambda: LESSON["critic_step"](game, REAL, DIGITS))
    gaps = np.array([float(step()) for _ in range(300)])
    if bounded:
        assert np.isclose(gaps[-1], 6.25, atol=0.05)  # 5 (1 + 5 / 20), as on the page
    else:
        assert gaps[-1] > 50 and (np.diff(gaps) > 0).all()


def test_the_critics_step_moves_the_critic_only_and_returns_the_gap_without_penalty():
    game = a_game(10.0)
    before = [network.get_weights() for network in (game.generator, game.discriminator)]
    gap = LESSON["critic_step"](game, REAL, DIGITS)
    assert np.isclose(float(gap), 0.1 * (3 + 4))
    assert np.array_equal(game.generator.get_weights()[0], before[0][0])
    assert not np.array_equal(game.discriminator.get_weights()[0], before[1][0])


def test_the_game_plays_the_critics_step_of_the_page():
    assert LESSON["WassersteinGame"].discriminator_step is LESSON["critic_step"]


@pytest.mark.parametrize("shape", [(20, 30), (30, 20), (1, 5), (5, 1)])
def test_largest_stretch_is_the_largest_singular_value(shape):
    matrix = np.random.default_rng(1).normal(size=shape)
    expected = np.linalg.svd(matrix)[1][0]
    assert np.isclose(LESSON["largest_stretch"](matrix, rounds=1000), expected, rtol=1e-6)
    assert LESSON["largest_stretch"](matrix, rounds=1) <= expected + 1e-9


def test_largest_stretch_where_a_start_of_ones_would_find_nothing():
    assert np.isclose(LESSON["largest_stretch"]([[1, -1], [-1, 1]]), 2)


@pytest.mark.parametrize("matrix", [np.zeros((2, 2)), np.ones(3), np.ones((2, 2, 2))])
def test_largest_stretch_refuses_what_has_none(matrix):
    with pytest.raises(ValueError, match="A matrix with a number other than 0"):
        LESSON["largest_stretch"](matrix)


def test_steepness_is_the_length_of_the_slope():
    images = np.random.default_rng(0).normal(size=(5, 2, 2, 1)).astype("float32")
    weights = tf.constant([1.0, 2.0, 2.0, 4.0])
    slopes = LESSON["steepness"](lambda x: tf.linalg.matvec(tf.reshape(x, (-1, 4)), weights), images)
    np.testing.assert_allclose(slopes, np.full(5, 5.0), rtol=1e-6)
