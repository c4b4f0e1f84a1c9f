"""Lesson 204: windows that leak nothing, honest baselines, quantiles, recursion and the repair of a range."""

import numpy as np
import pytest
from notebook_functions import functions_of

from course_utils.datasets.weather import HourlySeries, Windows, load_weather, make_windows, weather_features

LESSON = functions_of("204")


@pytest.fixture(scope="module")
def weather():
    return load_weather()


@pytest.fixture(scope="module")
def windows(weather):
    parts = (weather.train, weather.validation, weather.test)
    return [make_windows(part, [0, 1, 2]) for part in parts]


def small_part(hours: int = 60) -> HourlySeries:
    random = np.random.default_rng(0)
    clock = np.datetime64("2013-03-01T00", "h") + np.arange(hours)
    values = random.uniform(1, 300, size=(3, hours, 8)).astype("float32")
    return HourlySeries(clock, values, np.zeros((3, hours, 8), dtype=bool))


def test_no_test_hour_was_seen_in_training(weather, windows) -> None:
    train, validation, test = windows
    assert LESSON["shared_hours"](train, test) == LESSON["shared_hours"](validation, test) == 0
    assert LESSON["shared_hours"](train, validation) == 0
    assert test.hours.min() >= weather.test.hours[0] > validation.hours.max() > train.hours.max()


def test_the_check_catches_leaks(weather, windows) -> None:
    train, validation, test = windows
    whole = HourlySeries(*(np.concatenate(arrays, axis=-1 if axis == 0 else 1) for axis, arrays in enumerate(
        zip(weather.train, weather.validation, weather.test))))  # fmt: skip
    everything = make_windows(whole, [0, 1, 2])
    border = everything.hours[:, 0] < weather.test.hours[0]
    assert LESSON["shared_hours"](everything.select(border), everything.select(~border)) == 47
    order = np.random.default_rng(0).permutation(len(everything.past))
    half = len(order) // 2
    shuffled = everything.select(order[:half]), everything.select(order[half:])
    assert LESSON["shared_hours"](*shuffled) > 8000
    one_hour = test._replace(hours=np.where(test.hours == test.hours[0, 0], train.hours[-1, -1], test.hours))
    assert LESSON["shared_hours"](train, one_hour) == 1


def test_a_window_holds_the_hours_that_it_names(weather) -> None:
    part = weather.validation
    made = make_windows(part, [2, 0])
    features = weather_features(part).astype("float32")
    for number in (0, 500, len(made.past) - 1):
        start = int((made.hours[number, 0] - part.hours[0]).astype(int))
        expected = features[made.airport[number], start : start + 48]
        np.testing.assert_array_equal(np.concatenate([made.past[number], made.future[number]]), expected)
    assert made.past.shape[1:] == made.future.shape[1:] == (24, 7) and set(made.airport) == {0, 2}
    assert (np.diff(made.hours.astype(int), axis=1) == 1).all()


def test_windows_with_a_missing_temperature_are_left_out() -> None:
    part = small_part(60)
    part.missing[1, 30, 0] = True
    made = make_windows(part, [0, 1, 2])
    assert np.bincount(made.airport).tolist() == [13, 0, 13]


def test_the_past_of_a_window_does_not_know_its_future() -> None:
    part = small_part()
    part.missing[0, 30, 6] = True
    before = make_windows(part, [0])
    part.values[:, 24:] += 9
    after = make_windows(part, [0])
    np.testing.assert_array_equal(before.past[0], after.past[0])
    assert (before.truth[0] != after.truth[0]).all()


def test_windows_know_now_truth_and_errors(windows) -> None:
    test = windows[2]
    np.testing.assert_array_equal(test.now[:, 0], test.past[:, 23, 0])
    np.testing.assert_array_equal(test.truth, test.future[:, :, 0])
    np.testing.assert_allclose(test.errors(test.truth + 2), 2, rtol=1e-5)
    np.testing.assert_array_equal(test.errors(test.now), np.abs(test.now - test.truth))
    jfk = test.select(test.airport == 1)
    assert isinstance(jfk, Windows) and (jfk.airport == 1).all() and 0 < len(jfk.past) < len(test.past)


