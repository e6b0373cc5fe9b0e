from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ttv.observability import HttpMetrics, WorkerMetrics, gauge, gauges


def test_requests_appear_under_the_guides_names() -> None:
    metrics = HttpMetrics()
    metrics.requests.labels("GET", "/v1/jobs", "200").inc()
    metrics.seconds.labels("GET", "/v1/jobs").observe(0.02)
    others = [
        gauges("redis_queue_depth", "Steps that wait.", label="pool", values={"cpu": 3}),
        gauge("worker_active_jobs", "Steps that run.", 2),
    ]
    text = metrics.render(others).decode()
    assert 'http_requests_total{method="GET",route="/v1/jobs",status="200"} 1.0' in text
    assert (
        'http_request_duration_seconds_bucket{le="0.025",method="GET",route="/v1/jobs"} 1.0'
    ) in text
    assert 'redis_queue_depth{pool="cpu"} 3.0' in text
    assert "worker_active_jobs 2.0" in text
    assert "_created" not in text


def test_two_apps_in_one_process_count_apart() -> None:
    one, two = HttpMetrics(), HttpMetrics()
    one.requests.labels("GET", "/", "200").inc()
    assert b"http_requests_total{" not in two.render()


def test_processes_that_share_a_folder_add_up(tmp_path: Path) -> None:
    count = (
        "from ttv.observability import HttpMetrics\n"
        "metrics = HttpMetrics()\n"
        "metrics.requests.labels('GET', '/', '200').inc()\n"
        "print(metrics.render().decode())"
    )
    environ = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for total in (1, 2):
        answer = subprocess.run(
            [sys.executable, "-c", count], env=environ, capture_output=True, text=True, check=True
        )
        wanted = f'http_requests_total{{method="GET",route="/",status="200"}} {total}.0'
        assert wanted in answer.stdout


def test_a_worker_tells_each_count_once() -> None:
    metrics = WorkerMetrics()
    metrics.retries.labels("segment", "transient").inc()
    first = metrics.increments()
    metrics.sent(first)
    assert metrics.increments() == {}
    metrics.retries.labels("segment", "transient").inc(2)
    assert list(metrics.increments().values()) == [2]


def test_a_worker_that_could_not_send_tells_again() -> None:
    metrics = WorkerMetrics()
    metrics.cache_hits.labels("segment").inc()
    lost = metrics.increments()
    assert metrics.increments() == lost


def test_totals_are_shown_with_buckets_in_order() -> None:
    metrics = WorkerMetrics()
    metrics.steps.labels("segment", "made").observe(7)
    metrics.lease_losses.inc()
    text = HttpMetrics().render(WorkerMetrics().families(metrics.increments())).decode()
    assert "ttv_lease_losses_total 1.0" in text
    assert 'ttv_step_duration_seconds_sum{kind="segment",outcome="made"} 7.0' in text
    limits = [
        line.split('le="')[1].split('"')[0]
        for line in text.splitlines()
        if line.startswith("ttv_step_duration_seconds_bucket")
    ]
    assert limits == sorted(limits, key=float)
    assert limits[-1] == "+Inf"


def test_totals_of_an_unknown_version_are_left_out() -> None:
    families = WorkerMetrics().families({'["gone", "gone_total", {}]': 1.0})
    assert all(not family.samples for family in families)
