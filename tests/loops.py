"""The event loop of tests on real servers, and one fault of anyio that it passes over."""

from __future__ import annotations

import asyncio
from typing import Any


class Loop(asyncio.SelectorEventLoop):
    """A loop that lets anyio tell a read that has just been cancelled that there is data.

    anyio 4.16 hands ``Future.set_result`` to the loop as the reader of a Unix socket. When the
    read is cancelled in the turn in which data comes, the loop calls it on a future that is over:
    nobody waits for it and no byte is lost, but its test runner fails the test that runs then.
    """

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Report what went wrong in a callback, save that."""
        over = isinstance(context.get("exception"), asyncio.InvalidStateError)
        if not (over and "set_result" in repr(context.get("handle"))):
            super().call_exception_handler(context)


#: For a fixture ``anyio_backend``.
BACKEND = ("asyncio", {"loop_factory": Loop})
