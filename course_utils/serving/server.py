"""Serve a model over HTTP, to this machine alone: `python -m course_utils.serving.server --name digits --folder models`."""

import argparse
import asyncio
import sys

from tornado.netutil import bind_sockets

from course_utils.serving.application import make_server
from course_utils.serving.versions import Versions
from course_utils.workers.worker import limited_life, report

HOST = "127.0.0.1"  # the loopback address: the machine talks to itself


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Serve the newest version of a model over HTTP.")
    parser.add_argument("--name", required=True, help="the model's name in the address")
    parser.add_argument("--folder", required=True, help="where the versions lie: SavedModels in folders 1, 2, ...")
    parser.add_argument("--port", type=int, default=0, help="0: the system chooses a free one")
    parser.add_argument("--most", type=int, default=1, help="examples of waiting requests computed in one call")
    parser.add_argument("--longest", type=int, default=1000, help="so many requests may wait; more are refused")
    parser.add_argument("--largest-body", type=int, default=4_000_000, help="bytes of a request at most")
    parser.add_argument("--patience", type=float, default=10, help="seconds that a client has to send a request")
    parser.add_argument("--look-every", type=float, default=0.2, help="seconds between looks for a new version")
    parser.add_argument("--seconds", type=float, default=0, help="end by force after so many seconds; 0: never")
    return parser


async def watch(versions: Versions, seconds: float) -> None:
    """Look for a new version for ever, in a thread, so that requests are answered meanwhile."""
    while True:
        if await asyncio.to_thread(versions.refresh):
            report(version=versions.current)
        await asyncio.sleep(seconds)


async def serve(options: argparse.Namespace) -> None:
    versions = Versions(options.folder)
    server = make_server(
        options.name,
        versions,
        most=options.most,
        longest=options.longest,
        largest_body=options.largest_body,
        patience=options.patience,
    )
    sockets = bind_sockets(options.port, HOST)
    server.add_sockets(sockets)
    report(port=sockets[0].getsockname()[1])  # it answers from now on: "not loaded yet", until a version is
    await watch(versions, options.look_every)


def main() -> None:
    options = make_parser().parse_args()
    with limited_life(options.seconds):
        try:
            asyncio.run(serve(options))
        except OSError as error:
            sys.exit(f"Port {options.port} cannot be used: {error}")


if __name__ == "__main__":
    main()
