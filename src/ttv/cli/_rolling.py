"""SIGHUP: restart a running service piece by piece, with the settings as they are now."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ttv.cli._kept import Log
from ttv.cli._supervisor import Supervisor

_TERMINAL = "/dev/tty"


@asynccontextmanager
async def rolling(supervisor: Supervisor, log: Log) -> AsyncIterator[None]:
    """Restart the children one after another whenever SIGHUP comes.

    When it comes because the terminal was closed, it ends the surrounding task as before.
    Where our caller has us ignore it (``nohup``), it stays ignored.
    """
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        yield
        return
    loop, main = asyncio.get_running_loop(), asyncio.current_task()
    if not main:
        raise RuntimeError("rolling needs a task to end")
    begun_in_terminal = _in_terminal()
    restarts: list[asyncio.Task[None]] = []

    def hear() -> None:
        if begun_in_terminal and not _in_terminal():
            main.cancel()
        elif restarts and not restarts[-1].done():
            log.note("ttv", "SIGHUP: restarting already")
        else:
            restarts.append(asyncio.create_task(_restart(supervisor, log)))

    loop.add_signal_handler(signal.SIGHUP, hear)
    try:
        yield
    finally:
        loop.add_signal_handler(signal.SIGHUP, main.cancel)
        for restart in restarts:
            restart.cancel()
        await asyncio.gather(*restarts, return_exceptions=True)


async def _restart(supervisor: Supervisor, log: Log) -> None:
    log.note("ttv", "SIGHUP: restarting every process, one after another")
    done = await supervisor.roll()
    log.note("ttv", "restarted" if done else "the restart stopped half way")


def _in_terminal() -> bool:
    """Tell whether a terminal controls this process; one that was closed does not."""
    try:
        os.close(os.open(_TERMINAL, os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
