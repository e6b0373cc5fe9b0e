"""Who asks Redis now: a few at once, the others in the order in which they came.

All that is asked at once shares a connection, and one answer that comes too late breaks it for
all. A burst of a thousand callers would ask so much at once that no answer comes in time, however
well Redis is. So most of them wait, for as long as Redis answers those before them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from coredis.exceptions import ConnectionError as Broken
from coredis.exceptions import RedisError

T = TypeVar("T")

#: Callers that ask at once: enough to keep a Redis across a network busy.
_AT_ONCE: Final = 16
#: Callers that wait; the next is refused. They are served within some seconds.
_MOST_WAITING: Final = 4_000


class Turns:
    """Gives callers their turns, and refuses those who wait when Redis stops answering."""

    def __init__(self, *, at_once: int = _AT_ONCE, most_waiting: int = _MOST_WAITING) -> None:
        self._free = at_once
        self._most_waiting = most_waiting
        self._waiting: deque[asyncio.Future[None]] = deque()
        #: How often Redis has answered.
        self._answers = 0

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """Ask when it is our turn.

        Raises what the question raises, and a ConnectionError of the client without asking when
        too many wait, or when the question of somebody before us found that Redis is away.
        """
        await self._turn()
        answers = self._answers
        try:
            answer = await question()
        except (Broken, OSError) as error:
            if self._answers == answers:  # nobody was answered since we asked
                self._refuse(error)
            raise
        except RedisError:  # an answer too
            self._answers += 1
            raise
        else:
            self._answers += 1
            return answer
        finally:
            self._pass_on()

    async def _turn(self) -> None:
        if self._free:
            self._free -= 1
            return
        if len(self._waiting) >= self._most_waiting:
            raise Broken(f"{self._most_waiting} callers wait for Redis already")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and not turn.exception():  # it came as we were cancelled
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Let the next caller ask that still waits."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _refuse(self, error: Exception) -> None:
        """Tell all who wait what one of them would find."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(Broken(str(error)))
