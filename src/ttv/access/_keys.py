"""The keys of the service: made, found, changed, ended."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from secrets import token_bytes
from typing import Final

from ttv.access._errors import ForeignSecret, Unauthenticated
from ttv.access._key import DAY, Grant, Issued, Key
from ttv.access._token import Token, is_key_id
from ttv.errors import Conflict, InvalidRequest, NotFound, TtvError, Unavailable
from ttv.redis import Connection, answering

#: How long a record is used before it is read again: a revoked key works no longer than that.
FRESH_SECONDS: Final = 0.9
#: Keys of a tenant that let somebody in.
MAX_KEYS: Final = 100
#: How long a rotated key goes on beside the new one, where nobody says.
OVERLAP_SECONDS: Final = DAY
_LONGEST_OVERLAP: Final = 90 * DAY
#: The last use of a key is noted as often as this, in milliseconds.
_NOTE_EVERY: Final = 60_000
#: Records held; beyond it somebody is guessing.
_MOST_SEEN: Final = 10_000
_RING: Final = "ttv:keyring"


@dataclass(frozen=True, slots=True)
class By:
    """Who changes a key, for the audit log."""

    actor: str
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A record as it was read."""

    at: float
    now: int
    hash: bytes
    key: Key | None


class Keys:
    """Keeps API keys in Redis, each as a keyed hash; every method raises Unavailable."""

    def __init__(
        self,
        redis: Connection,
        *,
        secret: bytes,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis
        self._secret = secret
        self._monotonic = monotonic
        #: Compared with where there is no key, so that this takes no less time.
        self._nothing = token_bytes(sha256().digest_size)
        self._seen: dict[str, _Seen] = {}
        self._used_at = float("-inf")
        self._used = False

    async def create(self, grant: Grant, *, by: By) -> Issued:
        """Make a key. Raises Conflict when the tenant has ``MAX_KEYS``, and ForeignSecret."""
        limits = {"max_cost": grant.max_cost, "max_cost_per_day": grant.max_cost_per_day}
        fields = {
            "name": grant.name,
            "scopes": " ".join(sorted(grant.scopes)),
            **{name: str(limit) for name, limit in limits.items() if limit is not None},
        }

        return await self._issue(
            "key_create",
            grant.tenant,
            "" if grant.lifetime is None else grant.lifetime,
            MAX_KEYS,
            by.actor,
            by.request_id,
            *(word for pair in fields.items() for word in pair),
        )

    async def rotate(
        self,
        key_id: str,
        *,
        by: By,
        tenant: str | None = None,
        overlap_seconds: int = OVERLAP_SECONDS,
    ) -> Issued:
        """Make a key that allows the same; the old one goes on for the overlap.

        A tenant that is not the key's finds none. Raises NotFound, Conflict, ForeignSecret.
        """
        if not 0 <= overlap_seconds <= _LONGEST_OVERLAP:
            raise InvalidRequest(
                f"the overlap can be from 0 to {_LONGEST_OVERLAP} seconds", param="overlap_seconds"
            )
        _check_id(key_id)
        return await self._issue(
            "key_rotate", tenant or "", overlap_seconds, by.actor, by.request_id, before=(key_id,)
        )

    async def revoke(self, key_id: str, *, by: By, tenant: str | None = None) -> Key:
        """End a key; within a second it lets nobody in. Raises NotFound."""
        _check_id(key_id)
        flat = await self._redis.script("key_revoke", key_id, tenant or "", by.actor, by.request_id)
        if not flat:
            raise NotFound("there is no such key")
        self._seen.pop(key_id, None)
        return Key.read(_pairs(flat))

    async def list(self, tenant: str | None = None) -> list[Key]:
        """List all keys, or those of a tenant, newest first."""
        found = await self._redis.script("key_list", tenant or "")
        return [Key.read(_pairs(flat)) for flat in found]

    async def verify(self, text: str) -> Key:
        """Give the key that a client shows. Raises Unauthenticated."""
        token = Token.read(text)
        if token is None:
            raise Unauthenticated("this is not an API key; one looks like ttv_live_...")
        seen = await self._look(token.id)
        same = hmac.compare_digest(token.digest(self._secret), seen.hash)
        if not same or seen.key is None or not seen.key.live(seen.now):
            raise Unauthenticated("this API key is not valid: unknown, expired or revoked")
        if seen.now - (seen.key.last_used or 0) > _NOTE_EVERY:
            await self._note_use(seen)
        return seen.key

    async def in_use(self) -> bool:
        """Tell whether a key was ever made."""
        now = self._monotonic()
        if not self._used and now - self._used_at > FRESH_SECONDS:
            with answering():
                self._used = await self._redis.redis.exists([_RING]) == 1
            self._used_at = now
        return self._used

    async def check_secret(self) -> None:
        """Raise ForeignSecret when the keys in Redis were hashed with another secret."""
        with answering():
            kept = await self._redis.redis.get(_RING)
        if kept is not None and kept != self._proof():
            raise _refusal("foreign")

    async def _look(self, key_id: str) -> _Seen:
        """Give the record of a key as it was a moment ago."""
        now = self._monotonic()
        seen = self._seen.get(key_id)
        if seen is not None and now - seen.at <= FRESH_SECONDS:
            return seen
        clock, flat = await self._redis.script("key_find", key_id)
        fields = _pairs(flat)
        key = Key.read(fields) if fields else None
        kept = bytes.fromhex(fields["hmac"]) if fields else self._nothing
        if len(self._seen) >= _MOST_SEEN:
            self._seen.clear()
        seen = self._seen[key_id] = _Seen(now, int(clock), kept, key)
        return seen

    async def _note_use(self, seen: _Seen) -> None:
        """Keep that a key is in use; a Redis that cannot is no reason to refuse its owner."""
        if seen.key is not None:
            used = replace(seen.key, last_used=seen.now)
            self._seen[used.id] = replace(seen, key=used)
            with suppress(Unavailable):
                await self._redis.script("key_used", used.id)

    async def _issue(self, script: str, *args: str | int, before: Sequence[str] = ()) -> Issued:
        while True:
            token = Token.mint()
            outcome, *made = await self._redis.script(
                script, *before, token.id, token.digest(self._secret).hex(), self._proof(), *args
            )
            if outcome == "made":
                return Issued(Key.read(_pairs(made[0])), token.text)
            if outcome != "taken":
                raise _refusal(outcome)

    def _proof(self) -> str:
        return hmac.digest(self._secret, b"ttv key secret", sha256).hex()[:16]


def _check_id(key_id: str) -> None:
    if not is_key_id(key_id):
        raise NotFound("there is no such key")


def _refusal(outcome: str) -> TtvError:
    """Say why a key was not made."""
    if outcome == "foreign":
        return ForeignSecret(
            "the keys in Redis were made with another key secret; give every process the same "
            "TTV_KEY_SECRET_FILE, or a copy of the file key_secret of the first data folder"
        )
    if outcome == "full":
        return Conflict(f"this tenant has {MAX_KEYS} keys, which is the limit; revoke one")
    if outcome == "dead":
        return Conflict("this key has ended; make a new one")
    return NotFound("there is no such key")


def _pairs(flat: Sequence[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))
