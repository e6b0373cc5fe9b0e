from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.integration.api.conftest import Service
from ttv.jobs import WorkerCard
from ttv.observability import WorkerMetrics

pytestmark = pytest.mark.anyio


async def test_the_process_is_alive(service: Service) -> None:
    answer = await service.http.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_the_service_is_ready_when_redis_and_store_answer(service: Service) -> None:
    answer = await service.http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {"redis": {"ok": True, "detail": "ok"}, "store": {"ok": True, "detail": "ok"}},
        "workers": 1,
        "workers_draining": 0,
    }


async def test_workers_that_take_nothing_more_are_told_apart(service: Service) -> None:
    await service.jobs.fleet.beat(WorkerCard("bob", {}))
    told = (await service.http.get("/readyz")).json()
    assert (told["workers"], told["workers_draining"]) == (2, 1)


async def test_a_service_that_stops_is_draining(service: Service) -> None:
    service.app.state.stopping.set()
    answer = await service.http.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "draining")
    assert (await service.http.get("/healthz")).status_code == 200


async def test_the_guides_metrics_are_filled(service: Service) -> None:
    job = await service.create()
    await service.create()
    await service.jobs.leases.claim(f"{job['id']}:1:plan", worker="ann")
    text = (await service.http.get("/metrics")).text
    assert 'http_requests_total{method="POST",route="/v1/jobs",status="202"} 2.0' in text
    assert 'http_request_duration_seconds_bucket{le="0.005",method="POST",route="/v1/jobs"}' in text
    assert 'redis_queue_depth{pool="cpu"} 1.0' in text
    assert "worker_active_jobs 1.0" in text
    assert "ttv_workers 1.0" in text
    assert "# TYPE ttv_webhook_deliveries_total counter" in text
    assert "ttv_redis_up 1.0" in text
    assert job["id"] not in text


async def test_what_workers_counted_is_shown(service: Service) -> None:
    for _ in range(2):
        worker = WorkerMetrics()
        worker.steps.labels("segment", "made").observe(3)
        await service.jobs.totals.add(worker.increments())
    text = (await service.http.get("/metrics")).text
    assert 'ttv_step_duration_seconds_count{kind="segment",outcome="made"} 2.0' in text
    assert 'ttv_step_duration_seconds_sum{kind="segment",outcome="made"} 6.0' in text


async def test_a_store_that_cannot_be_written_makes_the_service_not_ready(
    lonely: Service, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "artifacts", ignore_errors=True)
    (tmp_path / "artifacts").write_text("a file in the way")
    answer = await lonely.http.get("/readyz")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert (checks["redis"]["ok"], checks["store"]["ok"]) == (True, False)
