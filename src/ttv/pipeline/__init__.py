"""The stages of a film as steps with content-addressed results."""

from __future__ import annotations

from ttv.pipeline._graph import opening_steps
from ttv.pipeline._manifest import film_warnings
from ttv.pipeline._order import Limits, Mode, Order, Wish
from ttv.pipeline._pipeline import Outcome, Pipeline, Watcher
from ttv.pipeline._step import Kind, Report, Result, Step

__all__ = [
    "Kind",
    "Limits",
    "Mode",
    "Order",
    "Outcome",
    "Pipeline",
    "Report",
    "Result",
    "Step",
    "Watcher",
    "Wish",
    "film_warnings",
    "opening_steps",
]
