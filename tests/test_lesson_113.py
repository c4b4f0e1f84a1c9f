"""Lesson 113: slopes, price and bound by hand are right, and the layer draws and charges as the page says."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("113")
Cloud, price_of = LESSON["Cloud"], LESSON["price_of"]


def test_slopes_by_hand_are_small_differences():
    slopes_by_hand = LESSON["slopes_by_hand"]
    noise = np.random.default_rng(0).normal(size=50)

    def loss(mean, log_variance):
        return np.mean((mean + np.exp(log_variance / 2) * noise - 3) ** 2)

    for mean, log_variance in ((1.0, 0.0), (-2.0, 1.5), (4.0, -1.0)):
        by_mean = (loss(mean + 1e-5, log_variance) - loss(mean - 1e-5, log_variance)) / 2e-5
        by_variance = (loss(mean, log_variance + 1e-5) - loss(mean, log_variance - 1e-5)) / 2e-5
        assert np.allclose(slopes_by_hand(mean, log_variance, noise), (by_mean, by_variance), atol=1e-6)


def test_the_price_is_that_of_an_integral_and_never_negative():
    z = np.linspace(-30, 30, 200_001)
    for mean, log_variance in ((0.0, 0.0), (1.5, -1.0), (-2.0, 1.0)):
        deviation = np.exp(log_variance / 2)
        log_q = -(((z - mean) / deviation) ** 2) / 2 - np.log(deviation)
        log_p = -(z**2) / 2
        density = np.exp(log_q) / np.sqrt(2 * np.pi)
        integral = np.sum(density * (log_q - log_p)) * (z[1] - z[0])
        assert np.isclose(price_of(mean, log_variance), integral, atol=1e-4)
    many = np.random.default_rng(0).normal(size=(2, 1000)) * 3
    assert price_of(*many).min() >= 0 and price_of(np.zeros(3), np.zeros(3)).tolist() == [0, 0, 0]


@pytest.mark.parametrize("prior, chances", [((0.5, 0.5), (0.8, 0.1)), ((0.9, 0.1), (0.2, 0.7))])
def test_the_gap_of_the_bound_is_the_divergence_from_the_posterior(prior, chances):
    lower_bound = LESSON["lower_bound"]
    prior, chances = np.array(prior), np.array(chances)
    lower_bound.__globals__.update(prior=prior, chances=chances)
    evidence = np.sum(prior * chances)
    posterior = prior * chances / evidence
    for share in (0.1, 0.5, 0.89):
        guess = np.array([share, 1 - share])
        gap = np.sum(guess * np.log(guess / posterior))
        assert np.isclose(lower_bound(share) + gap, np.log(evidence))


@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
def test_the_layer_charges_by_its_weight_and_draws_from_the_cloud(beta):
    keras.utils.set_random_seed(1)
    mean, log_variance = np.array([1.0, -2.0]), np.array([0.5, -3.0])
    clouds = np.tile(np.concatenate([mean, log_variance]), (20_000, 1)).astype("float32")
    layer = Cloud(beta)
    points = np.asarray(layer(clouds))
    assert points.shape == (20_000, 2)
    assert np.allclose(points.mean(axis=0), mean, atol=0.05)
    assert np.allclose(points.var(axis=0), np.exp(log_variance), rtol=0.05)
    assert np.isclose(layer.losses[0], beta * price_of(mean, log_variance).sum(), rtol=1e-4)
    assert not np.array_equal(points, np.asarray(layer(clouds)))


def test_slopes_reach_means_and_log_variances():
    import tensorflow as tf

    clouds = tf.Variable(np.zeros((3, 16), "float32"))
    layer = Cloud()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((layer(clouds) - 3.0) ** 2)
    slopes = tape.gradient(loss, clouds).numpy()
    assert slopes.shape == (3, 16) and (slopes != 0).all()


def test_the_error_is_minus_the_log_probability_of_a_print():
    restoring = LESSON["restoring"]
    logits = np.random.default_rng(0).normal(size=(2, 12, 12, 1)).astype("float32")
    prints = (np.random.default_rng(1).random((2, 12, 12, 1)) < 0.3).astype("float32")
    chances = 1 / (1 + np.exp(-logits))
    chances = np.where(prints == 1, chances, 1 - chances)
    assert np.allclose(restoring(prints, logits), -np.log(chances).sum(axis=(1, 2, 3)), rtol=1e-4)


def test_a_walk_has_ten_equal_steps_from_end_to_end():
    walk = LESSON["walk"]
    pair = np.array([[0.0, 1.0], [9.0, -8.0]])
    way = walk(pair)
    assert way.shape == (10, 2) and np.allclose(way[0], pair[0]) and np.allclose(way[-1], pair[1])
    assert np.allclose(np.diff(way, axis=0), [1, -1])


def test_the_vae_learns_one_batch_and_its_loss_falls():
    keras.utils.set_random_seed(1)
    LESSON["build_vae"].__globals__["code_size"] = 8
    vae = LESSON["build_vae"](1.0)
    images = (np.random.default_rng(0).random((16, 12, 12, 1)) > 0.5).astype("float32")
    vae.compile(keras.optimizers.Adam(0.01), LESSON["restoring"], jit_compile=False)
    before = vae.evaluate(images, images, verbose=0)
    vae.fit(images, images, epochs=150, verbose=0)
    assert vae.evaluate(images, images, verbose=0) < 0.8 * before
    assert vae(images).shape == (16, 12, 12, 1)
    assert vae.count_params() == 187_057
    assert LESSON["clouds_of"](vae, images)[1].shape == (16, 8)
