"""Lesson 308: choices, their two remedies, the writer, the policy step, and rates that cannot be cheated."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

LESSON = functions_of("308")
NAMESPACE = LESSON["rates"].__globals__
ALPHABET = ".abcdefghijklmnopqrstuvwxyz"
NAMESPACE.update(alphabet=ALPHABET, length=8, reference=["cat", "cats", "hat"], known_words={"hats"})


def test_valid_words_know_beginnings_and_ends():
    valid = LESSON["valid_words"]
    assert valid(["hats", "at", "cat", "", "tac", "cathat", "cat"], ["cat", "cats", "hat"]) == ["hats", "cat", "cat"]
    with pytest.raises(ValueError, match="at least one"):
        valid([], ["cat"])


def test_rates_of_a_copyist_a_repeater_and_a_writer():
    rates = LESSON["rates"]
    assert rates(["hats"] * 4) == {"valid": 1, "novel": 0, "distinct": 0.25, "good": 0, "covered": 0}
    assert rates(["cat"] * 4) == {"valid": 1, "novel": 1, "distinct": 0.25, "good": 0.25, "covered": 1 / 3}
    assert rates(["cats", "hat"]) == {"valid": 1, "novel": 1, "distinct": 1, "good": 1, "covered": 1}
    assert rates(["xq", "zzz"])["good"] == 0


def test_encode_and_decode_are_inverse():
    words = ["cat", "strange", "a"]
    letters = LESSON["encode"](words)
    assert letters.shape == (3, 8, 27) and (letters.sum(axis=-1) == 1).all()
    assert LESSON["decode"](letters) == words
    assert LESSON["decode"](LESSON["encode"](["ab.cd"])) == ["ab"]


@pytest.mark.parametrize("temperature", [0.3, 1, 4])
def test_the_largest_soft_share_is_a_draw_with_softmax_probabilities(temperature):
    uniform = np.random.default_rng(5).uniform(1e-9, 1 - 1e-9, size=(100_000, 4))
    scores = np.array([2.0, -1.0, 0.5, 0.0])
    soft = LESSON["gumbel_softmax"](scores, uniform, temperature)
    np.testing.assert_allclose(soft.sum(axis=1), 1)
    drawn = np.bincount(soft.argmax(axis=1)) / len(soft)
    np.testing.assert_allclose(drawn, np.exp(scores) / np.exp(scores).sum(), atol=0.006)


def test_gumbel_softmax_hardens_and_refuses_wrong_input():
    uniform = np.random.default_rng(6).uniform(0.01, 0.99, size=(50, 4))
    scores = np.array([2.0, -1.0, 0.5, 0.0])
    cold = LESSON["gumbel_softmax"](scores, uniform, 0.001)
    assert (cold.max(axis=1) > 0.99).mean() > 0.95
    for arguments in ((scores, uniform, 0), (scores, np.zeros((1, 4)), 1), (scores, np.ones((1, 4)), 1)):
        with pytest.raises(ValueError, match="temperature|between 0 and 1"):
            LESSON["gumbel_softmax"](*arguments)


def test_straight_through_is_hard_forwards_and_soft_backwards():
    scores, weights = tf.constant([[0.3, -0.2, 1.0]]), tf.constant([[1.0, 5.0, -2.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(scores)
        letters = LESSON["straight_through"](scores, 0.5)
        value, soft = tf.reduce_sum(letters * weights), tf.reduce_sum(tf.nn.softmax(scores / 0.5) * weights)
    np.testing.assert_allclose(letters, [[0, 0, 1]], atol=1e-6)
    np.testing.assert_allclose(tape.gradient(value, scores), tape.gradient(soft, scores), rtol=1e-5)


@pytest.mark.parametrize(("baseline", "variance"), [(0.0, 64.40625), (9.5, 0.875)])
def test_reinforce_is_right_on_average_with_any_baseline(baseline, variance):
    odds, rewards = np.array([0.5, 0.25, 0.25]), np.array([8.0, 10.0, 12.0])
    estimates = np.array([LESSON["reinforce"](odds, rewards, outcome, baseline) for outcome in range(3)])
    mean = odds @ estimates
    np.testing.assert_allclose(mean, [-0.75, 0.125, 0.625])
    assert np.isclose(odds @ ((estimates - mean) ** 2).sum(axis=1), variance)


def test_reinforce_refuses_wrong_input():
    with pytest.raises(ValueError, match="One reward"):
        LESSON["reinforce"]([0.5, 0.5], [1.0], 0)
    with pytest.raises(ValueError, match="sum to 1"):
        LESSON["reinforce"]([0.5, 0.1], [1.0, 2.0], 0)


def a_game(kind, generator_rate=0.01):
    model = LESSON["language_model"]("model")
    generator = keras.Sequential([keras.Input((8, 27)), LESSON["Writer"](model)])
    critic = keras.Sequential([keras.Input((8, 27)), keras.layers.Flatten(), keras.layers.Dense(1)])
    return LESSON[kind](generator, critic, generator_rate=generator_rate), model


def test_writer_draws_what_its_model_says():
    """With no noise the writer takes the likeliest letter after those that it wrote; heat evens the letters out."""
    keras.utils.set_random_seed(0)
    model = LESSON["language_model"]("model")
    words = LESSON["Writer"](model)(tf.zeros((2, 8, 27)))
    assert (np.argmax(model(LESSON["before"](words)), axis=-1) == np.argmax(words, axis=-1)).all()
    model.get_layer("logits").bias.assign(10 * np.eye(27, dtype="float32")[3])
    noise = LESSON["gumbel_noise"](300)
    cold, hot = (np.argmax(LESSON["Writer"](model, heat)(noise), axis=-1) for heat in (1.0, 100.0))
    assert (cold == 3).mean() > 0.95 and (hot == 3).mean() < 0.15


@pytest.mark.parametrize("kind", ["WordGame", "PolicyGame"])
def test_each_step_moves_its_own_player_only(kind):
    keras.utils.set_random_seed(0)
    game, real = a_game(kind)[0], LESSON["encode"](["cat", "hat"] * 8)
    for mover in ("generator", "discriminator"):
        before = {player: getattr(game, player).get_weights() for player in ("generator", "discriminator")}
        getattr(game, f"{mover}_step")(real)
        for player, weights in before.items():
            moved = any(not np.array_equal(old, new) for old, new in zip(weights, getattr(game, player).get_weights()))
            assert moved == (player == mover)


@pytest.mark.parametrize("kind", ["WordGame", "PolicyGame"])
def test_the_writer_learns_what_a_fixed_critic_likes(kind):
    """A critic that only likes the letter b: both remedies must write more of it. Fails with the reward's sign reversed."""
    keras.utils.set_random_seed(0)
    game, model = a_game(kind, generator_rate=0.02)
    likes_b = np.tile(np.eye(27)[2], 8)[:, np.newaxis]
    game.discriminator.layers[-1].set_weights([likes_b, np.array([-2.0])])
    real = LESSON["encode"](["cat"] * 64)
    step = tf.function(game.generator_step)
    for _ in range(60):
        step(real)
    words = LESSON["Writer"](model)(LESSON["gumbel_noise"](200))
    assert np.mean(np.argmax(words, axis=-1) == 2) > 0.3


def test_policy_step_has_a_baseline():
    """Equal rewards say nothing: a critic that finds all words equally good must not move the writer."""
    keras.utils.set_random_seed(0)
    game, model = a_game("PolicyGame")
    game.discriminator.layers[-1].set_weights([np.zeros((8 * 27, 1)), np.array([0.0])])
    before = model.get_weights()
    game.generator_step(LESSON["encode"](["cat"] * 64))
    for old, new in zip(before, model.get_weights()):
        np.testing.assert_allclose(old, new, atol=1e-4)
