from __future__ import annotations

import json

from ttv.cli._queueing import Queue
from ttv.jobs import Overview, PoolLoad, TenantLoad, WorkerCard

ANN = WorkerCard("ann", {"cpu": 2}, running=("job_1:1:plan",))
BUSY = Queue(
    Overview(
        pools={"cpu": PoolLoad(7, 1, 2, 2, 61.4), "gpu": PoolLoad(0, 0, 0, 0, 0.0)},
        tenants={"acme": TenantLoad(5, 1)},
        tenant_count=3,
    ),
    (ANN,),
)
IDLE = Queue(Overview(pools={"cpu": PoolLoad(0, 0, 0, 2, 0.0)}, tenants={}, tenant_count=0), (ANN,))


def test_the_queue_is_told_by_pool_tenant_and_worker() -> None:
    lines = [line.split() for line in BUSY.to_text().splitlines()]
    assert ["cpu", "7", "1", "2", "2", "61", "s"] in lines
    assert ["gpu", "0", "0", "0", "0", "0", "s"] in lines
    assert ["acme", "5", "1"] in lines
    assert ["and", "2", "more"] in lines
    assert ["workers", "1"] in lines
    assert ["job_1:1:plan"] in lines


def test_what_workers_ran_seconds_ago_is_not_told_as_running() -> None:
    assert "job_1" not in IDLE.to_text()
    assert "tenant" not in IDLE.to_text()


def test_the_json_form_holds_all_of_it() -> None:
    told = json.loads(BUSY.to_json())
    assert told["pools"]["cpu"]["oldest_wait_seconds"] == 61.4
    assert told["tenants"] == {"acme": {"queued": 5, "running": 1}}
    assert [worker["name"] for worker in told["workers"]] == ["ann"]
