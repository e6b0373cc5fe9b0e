"""Run a coroutine as the whole of a command."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from ttv.errors import Cancelled

_Value = TypeVar("_Value")
_STOP: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(main: Coroutine[Any, Any, _Value]) -> _Value:
    """Run to the end; Ctrl-C, SIGTERM and a closed terminal cancel it, each time again.

    What is cancelled cleans up; cancelled while it cleans up, it hurries. Raises Cancelled when
    it ends for a signal. A signal that our caller has us ignore (``nohup``) stays ignored.
    """
    with asyncio.Runner() as runner:
        return runner.run(_cancellable(main))


async def _cancellable(main: Coroutine[Any, Any, _Value]) -> _Value:
    task = asyncio.create_task(main)
    loop = asyncio.get_running_loop()
    heard = [number for number in _STOP if signal.getsignal(number) is not signal.SIG_IGN]
    for number in heard:
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError as error:
        raise Cancelled("stopped") from error
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
