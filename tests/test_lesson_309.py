"""Lesson 309: jump, best guess and the two moves are right, and walking back ends at what an oracle knows."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.environment import import_quietly

import_quietly()

LESSON = functions_of("309", steps=100)
jump, best_guess, step_back = LESSON["jump"], LESSON["best_guess"], LESSON["step_back"]
noise_in, glide, walk_back = LESSON["noise_in"], LESSON["glide"], LESSON["walk_back"]
KEPT = np.cos(np.radians(np.linspace(1, 88, 100))) ** 2
jump.__globals__.update(kept=KEPT, normal=np.random.default_rng(0).normal)


def test_two_jumps_are_one():
    random = np.random.default_rng(1)
    clean, first, second = random.normal(size=(3, 4, 2, 2, 1))
    both = jump(jump(clean, 0.7, first), 0.4, second)
    noise = (0.4**0.5 * 0.3**0.5 * first + 0.6**0.5 * second) / (1 - 0.28) ** 0.5
    assert np.allclose(both, jump(clean, 0.28, noise))
    assert np.isclose((0.4 * 0.3 + 0.6) / (1 - 0.28), 1)  # the variance of that noise


def test_the_noise_in_a_jump_is_the_noise():
    clean, noise = np.random.default_rng(1).normal(size=(2, 5, 3, 3, 1))
    assert np.allclose(noise_in(jump(clean, 0.3, noise), clean, 0.3), noise)
    assert np.allclose(glide(jump(clean, 0.3, noise), clean, 0.3, 0.8), jump(clean, 0.8, noise))


@pytest.mark.parametrize("share", [0.1, 0.64, 0.95])
def test_the_best_guess_of_two_points_has_a_closed_form(share):
    seen = np.linspace(-2, 2, 9).reshape(-1, 1)
    expected = np.tanh(share**0.5 * seen / (1 - share))
    assert np.allclose(best_guess(seen, share, np.array([[-1.0], [1.0]])), expected)


def test_the_best_guess_of_letters_weighs_by_the_whole_letter():
    examples = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0]]).reshape(3, 2, 1, 1)
    noisy = np.array([0.5, 0.1]).reshape(1, 2, 1, 1)
    gaps = ((noisy - 0.8 * examples) ** 2).sum(axis=(1, 2, 3))
    weights = np.exp(-gaps / (2 * 0.36))
    expected = (weights[:, np.newaxis] * examples.reshape(3, 2)).sum(axis=0) / weights.sum()
    assert np.allclose(best_guess(noisy, 0.64, examples).reshape(2), expected)


@pytest.mark.parametrize("now, before", [(0.2, 0.5), (0.4096, 0.64), (0.9, 0.95)])
def test_a_step_back_has_mean_and_variance_of_the_posterior(now, before):
    alpha = now / before
    drawn = step_back(np.full(200_000, 0.3), 0.7, now, before)
    mean = (before**0.5 * (1 - alpha) * 0.7 + alpha**0.5 * (1 - before) * 0.3) / (1 - now)
    variance = (1 - alpha) * (1 - before) / (1 - now)
    assert np.isclose(drawn.mean(), mean, atol=0.01) and np.isclose(drawn.var(), variance, rtol=0.03)


def test_the_last_step_back_is_the_guess():
    guess = np.linspace(-1, 1, 5)
    assert np.allclose(step_back(np.ones(5), guess, KEPT[0], 1.0), guess)
    assert np.allclose(glide(np.ones(5), guess, KEPT[0], 1.0), guess)


@pytest.mark.parametrize("move", [step_back, glide])
@pytest.mark.parametrize("steps", [1, 10, 100])
def test_walking_back_ends_at_what_an_oracle_knows(move, steps):
    letter = np.random.default_rng(1).uniform(-1, 1, size=(1, 12, 12, 1))
    times = np.linspace(0, 99, steps).round().astype(int)
    asked = []

    def oracle(noisy, step):
        asked.append(step)
        return np.repeat(letter, len(noisy), axis=0)

    film = walk_back(oracle, np.random.default_rng(2).normal(size=(500, 12, 12, 1)), times, move)
    assert len(film) == steps + 1 and asked == list(times[::-1])
    assert np.allclose(film[-1], letter)


@pytest.mark.parametrize("move", [step_back, glide])
def test_on_the_way_back_are_the_distributions_of_the_way_there(move):
    def oracle(noisy, step):
        return np.full(noisy.shape, 0.5)

    film = walk_back(oracle, np.random.default_rng(3).normal(size=(50_000, 1)), move=move)
    for taken in (40, 60, 90):  # then the step is 99 - taken
        kept = KEPT[99 - taken]
        assert np.isclose(film[taken].mean(), 0.5 * kept**0.5, atol=0.03)
        assert np.isclose(film[taken].var(), 1 - kept, rtol=0.05)


def test_what_is_spoiled_is_a_jump_by_its_step():
    images = np.random.default_rng(1).uniform(-1, 1, size=(64, 12, 12, 1)).astype("float32")
    jump.__globals__.update(kept=KEPT.astype("float32"), steps=100)
    (noisy, steps), noise = LESSON["spoil"](images)
    steps, noise = np.asarray(steps), np.asarray(noise)
    assert steps.shape == (64,) and 0 <= steps.min() and steps.max() < 100 and len(set(steps)) > 20
    share = KEPT[steps].reshape(-1, 1, 1, 1)
    assert np.allclose(noisy, jump(images, share, noise), atol=1e-5)
    assert abs(noise.std() - 1) < 0.05
    jump.__globals__.update(kept=KEPT)
