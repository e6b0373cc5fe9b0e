"""From the outbox in Redis to the queue: what scripts made ready is handed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ttv.errors import Unavailable
from ttv.observability import log


class Ticket(NamedTuple):
    """A step to hand to the queue of a pool."""

    step_id: str
    pool: str
    #: Tells one handing over of a step from the next.
    turn: str


class Queue(Protocol):
    """Brings step ids to the workers of a pool, each at least once."""

    async def send(self, tickets: Sequence[Ticket]) -> None:
        """Enqueue steps; a ticket that is in the queue already is left there.

        Raises Unavailable.
        """


async def deliver(queue: Queue, flat: Sequence[str]) -> None:
    """Hand over the steps of a script's answer (id, pool and turn of each).

    A failure is only noted: the steps stay in the outbox and a sweep hands them over.
    """
    tickets = [Ticket(*facts) for facts in zip(flat[::3], flat[1::3], flat[2::3], strict=True)]
    if not tickets:
        return
    try:
        await queue.send(tickets)
    except Unavailable as error:
        log.warning("Steps left in the outbox", action="step.undelivered", error=error.message)
