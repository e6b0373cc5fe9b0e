from __future__ import annotations

import pytest

from tests.integration.conftest import Shop, Valkey
from ttv.errors import Unavailable
from ttv.jobs import Totals, connect
from ttv.observability import WorkerMetrics

pytestmark = pytest.mark.anyio


async def test_what_workers_count_adds_up(shop: Shop) -> None:
    totals = Totals(shop.connection)
    assert await totals.read() == {}
    await totals.add({"a": 1, "b": 0.5})
    await totals.add({"a": 2})
    await totals.add({})
    assert await totals.read() == {"a": 3, "b": 0.5}


async def test_a_worker_that_ends_takes_no_count_with_it(shop: Shop) -> None:
    totals = Totals(shop.connection)
    for _ in range(2):
        worker = WorkerMetrics()
        worker.lease_losses.inc()
        await totals.add(worker.increments())
    (family,) = [
        family
        for family in WorkerMetrics().families(await totals.read())
        if family.name == "ttv_lease_losses"
    ]
    assert family.samples[0].value == 2


async def test_without_redis_nothing_is_counted_and_it_is_said(own_valkey: Valkey) -> None:
    async with connect(own_valkey.url) as connection:
        totals = Totals(connection)
        own_valkey.kill()
        with pytest.raises(Unavailable):
            await totals.add({"a": 1})
        with pytest.raises(Unavailable):
            await totals.read()
