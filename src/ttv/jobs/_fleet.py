"""The workers that live now, as they tell the store themselves."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from ttv.jobs._record import write
from ttv.jobs._worker import WorkerCard
from ttv.redis import Connection

#: Milliseconds without a beat, and longer than a lease, after which a worker counts as gone.
#: A dead worker's slots are counted for as long as its leases may take them.
_ALIVE: Final = 5_000
#: Milliseconds without a beat after which it is forgotten.
_FORGET: Final = 3_600_000


class Fleet:
    """Knows the live workers; how many slots they have says how many steps are handed over."""

    def __init__(self, redis: Connection, *, lease_seconds: float = 10) -> None:
        self._redis = redis
        self._alive = _ALIVE + round(lease_seconds * 1000)

    async def beat(self, card: WorkerCard) -> None:
        """Note that a worker lives; it does so every few seconds."""
        await self._redis.script("beat", card.name, write(asdict(card)), self._alive, _FORGET)

    async def leave(self, name: str) -> None:
        """Forget a worker that stops."""
        await self._redis.script("leave", name, self._alive)

    async def workers(self) -> tuple[WorkerCard, ...]:
        """List the live workers by name."""
        cards = await self._redis.script("workers", self._alive)
        live = (_read(card, seen) for card, seen in zip(cards[::2], cards[1::2], strict=True))
        return tuple(sorted(live, key=lambda card: card.name))


def _read(card: str, seen: str) -> WorkerCard:
    facts = json.loads(card)
    return WorkerCard(
        name=facts["name"],
        slots=facts["slots"],
        running=tuple(facts["running"]),
        seen_at=int(seen),
    )
