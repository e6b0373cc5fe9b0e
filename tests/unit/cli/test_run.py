from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from ttv.cli._run import run
from ttv.errors import Cancelled


async def forever() -> None:
    await asyncio.Event().wait()


def test_the_result_is_returned() -> None:
    async def answer() -> int:
        return 42

    assert run(answer()) == 42


def test_an_error_is_raised_as_it_is() -> None:
    async def fail() -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        run(fail())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_cancels(number: signal.Signals) -> None:
    cleaned = []

    async def main() -> None:
        os.kill(os.getpid(), number)
        try:
            await forever()
        finally:
            cleaned.append(True)

    with pytest.raises(Cancelled):
        run(main())
    assert cleaned == [True]


def test_a_second_signal_cancels_the_cleaning_up() -> None:
    hurried = []

    async def main() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await forever()
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            try:
                await forever()
            except asyncio.CancelledError:
                hurried.append(True)

    with pytest.raises(Cancelled):
        run(main())
    assert hurried == [True]


def test_a_command_may_say_what_stopping_means() -> None:
    async def main() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await forever()
        except asyncio.CancelledError as error:
            raise Cancelled("the job goes on") from error

    with pytest.raises(Cancelled, match="the job goes on"):
        run(main())


def test_a_signal_that_the_caller_ignores_stays_ignored() -> None:
    code = """
import os, signal
from ttv.cli._run import run
async def main():
    os.kill(os.getpid(), signal.SIGHUP)
run(main())
print("went on")
"""
    done = subprocess.run(
        ["nohup", sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout == "went on\n"
