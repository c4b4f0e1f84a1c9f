"""Count what a step of several workers takes and sends, for networks of different sizes: `python -m course_utils.workers.traffic`."""

import time

import numpy as np
import psutil

from course_utils.workers.network import build_convolution, build_network, build_optimizer  # imports TensorFlow quietly
from course_utils.workers.train import choose_strategy, make_train_step, share
from course_utils.workers.worker import arguments_of_a_worker, join_cluster, limited_life, report

NETWORKS = {
    "narrow": lambda: build_network(width=64),
    "wide": lambda: build_network(width=1024),
    "convolution": build_convolution,
}
FIRST_STEPS = 5  # they build graphs and connections: not counted


def bytes_sent() -> int:
    """All bytes that this machine has sent since it was started, to itself (the loopback address) too."""
    return psutil.net_io_counters().bytes_sent


def measure(strategy, build, images: np.ndarray, labels: np.ndarray, steps: int) -> dict:
    """Seconds of a step (median of `steps`), and bytes that the machine sends meanwhile, for all workers on it.

    The bytes are the lower quartile: what other programs send meanwhile only adds.
    All replicas share `images` (n, 28, 28, 1) and `labels` (n,) in each step.
    """
    with strategy.scope():
        network = build()
        optimizer = build_optimizer(network)
    train_step = make_train_step(strategy, network, optimizer, len(images))
    parts = share(strategy, images), share(strategy, labels)
    seconds, sent = [], []
    for _ in range(FIRST_STEPS + steps):
        begin, before = time.perf_counter(), bytes_sent()
        float(train_step(*parts))  # a number: so the step is over
        seconds.append(time.perf_counter() - begin)
        sent.append(bytes_sent() - before)
    seconds, sent = seconds[FIRST_STEPS:], sent[FIRST_STEPS:]
    return {"weights": network.count_params(), "seconds": np.median(seconds), "bytes": int(np.quantile(sent, 0.25))}


def main() -> None:
    parser = arguments_of_a_worker("Count seconds and bytes of a step.")
    parser.add_argument(
        "--data", required=True, help="a .npz file with images (n, 28, 28, 1) and labels (n,): one batch"
    )
    parser.add_argument("--steps", type=int, default=31)
    options = parser.parse_args()
    with limited_life(options.seconds):
        join_cluster(options.workers, options.index)
        strategy = choose_strategy(options.workers.count(":"))
        with np.load(options.data) as archive:
            images, labels = archive["images"], archive["labels"]
        for name, build in NETWORKS.items():
            report(network=name, **measure(strategy, build, images, labels, options.steps))


if __name__ == "__main__":
    main()
