"""The adversarial model: who moves whose weights, known values of losses and penalty, conditions, samples."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

from course_utils.architectures import gan  # noqa: E402


def players(conditional=False):
    def network(size, outputs, name):
        first = keras.Input((size,))
        inputs = [first, keras.Input((2,))] if conditional else first
        joined = keras.layers.Concatenate()(inputs) if conditional else inputs
        return keras.Model(inputs, keras.layers.Dense(outputs)(joined), name=name)

    return network(3, 4, "generator"), network(4, 1, "discriminator")


def test_losses_equal_those_of_lesson_301():
    real, fake = np.random.default_rng(0).normal(0, 3, (2, 50)).astype("float32")
    by_hand = functions_of("301")["losses_by_hand"](real, fake)
    losses = gan.non_saturating_losses(real, fake)
    np.testing.assert_allclose(losses, [by_hand["discriminator"], by_hand["generator, non-saturating"]], rtol=1e-5)


def test_losses_of_numbers_on_paper():
    real, fake = np.array([2.0, 0.0], "float32"), np.array([1.0, 3.0], "float32")
    np.testing.assert_allclose(gan.least_squares_losses(real, fake), [(1 + 5) / 2, 2 / 2])
    np.testing.assert_allclose(gan.wasserstein_losses(real, fake), [1, -2])


def test_penalty_of_a_linear_critic_is_that_of_its_norm():
    weights = tf.constant([[3.0], [0.0], [4.0]])
    real, fake = np.random.default_rng(1).normal(size=(2, 6, 3)).astype("float32")
    assert float(gan.gradient_penalty(lambda x: x @ weights, real, fake)) == pytest.approx(16, rel=1e-5)


def test_penalty_looks_between_the_examples_and_over_all_axes():
    real, fake = np.full((200, 2, 2, 1), 2, "float32"), np.zeros((200, 2, 2, 1), "float32")
    seen = []

    def critic(x):
        seen.append(x.numpy())
        return tf.reduce_sum(x**2, axis=(1, 2, 3)) / 2  # its gradient is x, of norm 2 |value|

    penalty = gan.gradient_penalty(critic, real, fake)
    values = seen[0][:, 0, 0, 0]
    assert 0 <= values.min() < 0.2 and 1.8 < values.max() <= 2 and np.ptp(seen[0], axis=(1, 2)).max() < 1e-6
    assert float(penalty) == pytest.approx(((2 * values - 1) ** 2).mean(), rel=1e-4)


def test_penalty_has_a_finite_gradient_where_the_critic_is_flat():
    weights = tf.Variable(tf.zeros((3, 1)))
    with tf.GradientTape() as tape:
        penalty = gan.gradient_penalty(lambda x: x @ weights, np.ones((4, 3), "float32"), np.zeros((4, 3), "float32"))
    assert np.isfinite(tape.gradient(penalty, weights)).all()


@pytest.mark.parametrize("conditional", [False, True])
@pytest.mark.parametrize("penalty_weight", [0.0, 10.0])
@pytest.mark.parametrize("mover", ["generator", "discriminator"])
def test_each_step_moves_its_own_player_only(conditional, penalty_weight, mover):
    model = gan.AdversarialModel(*players(conditional), penalty_weight=penalty_weight)
    arguments = (tf.ones((8, 4)), tf.ones((8, 2)))[: 1 + conditional]
    before = {name: getattr(model, name).get_weights() for name in ("generator", "discriminator")}
    assert np.isfinite(getattr(model, f"{mover}_step")(*arguments))
    for name, weights in before.items():
        moved = any(not np.array_equal(old, new) for old, new in zip(weights, getattr(model, name).get_weights()))
        assert moved == (name == mover)


def test_learns_one_point_and_repeats_itself():
    def play():
        keras.utils.set_random_seed(0)
        model = gan.AdversarialModel(*players(), generator_rate=0.02, discriminator_rate=0.02)
        model.compile(jit_compile=False)
        history = model.fit(np.tile([1.0, -1, 2, 0], (640, 1)).astype("float32"), batch_size=32, epochs=15, verbose=0)
        return model, history.history

    model, history = play()
    assert np.abs(model.sample(200, seed=1).mean(axis=0) - [1, -1, 2, 0]).max() < 0.5
    assert history == play()[1] and set(history) == {"discriminator", "generator"}


def test_conditions_reach_both_players():
    model = gan.AdversarialModel(*players(conditional=True))
    model.compile(jit_compile=False)
    conditions = np.eye(2, dtype="float32")[[0, 1] * 16]
    model.fit(np.ones((32, 4), "float32"), conditions, verbose=0)
    same_noise = [model.sample(np.tile(row, (5, 1)).astype("float32"), seed=3) for row in np.eye(2)]
    assert same_noise[0].shape == (5, 4) and not np.allclose(*same_noise)


def test_more_steps_of_the_discriminator():
    model = gan.AdversarialModel(*players(), discriminator_steps=3)
    model.train_step(np.ones((8, 4), "float32"))
    assert (int(model.discriminator_optimizer.iterations), int(model.generator_optimizer.iterations)) == (3, 1)


def test_names_what_is_wrong():
    with pytest.raises(ValueError, match="2 input.* discriminator 1"):
        gan.AdversarialModel(players(conditional=True)[0], players()[1])
    with pytest.raises(ValueError, match="at least 1, not 0"):
        gan.AdversarialModel(*players(), discriminator_steps=0)


def test_the_penalty_is_part_of_the_discriminators_loss_and_bounds_its_slope():
    def a_model(penalty_weight):
        critic = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, use_bias=False)])
        critic.set_weights([np.array([[3.0], [0], [4], [0]])])
        model = gan.AdversarialModel(
            players()[0], critic, gan.wasserstein_losses, discriminator_rate=0.1, penalty_weight=penalty_weight
        )
        model.generator.set_weights([np.zeros((3, 4)), np.zeros(4)])  # draws zeros, whatever the noise
        return model

    real = np.ones((8, 4), "float32")
    free, bounded = a_model(0.0), a_model(10.0)
    assert float(free.discriminator_step(real)) == pytest.approx(-7)
    assert float(bounded.discriminator_step(real)) == pytest.approx(-7 + 10 * 16, rel=1e-5)
    for _ in range(80):
        free.discriminator_step(real), bounded.discriminator_step(real)
    lengths = [np.linalg.norm(model.discriminator.get_weights()[0]) for model in (free, bounded)]
    assert lengths[0] > 10 and 0.9 < lengths[1] < 1.3


# 3500 numbers, 0 to 3499, in batches of 64: the last batch holds 44, whose mean is 3477.5; the mean of all is 1749.5.
NUMBERS = np.arange(3500, dtype="float32").reshape(-1, 1, 1, 1)


def logged(game, steps_per_execution, *examples):
    """What two epochs over the numbers log, in their order."""
    game.compile(jit_compile=False, steps_per_execution=steps_per_execution)
    return game.fit(*examples, batch_size=64, epochs=2, shuffle=False, verbose=0).history


def one_number(name, weight=1.0, shape=(1, 1, 1)):
    """A network x -> weight * x of examples that are one number."""
    network = keras.Sequential([keras.Input(shape), keras.layers.Dense(1, use_bias=False)], name=name)
    network.set_weights([np.array([[weight]])])
    return network


def mean_of(*arguments):
    """In place of a player's step: its loss is the mean of the real examples."""
    return tf.reduce_mean(arguments[-1])


