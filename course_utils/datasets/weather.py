"""Hourly weather of 2013 at the three airports of New York, split in time."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from course_utils.datasets.dataset import Dataset, embedded_file, read_cards

VALIDATION_START, TEST_START = np.datetime64("2013-09-01T00"), np.datetime64("2013-10-16T00")
_READ = [0, 1, 3, 4, 6]  # temperature, dew point, wind direction, wind speed, pressure: what weather_features reads


class HourlySeries(NamedTuple):
    """`hours` (time,) datetime64[h] in UTC; `values` (airport, time, feature) float32; `missing`, same shape, marks the
    readings that the source lacks: there, `values` is interpolated linearly between the neighbours of the same part."""

    hours: np.ndarray
    values: np.ndarray
    missing: np.ndarray


class Windows(NamedTuple):
    """Examples of a forecaster, n of them, each with some hours that it knows and some that it does not.

    `past` (n, past hours, 7) features that it knows, `future` (n, future hours, 7) those that it does not know, `hours`
    (n, past + future) datetime64[h] of both, `airport` (n,) 0, 1 or 2 in the order of the loader.
    """

    past: np.ndarray
    future: np.ndarray
    hours: np.ndarray
    airport: np.ndarray

    @property
    def now(self) -> np.ndarray:
        """The last temperature that was read, (n, 1)."""
        return self.past[:, -1:, 0]

    @property
    def truth(self) -> np.ndarray:
        """The temperatures to forecast, (n, future hours)."""
        return self.future[:, :, 0]

    def errors(self, forecast: np.ndarray) -> np.ndarray:
        """Absolute errors (n, future hours) in °C of a forecast of that shape, or of one that broadcasts to it."""
        return np.abs(forecast - self.truth)

    def select(self, which: np.ndarray) -> "Windows":
        """The windows that an index array or a mask (n,) names."""
        return Windows(*(array[which] for array in self))


def load_weather() -> Dataset:
    """Three consecutive parts of one year: January to August, September to mid October, mid October to December.

    `details` holds `airports` (EWR, JFK, LGA), `features` and `units`. The quick part is all there is: full is the same.
    """
    card = read_cards()["weather"]
    with np.load(embedded_file(card)) as archive:
        first_hour, values = str(archive["first_hour"]), archive["values"]
        airports, features = (tuple(archive[name].tolist()) for name in ("airports", "features"))
    hours = np.datetime64(first_hour, "h") + np.arange(values.shape[1])
    borders = np.searchsorted(hours, [VALIDATION_START, TEST_START])
    parts = [
        HourlySeries(part_hours, _interpolate(part), np.isnan(part))
        for part_hours, part in zip(np.split(hours, borders), np.split(values, borders, axis=1))
    ]
    units = ("°C", "°C", "%", "°", "m/s", "mm", "hPa", "km")
    return Dataset(card, *parts, {"airports": airports, "features": features, "units": dict(zip(features, units))})


def weather_features(part: HourlySeries) -> np.ndarray:
    """What a forecaster may read of a part, (airport, hour, 7), each number known at its own hour.

    Temperature (°C), dew point (°C), pressure (hPa), wind from east and from north (m/s), sine and cosine of the hour of
    the day in UTC. A gap holds the last value that was really read, never the interpolated one, which knows a later
    reading. Raises ValueError if a part begins with a gap: then nothing earlier is there to fill it.
    """
    missing = part.missing[:, :, _READ]
    if missing[:, 0].any():
        raise ValueError("The part begins with a missing reading, and no earlier one can fill it: start it later.")
    values = fill_from_the_past(part.values[:, :, _READ], missing)
    temperature, dew_point, wind_direction, wind_speed, pressure = np.moveaxis(values, -1, 0)
    angle = np.deg2rad(wind_direction)
    clock = 2 * np.pi * (part.hours.astype(int) % 24) / 24 + 0 * angle
    wind = [wind_speed * np.sin(angle), wind_speed * np.cos(angle)]
    return np.stack([temperature, dew_point, pressure, *wind, np.sin(clock), np.cos(clock)], axis=-1)


def fill_from_the_past(values: np.ndarray, missing: np.ndarray) -> np.ndarray:
    """A copy of `values` (airport, hour, feature) in which each missing number is the last one that was really read."""
    filled = values.copy()
    for hour in range(1, values.shape[1]):
        gap = missing[:, hour]  # (airport, feature)
        filled[:, hour][gap] = filled[:, hour - 1][gap]
    return filled


def make_windows(
    part: HourlySeries, airports: Sequence[int], *, past_hours: int = 24, future_hours: int = 24
) -> Windows:
    """All windows of one part at the given airports, airport by airport and hour by hour.

    A window in which a temperature is missing is left out: nobody could judge a forecast of it. Gaps of the other
    features are filled by `weather_features`. Raises ValueError if the part is too short for a single window.
    """
    length = past_hours + future_hours
    if min(past_hours, future_hours) < 1 or length > len(part.hours):
        raise ValueError(f"{past_hours} + {future_hours} hours do not make a window of {len(part.hours)} hours.")
    features = weather_features(part).astype("float32")  # (airport, hour, 7)
    windows, hours, names = [], [], []
    for airport in airports:
        no_temperature = part.missing[airport, :, 0]
        for start in range(len(part.hours) - length + 1):
            inside = slice(start, start + length)
            if not no_temperature[inside].any():
                windows.append(features[airport, inside])
                hours.append(part.hours[inside])
                names.append(airport)
    if not windows:
        raise ValueError("Every window of this part misses a temperature.")
    readings = np.stack(windows)  # (n, past + future hours, 7)
    return Windows(readings[:, :past_hours], readings[:, past_hours:], np.stack(hours), np.array(names))


def _interpolate(values: np.ndarray) -> np.ndarray:
    """Fill NaN along time, each part by itself so that nothing of a later part reaches an earlier one."""
    filled = values.copy()
    time = np.arange(values.shape[1])
    for airport in range(values.shape[0]):
        for feature in range(values.shape[2]):
            series = filled[airport, :, feature]
            known = ~np.isnan(series)
            series[~known] = np.interp(time[~known], time[known], series[known])
    return filled
