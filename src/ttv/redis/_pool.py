"""The client's pool of connections, mended: it does not lose places.

coredis 6.9 counts a place as taken for good when the making of its connection is cut off, by
the pool's own timeout or with the caller, and when a connection breaks while somebody holds
it. Every such place is lost, until nobody gets a connection any more, however well Redis is.
"""

from __future__ import annotations

import asyncio
from typing import Any

from coredis.exceptions import RedisError
from coredis.pool import ConnectionPool


class Pool(ConnectionPool[Any]):
    """A pool whose places are all free again once nobody holds or makes a connection."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        #: The callers for whom a connection is being made, each in a place of the pool.
        self._making: set[asyncio.Task[Any] | None] = set()

    async def get_connection(self, **options: Any) -> Any:
        """Give a free connection, or a new one while there is a place for it."""
        if connection := self._at_hand():
            return connection
        caller = asyncio.current_task()
        try:
            return await super().get_connection(**options)
        except RedisError:  # Redis was not reached or refused us: the place is free already
            raise
        except BaseException:
            if caller in self._making:
                self._available_connections.append_nowait(None)
            raise
        finally:
            self._making.discard(caller)

    def _at_hand(self) -> Any:
        """Take a free connection at once, if there is one and nobody waits for it.

        The way of the client sets up a deadline each time: a tenth of the cost of a request.
        """
        free = self._available_connections
        if free.empty() or free._lock.locked():  # who waits holds the lock
            return None
        connection = free.get_nowait()
        if connection and connection.reusable:
            self.statistics.connection_leased(connection)
            return connection
        free.put_nowait(connection)
        return None

    def release(self, connection: Any) -> None:
        """Take a connection back, or the place of one that broke."""
        super().release(connection)
        if not connection.usable:
            self._available_connections.append_nowait(None)

    async def _construct_connection(self) -> Any:
        self._making.add(asyncio.current_task())
        return await super()._construct_connection()
