from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any

import pytest
from anyio.abc import UNIXSocketStream

from tests.loops import Loop


async def _cancel_a_read_as_data_comes() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = await UNIXSocketStream.from_socket(ours)
        read = asyncio.create_task(stream.receive())
        await asyncio.sleep(0.01)
        theirs.send(b"data")
        asyncio.get_running_loop().call_soon(read.cancel)
        with suppress(asyncio.CancelledError):
            await read
        await stream.aclose()


@pytest.mark.parametrize(("factory", "faults"), [(asyncio.SelectorEventLoop, 1), (Loop, 0)])
def test_a_read_that_is_cancelled_as_data_comes_is_a_fault_of_anyio_only(
    factory: type[asyncio.SelectorEventLoop], faults: int
) -> None:
    found: list[dict[str, Any]] = []
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: found.append(context))
        runner.run(_cancel_a_read_as_data_comes())
    assert len(found) == faults


def test_other_faults_of_callbacks_are_reported() -> None:
    found: list[dict[str, Any]] = []

    async def scenario() -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 // 0)
        await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.get_loop().set_exception_handler(lambda _, context: found.append(context))
        runner.run(scenario())
    assert [type(context["exception"]) for context in found] == [ZeroDivisionError]
