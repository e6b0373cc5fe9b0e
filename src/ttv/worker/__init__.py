"""Claim steps, run them, settle them."""

from ttv.worker._port import Report, Runner
from ttv.worker._signals import stop_on_signals
from ttv.worker._worker import Options, Worker

__all__ = ["Options", "Report", "Runner", "Worker", "stop_on_signals"]
