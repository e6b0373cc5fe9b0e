"""The endpoints of tenants: made, changed, tried out, ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ttv.errors import Conflict, InvalidRequest, NotFound
from ttv.ids import new_id
from ttv.redis import Connection, answering
from ttv.webhooks._endpoint import PING, USUAL, Attempt, Endpoint, Issued, Wish, is_endpoint_id
from ttv.webhooks._guard import Guard
from ttv.webhooks._scripts import teach
from ttv.webhooks._secret import mint
from ttv.webhooks._target import Target

#: Endpoints of a tenant.
MAX_ENDPOINTS: Final = 10
#: Milliseconds for which a rotated secret signs beside the new one.
OVERLAP: Final = 24 * 3_600 * 1_000


class Hooks:
    """Keeps endpoints in Redis; every method raises Unavailable, and NotFound for another's."""

    def __init__(
        self, redis: Connection, guard: Guard, *, new_id: Callable[[str], str] = new_id
    ) -> None:
        teach(redis)
        self._redis = redis
        self._guard = guard
        self._new_id = new_id

    async def create(self, tenant: str, wish: Wish) -> Issued:
        """Make an endpoint. Raises InvalidRequest, and Conflict at ``MAX_ENDPOINTS``."""
        if wish.url is None:
            raise InvalidRequest("url is missing", param="url")
        await self._guard.addresses(Target.read(wish.url))
        fields = {"events": " ".join(sorted(USUAL)), **wish.fields()}
        secret = mint()
        made = await self._redis.script(
            "hook_create", self._new_id("wh"), tenant, MAX_ENDPOINTS, secret, *_flat(fields)
        )
        if not made:
            raise Conflict(f"there are {MAX_ENDPOINTS} webhooks; delete one first")
        return Issued(_endpoint(made), secret)

    async def get(self, endpoint_id: str, *, tenant: str) -> Endpoint:
        """Read an endpoint."""
        return _found(await self._redis.script("hook_get", _checked(endpoint_id), tenant))

    async def list(self, tenant: str) -> list[Endpoint]:
        """List the endpoints of a tenant, newest first."""
        return [_endpoint(fields) for fields in await self._redis.script("hook_list", tenant)]

    async def update(self, endpoint_id: str, wish: Wish, *, tenant: str) -> Endpoint:
        """Change what the wish says something of. Raises InvalidRequest."""
        _checked(endpoint_id)
        if wish.url is not None:
            await self._guard.addresses(Target.read(wish.url))
        changed = _flat(wish.fields())
        return _found(await self._redis.script("hook_update", endpoint_id, tenant, *changed))

    async def delete(self, endpoint_id: str, *, tenant: str) -> None:
        """Remove an endpoint, and all that waits for it."""
        if not await self._redis.script("hook_delete", _checked(endpoint_id), tenant):
            raise NotFound("there is no such webhook")

    async def rotate(self, endpoint_id: str, *, tenant: str) -> Issued:
        """Give an endpoint a new secret; for a day messages are signed with the old one too."""
        secret = mint()
        found = await self._redis.script(
            "hook_rotate", _checked(endpoint_id), tenant, secret, OVERLAP
        )
        return Issued(_found(found), secret)

    async def ping(self, endpoint_id: str, *, tenant: str) -> str:
        """Send an endpoint a message to try it out; gives its id. Raises Conflict if disabled."""
        message = self._new_id("msg")
        _raise_refusal(
            await self._redis.script("hook_ping", _checked(endpoint_id), tenant, message, PING)
        )
        return message

    async def redeliver(self, endpoint_id: str, message: str, *, tenant: str) -> None:
        """Send a message again, with its schedule from the start; once more is no error.

        Those that wait are kept, and the last hundred that ended. Raises Conflict if disabled.
        """
        _raise_refusal(
            await self._redis.script("hook_again", _checked(endpoint_id), tenant, message)
        )

    async def attempts(self, endpoint_id: str, *, tenant: str) -> Sequence[Attempt]:
        """Give the last hundred tries to deliver something, newest first."""
        known, *lines = await self._redis.script("hook_log", _checked(endpoint_id), tenant)
        if not known:
            raise NotFound("there is no such webhook")
        return [Attempt.read(line) for line in lines[0]]

    async def outcomes(self) -> dict[str, int]:
        """Count the tries for all endpoints, ever, by what ``Post.note`` gave."""
        with answering():
            counted = await self._redis.redis.hgetall("ttv:hooks:outcomes")
        return {str(outcome): int(count) for outcome, count in counted.items()}


def _checked(endpoint_id: str) -> str:
    if not is_endpoint_id(endpoint_id):
        raise NotFound("there is no such webhook")
    return endpoint_id


def _raise_refusal(word: str) -> None:
    if word == "gone":
        raise NotFound("there is no such webhook, or it has no such delivery any more")
    if word == "disabled":
        raise Conflict("the webhook is disabled; enable it first")


def _found(fields: Sequence[str]) -> Endpoint:
    if not fields:
        raise NotFound("there is no such webhook")
    return _endpoint(fields)


def _endpoint(fields: Sequence[str]) -> Endpoint:
    return Endpoint.read(dict(zip(fields[::2], fields[1::2], strict=True)))


def _flat(fields: dict[str, str]) -> list[str]:
    return [word for pair in fields.items() for word in pair]
