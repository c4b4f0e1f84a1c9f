"""Lesson 508: trainings that begin anew, draws, and choices of the best do what the page says."""

import numpy as np
import optuna
import pandas as pd
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.training import restart  # noqa: E402

LESSON = functions_of("508")


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


def test_the_library_draws_rates_as_by_hand():
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    exponents = [np.log10(study.ask().suggest_float("rate", 0.0001, 0.1, log=True)) for _ in range(2000)]
    counts, _ = np.histogram(exponents, bins=[-4, -3, -2, -1])
    np.testing.assert_allclose(counts / 2000, 1 / 3, atol=0.05)


@pytest.mark.parametrize(("number", "expected"), [(1, 0.0), (2, 1 / np.sqrt(np.pi)), (3, 1.5 / np.sqrt(np.pi))])
def test_the_largest_of_normal_draws_lies_where_the_formula_says(number, expected):
    largest_of = functions_of("508")["largest_of"]
    largest_of.__globals__["random"] = np.random.default_rng(0)
    assert largest_of(number) == pytest.approx(expected, abs=0.03)


def test_a_look_at_equal_networks_promises_what_the_largest_draw_foretells():
    page = functions_of("508")
    random = np.random.default_rng(3)
    shares = random.normal(0.5, 0.05, (20, 100))
    page["look_at"].__globals__.update(shares=shares)
    one, twenty = page["look_at"](1), page["look_at"](20)
    assert abs(one["promise"] - one["truth"]) < 0.02
    assert twenty["promise"] - twenty["truth"] == pytest.approx(0.05 * 1.87, abs=0.02)
    assert twenty["truth"] == pytest.approx(0.5, abs=0.01)


def test_both_searches_train_twenty_times_within_the_ranges():
    for name, arguments in (("random_search", ()), ("library_search", (1,))):
        page = functions_of("508")
        asked = []

        def train(rate, start, noise, asked=asked):
            asked.append((rate, start, noise))
            return 1 - abs(np.log10(rate) + 2) / 4

        page[name].__globals__.update(random=np.random.default_rng(4), train=train, optuna=optuna)
        trials = page[name](*arguments)
        assert isinstance(trials, pd.DataFrame) and len(trials) == len(asked) == 20
        rates, starts, noises = np.array(asked).T
        assert (1e-4 <= rates).all() and (rates <= 1).all() and np.median(rates) < 0.2
        assert (1 / 3.001 <= starts).all() and (starts <= 3.001).all()
        assert (noises >= 0).all() and (noises <= 0.3).all()
        assert trials["score"].max() == pytest.approx(max(1 - abs(np.log10(rates) + 2) / 4))
