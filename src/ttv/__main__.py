"""Run the ``ttv`` command."""

from __future__ import annotations

import importlib

from ttv.errors import Cancelled


def main() -> None:
    """Run the command line of this process; Ctrl-C ends it quietly while it still loads."""
    try:
        importlib.import_module("ttv.cli").main()  # it takes long enough to be interrupted
    except KeyboardInterrupt:
        raise SystemExit(Cancelled.exit_code) from None


if __name__ == "__main__":
    main()
