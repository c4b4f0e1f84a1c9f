"""Lesson 306: the cycle loss, who moves whose weights, the Gram matrix, and the pixels that follow it."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.architectures.vgg import vgg_trunk
from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

LESSON = functions_of("306")
RANDOM = np.random.default_rng(0)
BATCH = RANDOM.random((2, 4, 28, 28, 1)).astype("float32")
NETWORKS = {"to_serif", "to_sans", "judges_serif", "judges_sans"}


def test_cycle_loss():
    assert LESSON["cycle_loss"]([1, 2, 3], [2, 2, 1]) == 1
    with pytest.raises(ValueError, match="shape"):
        LESSON["cycle_loss"](np.zeros(3), np.zeros((3, 1)))


def moved(step, game, *arguments):
    """The networks of a game whose weights a step changes."""
    start = {name: [array.numpy() for array in getattr(game, name).trainable_weights] for name in NETWORKS}
    step(game, *arguments)
    return {
        name
        for name in NETWORKS
        if any(not np.array_equal(old, new) for old, new in zip(start[name], getattr(game, name).trainable_weights))
    }


@pytest.mark.parametrize("cycle_weight", [0.0, 5.0])
def test_each_step_moves_its_own_networks_only(cycle_weight):
    game = LESSON["CycleGAN"](cycle_weight)
    assert moved(LESSON["generator_step"], game, *BATCH) == {"to_serif", "to_sans"}
    assert moved(LESSON["discriminator_step"], game, *BATCH, *BATCH) == {"judges_serif", "judges_sans"}


def test_the_way_back_goes_through_the_other_generator():
    """With generators that only brighten by known factors, what is made and the cycle loss are known."""

    def factor(name, value):
        dense = keras.layers.Dense(1, use_bias=False, kernel_initializer=keras.initializers.Constant(value))
        return keras.Sequential([keras.Input((28, 28, 1)), dense], name=name)

    game = LESSON["CycleGAN"](5.0)
    game.to_serif, game.to_sans = factor("to_serif", 2.0), factor("to_sans", 0.25)
    game.generator_optimizer = keras.optimizers.SGD(0.0)
    new_serif, new_sans, cycle = LESSON["generator_step"](game, *BATCH)
    np.testing.assert_allclose(new_serif, 2 * BATCH[0], rtol=1e-5)
    np.testing.assert_allclose(new_sans, BATCH[1] / 4, rtol=1e-5)
    np.testing.assert_allclose(cycle, (BATCH[0] / 2).mean() + (BATCH[1] / 2).mean(), rtol=1e-5)


def test_the_cycle_loss_is_learned():
    keras.utils.set_random_seed(0)
    game = LESSON["CycleGAN"](100.0)
    losses = [float(LESSON["generator_step"](game, *BATCH)[2]) for _ in range(20)]
    assert losses[-1] < 0.6 * losses[0]


def test_the_discriminators_learn_to_tell_the_styles_apart():
    keras.utils.set_random_seed(0)
    game, new = LESSON["CycleGAN"](5.0), np.zeros_like(BATCH)
    losses = [float(LESSON["discriminator_step"](game, *BATCH, *new)) for _ in range(30)]
    assert losses[-1] < 0.5 * losses[0]


def test_gram_matrix():
    features = RANDOM.normal(size=(4, 6, 3))
    expected = [[(features[..., one] * features[..., other]).mean() for other in range(3)] for one in range(3)]
    np.testing.assert_allclose(LESSON["gram_matrix"](features), expected)
    np.testing.assert_allclose(LESSON["gram_matrix"](np.tile(features, (2, 3, 1))), expected, err_msg="size matters")
    np.testing.assert_allclose(LESSON["gram"](features[np.newaxis].astype("float32"))[0], expected, rtol=1e-4)
    with pytest.raises(ValueError, match="height, width, channels"):
        LESSON["gram_matrix"](features[0])


def test_distances_are_zero_for_the_same_picture():
    keras.utils.set_random_seed(0)
    trunk, picture = vgg_trunk(trained=False), RANDOM.random((16, 16, 3)).astype("float32")
    content, style = LESSON["distances"](trunk, np.stack([picture, 1 - picture]), picture, picture)
    # Two pictures at a time may be added up in another order than one: zero up to rounding.
    assert content[0] < 1e-9 < content[1] and style[0] < 1e-9 < style[1]


def test_repainting_follows_the_style_and_a_weight_of_0_changes_nothing():
    keras.utils.set_random_seed(0)
    trunk = vgg_trunk(trained=False)
    content, style = RANDOM.random((2, 16, 16, 3)).astype("float32") * np.float32([[[[1.0]]], [[[0.3]]]])
    # Alone, as the content is: beside others, rounding gives a gradient of 1e-8, and Adam makes whole steps of it.
    np.testing.assert_array_equal(LESSON["repaint"](trunk, content, style, (0.0,), steps=15)[0], content)
    pictures = LESSON["repaint"](trunk, content, style, (0.3, 100.0), steps=15)
    assert pictures.min() >= 0 and pictures.max() <= 1
    content_distance, style_distance = LESSON["distances"](trunk, np.stack([content, *pictures]), content, style)
    assert style_distance[1] < 0.7 * style_distance[0] and style_distance[2] < style_distance[0]
    assert content_distance[0] < 1e-9 < content_distance[1] <= content_distance[2]
