"""Errors of the generators room."""

from __future__ import annotations

from ttv.errors import Transient


class HandleLost(Transient):
    """The engine does not know this handle any more; the segment must be submitted again."""

    code = "handle_lost"
