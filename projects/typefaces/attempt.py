"""One attempt at the brief "typefaces", for instructors: `python projects/typefaces/attempt.py` prints its measurements.

A small convolutional network learns to name the training faces; two letters are of one face if their codes point the
same way. The limit is chosen on validation, the test part opened once, after all trainings.
"""

import json
import time

from course_utils.environment import import_quietly

import_quietly()

import keras  # noqa: E402
import numpy as np  # noqa: E402

from course_utils.projects import typefaces  # noqa: E402
from course_utils.projects.typefaces import Pairs  # noqa: E402

EPOCHS, BATCH, CODE = 10, 64, 32


def build_namer(faces: int) -> tuple[keras.Model, keras.Model]:
    """The network that names faces, and the part of it that gives codes (n, 32) of length 1."""
    image = keras.Input((28, 28, 1))
    maps = image
    for channels in (24, 48, 64):
        maps = keras.layers.Conv2D(channels, 3, strides=2, padding="same", use_bias=False)(maps)
        maps = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.9)(maps))
    code = keras.layers.UnitNormalization()(keras.layers.Dense(CODE)(keras.layers.GlobalAveragePooling2D()(maps)))
    unit = keras.constraints.UnitNorm(axis=0)
    name = keras.layers.Dense(faces, use_bias=False, kernel_constraint=unit)(code)
    return keras.Model(image, keras.layers.Rescaling(12.0)(name)), keras.Model(image, code)


def train(seed: int, faces: np.ndarray) -> tuple[keras.Model, np.ndarray]:
    """The coder after training, and the usual code (26, 32) of each letter."""
    keras.utils.set_random_seed(seed)
    images, names = faces.reshape(-1, 28, 28, 1), np.repeat(np.arange(len(faces)), 26)
    namer, coder = build_namer(len(faces))
    rate = keras.optimizers.schedules.CosineDecay(4e-3, EPOCHS * len(images) // BATCH)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    namer.compile(keras.optimizers.Adam(rate), loss, steps_per_execution=20)
    namer.fit(images, names, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return coder, coder.predict(images, batch_size=512, verbose=0).reshape(-1, 26, CODE).mean(axis=0)


def likeness(coder: keras.Model, usual: np.ndarray, pairs: Pairs) -> np.ndarray:
    """The cosine between the codes of the two letters of each pair, each less what is usual for its letter: (n,)."""
    first, second = (
        coder.predict(pairs.images[:, side], batch_size=512, verbose=0) - usual[pairs.letters[:, side]]
        for side in (0, 1)
    )
    return (first * second).sum(axis=1) / np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1)


def main() -> None:
    project = typefaces.load()
    started = time.perf_counter()
    trained = {seed: train(seed, project.details["faces"]) for seed in (1, 2, 3)}
    seconds = (time.perf_counter() - started) / len(trained)
    limits = {}
    for seed, (coder, usual) in trained.items():
        alike = likeness(coder, usual, project.validation.inputs)
        candidates = np.linspace(-1, 1, 201)
        limits[seed] = max(candidates, key=lambda limit: np.mean((alike > limit) == project.validation.targets))
    rival = typefaces.baseline(project)
    validation = typefaces.score(project.validation.targets, rival(project.validation.inputs))
    test = project.test.open()
    scores = {}
    for seed, (coder, usual) in trained.items():
        scores[seed] = typefaces.score(test.targets, likeness(coder, usual, test.inputs) > limits[seed])
    measured = {
        "baseline": {"validation": validation, "test": typefaces.score(test.targets, rival(test.inputs))},
        "attempt on test, by seed": scores,
        "seconds a training, one thread": seconds,
    }
    print(json.dumps(measured, indent=2))


if __name__ == "__main__":
    main()
