"""Hourly weather of 2013 at the three airports of New York, split in time."""

from typing import NamedTuple

import numpy as np

from course_utils.datasets.dataset import Dataset, embedded_file, read_cards

VALIDATION_START, TEST_START = np.datetime64("2013-09-01T00"), np.datetime64("2013-10-16T00")


class HourlySeries(NamedTuple):
    """`hours` (time,) datetime64[h] in UTC; `values` (airport, time, feature) float32; `missing`, same shape, marks the
    readings that the source lacks: there, `values` is interpolated linearly between the neighbours of the same part."""

    hours: np.ndarray
    values: np.ndarray
    missing: np.ndarray


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
