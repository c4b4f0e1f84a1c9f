"""Train on virtual devices of one processor, and note each step: `python -m course_utils.workers.two_devices`.

A processor can pose as several devices. Nothing gets faster, but all is shared as among GPUs. The division must come before
TensorFlow's first operation, so it cannot happen in a notebook that has begun to compute.
"""

import contextlib
import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from course_utils.workers.network import all_weights, build_network, build_optimizer  # imports TensorFlow quietly
from course_utils.workers.team import Team
from course_utils.workers.worker import arguments_of_a_worker, limited_life, report

import keras  # isort: skip
import tensorflow as tf  # isort: skip

MOMENTUM = 0.9  # of the running averages


def divide_processor(devices: int) -> list[str]:
    """Let the processor pose as several devices; their names."""
    part = tf.config.LogicalDeviceConfiguration()
    processor = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(processor, [part] * devices)
    return [f"CPU:{number}" for number in range(devices)]


@keras.saving.register_keras_serializable(package="two_devices")
class NoteSize(keras.layers.Layer):
    """Hands on what it gets, and writes into a file how many examples that were, at each call."""

    def __init__(self, file: str, **settings: object) -> None:
        super().__init__(**settings)
        self.file = file

    def get_config(self) -> dict:
        return {**super().get_config(), "file": self.file}

    def call(self, inputs):
        tf.print(tf.shape(inputs)[0], output_stream=f"file://{self.file}")
        return inputs


class NoteWeights(keras.callbacks.Callback):
    """Keeps all weights, as one vector, after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.vectors: list[np.ndarray] = []

    def on_train_batch_end(self, batch, logs=None) -> None:
        self.vectors.append(all_weights(self.model))


@dataclasses.dataclass(frozen=True)
class Training:
    """What one training of this program is: its data (n, 28, 28, 1) and (n,), and how it differs from the plain one."""

    images: np.ndarray
    labels: np.ndarray
    batch_size: int
    make_normalization: Callable = lambda: None
    clip: float | None = None  # the largest norm of all slopes together


def watched_fit(training: Training, scope: object = None) -> dict:
    """Train a fresh network for one epoch by `fit` and note what happened.

    The network is made and compiled in `scope`, a context manager (None: in none); `fit` is called outside of it.
    Returns "weights" (steps, weights) after each step; "calls", how many images each call of the network saw; and
    "devices", the names of those that hold a copy of its first weights.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sizes"
        with scope or contextlib.nullcontext():
            network = build_network(normalization=training.make_normalization())
            optimizer = build_optimizer(network, global_clipnorm=training.clip)
            noted = keras.Sequential([keras.Input(training.images.shape[1:]), NoteSize(str(file)), *network.layers])
            noted.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        weights = NoteWeights()
        noted.fit(
            training.images,
            training.labels,
            batch_size=training.batch_size,
            shuffle=False,
            verbose=0,
            callbacks=[weights],
        )
        return {
            "weights": np.array(weights.vectors),
            "calls": list(map(int, file.read_text().split())),
            "devices": devices_of(network.trainable_variables[0]),
        }


def devices_of(weight: keras.Variable) -> list[str]:
    """The names of the devices that hold a copy of a weight, such as "CPU:0"."""
    copies = getattr(weight.value, "values", [weight.value])  # a mirrored weight has several
    return sorted({copy.device.split("device:")[-1] for copy in copies})


def fit_mirrored(strategy: tf.distribute.Strategy, training: Training) -> dict:
    """The same training, each batch shared among the devices of the strategy."""
    return watched_fit(training, scope=strategy.scope())  # weights made in here get a copy on each device


def fit_by_keras_distribution(devices: list[str], training: Training) -> dict:
    """The same training, `fit` too, under what Keras calls data parallelism."""
    layout = keras.distribution.DataParallel(devices=[name.lower() for name in devices])
    with layout.scope():
        return watched_fit(training)


def of_each_device() -> keras.layers.Layer:
    """Batch normalization that knows only its own device's part of a batch."""
    return keras.layers.BatchNormalization(momentum=MOMENTUM)


def of_all_devices() -> keras.layers.Layer:
    """Batch normalization with the mean and spread of the whole batch."""
    return keras.layers.BatchNormalization(momentum=MOMENTUM, synchronized=True)


def compare(images: np.ndarray, labels: np.ndarray, batch_size: int, devices: list[str]) -> dict[str, dict]:
    """All trainings, each on one device and mirrored on several; the plain one by keras.distribution too. By their names."""
    plain = Training(images, labels, batch_size)
    trainings = {
        "plain": plain,
        "normalized": dataclasses.replace(plain, make_normalization=of_each_device),
        "synchronized": dataclasses.replace(plain, make_normalization=of_all_devices),
        "clipped": dataclasses.replace(plain, clip=1.0),
    }
    strategy = tf.distribute.MirroredStrategy(devices)
    results = {}
    for name, training in trainings.items():
        results[f"{name}, one device"] = watched_fit(training)
        results[f"{name}, mirrored"] = fit_mirrored(strategy, training)
    results["plain, keras.distribution"] = fit_by_keras_distribution(devices, plain)
    return results


def train_on_devices(
    images: np.ndarray, labels: np.ndarray, *, devices: int = 2, batch_size: int = 64
) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
    """Run this program in a process of its own: nine trainings of one epoch each, on one device and on several.

    `images` (n, 28, 28, 1) and `labels` (n,) are taken in their order; `batch_size` counts the images of all devices
    together. The trainings are called "plain", "normalized" (batch normalization of each device's part), "synchronized"
    (of the whole batch) and "clipped" (the norm of all slopes at most 1), each with ", one device" and ", mirrored";
    and "plain, keras.distribution".
    Returns all trainable weights after each step (steps, weights) by these names; and a table with a row for each:
    "calls", a list of how many images each call of the network saw, "devices", a list of those that hold its weights.
    Raises RuntimeError if the process fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        data, out = Path(folder) / "data.npz", Path(folder) / "weights.npz"
        np.savez(data, images=images, labels=labels)
        options = ["--data", data, "--out", out, "--devices", devices, "--batch-size", batch_size]
        with Team("two_devices", *options) as team:
            team.wait_for_success()
            reports = team.reports()
        with np.load(out) as archive:
            weights = dict(archive)
    return weights, reports.set_index("training")[["calls", "devices"]]


def main() -> None:
    parser = arguments_of_a_worker("Train on virtual devices of one processor and on one device.")
    parser.add_argument("--data", required=True, help="a .npz file with images (n, 28, 28, 1) and labels (n,)")
    parser.add_argument("--out", required=True, help="the .npz file for the weights after each step")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--devices", type=int, default=2)
    options = parser.parse_args()
    with limited_life(options.seconds):
        devices = divide_processor(options.devices)
        with np.load(options.data) as archive:
            results = compare(archive["images"], archive["labels"], options.batch_size, devices)
        np.savez(options.out, **{name: result["weights"] for name, result in results.items()})
        for name, result in results.items():
            report(training=name, calls=result["calls"], devices=result["devices"])


if __name__ == "__main__":
    main()
