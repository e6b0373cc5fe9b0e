"""Who may be spoken to: checked before every send, on the very addresses that are dialled."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeAlias

from ttv.errors import InvalidRequest
from ttv.webhooks._addresses import Address, Network, is_open, is_within, parse
from ttv.webhooks._target import PORTS, Target

#: Gives the addresses of a name as text; raises OSError for one that has none.
Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
#: Names looked up at once. A name server that does not answer holds a thread for a while, so
#: these are apart from the threads that others work in.
_LOOKUPS: Final = 64
#: Seconds for one lookup; a name without an answer by then has none.
_PATIENCE: Final = 5.0
_THREADS: Final = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="webhook-names")


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for all addresses of a name."""

    def ask() -> list[str]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    return await asyncio.get_running_loop().run_in_executor(_THREADS, ask)


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets webhooks go to the public Internet, and to networks that the operator allows."""

    #: Networks in which endpoints may be, also without TLS and on any port.
    allow: tuple[Network, ...] = ()
    resolve: Resolve = resolve

    def check(self, target: Target) -> None:
        """Raise InvalidRequest for what no lookup could make good."""
        if target.plain or (self.allow and target.address is None):
            return
        if target.address is None or not is_within(target.address, self.allow):
            raise _plain_only()

    async def addresses(self, target: Target) -> tuple[str, ...]:
        """Give the addresses to dial, looked up once. Raises InvalidRequest unless every one of
        them may be.
        """
        self.check(target)
        found = [target.address] if target.address else await self._looked_up(target)
        if not found or not all(self._lets(address, target) for address in found):
            # One sentence for both: what exists in our network is no stranger's business.
            raise InvalidRequest(
                "url must name a host with public addresses alone; this one has none, or others",
                param="url",
            )
        return tuple(str(address) for address in found if address is not None)

    async def _looked_up(self, target: Target) -> list[Address | None]:
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await self.resolve(target.host, target.port)
        except (OSError, UnicodeError):
            return []
        return [parse(text) for text in found]

    def _lets(self, address: Address | None, target: Target) -> bool:
        if address is None:  # with a zone, or nothing that we know
            return False
        return is_within(address, self.allow) or (target.plain and is_open(address))


def _plain_only() -> InvalidRequest:
    ports = " or ".join(map(str, PORTS))
    return InvalidRequest(f"url must begin with https:// and be on port {ports}", param="url")
