"""Logs and metrics: what a process tells its operator."""

from __future__ import annotations

from ttv.observability._logs import Redactor, bind, configure, log
from ttv.observability._metrics import HttpMetrics, WorkerMetrics, gauge, gauges
from ttv.observability._totals import Totals

__all__ = [
    "HttpMetrics",
    "Redactor",
    "Totals",
    "WorkerMetrics",
    "bind",
    "configure",
    "gauge",
    "gauges",
    "log",
]
