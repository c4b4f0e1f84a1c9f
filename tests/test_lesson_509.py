"""Lesson 509: rates, trainings with a falling rate, draws and searches do what the page says."""

import numpy as np
import optuna
import pandas as pd
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.datasets.mnist1d import mnist1d  # noqa: E402


def page_with(**given):
    """The functions of the page, with these names of the page given."""
    page = functions_of("509")
    page["train"].__globals__.update(given)
    return page


class Recorder:
    """Stands for the network: keeps the rate and the inputs of each epoch, and learns nothing."""

    def __init__(self):
        self.optimizer = type("Optimizer", (), {"learning_rate": None})()
        self.epochs = []

    def fit(self, inputs, targets, epochs, batch_size, verbose):
        assert epochs == 1
        self.epochs.append((self.optimizer.learning_rate, inputs))


def test_the_rate_falls_after_each_epoch_and_the_noise_is_drawn_once():
    network = Recorder()
    training = mnist1d(50, channels=True)
    page = page_with(
        network=network,
        training=training,
        validation=training,
        epochs=3,
        random=np.random.default_rng(0),
        restart=lambda *_: None,
        is_right=lambda *_: np.ones(4),
    )
    assert page["train"](0.1, fall=0.5, noise=0.2) == 1
    assert [rate for rate, _ in network.epochs] == pytest.approx([0.1, 0.05, 0.025])
    inputs = [inputs for _, inputs in network.epochs]
    np.testing.assert_array_equal(inputs[0], inputs[2])
    assert (inputs[0] - training.inputs).std() == pytest.approx(0.2, rel=0.1)


def test_the_range_test_begins_anew_and_its_loss_falls_before_it_explodes():
    training = mnist1d(400, channels=True)
    keras.utils.set_random_seed(1)
    page = page_with(training=training, count=400, random=np.random.default_rng(1), rates=np.geomspace(0.00001, 1, 120))
    page["train"].__globals__["one_step"] = page["compiled"](1)
    for _ in range(2):
        curve = page["range_test"]()
        known = curve.dropna()
        assert len(curve) == 120 and len(known) == 106  # of 15 neighbours, 7 on each side
        assert known.iloc[0] == pytest.approx(np.log(10), abs=0.3)
        assert known.min() < known.iloc[0] - 0.05 and 0.003 < known.idxmin() < 0.5


def test_shares_by_decade():
    shares = functions_of("509")["share_by_decade"](np.array([0.0002, 0.002, 0.003, 0.05]))
    np.testing.assert_allclose(shares, [0.25, 0.5, 0.25])


def test_both_searches_train_twenty_times_within_the_ranges():
    for name, arguments in (("random_search", ()), ("library_search", (1,))):
        asked = []

        def try_out(rate, fall, noise, asked=asked):
            asked.append((rate, fall, noise))
            return {"rate": rate, "score": 1 - abs(np.log10(rate) + 2) / 4}

        page = page_with(random=np.random.default_rng(4), optuna=optuna, trials=20)
        page["train"].__globals__["try_out"] = try_out
        rows = page[name](*arguments)
        assert isinstance(rows, pd.DataFrame) and len(rows) == len(asked) == 20
        rates, falls, noises = np.array(asked).T
        assert (1e-4 <= rates).all() and (rates <= 1).all() and np.median(rates) < 0.2
        assert (0.099 <= falls).all() and (falls <= 1).all()
        assert (noises >= 0).all() and (noises <= 0.3).all()
        assert rows["score"].max() == pytest.approx(max(1 - abs(np.log10(rates) + 2) / 4))


def test_a_try_keeps_the_weights_and_test_reads_with_the_weights_it_is_given():
    keras.utils.set_random_seed(2)
    training, validation, test = (mnist1d(60, seed=seed, channels=True) for seed in range(3))
    page = page_with(
        training=training, validation=validation, test=test, epochs=1, random=np.random.default_rng(1), count=60
    )
    names = page["train"].__globals__
    names["network"] = page["compiled"](1)
    first, second = page["try_out"](0.01), page["try_out"](0.01)
    assert not np.allclose(first["weights"][0], second["weights"][0])
    page["on_test"](first["weights"])
    np.testing.assert_array_equal(names["network"].get_weights()[0], first["weights"][0])
    anew = page["trained_anew"]({"rate": 0.01, "fall": 1.0, "noise": 0.0})
    assert len(anew) == 3 and not np.allclose(anew[0][0], anew[1][0])
