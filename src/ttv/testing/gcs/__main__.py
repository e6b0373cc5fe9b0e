"""Run the emulator: ``python -m ttv.testing.gcs --bucket films --port 0``.

It says its address on the first line, and stays until it is killed.
"""

from __future__ import annotations

import argparse
import sys

from ttv.testing.gcs._cloud import Cloud
from ttv.testing.gcs._server import Server


def _main() -> None:
    parser = argparse.ArgumentParser(prog="ttv.testing.gcs", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bucket", action="append", help="a bucket that exists; films if none")
    asked = parser.parse_args()
    with Server(asked.port, Cloud(tuple(asked.bucket or ["films"]))) as server:
        sys.stdout.write(f"{server.base}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    _main()