class MeansOnly(gan.AdversarialModel):
    def discriminator_step(self, real, condition=None):
        return tf.reduce_mean(real)

    generator_step = discriminator_step


@pytest.mark.parametrize("steps_per_execution", [1, 11])
@pytest.mark.parametrize("discriminator_steps", [1, 2])
def test_logs_the_mean_of_the_epoch(discriminator_steps, steps_per_execution):
    game = MeansOnly(one_number("generator"), one_number("discriminator"), discriminator_steps=discriminator_steps)
    history = logged(game, steps_per_execution, NUMBERS)
    assert history == {"discriminator": [1749.5, 1749.5], "generator": [1749.5, 1749.5]}


def a_page_game(lesson):
    """The game of a page, whose steps do nothing but return the mean of the real examples."""
    page = functions_of(lesson)
    space = next(value for value in page.values() if hasattr(value, "__globals__")).__globals__
    space["discriminator_step"] = space["generator_step"] = mean_of
    if lesson == "305":
        return page["ImageToImage"](one_number("generator"), one_number("discriminator"), 30, True)
    space["discriminator_step"] = lambda game, sans, *others: tf.reduce_mean(sans)
    space["generator_step"] = lambda game, sans, serif: (sans, serif, tf.reduce_mean(sans))
    return page["CycleGAN"](1.0)


@pytest.mark.parametrize("steps_per_execution", [1, 11])
@pytest.mark.parametrize(("lesson", "names"), [("305", "discriminator generator"), ("306", "discriminators cycle")])
def test_the_games_of_the_pages_log_the_mean_of_the_epoch(lesson, names, steps_per_execution):
    history = logged(a_page_game(lesson), steps_per_execution, NUMBERS, NUMBERS)
    assert history == {name: [1749.5, 1749.5] for name in names.split()}


def test_the_dcgan_of_lesson_303_logs_the_mean_of_the_epoch():
    """With rates of 0 and logits of minus the number, the loss of a real number is the number, nearly; of a fake, ln 2."""
    silent, opposite = one_number("generator", 0.0, (1,)), one_number("discriminator", -1.0, (1,))
    game = functions_of("303")["DCGAN"](silent, opposite, keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    history = logged(game, 11, NUMBERS.reshape(-1, 1))
    assert history["discriminator"] == pytest.approx([1749.5 + np.log(2)] * 2, abs=0.01)
    assert history["generator"] == pytest.approx([np.log(2)] * 2, abs=1e-5)
