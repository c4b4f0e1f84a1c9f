"""Start the server as a process of its own, and end it whatever happens."""

import json
import os
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path

from course_utils.serving.versions import withdraw
from course_utils.workers.team import HOST, LOOK_EVERY, environment_of_a_worker

A_DAY = 86_400  # seconds: it ends with this process, and after a day in any case
_running: "weakref.WeakValueDictionary[str, Server]" = weakref.WeakValueDictionary()


class Server:
    """A server for the models in `folder`, run by `python -m course_utils.serving.server` on the loopback address.

    `with Server("digits", folder) as server:` starts it and ends it when the block ends, by an error too. In a notebook,
    where it lives for many cells: `server = Server("digits", folder).start()`, later `server.stop()`. It also ends when
    nothing refers to it any more, when this process ends, and when another server for the same folder is started here: so
    a cell may be run twice. `port` is 0 until the system has chosen one; a restart takes the same again. `settings` are
    those of the program, with underscores: most=64, patience=2.
    """

    host = HOST

    def __init__(self, name: str, folder: str | os.PathLike, **settings: float) -> None:
        self.name, self.folder = name, Path(folder).resolve()
        self.settings = settings
        self.port = int(settings.pop("port", 0))
        self.process: subprocess.Popen | None = None
        self._files = tempfile.TemporaryDirectory(prefix="server-", ignore_cleanup_errors=True)
        self._ending: weakref.finalize | None = None

    def start(self, seconds: float = 180) -> "Server":
        """Start the process and wait until a version is loaded. Does nothing if it runs already.

        Raises RuntimeError with its last words if it ends, TimeoutError if no version is loaded after `seconds`.
        """
        self.launch()
        self._wait_for("version", seconds)
        return self

    def launch(self) -> "Server":
        """Start the process and wait only until it listens: it may answer "not loaded yet". Errors as those of `start`."""
        if self.runs():
            return self
        before = _running.get(str(self.folder))
        if before is not None and before is not self:
            before.stop()
        words = ["--name", self.name, "--folder", str(self.folder), "--port", str(self.port), "--seconds", str(A_DAY)]
        for setting, value in self.settings.items():
            words += ["--" + setting.replace("_", "-"), str(value)]
        with open(self._file("out"), "w") as out, open(self._file("err"), "w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "course_utils.serving.server", *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment_of_a_worker(),
                **_own_group(),
            )
        self._ending = weakref.finalize(self, _end, self.process)
        _running[str(self.folder)] = self
        self.port = int(self._wait_for("port", 60))
        return self

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, for a connection."""
        return self.host, self.port

    def runs(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """Kill the process by SIGKILL: it can answer nobody any more. Raises RuntimeError if it does not run."""
        if not self.runs():
            raise RuntimeError("The server does not run: it cannot be killed.")
        self.stop()

    def stop(self) -> None:
        """End the process and wait until it is gone. Does nothing if it does not run."""
        if self._ending is not None:
            self._ending()

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_for_version(self, version: int, seconds: float = 180) -> None:
        """Return as soon as this version answers. Errors as those of `start`."""
        self._wait_for("version", seconds, version)

    def back_to(self, version: int, seconds: float = 180) -> None:
        """Take all newer versions away and wait until this one answers: for a cell that is run again. Errors as `start`."""
        self.start(seconds)
        for path in self.folder.iterdir():
            if path.name.isdecimal() and int(path.name) > version:
                withdraw(self.folder, int(path.name))
        self.wait_for_version(version, seconds)

    def last_words(self, lines: int = 15) -> str:
        """The last lines that the process wrote to its error output."""
        return "\n".join(self._file("err").read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def _wait_for(self, key: str, seconds: float, value: object = None) -> object:
        """The last value that the process reported under this key; waits for it, or for this very value."""
        deadline = time.monotonic() + seconds
        while True:
            ended = not self.runs()
            found = [report[key] for report in self._reports() if key in report]
            if found and value in (None, found[-1]):
                return found[-1]
            if ended:
                raise RuntimeError(f"The server ended.\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"The server reported no {key} within {seconds:g} seconds.\n{self.last_words()}")
            time.sleep(LOOK_EVERY)

    def _reports(self) -> list[dict]:
        lines = self._file("out").read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n") and line.startswith("{")]

    def _file(self, kind: str) -> Path:
        return Path(self._files.name) / kind


def _end(process: subprocess.Popen) -> None:
    process.kill()  # one that has ended is left alone
    process.wait(timeout=30)


def _own_group() -> dict[str, object]:
    """So that an interrupted cell does not interrupt the server, too."""
    if os.name == "nt":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
