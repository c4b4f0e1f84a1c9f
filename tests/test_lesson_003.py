"""Lesson 003: the steps written by hand are those of keras.optimizers; what the page takes from the package."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402

from course_utils.metrics.training import dead_share, keras_walk, steps_when_turned  # noqa: E402
from course_utils.viz.descent import show_paths  # noqa: E402

LESSON = functions_of("003")
START = np.array([3.0, -2.0, 0.5])


def own_walk(step, memory, rate, valley, steps):
    return functions_of("003", VALLEY=valley, START=START)["walk"](step, memory, rate, steps)


def random_valley(seed):
    """A symmetric matrix with curvatures from 0.5 to 8, turned at random."""
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return turn @ np.diag([0.5, 2.0, 8.0]) @ turn.T


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("method", ["plain", "momentum", "Adam"])
def test_each_step_is_the_step_of_keras(method, seed):
    zeros = np.zeros(3)
    step, memory, rate, optimizer = {
        "plain": (LESSON["plain_step"], None, 0.1, keras.optimizers.SGD(0.1)),
        "momentum": (LESSON["momentum_step"], zeros, 0.05, keras.optimizers.SGD(0.05, momentum=0.9)),
        "Adam": (LESSON["adam_step"], (zeros, zeros, 0), 0.3, keras.optimizers.Adam(0.3)),
    }[method]
    valley = random_valley(seed)
    ours = own_walk(step, memory, rate, valley, 25)
    theirs = keras_walk(optimizer, valley, START, 25)
    assert ours.shape == theirs.shape == (26, 3) and not np.allclose(ours[0], ours[-1])
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


@pytest.mark.parametrize("slope", [1e-2, 3.0, -500.0])
def test_the_first_step_of_adam_is_one_rate_long(slope):
    weights, memory = LESSON["adam_step"](1.0, slope, (0, 0, 0), 0.01)
    assert weights == pytest.approx(1 - 0.01 * np.sign(slope), abs=1e-6) and memory[2] == 1


@pytest.mark.parametrize("rate, arrives", [(0.24, True), (0.26, False)])
def test_plain_descent_is_stable_below_two_over_the_curvature(rate, arrives):
    path = own_walk(LESSON["plain_step"], None, rate, np.diag([0.5, 2.0, 8.0]), 100)
    assert (abs(path[-1, 2]) < abs(START[2])) == arrives


def test_steps_leave_what_they_are_given_alone():
    weights, slopes, velocity = np.ones(2), np.full(2, 3.0), np.full(2, -1.0)
    LESSON["momentum_step"](weights, slopes, velocity, 0.1)
    LESSON["adam_step"](weights, slopes, (velocity, velocity**2, 4), 0.1)
    assert (weights == 1).all() and (slopes == 3).all() and (velocity == -1).all()


def test_dead_units_are_counted_over_all_inputs():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, activation="relu", name="units")])
    # alive for both inputs, alive for one, dead, dead
    model.set_weights([np.array([[1.0, 1, -1, 0], [1, 0, -1, 0]]), np.array([0.0, 0, 0, -1])])
    inputs = np.array([[1.0, 1.0], [0.0, 2.0]])
    assert dead_share(model, "units", inputs) == 0.5
    assert dead_share(model, "units", inputs[1:]) == 0.75


def test_paths_are_drawn_with_their_last_loss(capsys):
    paths = {"a": np.array([[2.0, 1.0], [1.0, 0.0]]), "b": np.array([[2.0, 1.0], [0.5, 0.5]])}
    show_paths(lambda weights: (weights**2).sum(axis=-1), paths, alt="Two short paths on a round hill")
    with pytest.raises(ValueError, match="path 'c'"):
        show_paths(lambda weights: weights.sum(axis=-1), {"c": np.zeros(3)}, alt="A path of a wrong shape")
    with pytest.raises(ValueError, match="alt"):
        show_paths(lambda weights: weights.sum(axis=-1), paths, alt="")


def test_a_turned_valley_changes_nothing_for_plain_descent_and_something_for_a_scale():
    valley, start = np.diag([1.0, 100.0]), np.array([10.0, 1.0])
    table = steps_when_turned(LESSON["plain_step"], None, (0.01, 0.018), valley, start, steps=150)
    # 0.5 * 100 * (1 - rate) ** (2 * steps) < 1, across it is long past: from log(50) / (2 * -log(1 - rate)) on
    assert table.loc["valley", 0.018] == table.loc["turned", 0.018] == 108
    assert table[0.01].isna().all()  # 195 steps would do
    scaled = steps_when_turned(LESSON["adam_step"], (0, 0, 0), (0.1,), valley, start, below=88, steps=1)
    # after one step 0.5 * (9.9 ** 2 + 100 * 0.9 ** 2) = 89.5
    assert scaled.loc["valley"].isna().all()
    # the turned start (9, 11) / sqrt(2) has the slopes -90 and 110 / sqrt(2): one weight grows, one falls, both by 0.1;
    # along it stays at 10, across it comes to 1 - 0.1 * sqrt(2): 0.5 * (100 + 100 * 0.859 ** 2) = 86.9
    assert scaled.loc["turned", 0.1] == 1


@pytest.mark.parametrize(
    "lengths, steps", [((0, 0, 0), 1), ((9, 0, 0), 2), ((0, 9, 0), 3), ((0, 0, 9), None), ((0, 0, np.nan), None)]
)
def test_steps_are_counted_until_the_loss_stays_below(lengths, steps):
    def planned(weights, slopes, memory, rate):
        return np.array([memory[0], 0.0]), memory[1:]

    table = steps_when_turned(planned, lengths, (0.1,), np.eye(2), np.array([9.0, 0.0]), steps=3)
    found = table.loc["valley", 0.1]
    assert found == steps if steps else table.isna().all(axis=None)
