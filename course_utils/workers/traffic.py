"""Count what a step of several workers takes and sends, for networks of different sizes: `python -m course_utils.workers.traffic`."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

from course_utils.workers.network import build_convolution, build_network, build_optimizer  # imports TensorFlow quietly
from course_utils.workers.team import Team
from course_utils.workers.train import choose_strategy, make_train_step, share
from course_utils.workers.worker import arguments_of_a_worker, join_cluster, limited_life, report

NETWORKS = {
    "slim": lambda: build_network(width=16),
    "narrow": lambda: build_network(width=64),
    "middle": lambda: build_network(width=256),
    "wide": lambda: build_network(width=1024),
    "convolution": build_convolution,
}
FIRST_TURNS = 3  # they build graphs and connections: not counted


def bytes_sent() -> int:
    """All bytes that this machine has sent since it was started, to itself (the loopback address) too."""
    return psutil.net_io_counters().bytes_sent


def make_step(strategy, build: Callable, images: np.ndarray, labels: np.ndarray) -> Callable:
    """A function without arguments that takes one step of a fresh network, its batch shared by the strategy."""
    with strategy.scope():
        network = build()
        optimizer = build_optimizer(network)
    train_step = make_train_step(strategy, network, optimizer, len(images))
    parts = share(strategy, images), share(strategy, labels)
    return lambda: float(train_step(*parts))  # a number: so the step is over


def measure(steps: dict[str, tuple[Callable, Callable]], turns: int) -> dict[str, dict]:
    """Seconds of a step alone and of one together, and bytes that the machine sends in one of each; for each network.

    `steps` holds for each network a function that takes a step alone and one that takes a step together. All are taken
    in turns, so that each meets the same load of the machine; and while one worker takes a step alone, so do the others.
    Seconds are medians of all `turns`; bytes the lowest quarter, for what other programs send meanwhile only adds.
    """
    counts: dict[str, list] = {name: [] for name in steps}
    for _ in range(FIRST_TURNS + turns):
        for name, (alone, together) in steps.items():
            before, begin = bytes_sent(), time.perf_counter()
            alone()
            middle = time.perf_counter()
            together()
            counts[name].append((middle - begin, time.perf_counter() - middle, bytes_sent() - before))
    results = {}
    for name, rows in counts.items():
        alone_seconds, together_seconds, sent = zip(*rows[FIRST_TURNS:])
        seconds = {"alone": np.median(alone_seconds), "together": np.median(together_seconds)}
        results[name] = seconds | {"bytes": int(np.quantile(sent, 0.25))}
    return results


def measure_steps(images: np.ndarray, labels: np.ndarray, *, workers: int = 2) -> pd.DataFrame:
    """Run this program in `workers` processes on this machine; what worker 0 measured, a row for each network.

    `images` (n, 28, 28, 1) and `labels` (n,) are one batch, shared equally. Columns: "weights", their number; "alone",
    the median seconds of a step in which each worker trains a network of its own on its part; "together", of a step
    that they share; "bytes" that all workers send in a step together. Raises RuntimeError if a process fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "batch.npz"
        np.savez(data, images=images, labels=labels)
        with Team("traffic", "--data", data, workers=workers) as team:
            team.wait_for_success()
            reports = team.reports()
    own = reports[reports["worker"] == 0].set_index("network")
    return own[["weights", "alone", "together", "bytes"]]


def main() -> None:
    parser = arguments_of_a_worker("Count seconds and bytes of a step.")
    parser.add_argument(
        "--data", required=True, help="a .npz file with images (n, 28, 28, 1) and labels (n,): one batch"
    )
    parser.add_argument("--turns", type=int, default=25)
    options = parser.parse_args()
    with limited_life(options.seconds):
        join_cluster(options.workers, options.index)
        workers = max(1, options.workers.count(":"))
        strategy = choose_strategy(workers)
        with np.load(options.data) as archive:
            images, labels = archive["images"], archive["labels"]
        own = slice(options.index * len(images) // workers, (options.index + 1) * len(images) // workers)
        steps = {}
        for name, build in NETWORKS.items():
            alone = make_step(choose_strategy(1), build, images[own], labels[own])
            steps[name] = alone, make_step(strategy, build, images, labels)
        for name, result in measure(steps, options.turns).items():
            report(network=name, weights=NETWORKS[name]().count_params(), **result)


if __name__ == "__main__":
    main()
