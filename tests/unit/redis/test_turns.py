from __future__ import annotations

import asyncio

import pytest
from coredis.exceptions import ConnectionError as Broken
from coredis.exceptions import ResponseError

from ttv.redis._turns import Turns

pytestmark = pytest.mark.anyio


class Questions:
    """Questions to a Redis that answers when the test says so."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.asked: list[str] = []
        self.answers: dict[str, asyncio.Future[str]] = {}

    def ask(self, name: str) -> asyncio.Task[str]:
        """Ask beside the test."""

        async def question() -> str:
            self.asked.append(name)
            self.answers[name] = asyncio.get_running_loop().create_future()
            return await self.answers[name]

        async def answer() -> str:
            return await self.turns.ask(question)

        return asyncio.create_task(answer())

    async def asking(self, *names: str) -> list[asyncio.Task[str]]:
        tasks = [self.ask(name) for name in names]
        await settled()
        return tasks


async def settled() -> None:
    """Let all tasks get as far as they can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_callers_get_their_turn_in_the_order_in_which_they_came() -> None:
    questions = Questions(Turns(at_once=2))
    tasks = await questions.asking("a", "b", "c", "d")
    assert questions.asked == ["a", "b"]
    for name in ("b", "a", "d", "c"):
        questions.answers[name].set_result(f"answer to {name}")
        await settled()
    assert questions.asked == ["a", "b", "c", "d"]
    assert [await task for task in tasks] == [f"answer to {name}" for name in "abcd"]


@pytest.mark.parametrize("error", [Broken("it is gone"), TimeoutError("it took too long")])
async def test_all_who_wait_hear_at_once_that_redis_is_away(error: Exception) -> None:
    questions = Questions(Turns(at_once=1))
    first, *others = await questions.asking("a", "b", "c")
    questions.answers["a"].set_exception(error)
    await settled()
    assert first.exception() is error
    assert [str(task.exception()) for task in others] == [str(error)] * 2
    assert questions.asked == ["a"]


async def test_one_that_breaks_while_others_are_answered_spoils_it_for_nobody() -> None:
    questions = Questions(Turns(at_once=2))
    first, *_ = await questions.asking("a", "b", "c", "d")
    questions.answers["b"].set_result("fine")
    await settled()
    questions.answers["a"].set_exception(Broken("only mine"))
    await settled()
    assert str(first.exception()) == "only mine"
    assert questions.asked == ["a", "b", "c", "d"]


async def test_a_refusal_by_redis_is_an_answer() -> None:
    questions = Questions(Turns(at_once=1))
    first, _ = await questions.asking("a", "b")
    questions.answers["a"].set_exception(ResponseError("no such command"))
    await settled()
    assert str(first.exception()) == "no such command"
    assert questions.asked == ["a", "b"]


async def test_a_caller_too_many_is_refused_without_waiting() -> None:
    questions = Questions(Turns(at_once=1, most_waiting=1))
    *_, third = await questions.asking("a", "b", "c")
    assert isinstance(third.exception(), Broken)
    assert "1 callers wait" in str(third.exception())


@pytest.mark.parametrize("moment", ["as it waits", "as its turn comes", "as it asks"])
async def test_a_caller_that_gives_up_leaves_its_turn_to_the_next(moment: str) -> None:
    questions = Questions(Turns(at_once=1))
    first, second, _ = await questions.asking("a", "b", "c")
    if moment == "as it waits":
        second.cancel()
    questions.answers["a"].set_result("fine")
    if moment == "as its turn comes":
        await first
        second.cancel()
    await settled()
    if moment == "as it asks":
        second.cancel()
        await settled()
    assert questions.asked[-1] == "c"
    questions.answers["c"].set_result("fine")
    await questions.asking("d")
    assert questions.asked[-1] == "d"
