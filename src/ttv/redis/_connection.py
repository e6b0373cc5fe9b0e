"""The connection to Redis: bounded, impatient, and speaking the errors of ttv."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from typing import Any, Final, Self

import anyio
from coredis import Redis, exceptions
from coredis.commands import Script
from coredis.retry import ConstantRetryPolicy

from ttv.errors import InvalidRequest, TtvError, Unavailable
from ttv.redis._pool import Pool

#: Seconds for one try to connect or to get an answer; with the one retry, a caller hears
#: within two seconds that Redis is away.
_PATIENCE: Final = 0.9
_MAX_CONNECTIONS: Final = 16

#: What a broken connection may raise, also in groups, out of the task groups of the client.
BREAKS: Final = (
    exceptions.ConnectionError,
    OSError,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
)

#: Every script gives the same answer to its own repetition, so one lost answer is asked for
#: again. A timeout is not: the caller has waited enough.
RETRY: Final = ConstantRetryPolicy((exceptions.ConnectionError,), retries=1, delay=0.05)

#: Answers of a Redis that cannot write now, by their first word.
_TROUBLE: Final = ("OOM", "MISCONF", "BUSY", "MASTERDOWN", "NOREPLICAS", "CLUSTERDOWN")


class Connection:
    """A pool of connections, open from ``__aenter__`` to ``__aexit__``, that runs Lua scripts.

    A room teaches it its scripts once; their names are unique over all rooms.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        #: The client, for commands that need no script; wrap them in ``answering``.
        self.redis: Redis[str] = Redis(
            connection_pool=Pool.from_url(
                url,
                decode_responses=True,
                max_connections=_MAX_CONNECTIONS,
                connect_timeout=_PATIENCE,
                stream_timeout=_PATIENCE,
                timeout=_PATIENCE,
            ),
            decode_responses=True,
            retry_policy=RETRY,
        )
        self._scripts: dict[str, Script[str]] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.redis)
        try:
            await self._refuse_eviction()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        # The client holds a task group: told of an error, it would raise it again in a group.
        await self._stack.aclose()

    async def ping(self) -> None:
        """Raise Unavailable unless Redis answers."""
        with answering():
            await self.redis.ping()

    def learn(self, scripts: Mapping[str, str]) -> None:
        """Add the scripts of a room, their texts by name."""
        for name, text in scripts.items():
            self._scripts[name] = self.redis.register_script(text)

    async def script(self, name: str, *args: str | int | float) -> Any:
        """Run a script that was taught; what it answers is described in its file."""
        with answering():
            return await self._scripts[name]((), args)

    async def refuse_forgetting(self) -> None:
        """Raise InvalidRequest unless Redis keeps an append-only file."""
        with answering():
            persistence = await self.redis.info("persistence")
        if str(persistence.get("aof_enabled")) == "1":
            return
        found = "its append-only file is off" if persistence else "it does not tell how it keeps"
        raise InvalidRequest(
            f"Redis may lose accepted jobs when it ends: {found}; set 'appendonly yes' there, "
            "or TTV_REDIS_PERSISTENCE=trust here if you know that it keeps them.",
            param="redis_persistence",
        )

    async def _refuse_eviction(self) -> None:
        # INFO, since hosted servers forbid CONFIG.
        with answering():
            memory = await self.redis.info("memory")
        policy = str(memory["maxmemory_policy"])
        if policy != "noeviction":
            raise InvalidRequest(
                f"Redis may throw jobs away: its maxmemory-policy is {policy}; "
                "set it to noeviction.",
                param="redis_url",
            )


@contextmanager
def answering() -> Iterator[None]:
    """Map what goes wrong with Redis to Unavailable, and what goes wrong with us to TtvError."""
    try:
        yield
    except (*BREAKS, exceptions.ReadOnlyError) as error:
        raise Unavailable("The job store does not answer.") from error
    except ExceptionGroup as group:
        if group.split(BREAKS)[1]:
            raise
        raise Unavailable("The job store does not answer.") from group
    except exceptions.AuthenticationError as error:
        raise Unavailable("The job store refuses the password.") from error
    except exceptions.RedisError as error:
        if str(error).startswith(_TROUBLE):
            raise Unavailable("The job store cannot write now.") from error
        raise TtvError("The job store refused a command.") from error
