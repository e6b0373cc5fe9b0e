"""Logs and metrics: what a process tells its operator."""

from __future__ import annotations

from ttv.observability._logs import Redactor, bind, configure, log
from ttv.observability._metrics import (
    HttpMetrics,
    WorkerMetrics,
    counters,
    forget_process,
    gauge,
    gauges,
)

__all__ = [
    "HttpMetrics",
    "Redactor",
    "WorkerMetrics",
    "bind",
    "configure",
    "counters",
    "forget_process",
    "gauge",
    "gauges",
    "log",
]
