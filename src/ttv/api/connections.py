"""Who is connected to this process, and how they leave without losing a request."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Final
from weakref import WeakSet

#: A client that sends nothing for so long is taken to be idle.
_QUIET_SECONDS: Final = 0.25
#: How often to look for clients that leave; after three seconds the rest is cut off.
_LOOKS: Final = 12


class Listening(socket.socket):
    """A listening socket, shared with other processes, that knows the connections it took.

    Closing it leaves the shared one open.
    """

    def __init__(self, shared: socket.socket) -> None:
        super().__init__(fileno=shared.dup().detach())
        self._taken: WeakSet[socket.socket] = WeakSet()

    def accept(self) -> tuple[socket.socket, Any]:
        """Take a connection."""
        connection, address = super().accept()
        self._taken.add(connection)
        return connection, address

    def listen(self, _: int = 0, /) -> None:
        """Leave the queue of new connections as long as the shared socket has it."""

    async def let_go(self) -> None:
        """Take no more connections, and wait while clients leave those that there are.

        Each answer from now on must ask its client to leave. A connection that nobody uses is
        safe to close when this returns; to close it at once would cut off the request that is
        on its way.
        """
        asyncio.get_running_loop().remove_reader(self)
        left = -1
        for _ in range(_LOOKS):
            count = self._open()
            if count in {0, left}:
                return
            left = count
            await asyncio.sleep(_QUIET_SECONDS)

    def _open(self) -> int:
        return sum(connection.fileno() != -1 for connection in self._taken)
