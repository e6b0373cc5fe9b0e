"""What sends the messages that are due, in every process of the service beside its work."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from ttv.errors import TtvError, Unavailable
from ttv.observability import log
from ttv.webhooks._message import Letter, Links
from ttv.webhooks._post import Post
from ttv.webhooks._schedule import next_wait
from ttv.webhooks._sender import Reply, Sender

#: Seconds between two looks for messages that are due.
_LOOK: Final = 0.5
#: Messages that a process sends at once; of one endpoint they are few, whatever it has waiting.
_AT_ONCE: Final = 200
#: Seconds for what is on its way when the process stops; the rest is sent again by another.
_GRACE: Final = 3.0


class Courier:
    """Sends what is due; many may, each message is leased to one of them at a time.

    One that dies leaves its leases to run out, so that a message may come twice, under one id.
    """

    def __init__(self, post: Post, sender: Sender, *, links: Links, chance: random.Random) -> None:
        self._post = post
        self._sender = sender
        self._links = links
        self._chance = chance
        self._flying: set[asyncio.Task[None]] = set()
        #: Set when there may be more to send at once.
        self._landed = asyncio.Event()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Send while the block runs, and give what is on its way a moment at its end."""
        working = asyncio.create_task(self._work())
        try:
            yield
        finally:
            working.cancel()
            await asyncio.wait({working})
            if self._flying:
                _, late = await asyncio.wait(self._flying, timeout=_GRACE)
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)

    async def round(self) -> int:
        """Send what is due now, as far as there is room; gives how many that is."""
        letters = await self._post.claim(_AT_ONCE - len(self._flying))
        for letter in letters:
            task = asyncio.create_task(self._carry(letter))
            self._flying.add(task)
            task.add_done_callback(self._land)
        return len(letters)

    async def rest(self) -> None:
        """Wait until nothing is on its way."""
        while self._flying:
            await asyncio.wait(self._flying)

    def _land(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._landed.set()

    async def _work(self) -> None:
        while True:
            self._landed.clear()
            try:
                with suppress(Unavailable):
                    await self.round()
            except Exception:  # noqa: BLE001  # a boundary: one bad record must not end all sending
                log.exception("Messages not read", action="webhook.unread")
            # One that has landed may have others behind it.
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):
                    await self._landed.wait()

    async def _carry(self, letter: Letter) -> None:
        """Send one message and note how it went."""
        try:
            reply = await self._send(letter)
            wait = None
            if not reply.delivered:
                chance = self._chance.random()
                wait = next_wait(letter.number, chance=chance, asked=reply.retry_after)
            outcome = await self._post.note(letter, reply, wait)
        except TtvError as error:
            # The lease runs out, and it is sent again.
            log.warning("Message not noted", action="webhook.unnoted", error=error.message)
        except Exception:  # noqa: BLE001  # a boundary: likewise
            log.exception("Message not sent", action="webhook.unsent", webhook=letter.endpoint)
        else:
            log.info(
                "Message tried",
                action=f"webhook.{outcome}",
                webhook=letter.endpoint,
                message_id=letter.message,
                event_type=letter.event,
                attempt=letter.number,
                status=reply.status,
                error=reply.error,
            )

    async def _send(self, letter: Letter) -> Reply:
        body = letter.body(self._links)
        return await self._sender.send(letter.url, body.encode(), letter.headers(body))
