"""One POST to a stranger: bounded in time and size, to checked addresses, led nowhere else."""

from __future__ import annotations

import asyncio
import functools
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any, Final

import httpcore
import httpx

from ttv.errors import InvalidRequest
from ttv.webhooks._guard import Guard
from ttv.webhooks._target import Target

#: Seconds for all of it, from the lookup of the name to the end of the reply.
TIMEOUT: Final = 20.0
#: Seconds for one of several addresses of a host, so that the next gets its turn.
_DIAL: Final = 5.0
#: Bytes of a reply that are read before it is left.
_MAX_REPLY: Final = 64 * 1024
_RETRY_AFTER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
#: What may ask to be left alone for a while.
_THROTTLES: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Reply:
    """How a receiver took a message."""

    #: None where there was no answer.
    status: int | None
    seconds: float
    #: Why it does not count as delivered, in our words; none of the receiver's are kept.
    error: str | None = None
    #: Seconds that it asked for.
    retry_after: float | None = None

    @property
    def delivered(self) -> bool:
        """Tell whether the receiver has it."""
        return self.error is None


class Sender:
    """Posts messages, each over a connection of its own; follows nothing, takes no proxy."""

    def __init__(
        self,
        guard: Guard,
        *,
        network: httpcore.AsyncNetworkBackend | None = None,
        context: ssl.SSLContext | None = None,
        timeout_seconds: float = TIMEOUT,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.guard = guard
        self._network = network or httpcore.AnyIOBackend()
        self._context = context
        self._timeout = timeout_seconds
        self._monotonic = monotonic
        self._clock = clock
        self._agent = f"ttv-webhooks/{version('ttv-pipeline')}"

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Post a message and tell how it went; raises nothing."""
        began = self._monotonic()
        status: int | None = None
        error: str | None = None
        retry_after: float | None = None
        try:
            async with asyncio.timeout(self._timeout), self._posted(url, body, headers) as answer:
                status = answer.status
                await _read(answer)
            error = _complaint(status)
            retry_after = _asked(answer, now=self._clock())
        except TimeoutError:
            error = f"it did not answer in full within {self._timeout:.0f} seconds"
        except InvalidRequest as refused:
            error = refused.message
        except (httpcore.NetworkError, httpcore.TimeoutException, OSError) as failed:
            error = _unreached(failed)
        except httpcore.ProtocolError:
            error = "what it answered is not HTTP"
        return Reply(status, self._monotonic() - began, error, retry_after)

    @asynccontextmanager
    async def _posted(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> AsyncIterator[httpcore.Response]:
        target = Target.read(url)
        addresses = await self.guard.addresses(target)
        sent = {
            "Host": target.authority,
            "Content-Type": "application/json",
            "User-Agent": self._agent,
            "Connection": "close",
            **headers,
        }
        connection = httpcore.AsyncHTTPConnection(
            origin=httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port),
            ssl_context=self._context or _trust(),
            network_backend=_Pinned(self._network, addresses),
        )
        async with (
            connection,
            connection.stream(
                "POST",
                httpcore.URL(
                    scheme=target.scheme.encode(),
                    host=target.host.encode(),
                    port=target.port,
                    target=target.path.encode(),
                ),
                headers=list(sent.items()),
                content=body,
            ) as answer,
        ):
            yield answer


@functools.cache
def _trust() -> ssl.SSLContext:
    """Trust the usual authorities; making this takes longer than sending a message."""
    return httpx.create_ssl_context()


class _Pinned(httpcore.AsyncNetworkBackend):
    """Dials the addresses that were checked, whatever the name means by now."""

    def __init__(self, network: httpcore.AsyncNetworkBackend, addresses: tuple[str, ...]) -> None:
        self._network = network
        self._addresses = addresses

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the name was looked up already
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109, ARG002 - the signature of httpcore
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of them that answers."""
        *others, last = self._addresses
        for address in others:
            try:
                return await self._network.connect_tcp(
                    address, port, _DIAL, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(last, port, None, local_address, socket_options)


async def _read(answer: httpcore.Response) -> None:
    """Read a reply to its end, so that the receiver can end in order, or to our limit."""
    size = 0
    async for chunk in answer.aiter_stream():
        size += len(chunk)
        if size >= _MAX_REPLY:
            return


def _complaint(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"it answered {status}; redirects are not followed, so set the new URL"
    return f"it answered {status}"


def _asked(answer: httpcore.Response, *, now: float) -> float | None:
    """Read Retry-After in seconds; a date counts from the one that the receiver has now."""
    if answer.status not in _THROTTLES:
        return None
    said = {name.lower(): value.decode("latin-1").strip() for name, value in answer.headers}
    after = said.get(b"retry-after", "")
    if _RETRY_AFTER.fullmatch(after):
        return float(after)
    until, theirs = _moment(after), _moment(said.get(b"date", ""))
    return None if until is None else until - (now if theirs is None else theirs)


def _moment(text: str) -> float | None:
    """Read a date of HTTP; None for what is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _unreached(failed: Exception) -> str:
    """Say why there was no answer."""
    cause: BaseException | None = failed
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "its TLS certificate or handshake is not accepted"
        cause = cause.__cause__ or cause.__context__
    if isinstance(failed, httpcore.ConnectError | httpcore.ConnectTimeout):
        return "nothing answers there"
    return "the connection broke off"
