"""The longer trainings of lesson 205: its own GRU, trained to read the plays more often; about seven minutes of one core.

It needs the packages of the course.
"""

import json
from pathlib import Path

from files import new_file
from stored_runs import definitions_of

READINGS = (1, 2, 4, 10)  # one training each, its learning rate falling to 0 at its own end
CONSTANTS = ("UNITS", "STREAMS", "plays", "alphabet")


def build() -> Path:
    """A row for each training: bits per character of *The Tempest*."""
    from course_utils import set_up

    set_up(seed=1)
    names = definitions_of("205", CONSTANTS, "course_utils.datasets.readings")
    rows = []
    for readings in READINGS:
        rows.append({"readings": readings, "seed": 1, "bits": bits_after(names, readings, seed=1)})
        print(rows[-1], flush=True)
    lines = ",\n  ".join(json.dumps(row) for row in rows)
    path = new_file("readings.json")
    path.write_text(f'{{"command": "python data/build readings", "trainings": [\n  {lines}\n]}}\n', encoding="utf-8")
    return path


def bits_after(names: dict, readings: int, seed: int) -> float:
    """Train as the page does, and judge as the page does."""
    import keras

    keras.utils.set_random_seed(seed)
    train = names["encode"](names["plays"].train, names["alphabet"])
    test = names["encode"](names["plays"].test, names["alphabet"])
    trained = names["train_model"](readings, *names["in_streams"](train, names["STREAMS"], 32))
    reader = names["language_model"]()
    reader.set_weights(trained.get_weights())
    return round(float(names["bits_of"](reader, *names["windows"](test, 2000)).mean()), 3)
