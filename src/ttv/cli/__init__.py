"""The ``ttv`` command: every file without an underscore is a subcommand."""

from __future__ import annotations

from ttv.cli._main import main

__all__ = ["main"]
