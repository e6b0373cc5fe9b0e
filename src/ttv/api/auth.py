"""Who may use a route: every one has a guard, and only a guard lets somebody through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

from fastapi import Depends, Request

from ttv.access import OPERATOR, Caller, RateLimited, Scope
from ttv.api import limits
from ttv.api.limits import Limit
from ttv.api.origin import client_ip, is_here
from ttv.api.services import Services
from ttv.errors import InvalidRequest

#: Where the caller, and where his address, stand in the ASGI scope of a request.
CALLER: Final = "ttv.caller"
IP: Final = "ttv.ip"
#: Our names of the two ways to send a key, in the OpenAPI document.
SCHEMES: Final[dict[str, dict[str, str]]] = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "ttv_live_..."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
_REFUSALS: Final = (
    *("invalid_request", "unauthenticated", "forbidden"),
    *("rate_limited", "unavailable"),
)
_BEARER: Final = re.compile(r"bearer(?: +(.*))?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Guard:
    """Stands before a route: tells who asks, whether he may, and how often."""

    #: What he needs; None lets everybody through.
    scope: Scope | None
    limit: Limit = Limit.REQUESTS
    #: Lets through who asks from this machine itself, as a scraper of metrics does.
    from_here: bool = False

    async def __call__(self, request: Request) -> None:
        """Let the caller through; raises what the API refuses him with."""
        if self.scope is None:
            return
        here: Services = request.app.state.services
        caller = await self._tell(request, here)
        request.scope[CALLER] = caller
        policy = limits.policy(self.limit, here.settings)
        if caller.limited and policy:
            count = await here.access.rates.count(policy, caller.counted_as)
            request.scope[limits.COUNT] = count
            if not count.allowed:
                raise RateLimited(
                    f"more than {policy.quota} requests of this kind in {policy.seconds} seconds; "
                    f"send the next one in {count.retry_after} s",
                    retry_after=count.retry_after,
                )
        caller.needs(self.scope)

    async def _tell(self, request: Request, here: Services) -> Caller:
        peer = request.client.host if request.client else None
        forwarded = request.headers.getlist("x-forwarded-for")
        ip = request.scope[IP] = client_ip(peer, forwarded, here.settings.trusted_proxies)
        credential = _credential(request)
        local = is_here(peer, request.headers)
        if self.from_here and credential is None and local:
            return Caller(OPERATOR, frozenset({Scope.ADMIN}), ip, limited=False)
        return await here.access.door.admit(credential, ip=ip, here=local)

    @property
    def refusals(self) -> tuple[str, ...]:
        """List the problems that it answers with."""
        return _REFUSALS if self.scope else ()

    @property
    def security(self) -> list[dict[str, Any]]:
        """Declare it as OpenAPI does."""
        return [{scheme: [str(self.scope)]} for scheme in SCHEMES] if self.scope else []


async def _who(request: Request) -> Caller:
    return cast(Caller, request.scope[CALLER])


#: The caller, for the signature of a guarded route.
Who = Annotated[Caller, Depends(_who)]


def _credential(request: Request) -> str | None:
    """Give the one key that a request carries; another scheme than ours carries none."""
    found = request.headers.getlist("x-api-key")
    for line in request.headers.getlist("authorization"):
        if match := _BEARER.fullmatch(line):
            found.append(match[1] or "")
    sent = {text.strip() for text in found}
    if len(sent) > 1:
        raise InvalidRequest(
            "the request carries two different API keys; send one, as 'Authorization: Bearer KEY' "
            "or as 'X-API-Key: KEY'",
            param="X-API-Key",
        )
    return sent.pop() if sent else None
