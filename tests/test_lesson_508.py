"""Lesson 508: trainings that begin anew, the spread, the best of many coins and of many networks do what the page says."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.architectures.cnn import build_signal_network  # noqa: E402
from course_utils.datasets import Split  # noqa: E402
from course_utils.training import is_right, restart  # noqa: E402


def small_network(width=3):
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(width), keras.layers.Dense(2)])


def trained(optimizer):
    network = small_network()
    network.compile(optimizer, "mse")
    random = np.random.default_rng(1)
    network.fit(random.random((20, 4)), random.random((20, 2)), epochs=2, verbose=0)
    return network


@pytest.mark.parametrize("name", ["adam", "sgd", "rmsprop", "adagrad", "nadam"])
def test_restart_gives_new_weights_and_an_empty_memory(name):
    network = trained(keras.optimizers.get(name))
    before = network.get_weights()
    restart(network, small_network)
    assert not any(np.allclose(old, new) for old, new in zip(before[::2], network.get_weights()[::2]))
    untouched = keras.optimizers.get(name)
    untouched.build(network.trainable_variables)
    for variable, expected in zip(network.optimizer.variables, untouched.variables):
        np.testing.assert_allclose(variable, expected)


def test_after_a_restart_a_training_runs_as_the_first_one():
    start = small_network().get_weights()

    def with_this_start():
        network = small_network()
        network.set_weights(start)
        return network

    network = with_this_start()
    network.compile(keras.optimizers.Adam(0.1), "mse")
    random = np.random.default_rng(2)
    data = random.random((20, 4)), random.random((20, 2))
    network.fit(*data, epochs=3, shuffle=False, verbose=0)
    once = network.get_weights()
    restart(network, with_this_start)
    network.fit(*data, epochs=3, shuffle=False, verbose=0)
    for first, second in zip(once, network.get_weights()):
        np.testing.assert_allclose(first, second, atol=1e-6)


def test_restart_keeps_the_learning_rate_and_refuses_what_it_cannot_restart():
    network = trained(keras.optimizers.Adam(0.1))
    network.optimizer.learning_rate = 0.02
    restart(network, small_network)
    assert float(network.optimizer.learning_rate) == pytest.approx(0.02)
    with pytest.raises(ValueError, match="other weights"):
        restart(network, lambda: small_network(width=5))
    with pytest.raises(ValueError, match="Compile"):
        restart(small_network(), small_network)


def test_is_right_compares_the_largest_logit_with_the_class():
    network = keras.Sequential([keras.Input((3,)), keras.layers.Activation("linear")])
    part = Split(np.array([[0.0, 2, 1], [5, 0, 0], [0, 0, 1]], "float32"), np.array([1, 1, 2]))
    np.testing.assert_array_equal(is_right(network, part), [True, False, True])


def test_the_signal_network_maps_forty_numbers_to_ten_logits():
    network = build_signal_network()
    assert network.output_shape == (None, 10)
    shapes = [layer.output.shape[1:] for layer in network.layers]
    assert shapes == [(18, 16), (7, 16), (112,), (10,)]


@pytest.mark.parametrize(("coins", "throws", "expected"), [(1, 1, 0.5), (2, 1, 0.75), (3, 1, 0.875), (1, 100, 50)])
def test_the_best_coin_shows_what_can_be_counted(coins, throws, expected):
    page = functions_of("508")
    page["best_thrown"].__globals__["random"] = np.random.default_rng(0)
    assert page["best_by_scipy"](coins, throws) == pytest.approx(expected)
    assert page["best_thrown"](coins, throws) == pytest.approx(expected, rel=0.03)


def test_two_coins_of_two_throws_by_all_sixteen_cases():
    heads = np.array([0, 1, 1, 2])  # of two throws
    expected = np.maximum(heads[:, np.newaxis], heads).mean()
    assert functions_of("508")["best_by_scipy"](2, 2) == pytest.approx(expected)


def test_the_two_kinds_of_luck_are_found_where_they_are_known():
    random = np.random.default_rng(3)
    truths = np.linspace(0.5, 0.8, 40)
    found = functions_of("508")["two_kinds"](random.random((40, 10_000)) < truths[:, np.newaxis])
    assert found["mean"] == pytest.approx(0.65, abs=0.005)
    assert found["luck of the start"] == pytest.approx(truths.std(ddof=1), rel=0.05)
    assert found["luck of 100 signals"] == pytest.approx(found["on paper"], rel=0.05)


def looks(spread_of_truths):
    """`look_at` of the page, on twenty made-up networks whose parts of 100 miss the truth by a spread of 0.05."""
    page = functions_of("508")
    random = np.random.default_rng(3)
    truths = random.normal(0.6, spread_of_truths, 20)
    parts = random.normal(0, 0.05, (20, 100))
    parts = parts - parts.mean(axis=1, keepdims=True) + truths[:, np.newaxis]
    given = {"random": random, "parts": parts, "truths": truths, "starts": 20}
    page["look_at"].__globals__.update(given)
    return page["look_at"], truths


def test_of_equal_networks_the_best_is_no_better_and_promises_what_coins_foretell():
    look_at, truths = looks(spread_of_truths=0)
    one, twenty = look_at(1), look_at(20)
    assert abs(one["promise"] - one["truth"]) < 0.01
    assert twenty["promise"] - twenty["truth"] == pytest.approx(0.05 * 1.87, abs=0.02)
    assert twenty["truth"] == pytest.approx(truths.mean(), abs=0.005)
    assert abs(twenty["another"] - twenty["truth"]) < 0.02


def test_of_unequal_networks_the_best_is_better_and_still_promises_too_much():
    look_at, truths = looks(spread_of_truths=0.05)
    twenty = look_at(20)
    assert twenty["truth"] > truths.mean() + 0.02
    assert twenty["promise"] > twenty["truth"] + 0.02
