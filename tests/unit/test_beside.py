from __future__ import annotations

import asyncio

import pytest

from ttv.beside import beside


async def rest(diary: list[str], name: str) -> None:
    diary.append(f"{name} begins")
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0)
        diary.append(f"{name} ends")


def test_what_runs_beside_a_block_has_ended_when_the_block_is_left() -> None:
    diary: list[str] = []

    async def scenario() -> None:
        async with beside(rest(diary, "a"), rest(diary, "b")):
            await asyncio.sleep(0)
            diary.append("block")

    asyncio.run(scenario())
    assert diary[:3] == ["a begins", "b begins", "block"]
    assert sorted(diary[3:]) == ["a ends", "b ends"]


def test_an_error_of_the_block_ends_it_too_and_goes_on() -> None:
    diary: list[str] = []

    async def scenario() -> None:
        async with beside(rest(diary, "a")):
            await asyncio.sleep(0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(scenario())
    assert diary == ["a begins", "a ends"]
