"""The connection to Redis: bounded, impatient, and speaking the errors of ttv."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from hashlib import sha1
from typing import Any, Final, NamedTuple, Self, TypeVar

import anyio
from coredis import Redis, exceptions
from coredis.commands import CommandRequest
from coredis.retry import ConstantRetryPolicy

from ttv.errors import InvalidRequest, TtvError, Unavailable
from ttv.redis._pool import Pool
from ttv.redis._turns import Turns

T = TypeVar("T")

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
        self._turns = Turns()
        #: The client, for commands that need no script; wrap them in ``answering``.
        self.redis: Redis[str] = _Client(
            self._turns,
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
        self._scripts: dict[str, _Script] = {}
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
            self._scripts[name] = _Script(text, sha1(text.encode()).hexdigest())  # noqa: S324 - Redis names scripts so

    async def script(self, name: str, *args: str | int | float) -> Any:
        """Run a script that was taught; what it answers is described in its file."""
        script = self._scripts[name]
        with answering():
            try:
                return await self.redis.evalsha(script.digest, args=args)
            except exceptions.NoScriptError:  # Redis has not seen it since its start
                return await self.redis.eval(script.text, args=args)

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """Ask Redis through another client when it is our turn; wrap it in ``answering``."""
        return await self._turns.ask(question)

    async def told(self, section: str) -> Mapping[str, Any]:
        """Read what Redis tells of itself; hosted ones hide some of it, or all.

        By INFO, since many of them forbid CONFIG.
        """
        with answering():
            try:
                return await self.redis.info(section)
            except (exceptions.AuthorizationError, exceptions.UnknownCommandError):
                return {}

    async def refuse_forgetting(self) -> None:
        """Raise InvalidRequest unless Redis tells that it keeps a file and evicts nothing."""
        persistence = await self.told("persistence")
        if "maxmemory_policy" not in await self.told("memory"):
            found = "it does not tell its maxmemory-policy; let it tell by INFO"
        elif "aof_enabled" not in persistence:
            found = "it does not tell how it keeps them; let it tell by INFO"
        elif str(persistence["aof_enabled"]) != "1":
            found = "its append-only file is off; set 'appendonly yes' there"
        else:
            return
        raise InvalidRequest(
            f"Redis may lose accepted jobs: {found}, "
            "or TTV_REDIS_PERSISTENCE=trust here if you know that it keeps them.",
            param="redis_persistence",
        )

    async def _refuse_eviction(self) -> None:
        policy = (await self.told("memory")).get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            raise InvalidRequest(
                f"Redis may throw jobs away: its maxmemory-policy is {policy}; "
                "set it to noeviction.",
                param="redis_url",
            )


class _Script(NamedTuple):
    """A script, not left to the client: its own would swallow a cancel while it is loaded."""

    text: str
    digest: str


class _Client(Redis[str]):
    """The client, each of whose commands waits for its turn."""

    def __init__(self, turns: Turns, **options: Any) -> None:
        super().__init__(**options)
        self._turns = turns

    async def execute_command(self, command: CommandRequest[T]) -> T:
        """Run a command when it is its turn."""
        run = super().execute_command
        return await self._turns.ask(lambda: run(command))


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
