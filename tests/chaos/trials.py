"""How often each kind of chaos is tried: few times in CI, often with ``make chaos``."""

from __future__ import annotations

import asyncio
import os
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

_Case = TypeVar("_Case")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Trials:
    """Numbers of trials."""

    #: Kills of the API at each point of a create.
    create: int
    #: Kills of a worker at each moment of a film.
    stage: int
    zombies: int
    #: Kills of a worker at each moment of a film that is paid for.
    paid: int
    #: Films in the store when Redis is wiped.
    wiped: int
    #: Jobs of the random test, and the kills spread over them.
    jobs: int
    kills: int
    #: Cancels at each stage.
    cancel: int
    #: Seconds of a lease beside a poison step; its kills are so far apart.
    poison_lease: int
    #: Losses of Redis' last second.
    power_loss: int
    #: Freezes of Redis at each stage.
    frozen: int
    #: Kills of a process that uploads, for each store.
    uploads: int


_SHORT: Final = Trials(
    create=1,
    stage=1,
    zombies=8,
    paid=1,
    wiped=1,
    jobs=60,
    kills=12,
    cancel=1,
    poison_lease=2,
    power_loss=1,
    frozen=1,
    uploads=16,
)
_LONG: Final = Trials(
    create=10,
    stage=20,
    zombies=50,
    paid=20,
    wiped=10,
    jobs=1_000,
    kills=200,
    cancel=20,
    poison_lease=10,
    power_loss=10,
    frozen=10,
    uploads=200,
)

#: Whether this is the long version.
LONG: Final = os.environ.get("TTV_CHAOS") == "long"
TRIALS: Final = _LONG if LONG else _SHORT
#: Seconds after which a test of chaos hangs.
PATIENCE: Final = 3_600 if LONG else 240


async def tried(
    cases: Sequence[_Case],
    trial: Callable[[_Case, int], Awaitable[_Result]],
    *,
    at_once: int,
) -> list[_Result]:
    """Run a trial for every case, some at once, each of those in its own lane.

    A trial gets its case and the number of its lane, which no other has at that time.
    """
    lanes = asyncio.Queue[int]()
    for lane in range(at_once):
        lanes.put_nowait(lane)

    async def one(case: _Case) -> _Result:
        lane = await lanes.get()
        try:
            return await trial(case, lane)
        finally:
            lanes.put_nowait(lane)

    async with asyncio.TaskGroup() as group:
        running = [group.create_task(one(case)) for case in cases]
    return [task.result() for task in running]


def spread(seconds: Sequence[float]) -> str:
    """Say how durations lie: the median, nine of ten, the longest."""
    ordered = sorted(seconds)
    most = ordered[min(len(ordered) - 1, round(0.9 * len(ordered)))]
    return f"{statistics.median(ordered):.2f}/{most:.2f}/{ordered[-1]:.2f}"
