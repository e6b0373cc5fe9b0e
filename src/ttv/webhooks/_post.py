"""The courier's side of Redis: messages are leased, and what became of them is noted."""

from __future__ import annotations

from typing import Final

from ttv.redis import Connection
from ttv.webhooks._message import Letter
from ttv.webhooks._scripts import teach
from ttv.webhooks._sender import TIMEOUT, Reply

#: Milliseconds after which a message is sent again whose courier fell silent.
LEASE: Final = round(TIMEOUT * 1_000) + 10_000


class Post:
    """Leases messages and notes how they went; every method raises Unavailable."""

    def __init__(self, redis: Connection) -> None:
        teach(redis)
        self._redis = redis

    async def claim(self, most: int) -> list[Letter]:
        """Lease messages that are due, not too many of one endpoint."""
        return [Letter.read(row) for row in await self._redis.script("hook_claim", LEASE, most)]

    async def note(self, letter: Letter, reply: Reply, wait: float | None) -> str:
        """Note how a try went, and in how many seconds there is another; None for never.

        Gives ``delivered``, ``waits``, ``failed``, ``disabled`` (with its endpoint), or ``late``
        when the lease had run out.
        """
        return str(
            await self._redis.script(
                "hook_note",
                letter.endpoint,
                letter.message,
                letter.token,
                "" if reply.status is None else reply.status,
                round(reply.seconds * 1_000),
                reply.error or "",
                "" if wait is None else round(wait * 1_000),
            )
        )