def test_same_hour_mean_reads_the_days_before_and_nothing_else() -> None:
    first = np.datetime64("2013-01-01T00", "h")
    year = np.stack([np.arange(240.0), 1000 + np.arange(240.0)])
    hours = first + np.array([[100, 101], [130, 131]])
    means = LESSON["same_hour_mean"](year, first, np.array([0, 1]), hours, 2)
    assert means.tolist() == [[64, 65], [1094, 1095]]
    later = year.copy()
    later[:, 108:] += 50
    np.testing.assert_array_equal(LESSON["same_hour_mean"](later, first, np.array([0, 1]), hours, 2), means)
    with pytest.raises(ValueError, match="does not reach 5 days back"):
        LESSON["same_hour_mean"](year, first, np.array([0, 1]), hours, 5)


@pytest.mark.parametrize("level, expected", [(0.9, [1.8, 0.1]), (0.1, [0.2, 0.9]), (0.5, [1.0, 0.5])])
def test_quantile_loss_costs_more_on_the_right_side(level: float, expected: list[float]) -> None:
    loss = LESSON["quantile_loss"]
    np.testing.assert_allclose([loss([12.0], [10.0], level), loss([9.0], [10.0], level)], expected)


@pytest.mark.parametrize("level", [0.1, 0.25, 0.5, 0.9])
def test_the_quantile_is_the_cheapest_constant(level: float) -> None:
    truth = np.random.default_rng(0).gamma(2, 3, size=2001)
    best = np.quantile(truth, level)
    costs = [LESSON["quantile_loss"](truth, np.full_like(truth, best + shift), level) for shift in (-0.5, 0, 0.5)]
    assert costs[1] < min(costs[0], costs[2])


def test_quantile_loss_names_wrong_input() -> None:
    with pytest.raises(ValueError, match="must be the same"):
        LESSON["quantile_loss"](np.zeros(3), np.zeros((3, 1)), 0.5)
    for level in (0, 1, 80):
        with pytest.raises(ValueError, match="between 0 and 1"):
            LESSON["quantile_loss"](np.zeros(3), np.zeros(3), level)


def test_recursion_feeds_its_own_forecasts_back_and_takes_the_clock() -> None:
    random = np.random.default_rng(0)
    past, clock, seen = random.normal(size=(2, 24, 7)), random.normal(size=(2, 24, 2)), []

    def next_change(window):
        seen.append(window.copy())
        return np.tile([1.0, 0.5, 0, 0, 0], (len(window), 1))

    forecast = LESSON["forecast_recursively"](next_change, past, clock)
    np.testing.assert_allclose(forecast, past[:, -1, 0][:, np.newaxis] + np.arange(1, 25))
    assert all(window.shape == (2, 24, 7) for window in seen) and len(seen) == 24
    np.testing.assert_allclose(seen[3][:, -1, 0], past[:, -1, 0] + 3)
    np.testing.assert_allclose(seen[3][:, -1, 1], past[:, -1, 1] + 1.5)
    np.testing.assert_array_equal(seen[3][:, -3:, 5:], clock[:, :3])
    np.testing.assert_array_equal(seen[3][:, :21], past[:, 3:])


def test_the_diagnosis_replaces_all_but_temperature_and_clock() -> None:
    past, clock, known, seen = np.zeros((1, 24, 7)), np.zeros((1, 24, 2)), np.full((1, 24, 4), 8.0), []

    def next_change(window):
        seen.append(window[:, -1].copy())
        return np.ones((1, 5))

    LESSON["forecast_recursively"](next_change, past, clock, known)
    assert seen[5].tolist() == [[5, 8, 8, 8, 8, 0, 0]]


def test_the_rolling_repair_uses_only_what_was_verified() -> None:
    random = np.random.default_rng(0)
    origin = np.datetime64("2013-10-01T00", "h") + np.arange(600)[:, np.newaxis]
    verified, misses = origin + np.arange(1, 25), random.normal(size=(600, 24))
    now = np.datetime64("2013-10-20T00")
    widening = LESSON["known_widening"](misses, verified, now, 14)
    later, long_ago = misses.copy(), misses.copy()
    later[verified > now] += 100
    long_ago[verified <= now - np.timedelta64(14 * 24, "h")] += 100
    np.testing.assert_array_equal(LESSON["known_widening"](later, verified, now, 14), widening)
    np.testing.assert_array_equal(LESSON["known_widening"](long_ago, verified, now, 14), widening)
    recent = (verified[:, 5] <= now) & (verified[:, 5] > now - np.timedelta64(14 * 24, "h"))
    assert recent.sum() == 14 * 24 and widening[5] == np.quantile(misses[recent, 5], 0.8)
