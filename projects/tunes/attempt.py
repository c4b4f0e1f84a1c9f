"""One attempt at the brief "tunes", for instructors: `python projects/tunes/attempt.py` prints its measurements.

A GRU foretells each note, and its probabilities are mixed with those of the counts. The share of each is chosen on
validation, the test part opened once, after all trainings.
"""

import json
import time
from functools import partial

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import numpy as np  # noqa: E402

from course_utils.projects import tunes  # noqa: E402

EPOCHS, BATCH, UNITS, BEGIN = 20, 32, 192, tunes.CODES


def inputs_of(codes: np.ndarray) -> list[np.ndarray]:
    """The codes shifted by one step (n, 32), a sign of the beginning first, and the places (n, 32)."""
    shifted = np.pad(codes[:, :-1], ((0, 0), (1, 0)), constant_values=BEGIN)
    return [shifted, np.tile(np.arange(tunes.STEPS), (len(codes), 1))]


def train(seed: int, codes: np.ndarray) -> keras.Model:
    keras.utils.set_random_seed(seed)
    notes, places = keras.Input((tunes.STEPS,), dtype="int32"), keras.Input((tunes.STEPS,), dtype="int32")
    embedded = [keras.layers.Embedding(BEGIN + 1, 24)(notes), keras.layers.Embedding(tunes.STEPS, 24)(places)]
    states = keras.layers.GRU(UNITS, return_sequences=True)(keras.layers.Dropout(0.1)(keras.layers.Add()(embedded)))
    model = keras.Model([notes, places], keras.layers.Dense(tunes.CODES)(keras.layers.Dropout(0.5)(states)))
    rate = keras.optimizers.schedules.CosineDecay(3e-3, EPOCHS * len(codes) // BATCH)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=0.01), loss, steps_per_execution=10)
    model.fit(inputs_of(codes), codes, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return model


def foretell(model: keras.Model, codes: np.ndarray) -> np.ndarray:
    logits = model.predict(inputs_of(codes), verbose=0)
    return keras.ops.convert_to_numpy(keras.ops.softmax(logits))


def main() -> None:
    project = tunes.load()
    known = project.validation
    started = time.perf_counter()
    networks = {seed: train(seed, project.train.inputs) for seed in (1, 2, 3)}
    seconds = (time.perf_counter() - started) / len(networks)
    rival = tunes.baseline(project)
    counted = rival(known.inputs)
    shares = {}
    for seed, model in networks.items():
        own, candidates = foretell(model, known.inputs), np.linspace(0, 1, 21)
        shares[seed] = min(
            candidates, key=lambda share: tunes.score(known.targets, share * own + (1 - share) * counted)
        )
    ahead = [tunes.looks_ahead(partial(foretell, model), known.inputs[:20]) for model in networks.values()]
    test = project.test.open()
    counted_on_test = rival(test.inputs)
    alone, mixed = {}, {}
    for seed, model in networks.items():
        own = foretell(model, test.inputs)
        alone[seed] = tunes.score(test.targets, own)
        mixed[seed] = tunes.score(test.targets, shares[seed] * own + (1 - shares[seed]) * counted_on_test)
    measured = {
        "baseline": {
            "validation": tunes.score(known.targets, counted),
            "test": tunes.score(test.targets, counted_on_test),
        },
        "network alone on test, by seed": alone,
        "attempt on test, by seed": mixed,
        "share of the network, by seed": shares,
        "looks at no later note": not any(ahead),
        "seconds a training, one thread": seconds,
    }
    print(json.dumps(measured, indent=2))


if __name__ == "__main__":
    main()
