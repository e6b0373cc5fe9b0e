"""Run an emulator: ``python -m ttv.testing.providers runway|kling --port 0``.

It says its address on the first line, and stays until it is stopped.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import socket
import sys
from typing import Final

from hypercorn.asyncio import serve
from hypercorn.config import Config

from ttv.scratch import scratch
from ttv.testing.providers import kling, runway
from ttv.testing.providers._studio import Studio

_PROVIDERS: Final = {"kling": kling.create_app, "runway": runway.create_app}


def _main() -> None:
    asked = _arguments()
    # Until the server has a handler of its own.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    logging.disable(logging.CRITICAL)  # broken answers are what it is for
    with scratch() as folder:
        studio = Studio(
            folder,
            seconds_per_clip=asked.seconds_per_clip,
            slots=asked.slots,
            credit=asked.credit,
            size=asked.size,
        )
        listening = socket.create_server(("127.0.0.1", asked.port), backlog=1_024)
        host, port = listening.getsockname()
        sys.stdout.write(f"http://{host}:{port}\n")
        sys.stdout.flush()
        config = Config()
        config.bind = [f"fd://{listening.detach()}"]
        config.graceful_timeout = 0
        app = _PROVIDERS[asked.provider](studio)
        asyncio.run(serve(app, config))  # type: ignore[arg-type]  # Hypercorn's own ASGI types


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ttv.testing.providers", description=__doc__)
    parser.add_argument("provider", choices=sorted(_PROVIDERS))
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seconds-per-clip", type=float, default=0.05)
    parser.add_argument("--slots", type=int, default=1_000_000, help="tasks at a time")
    parser.add_argument("--credit", type=int, default=1_000_000_000, help="millionths of a dollar")
    parser.add_argument("--size", help="of all clips, such as 320x180, whatever is asked for")
    return parser.parse_args()


if __name__ == "__main__":
    _main()
