from __future__ import annotations

import asyncio

import pytest

from ttv.beside import beside, together


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


def test_much_work_is_done_some_at_a_time() -> None:
    busy, most, done = 0, 0, list[int]()

    async def one(number: int) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0)
        busy -= 1
        done.append(number)

    asyncio.run(together(map(one, range(10)), at_once=3))
    assert sorted(done) == list(range(10))
    assert most == 3


def test_of_much_work_an_error_ends_what_has_not_begun() -> None:
    done = list[int]()

    async def one(number: int) -> None:
        await asyncio.sleep(0)
        if number == 1:
            raise ZeroDivisionError
        done.append(number)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(together(map(one, range(10)), at_once=3))
    assert done == [0, 2]
