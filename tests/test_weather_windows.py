"""The weather as a forecaster may read it: gaps filled from the past only, and windows that leak nothing."""

import numpy as np
import pytest

from course_utils.datasets.weather import (
    HourlySeries,
    fill_from_the_past,
    load_weather,
    make_windows,
    weather_features,
)


@pytest.fixture(scope="module")
def weather():
    return load_weather()


def small_part(hours: int = 60) -> HourlySeries:
    random = np.random.default_rng(0)
    clock = np.datetime64("2013-03-01T00", "h") + np.arange(hours)
    values = random.uniform(1, 300, size=(3, hours, 8)).astype("float32")
    return HourlySeries(clock, values, np.zeros((3, hours, 8), dtype=bool))


def test_a_gap_of_three_hours_keeps_the_reading_before_it() -> None:
    values = np.array([5.0, 6.0, 7.0, 8.0, 9.0, 4.0]).reshape(1, 6, 1)
    missing = np.array([False, False, True, True, True, False]).reshape(1, 6, 1)
    filled = fill_from_the_past(values, missing)
    assert filled[0, :, 0].tolist() == [5, 6, 6, 6, 6, 4]
    assert values[0, 2, 0] == 7, "the argument stays as it is"


def test_gaps_of_airports_and_features_do_not_mix() -> None:
    random = np.random.default_rng(1)
    values, missing = random.normal(size=(2, 30, 3)), random.random((2, 30, 3)) < 0.4
    missing[:, 0] = False
    filled = fill_from_the_past(values, missing)
    for airport, hour, feature in np.ndindex(values.shape):
        last = np.flatnonzero(~missing[airport, : hour + 1, feature])[-1]
        assert filled[airport, hour, feature] == values[airport, last, feature]


@pytest.mark.parametrize("feature", [0, 1, 3, 4, 6])
def test_features_use_no_later_reading(feature: int) -> None:
    part = small_part()
    part.missing[1, 20:23, feature] = True
    before = weather_features(part)
    part.values[1, 20:23, feature] = 77  # what the loader interpolated there must not be read
    np.testing.assert_array_equal(weather_features(part), before)
    part.values[:, 23:] += 5
    np.testing.assert_array_equal(weather_features(part)[:, :23], before[:, :23])
    column = {0: 0, 1: 1, 6: 2}.get(feature)
    if column is not None:
        assert (before[1, 20:23, column] == part.values[1, 19, feature]).all()


def test_wind_and_clock_are_smooth_numbers() -> None:
    part = small_part(30)
    part.values[0, 0, 3:5] = 270, 4  # four metres a second from the west
    features = weather_features(part)
    assert features.shape == (3, 30, 7)
    np.testing.assert_allclose(features[0, 0, 3:5], (-4, 0), atol=1e-5)
    np.testing.assert_allclose(features[:, 6, 5:], [[1, 0]] * 3, atol=1e-6)
    np.testing.assert_allclose(features[0, 0, 5:], features[0, 24, 5:], atol=1e-6)


def test_a_part_that_begins_with_a_gap_is_refused() -> None:
    part = small_part()
    part.missing[0, 0, 7] = True
    assert weather_features(part).shape == (3, 60, 7), "visibility is not read"
    part.missing[0, 0, 6] = True
    with pytest.raises(ValueError, match="begins with a missing reading"):
        weather_features(part)


def test_windows_are_the_hours_in_order_and_miss_no_temperature(weather) -> None:
    part = weather.test
    windows = make_windows(part, [1], past_hours=24, future_hours=12)
    features = weather_features(part)[1].astype("float32")
    assert windows.past.shape[1:] == (24, 7) and windows.future.shape[1:] == (12, 7) and windows.hours.shape[1] == 36
    assert set(windows.airport) == {1}
    for number in (0, 100, len(windows.past) - 1):
        start = int(np.searchsorted(part.hours, windows.hours[number, 0]))
        np.testing.assert_array_equal(windows.past[number], features[start : start + 24])
        np.testing.assert_array_equal(windows.future[number], features[start + 24 : start + 36])
        assert windows.now[number, 0] == windows.past[number, 23, 0]
        np.testing.assert_array_equal(windows.truth[number], windows.future[number, :, 0])
    gaps = part.hours[part.missing[1, :, 0]]
    assert len(gaps) and not np.isin(windows.hours, gaps).any()
    complete = np.lib.stride_tricks.sliding_window_view(~part.missing[1, :, 0], 36).all(axis=1)
    assert len(windows.past) == complete.sum()


def test_windows_of_airports_follow_each_other() -> None:
    part = small_part(20)
    part.missing[2, 5, 0] = True
    windows = make_windows(part, [2, 0], past_hours=4, future_hours=2)
    assert windows.airport.tolist() == [2] * 9 + [0] * 15
    assert windows.errors(windows.now).shape == (24, 2)


def test_parts_share_no_hour(weather) -> None:
    train, validation, test = (
        make_windows(part, [1], future_hours=12) for part in (weather.train, weather.validation, weather.test)
    )
    assert train.hours.max() < validation.hours.min() and validation.hours.max() < test.hours.min()


def test_a_part_without_a_window_is_refused() -> None:
    with pytest.raises(ValueError, match="do not make a window"):
        make_windows(small_part(10), [0], past_hours=8, future_hours=3)
    part = small_part(10)
    part.missing[0, 4:6, 0] = True
    with pytest.raises(ValueError, match="misses a temperature"):
        make_windows(part, [0], past_hours=4, future_hours=2)
