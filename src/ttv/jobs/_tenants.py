"""What an operator allows single tenants, where it differs from what all are allowed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from ttv.errors import InvalidRequest
from ttv.jobs._places import TenantLoad
from ttv.redis import Connection, answering
from ttv.tenancy import check_tenant

#: A lighter tenant would be moved on so far by one step that it does not come again for days.
_WEIGHTS: Final = (0.01, 1000.0)
_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Tenant:
    """One tenant; None is what the settings say for all."""

    name: str
    #: Share of the turns: a tenant of weight 2 gets twice those of one of weight 1 while
    #: both have steps waiting. None is 1.
    weight: float | None = None
    #: Jobs that may be queued; the next is refused.
    max_queued: int | None = None
    #: Jobs that may have begun and be neither over nor held; the next waits in the queue.
    #: Zero stops the tenant.
    max_running: int | None = None
    #: Millionths of a US dollar that its jobs may cost in a day.
    max_cost_per_day: int | None = None

    def __post_init__(self) -> None:
        check_tenant(self.name)
        low, high = _WEIGHTS
        if self.weight is not None and not (
            math.isfinite(self.weight) and low <= self.weight <= high
        ):
            raise InvalidRequest(f"weight must be {low:g} to {high:g}", param="weight")
        for limit in ("max_queued", "max_running"):
            value = getattr(self, limit)
            if value is not None and not 0 <= value <= _MOST:
                raise InvalidRequest(f"{limit} must be 0 to {_MOST}", param=limit)
        if self.max_cost_per_day is not None and self.max_cost_per_day < 0:
            raise InvalidRequest("max_cost_per_day must not be negative", param="max_cost_per_day")


class Tenants:
    """Keeps what was set for tenants, over a connection that the caller opens.

    What is set holds from the next decision on; a tenant that is not known has nothing set.
    """

    def __init__(self, redis: Connection) -> None:
        self._redis = redis

    async def get(self, name: str) -> Tenant:
        """Give what is set for a tenant. Raises Unavailable, InvalidRequest for a bad name."""
        nothing = Tenant(name)
        with answering():
            stored = await self._redis.redis.hgetall(f"ttv:tenant:{name}")
        return _read(nothing.name, {str(key): str(value) for key, value in stored.items()})

    async def set(self, tenant: Tenant) -> None:
        """Set everything for a tenant; what is None is set no more. Raises Unavailable."""
        facts = [
            text
            for name in _FACTS
            if (value := getattr(tenant, name)) is not None
            for text in (name, f"{value!r}")
        ]
        await self._redis.script("tenant", tenant.name, *facts)

    async def list(self) -> tuple[Tenant, ...]:
        """List the tenants for whom something is set, by name. Raises Unavailable."""
        with answering():
            names = await self._redis.redis.smembers("ttv:tenants")
        return tuple([await self.get(str(name)) for name in sorted(names)])

    async def load(self, name: str) -> TenantLoad:
        """Count what a tenant has in the queue. Raises Unavailable."""
        with answering():
            async with self._redis.redis.pipeline(transaction=False) as pipe:
                queued = pipe.zcard(f"ttv:jobs:{name}:queued")
                running = pipe.scard(f"ttv:begun:{name}")
            return TenantLoad(await queued, await running)

    async def forget(self, name: str) -> None:
        """Set nothing for a tenant any more. Raises Unavailable, InvalidRequest."""
        await self.set(Tenant(name))


_FACTS: Final = tuple(field.name for field in fields(Tenant) if field.name != "name")


def _read(name: str, facts: Mapping[str, Any]) -> Tenant:
    whole = {fact: int(facts[fact]) for fact in _FACTS if fact in facts and fact != "weight"}
    return Tenant(name, weight=float(facts["weight"]) if "weight" in facts else None, **whole)
