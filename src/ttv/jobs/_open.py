"""Everything of this room over one Redis, opened and closed together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from ttv.jobs._census import Census
from ttv.jobs._fleet import Fleet
from ttv.jobs._leases import Leases
from ttv.jobs._limits import Limits
from ttv.jobs._places import Places
from ttv.jobs._queue import StepQueue
from ttv.jobs._scripts import connect
from ttv.jobs._spend import Spend
from ttv.jobs._store import JobStore
from ttv.jobs._tenants import Tenants
from ttv.jobs._totals import Totals
from ttv.redis import Connection

_USUAL: Final = Limits()


@dataclass(frozen=True, slots=True)
class Jobs:
    """The parts of this room; none of them outlives the ``async with`` that opened it."""

    connection: Connection
    queue: StepQueue
    store: JobStore
    leases: Leases
    fleet: Fleet
    totals: Totals
    tenants: Tenants
    places: Places
    spend: Spend
    census: Census


@asynccontextmanager
async def opened(
    url: str,
    *,
    lease_seconds: float = 10,
    attempts: int = 4,
    idle_seconds: float = 5,
    durable: bool = False,
    limits: Limits = _USUAL,
) -> AsyncIterator[Jobs]:
    """Connect to Redis at a ``redis://``, ``rediss://`` or ``unix://`` URL.

    A step whose worker falls silent is free after ``lease_seconds``, and fails for good when
    that or a temporary fault happened ``attempts`` times. Raises Unavailable, and
    InvalidRequest when Redis may evict jobs or, with ``durable``, keeps no append-only file.
    """
    async with (
        connect(url, limits=limits) as connection,
        StepQueue(connection, idle_seconds=idle_seconds) as queue,
    ):
        if durable:
            await connection.refuse_forgetting()
        yield Jobs(
            connection=connection,
            queue=queue,
            store=JobStore(connection, queue),
            leases=Leases(connection, queue, lease_seconds=lease_seconds, attempts=attempts),
            fleet=Fleet(connection, lease_seconds=lease_seconds),
            totals=Totals(connection),
            tenants=Tenants(connection),
            places=Places(connection),
            spend=Spend(connection),
            census=Census(connection),
        )
