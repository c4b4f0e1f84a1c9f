"""Lesson 303: slopes by hand, who moves whose weights, the crop, the switches and the walk."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.datasets import load_digits, load_letters
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

LESSON = functions_of("303")
TRICKS = {"normalize": True, "small_weights": True, "leaky": True, "strides": True, "no_hidden_dense": True}
build_generator, build_discriminator = LESSON["build_generator"], LESSON["build_discriminator"]


def test_slopes_equal_those_of_the_tape():
    real, noise = np.random.default_rng(0).normal(size=(2, 40))
    theta, w = tf.Variable(0.7, dtype="float64"), tf.Variable(-0.4, dtype="float64")
    with tf.GradientTape(persistent=True) as tape:
        fake = theta * noise
        discriminator = tf.reduce_mean(tf.nn.softplus(-w * real)) + tf.reduce_mean(tf.nn.softplus(w * fake))
        generator = tf.reduce_mean(tf.nn.softplus(-w * fake))
    expected = tape.gradient(discriminator, w), tape.gradient(generator, theta)
    np.testing.assert_allclose(LESSON["slopes_by_hand"](real, noise, 0.7, -0.4), expected, rtol=1e-6)


def a_game(generator_rate, discriminator_rate):
    generator, discriminator = build_generator(8, TRICKS), build_discriminator(8, TRICKS)
    optimizers = keras.optimizers.SGD(generator_rate), keras.optimizers.SGD(discriminator_rate)
    return LESSON["DCGAN"](generator, discriminator, *optimizers)


@pytest.mark.parametrize("mover", ["generator", "discriminator"])
def test_no_loss_moves_the_other_network(mover):
    game = a_game(0.1 * (mover == "generator"), 0.1 * (mover == "discriminator"))
    for name in ("generator", "discriminator"):
        network = getattr(game, name)
        before = [weight.numpy() for weight in network.trainable_weights]
        game.train_step(np.random.default_rng(0).random((8, 20, 20, 1)).astype("float32"))
        after = [weight.numpy() for weight in network.trainable_weights]
        assert any(not np.array_equal(old, new) for old, new in zip(before, after)) == (name == mover)


def test_both_step_at_the_same_moment():
    """The generator's gradient is taken against the discriminator from before its step."""
    keras.utils.set_random_seed(0)
    together, alone = a_game(0.1, 0.1), a_game(0.1, 0.0)
    for name in ("generator", "discriminator"):
        getattr(alone, name).set_weights(getattr(together, name).get_weights())
    real, noise = tf.random.uniform((8, 20, 20, 1)), tf.random.normal((8, 32))
    for game in (together, alone):
        game.train_step(real, noise)
    for first, second in zip(together.generator.get_weights(), alone.generator.get_weights()):
        np.testing.assert_allclose(first, second, atol=1e-6)


def test_the_discriminator_learns_to_tell_blank_paper_from_a_frozen_generator():
    keras.utils.set_random_seed(1)
    game = a_game(0.0, 0.1)
    losses = [float(game.train_step(np.zeros((32, 20, 20, 1), "float32"))["discriminator"]) for _ in range(20)]
    assert losses[0] > 1.2 and losses[-1] < 0.6


@pytest.mark.parametrize("load", [load_digits, load_letters])
def test_the_crop_keeps_all_ink_wherever_it_lies(load):
    images = load().test.inputs[:300]
    images = images[images[:, :3].max(axis=(1, 2, 3)) + images[:, -3:].max(axis=(1, 2, 3)) == 0]
    images = images[images[:, :, :3].max(axis=(1, 2, 3)) + images[:, :, -3:].max(axis=(1, 2, 3)) == 0]
    cut = LESSON["middle"](images)
    assert cut.shape == (len(images), 20, 20, 1) and len(images) > 100
    np.testing.assert_allclose(cut.sum(axis=(1, 2, 3)), images.sum(axis=(1, 2, 3)), rtol=0.01)
    np.testing.assert_array_equal(LESSON["middle"](np.roll(images, (2, -1), axis=(1, 2))), cut)


def layer_names(network):
    return [type(layer).__name__ for layer in network._flatten_layers(include_self=False)]


@pytest.mark.parametrize("switched", [None, *TRICKS])
def test_each_switch_switches_what_it_says(switched):
    tricks = TRICKS | ({switched: False} if switched else {})
    generator, discriminator = build_generator(16, tricks), build_discriminator(16, tricks)
    drawn = generator(tf.random.normal((3, 32))).numpy()
    assert drawn.shape == (3, 20, 20, 1) and 0 <= drawn.min() and drawn.max() <= 1
    assert discriminator(drawn).shape == (3, 1)
    names = layer_names(generator) + layer_names(discriminator)
    assert names.count("BatchNormalization") == (0 if switched == "normalize" else 3)
    assert ("LeakyReLU" in names) == (switched != "leaky")
    assert ("Conv2DTranspose" in names) == ("MaxPooling2D" not in names) == (switched != "strides")
    assert names.count("Dense") == (4 if switched == "no_hidden_dense" else 2)
    kernel = next(layer.kernel for layer in discriminator.layers if isinstance(layer, keras.layers.Conv2D))
    assert (np.std(kernel) < 0.03) == (switched != "small_weights")


def test_the_walk_keeps_its_length_and_reaches_its_ends():
    first, second = np.array([3.0, 0, 0]), np.array([0, 0, 3.0])
    walk = LESSON["along_the_sphere"](first, second, np.linspace(0, 1, 7))
    np.testing.assert_allclose(np.linalg.norm(walk, axis=1), 3)
    np.testing.assert_allclose(walk[[0, -1]], [first, second], atol=1e-12)
    steps = np.linalg.norm(np.diff(walk, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0])


def test_no_walk_between_opposite_ends():
    with pytest.raises(ValueError, match="no single way"):
        LESSON["along_the_sphere"](np.array([1.0, 0]), np.array([-2.0, 0]), [0.5])
