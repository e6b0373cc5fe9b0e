"""Signals that ask a worker to drain."""

from __future__ import annotations

import asyncio
import signal


def stop_on_signals() -> asyncio.Event:
    """Give an event that SIGTERM, SIGINT or SIGHUP sets, on the running loop.

    A signal that our caller has us ignore (``nohup``) stays ignored.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(sign) is not signal.SIG_IGN:
            loop.add_signal_handler(sign, stop.set)
    return stop
