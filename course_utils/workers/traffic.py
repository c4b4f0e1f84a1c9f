"""Count what a step of several workers takes and sends, for networks of different sizes: `python -m course_utils.workers.traffic`."""

import contextlib
import os
import socket
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

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
SENT_AT = 200  # where struct tcp_info of Linux holds tcpi_bytes_sent
FIRST_TURNS = 3  # they build graphs and connections: not counted


def bytes_sent() -> float:
    """What this process has sent over its open TCP connections so far, as Linux counts it; elsewhere nan."""
    if not hasattr(socket, "TCP_INFO") or not Path("/proc/self/fd").exists():
        return float("nan")
    total = 0
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):  # closed meanwhile, or no connection
            if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                with socket.socket(fileno=os.dup(int(name))) as connection:
                    account = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, SENT_AT + 8)
                total += struct.unpack_from("Q", account, SENT_AT)[0] if len(account) == SENT_AT + 8 else 0
    return total


def make_step(strategy, build: Callable, images: np.ndarray, labels: np.ndarray) -> Callable:
    """A function without arguments that takes one step of a fresh network, its batch shared by the strategy."""
    with strategy.scope():
        network = build()
        optimizer = build_optimizer(network)
    train_step = make_train_step(strategy, network, optimizer, len(images))
    parts = share(strategy, images), share(strategy, labels)
    return lambda: float(train_step(*parts))  # a number: so the step is over


def measure(steps: dict[str, tuple[Callable, Callable]], turns: int) -> dict[str, dict]:
    """Seconds of a step alone and of one together, and bytes that this process sends in both; for each network.

    `steps` holds for each network a function that takes a step alone and one that takes a step together. All are taken
    in turns, so that each meets the same load of the machine; and while one worker takes a step alone, so do the others.
    All are medians of `turns`.
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
        results[name] = seconds | {"bytes": float(np.median(sent))}
    return results


def measure_steps(images: np.ndarray, labels: np.ndarray, *, workers: int = 3) -> pd.DataFrame:
    """Run this program in `workers` processes on this machine; a row for each network.

    `images` (n, 28, 28, 1) and `labels` (n,) are one batch, shared equally. Columns: "weights", their number; "alone",
    the seconds (a median, as worker 0 measured it) of a step in which each worker trains a network of its own on its
    part; "together", of a step that they share; and for each worker "bytes of worker 0" (or 1, ...), what it sends in
    a step together (nan but on Linux). Raises RuntimeError if a process fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "batch.npz"
        np.savez(data, images=images, labels=labels)
        with Team("traffic", "--data", data, workers=workers) as team:
            team.wait_for_success()
            reports = team.reports()
    return table_of(reports)


def table_of(reports: pd.DataFrame) -> pd.DataFrame:
    """The reports of all workers, a row for each worker and network, as the table that `measure_steps` returns."""
    own = reports[reports["worker"] == 0].set_index("network")
    table = own[["weights", "alone", "together"]].copy()
    for worker, rows in reports.groupby("worker"):
        table[f"bytes of worker {worker}"] = rows.set_index("network")["bytes"]
    return table


def main() -> None:
    parser = arguments_of_a_worker("Count seconds and bytes of a step.")
    parser.add_argument(
        "--data", required=True, help="a .npz file with images (n, 28, 28, 1) and labels (n,): one batch"
    )
    parser.add_argument("--turns", type=int, default=17)
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
