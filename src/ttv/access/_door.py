"""Who comes in."""

from __future__ import annotations

from typing import Final, Literal

from ttv.access._caller import COMMON, OPERATOR, Caller, Scope
from ttv.access._errors import Unauthenticated
from ttv.access._keys import Keys
from ttv.errors import InvalidRequest

Mode = Literal["auto", "keys", "none"]
_ALL: Final = frozenset(Scope)


class Door:
    """Tells who sends a request, and stays shut where it cannot be told.

    ``auto`` asks for a key as soon as one was made, and before that lets in only who sits at
    this machine (``private``: nothing else reaches the service). ``keys`` always asks for one,
    ``none`` never.
    """

    def __init__(self, keys: Keys, *, mode: Mode, private: bool) -> None:
        self._keys = keys
        self._mode = mode
        self._private = private

    async def check(self) -> None:
        """Raise InvalidRequest when the service would be open to strangers, and ForeignSecret."""
        if self._mode == "none":
            return
        await self._keys.check_secret()
        if self._mode == "auto" and not self._private and not await self._keys.in_use():
            raise InvalidRequest(
                "the service would be open to everybody who reaches this address; make an API "
                "key first with 'ttv keys create', or listen on 127.0.0.1 only, or set "
                "TTV_AUTH=none to mean it",
                param="auth",
            )

    async def admit(self, credential: str | None, *, ip: str, here: bool) -> Caller:
        """Tell who shows this key, or none; ``here`` is true for who asks from this machine itself.

        Raises Unauthenticated, Unavailable.
        """
        if self._mode == "none":
            return Caller(OPERATOR, COMMON, ip)
        if credential is not None:
            key = await self._keys.verify(credential)
            return Caller(key.tenant, key.scopes, ip, key=key.id)
        if self._mode == "auto" and self._private and not await self._keys.in_use():
            if here:
                return Caller(OPERATOR, _ALL, ip, limited=False)
            raise Unauthenticated(
                "without an API key this service is for the machine it runs on, as localhost and "
                "through no proxy; make a key with 'ttv keys create'"
            )
        raise Unauthenticated
