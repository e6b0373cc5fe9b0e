"""What is counted, and under which names.

Labels are few and bounded: route templates, step kinds, outcomes; never ids, never tenants.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

#: From a cached status to a long poll of 30 seconds.
_HTTP_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
#: From a small still to a long segment of a remote engine.
_STEP_BUCKETS: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)


class HttpMetrics:
    """Requests of the API, over all of its processes on this machine.

    ``PROMETHEUS_MULTIPROC_DIR``, set before Python starts, makes the processes share counts.
    """

    def __init__(self) -> None:
        registry = _registry()
        self.requests = Counter(
            "http_requests_total",
            "HTTP requests answered.",
            ("method", "route", "status"),
            registry=registry,
        )
        self.seconds = Histogram(
            "http_request_duration_seconds",
            "Time from the first byte of a request to the last byte of its answer.",
            ("method", "route"),
            buckets=_HTTP_BUCKETS,
            registry=registry,
        )
        self.streams = Gauge(
            "ttv_event_streams",
            "Event streams that are open now.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
        else:
            ProcessCollector(registry=registry)
        self._registry = registry

    def render(self, others: Iterable[Metric] = ()) -> bytes:
        """Give the Prometheus text of these metrics and of ``others``."""
        return generate_latest(self._registry) + generate_latest(_Given(others))


class WorkerMetrics:
    """Steps of one worker process, whose increments are added to those of all workers."""

    def __init__(self) -> None:
        self._registry = _registry()
        self._sent: dict[str, float] = {}
        #: Outcome is "made", "reused", "failed", "held", "canceled", "released" or "lost".
        self.steps = Histogram(
            "ttv_step_duration_seconds",
            "Time that a step kept a worker.",
            ("kind", "outcome"),
            buckets=_STEP_BUCKETS,
            registry=self._registry,
        )
        self.retries = Counter(
            "ttv_step_retries_total",
            "Steps put back to be tried again.",
            ("kind", "reason"),
            registry=self._registry,
        )
        self.cache_hits = Counter(
            "ttv_step_cache_hits_total",
            "Steps whose result was already in the store.",
            ("kind",),
            registry=self._registry,
        )
        self.lease_losses = Counter(
            "ttv_lease_losses_total",
            "Leases that a worker lost while it ran a step.",
            registry=self._registry,
        )

        #: What is "film", "orphan", "unused", "step" or "upload"; see wiring/retention.py.
        self.swept = Counter(
            "ttv_sweep_removed_total",
            "Files that sweeps removed from the store.",
            ("what",),
            registry=self._registry,
        )

        #: Counted where a purchase is charged (``jobs.Spend``), so that it counts once.
        self.spend = Counter(
            "ttv_spend_usd_total",
            "US dollars spent at engines that are paid for.",
            ("engine",),
            registry=self._registry,
        )

        #: Outcome is "ok", the code of an error, or "cut_off" when nobody waited any more.
        self.provider_calls = Counter(
            "ttv_provider_calls_total",
            "Calls to engines that are paid for.",
            ("engine", "call", "outcome"),
            registry=self._registry,
        )

    def increments(self) -> dict[str, float]:
        """Tell what was counted since the last ``sent``, by sample; a new sample counts at 0."""
        return {
            key: value - self._sent.get(key, 0)
            for key, value in _by_key(self._registry.collect())
            if self._sent.get(key) != value
        }

    def sent(self, increments: Mapping[str, float]) -> None:
        """Remember that the totals hold these increments."""
        for key, value in increments.items():
            self._sent[key] = self._sent.get(key, 0) + value

    def families(self, totals: Mapping[str, float]) -> list[Metric]:
        """Give the totals of all workers as metrics, under the names of this class."""
        families = {
            family.name: Metric(family.name, family.documentation, family.type)
            for family in self._registry.collect()
        }
        for key in sorted(totals, key=_reading_order):
            family, sample, labels = json.loads(key)
            if family in families:
                families[family].add_sample(sample, labels, totals[key])
        return list(families.values())


def forget_process(folder: Path, pid: int) -> None:
    """Take what an ended API process had open out of what all share in a folder.

    What it counted stays.
    """
    mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]  # the library has no types here


def _registry() -> CollectorRegistry:
    # A start time beside every count would double the page.
    disable_created_metrics()  # type: ignore[no-untyped-call]  # the library has no types here
    return CollectorRegistry()


class _Given:
    """A collector of metrics that are already there."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def gauge(name: str, about: str, value: float) -> Metric:
    """Make a gauge of a value that was just read."""
    return GaugeMetricFamily(name, about, value=value)


def gauges(name: str, about: str, *, label: str, values: Mapping[str, float]) -> Metric:
    """Make a gauge of values that were just read, one for each value of a label."""
    family = GaugeMetricFamily(name, about, labels=(label,))
    for labelled, value in values.items():
        family.add_metric((labelled,), value)
    return family


def counters(name: str, about: str, *, label: str, values: Mapping[str, float]) -> Metric:
    """Make a counter of counts that were just read, one for each value of a label."""
    family = CounterMetricFamily(name, about, labels=(label,))
    for labelled, value in values.items():
        family.add_metric((labelled,), value)
    return family


def _by_key(families: Iterable[Metric]) -> Iterator[tuple[str, float]]:
    for family in families:
        for sample in family.samples:
            yield json.dumps([family.name, sample.name, sample.labels]), sample.value


def _reading_order(key: str) -> tuple[str, list[str], float]:
    """Sort the buckets of a histogram by their limits, as Prometheus shows them."""
    _, sample, labels = json.loads(key)
    limit = float(labels.pop("le", "0"))
    return sample, sorted(labels.values()), limit
