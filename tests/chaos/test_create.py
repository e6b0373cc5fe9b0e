"""The API killed with -9 at twenty points of a create: before, within and after its Lua script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import httpx
import pytest

from tests.acceptance.commands import free_port
from tests.chaos.conftest import Figures, Houses
from tests.chaos.forge import Hand
from tests.chaos.house import House, patient
from tests.chaos.proxy import Proxy
from tests.chaos.trials import TRIALS, tried
from tests.integration.conftest import Valkey
from ttv.jobs import State

pytestmark = pytest.mark.anyio

_LANES: Final = 4


@dataclass(frozen=True, slots=True)
class _Point:
    """A moment in the talk between client and API, or between API and Redis."""

    with_redis: bool
    #: Which piece of the talk, from 1.
    piece: int
    #: False: the API dies before the piece gets through.
    passed: bool


#: Of a create, the client and the API say four pieces at most, the API and Redis six.
_POINTS: Final = tuple(
    _Point(with_redis, piece, passed)
    for with_redis, pieces in ((False, 4), (True, 6))
    for piece in range(1, pieces + 1)
    for passed in (False, True)
)


@dataclass(frozen=True, slots=True)
class _Created:
    """What a create became that the API died of."""

    #: Whether the point came before the answer; else the API died after it.
    reached: bool
    #: Whether the first try was answered with 202.
    acknowledged: bool
    #: Jobs beside the one that the client was told of at last.
    duplicates: int
    #: True when a job that was acknowledged is another one, or none, afterwards.
    lost: bool
    state: State


async def test_an_accepted_job_is_there_and_a_repeated_one_is_no_second(
    houses: Houses, valkey: Valkey, figures: Figures
) -> None:
    async def trial(points: Sequence[_Point], lane: int) -> list[_Created]:
        async with _Counter.opened(houses, valkey, lane) as counter:
            return [await counter.create(point) for point in points]

    points = _POINTS * TRIALS.create
    shares = [points[lane::_LANES] for lane in range(_LANES)]
    ends = [end for share in await tried(shares, trial, at_once=_LANES) for end in share]

    figures(
        "API killed at a point of a create",
        points=len(_POINTS),
        trials=len(ends),
        killed_before_the_answer=sum(end.reached for end in ends),
        acknowledged=sum(end.acknowledged for end in ends),
        lost=sum(end.lost for end in ends),
        duplicates=sum(end.duplicates for end in ends),
    )
    assert len(ends) == len(points)
    assert sum(end.reached for end in ends) >= len(ends) / 2
    assert not any(end.lost or end.duplicates for end in ends)
    assert {end.state for end in ends} == {State.FINISHED}


class _Counter:
    """An API between two proxies, started again whenever it was killed."""

    def __init__(self, house: House, redis: Proxy, http: Proxy, client: httpx.AsyncClient) -> None:
        self._house = house
        self._redis = redis
        self._http = http
        self._client = client
        self._api: Hand | None = None
        self.port = free_port()

    @classmethod
    @asynccontextmanager
    async def opened(cls, houses: Houses, valkey: Valkey, lane: int) -> AsyncIterator[_Counter]:
        door = free_port()
        redis = Proxy(lambda: asyncio.open_unix_connection(valkey.socket))
        http = Proxy(lambda: asyncio.open_connection("127.0.0.1", counter.port))
        async with (
            houses(lane) as house,
            redis.at_socket(str(house.folder / "redis.sock")),
            http.at_port(door),
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{door}", timeout=20) as client,
        ):
            counter = cls(house, redis, http, client)
            house.worker("ann")
            await counter.start(lane)
            yield counter

    async def start(self, lane: int) -> None:
        url = f"unix://{self._house.folder}/redis.sock?db={lane}"
        self._lane = lane
        self._api = self._house.start("api", "api", url=url, port=self.port)
        await self._house.answers(self.port, self._api)

    async def create(self, point: _Point) -> _Created:
        """Create a job while the API is killed at a point, and repeat it until it is answered."""
        assert self._api
        key, api = uuid4().hex, self._api
        killed = asyncio.Event()

        def tap(piece: int, passed: bool) -> None:
            if (piece, passed) == (point.piece, point.passed):
                api.kill()
                killed.set()

        before = await self._house.ids()
        listened = self._redis if point.with_redis else self._http
        listened.listen(tap)
        told = await self._post(key)
        reached = killed.is_set()
        api.kill()
        await api.end()
        listened.listen(None)
        await self.start(self._lane)
        again = await self._insist(key)
        made = await self._house.ids() - before
        job = await patient(lambda: self._house.jobs.store.get(again))
        return _Created(
            reached=reached,
            acknowledged=told is not None,
            duplicates=len(made - {again}),
            lost=again not in made or told not in {None, again},
            state=(await self._house.over(job)).state,
        )

    async def _insist(self, key: str) -> str:
        """Ask until there is an answer, as a client does."""
        for _ in range(20):
            if answer := await self._post(key):
                return answer
        raise AssertionError("the new API does not answer")

    async def _post(self, key: str) -> str | None:
        """Ask for a film; give the id of its job, or None when the answer never came."""
        headers = {"Idempotency-Key": key}
        try:
            answer = await self._client.post("/v1/jobs", json={"prompt": key}, headers=headers)
        except httpx.TransportError:
            return None
        return str(answer.json()["id"]) if answer.status_code == 202 else None
