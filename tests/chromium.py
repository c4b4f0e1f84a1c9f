"""A headless Chromium for tests, driven by its DevTools protocol: open a file, evaluate JavaScript, draw with the mouse."""

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
HOST = "127.0.0.1"


def find_chromium() -> str | None:
    """The program, by the variable CHROMIUM or by its usual names; None if there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """One page of a browser that ends with the block: `with Chromium(path) as page: page.open(file)`.

    `requests` are the addresses that pages asked for, `errors` what they raised.
    """

    def __init__(self, program: str) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        words += ["--disable-dev-shm-usage", "--remote-debugging-port=0", "--window-size=1100,1000"]
        words += [f"--user-data-dir={self.folder.name}", "about:blank"]
        self.process = subprocess.Popen(
            [program, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.numbers = itertools.count(1)
        self.requests: list[str] = []
        self.errors: list[str] = []

    def __enter__(self) -> "Chromium":
        try:
            self._connect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _connect(self) -> None:
        port_file = Path(self.folder.name) / "DevToolsActivePort"
        deadline = time.monotonic() + 60
        while not (port_file.exists() and port_file.read_text().strip()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("Chromium did not start.")
            time.sleep(0.05)
        port = port_file.read_text().splitlines()[0]
        without_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        targets = json.load(without_proxy.open(f"http://{HOST}:{port}/json/list", timeout=30))
        address = next(target["webSocketDebuggerUrl"] for target in targets if target["type"] == "page")
        self.socket = websocket.create_connection(address, timeout=90, suppress_origin=True, http_no_proxy=[HOST])
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(30)
        self.folder.cleanup()

    def call(self, method: str, **parameters: object) -> dict:
        """Send one command and wait for its answer; events that come before are noted. Raises RuntimeError if it fails."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("method") == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
            if message.get("method") == "Runtime.exceptionThrown":
                self.errors.append(str(message["params"]["exceptionDetails"]))
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def open(self, path: Path) -> None:
        self.call("Page.navigate", url=Path(path).resolve().as_uri())

    def value(self, expression: str) -> object:
        """What JavaScript makes of it; a promise is waited for. Raises RuntimeError with the page's error."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"])[:1000])
        return found["result"].get("value")

    def wait_for(self, expression: str, seconds: float = 60) -> None:
        """Wait until JavaScript finds this true. Raises TimeoutError, with what the page raised."""
        deadline = time.monotonic() + seconds
        while not self.value(expression):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{expression} is not true. {self.errors}")
            time.sleep(0.05)

    def mouse(self, kind: str, x: float, y: float) -> None:
        """A real event of the mouse's left button: mousePressed, mouseMoved or mouseReleased, at a place of the window."""
        down = 0 if kind == "mouseReleased" else 1
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=down, clickCount=1)

    def drag(self, points: list[tuple[float, float]]) -> None:
        """Press at the first point, move over all, and let go at the last."""
        self.mouse("mousePressed", *points[0])
        for point in points[1:]:
            self.mouse("mouseMoved", *point)
        self.mouse("mouseReleased", *points[-1])

    def click(self, selector: str) -> None:
        box = self.value(f"document.querySelector({selector!r}).getBoundingClientRect().toJSON()")
        self.drag([(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)])

    def screenshot(self, place: Path) -> None:
        Path(place).write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))
