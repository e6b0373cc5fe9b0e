"""Run the ``ttv`` command."""

from __future__ import annotations

from ttv.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
