"""Start processes that train together, read what they report, and end them whatever happens."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

HOST = "127.0.0.1"  # the loopback address: the machine talks to itself
LOOK_EVERY = 0.02  # seconds


def free_ports(count: int) -> list[int]:
    """Numbers of ports that nobody uses at this moment, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((HOST, 0))  # 0: the system chooses
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Team:
    """Processes that run one program of this package together.

    `with Team("train", "--steps", 70, workers=2) as team:` starts `python -m course_utils.workers.train --steps 70` twice,
    each with `--workers 127.0.0.1:PORT,127.0.0.1:PORT --index 0` (or 1). When the block ends, by an error too, no process
    is left. A process also ends by itself after `seconds`, and when the process that started it is gone (see worker.py).
    A program reports by printing one line of JSON for each step. `arguments` may be texts, numbers or paths.
    """

    def __init__(self, program: str, *arguments: object, workers: int = 1, seconds: float = 240) -> None:
        if workers < 1:
            raise ValueError(f"A team has at least one worker, not {workers}.")
        self.program = program
        self.arguments = [str(argument) for argument in arguments]
        self.workers = workers
        self.seconds = seconds
        self.processes: list[subprocess.Popen] = []
        self._folder = tempfile.TemporaryDirectory(prefix="team-")

    def __enter__(self) -> "Team":
        addresses = ",".join(f"{HOST}:{port}" for port in free_ports(self.workers))
        self._deadline = time.monotonic() + self.seconds
        try:
            for index in range(self.workers):
                place = ["--workers", addresses, "--index", str(index), "--seconds", str(self.seconds)]
                self.processes.append(self._start(index, place))
        except BaseException:
            self.end()
            raise
        return self

    def _start(self, index: int, place: list[str]) -> subprocess.Popen:
        with open(self._file(index, "out"), "w") as out, open(self._file(index, "err"), "w") as err:
            return subprocess.Popen(
                self._command(place), stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment_of_a_worker()
            )

    def _command(self, place: list[str]) -> list[str]:
        return [sys.executable, "-m", f"course_utils.workers.{self.program}", *self.arguments, *place]

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Kill what still runs, and wait until it is gone."""
        for process in self.processes:
            process.kill()  # SIGKILL: a process cannot refuse it; one that has ended is left alone
        for process in self.processes:
            process.wait(timeout=30)

    def kill(self, index: int) -> None:
        """Kill one worker by SIGKILL: it can neither save nor say good-bye. Raises RuntimeError if it has ended already."""
        if self.processes[index].poll() is not None:
            raise RuntimeError(f"Worker {index} had ended before it could be killed.")
        self.processes[index].kill()
        self.processes[index].wait(timeout=30)

    def wait_for_step(self, step: int, index: int = 0) -> None:
        """Return as soon as a worker has reported this step. Raises RuntimeError if it ends before, TimeoutError if late."""
        while not any(report.get("step", -1) >= step for report in self._reports(index)):
            if self.processes[index].poll() is not None:
                raise RuntimeError(f"Worker {index} ended before step {step}.\n{self.last_words(index)}")
            self._look_later()

    def wait(self, grace: float = 60) -> list[int]:
        """Wait until all have ended; their exit codes. When one fails, the others get `grace` seconds, then are killed.

        0 means success; a process that was killed by signal 9 has the code -9. Raises TimeoutError after all `seconds`.
        """
        failed_at = None
        while any(process.poll() is None for process in self.processes):
            if failed_at is None and any(process.poll() for process in self.processes):
                failed_at = time.monotonic()
            if failed_at is not None and time.monotonic() > failed_at + grace:
                self.end()
            self._look_later()
        return [process.returncode for process in self.processes]

    def wait_for_success(self) -> None:
        """Wait until all have ended well. Raises RuntimeError, with the last words of the first that did not."""
        codes = self.wait()
        for index, code in enumerate(codes):
            if code:
                raise RuntimeError(f"Worker {index} ended with code {code}.\n{self.last_words(index)}")

    def _look_later(self) -> None:
        if time.monotonic() > self._deadline:
            self.end()
            words = "\n".join(self.last_words(index) for index in range(self.workers))
            raise TimeoutError(f"{self.program} took more than {self.seconds:g} seconds.\n{words}")
        time.sleep(LOOK_EVERY)

    def reports(self) -> pd.DataFrame:
        """What all workers have reported so far: a row for each line, with the column "worker"."""
        rows = [{"worker": index, **row} for index in range(self.workers) for row in self._reports(index)]
        return pd.DataFrame(rows)

    def _reports(self, index: int) -> list[dict]:
        lines = self._file(index, "out").read_text(encoding="utf-8").splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]  # the last one may still be on its way
        return [json.loads(line) for line in whole if line.startswith("{")]

    def last_words(self, index: int, lines: int = 15) -> str:
        """The last lines that a worker wrote to its error output."""
        return "\n".join(self._file(index, "err").read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def _file(self, index: int, kind: str) -> Path:
        return Path(self._folder.name) / f"{index}.{kind}"


def steps_of(reports: pd.DataFrame, worker: int = 0) -> pd.DataFrame:
    """A row for each step that one worker has reported, with its number as the index.

    Columns: "loss", that of the whole batch, and "images", the numbers of those in this worker's part.
    """
    own = reports[reports["worker"] == worker].dropna(subset="step")
    own = own.set_index(own["step"].astype(int))
    return own[["loss", "images"]]


def environment_of_a_worker() -> dict[str, str]:
    """The environment of this process, so that a worker imports the same package; without the address of another cluster."""
    package = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, "TEAM_PROCESS": str(os.getpid())}
    environment.pop("TF_CONFIG", None)
    return environment
