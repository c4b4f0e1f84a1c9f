"""Hourly weather of 2013 at the three airports of New York, split in time."""

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
    """Examples of a forecaster: `past` (n, 24, 7) features of the hours that it knows, `future` (n, 24, 7) of those that it
    does not know, `hours` (n, 48) datetime64[h] of both, `airport` (n,) 0, 1 or 2 in the order of the loader."""

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
        """The temperatures to forecast, (n, 24)."""
        return self.future[:, :, 0]

    def errors(self, forecast: np.ndarray) -> np.ndarray:
        """Absolute errors (n, 24) in °C of a forecast (n, 24), or of one that broadcasts to it."""
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
    time = np.arange(len(part.hours))[:, np.newaxis]
    last_read = np.maximum.accumulate(np.where(missing, 0, time), axis=1)
    values = np.take_along_axis(part.values[:, :, _READ], last_read, axis=1)
    temperature, dew_point, wind_direction, wind_speed, pressure = np.moveaxis(values, -1, 0)
    angle = np.deg2rad(wind_direction)
    clock = 2 * np.pi * (part.hours.astype(int) % 24) / 24 + 0 * angle
    wind = [wind_speed * np.sin(angle), wind_speed * np.cos(angle)]
    return np.stack([temperature, dew_point, pressure, *wind, np.sin(clock), np.cos(clock)], axis=-1)


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
