"""Train a small network with one worker or many, and go on from the last backup: `python -m course_utils.workers.train`.

The same program runs alone, in two processes on a laptop, and on machines with GPUs (slurm.sh and kubernetes.yaml beside
it): `--workers` and `--index` make the difference.
"""

import argparse
import tempfile
import time
from collections.abc import Callable

import numpy as np

from course_utils.workers.network import build_network, build_optimizer  # imports TensorFlow quietly
from course_utils.workers.worker import arguments_of_a_worker, join_cluster, limited_life, report

import keras  # isort: skip
import tensorflow as tf  # isort: skip


def batch_numbers(step: int, images: int, batch_size: int) -> np.ndarray:
    """Which images step number `step` (from 0) learns from."""
    steps_an_epoch = images // batch_size
    epoch = step // steps_an_epoch
    order = np.random.default_rng(epoch).permutation(images)
    first = batch_size * (step % steps_an_epoch)
    return order[first : first + batch_size]


def choose_strategy(workers: int) -> tf.distribute.Strategy:
    """Who shares a batch: all workers of the cluster, the GPUs of one machine, or one device alone."""
    if workers > 1:
        return tf.distribute.MultiWorkerMirroredStrategy()  # reads TF_CONFIG
    if len(tf.config.list_physical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()


def make_train_step(strategy, network, optimizer, batch_size: int) -> Callable:
    """A compiled function (images, labels) -> loss; each replica has its own part."""
    loss_of_each = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True,
        reduction=None,
    )

    def replica_step(images, labels):
        with tf.GradientTape() as tape:
            logits = network(images, training=True)
            # divided by the whole batch, not by this part
            loss = tf.reduce_sum(loss_of_each(labels, logits)) / batch_size
        slopes = tape.gradient(loss, network.trainable_variables)
        # all-reduce: here the slopes of all replicas are added
        optimizer.apply(slopes, network.trainable_variables)
        return loss

    @tf.function
    def train_step(images, labels):
        losses = strategy.run(replica_step, args=(images, labels))
        return strategy.reduce("SUM", losses, axis=None)

    return train_step


def share(strategy: tf.distribute.Strategy, array: np.ndarray):
    """Each replica its part of the first axis: the first part to replica 0, and so on."""

    def part(context):
        parts = np.array_split(array, context.num_replicas_in_sync)
        return tf.constant(parts[context.replica_id_in_sync_group])

    return strategy.experimental_distribute_values_from_function(part)


class Backup:
    """Weights, the optimizer's memory and the number of steps done, kept together."""

    def __init__(self, network, optimizer, folder: str, index: int) -> None:
        self.steps = tf.Variable(0, dtype="int64")
        self.checkpoint = tf.train.Checkpoint(network=network, optimizer=optimizer, steps=self.steps)
        self.folder = folder
        # all workers must save, for some values are gathered; the files of worker 0 count
        self.thrown_away = tempfile.TemporaryDirectory()
        own = folder if index == 0 else self.thrown_away.name
        self.manager = tf.train.CheckpointManager(self.checkpoint, own, max_to_keep=2)

    def save(self, steps: int) -> None:
        """Write the files first, and only then that they are the latest: a kill in between does no harm."""
        self.steps.assign(steps)
        self.manager.save(steps)

    def restore(self) -> int:
        """Take the last whole backup, if there is one. Returns the steps done."""
        last = tf.train.latest_checkpoint(self.folder)
        if last:
            self.checkpoint.restore(last).assert_consumed()
        return int(self.steps.numpy())


def train_on(
    backup: Backup, train_step: Callable, strategy, data: dict, options: argparse.Namespace, say: Callable = report
) -> None:
    """Do the steps that are still to do; each worker says of each step the loss, and which images its own part held."""
    images, labels = data["images"], data["labels"]
    start = backup.restore()
    say(start=start, replicas=strategy.num_replicas_in_sync)
    for step in range(start, options.steps):
        numbers = batch_numbers(step, len(images), options.batch_size)
        parts = share(strategy, images[numbers]), share(strategy, labels[numbers])
        own = strategy.experimental_local_results(share(strategy, numbers))
        loss = train_step(*parts)
        say(step=step + 1, loss=float(loss), images=np.concatenate(own).tolist())
        if (step + 1) % options.save_every == 0 or step + 1 == options.steps:
            backup.save(step + 1)
        time.sleep(options.pause)


def new_training(strategy, options: argparse.Namespace, folder: str) -> tuple[Backup, Callable]:
    """A fresh network and optimizer with copies on each device: their backup in a folder, and the step that trains them."""
    with strategy.scope():  # what is made here has a copy on each device
        network = build_network()
        optimizer = build_optimizer(network)
    train_step = make_train_step(strategy, network, optimizer, options.batch_size)
    return Backup(network, optimizer, folder, options.index), train_step


def fit_one_epoch(strategy, data: dict, batch_size: int) -> None:
    """Train by Keras's `fit`, to see whether it can."""
    with strategy.scope():
        network = build_network()
        network.compile(build_optimizer(network), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    network.fit(data["images"], data["labels"], batch_size=batch_size, verbose=0)


def make_parser() -> argparse.ArgumentParser:
    parser = arguments_of_a_worker("Train a small network on digits, with one worker or many.")
    parser.add_argument("--data", required=True, help="a .npz file with images (n, 28, 28, 1) and labels (n,)")
    parser.add_argument("--backup", required=True, help="a folder that all workers can read, and worker 0 write")
    parser.add_argument(
        "--steps", type=int, default=70, help="when they are done, by whatever start, the training ends"
    )
    parser.add_argument("--batch-size", type=int, default=100, help="images of a step, of all workers together")
    parser.add_argument("--save-every", type=int, default=10, help="steps from one backup to the next")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds to wait after each step, for experiments")
    parser.add_argument(
        "--undisturbed", default="", help="a folder: at the end train once more from the start, with the backups there"
    )
    parser.add_argument("--by-fit", action="store_true", help="train one epoch by Keras's fit, to see whether it can")
    return parser


def main() -> None:
    parser = make_parser()
    options = parser.parse_args()
    with limited_life(options.seconds):
        join_cluster(options.workers, options.index)
        strategy = choose_strategy(options.workers.count(":"))  # before any operation
        with np.load(options.data) as archive:
            data = dict(archive)
        if options.batch_size > len(data["images"]):
            parser.error(f"--batch-size {options.batch_size}: there are {len(data['images'])} images.")
        if options.by_fit:
            fit_one_epoch(strategy, data, options.batch_size)
            return
        train_on(*new_training(strategy, options, options.backup), strategy, data, options)
        if options.undisturbed:
            again = new_training(strategy, options, options.undisturbed)
            train_on(*again, strategy, data, options, say=lambda **_: None)


if __name__ == "__main__":
    main()
