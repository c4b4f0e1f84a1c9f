"""What every program of a worker does first and last: its place in the cluster, a deadline, and reports."""

import argparse
import contextlib
import faulthandler
import json
import os
import threading
import time
from collections.abc import Iterator

import psutil


def arguments_of_a_worker(description: str) -> argparse.ArgumentParser:
    """A parser that knows --workers, --index and --seconds; a program adds its own arguments."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--workers", default="", help="the addresses of all workers: host:port,host:port")
    parser.add_argument("--index", type=int, default=0, help="which of them this process is, from 0")
    parser.add_argument("--seconds", type=float, default=0, help="end by force after so many seconds; 0: never")
    return parser


def join_cluster(workers: str, index: int) -> None:
    """Tell TensorFlow who works together, by the variable TF_CONFIG that it reads. One worker alone needs none.

    Raises ValueError if `index` is none of the workers.
    """
    addresses = [address for address in workers.split(",") if address]
    if not 0 <= index < max(1, len(addresses)):
        raise ValueError(f"--index {index}: there are {len(addresses)} workers, counted from 0.")
    os.environ.pop("TF_CONFIG", None)
    if len(addresses) > 1:
        cluster = {"worker": addresses}
        os.environ["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": {"type": "worker", "index": index}})


def report(**values: object) -> None:
    """Print one line of JSON at once: what is printed survives a kill."""
    print(json.dumps(values), flush=True)


@contextlib.contextmanager
def limited_life(seconds: float) -> Iterator[None]:
    """End this process after `seconds` (0: never), and soon after the process that started it has gone.

    A process that waits inside TensorFlow for a lost colleague hears no Python exception: it must be ended by force.
    """
    if seconds > 0:
        faulthandler.dump_traceback_later(seconds, exit=True)  # by a thread of C: works whatever Python waits for
        starter = int(os.environ.get("TEAM_PROCESS", os.getppid()))
        threading.Thread(target=_end_with, args=(starter,), daemon=True).start()
    yield
    faulthandler.cancel_dump_traceback_later()


def _end_with(starter: int) -> None:
    """End this process once the process of that number has gone; it may have gone already."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(starter)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.5)
    os._exit(3)
