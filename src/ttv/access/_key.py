"""A key as it is kept, and what one may be made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ttv.access._caller import COMMON, OPERATOR, Scope
from ttv.errors import InvalidRequest
from ttv.tenancy import check_tenant

_MAX_NAME: Final = 100
_MAX_DAYS: Final = 3_650
DAY: Final = 24 * 3_600


@dataclass(frozen=True, slots=True)
class Grant:
    """What a new key is to allow. Raises InvalidRequest for what cannot be."""

    tenant: str = OPERATOR
    #: For people.
    name: str = ""
    scopes: frozenset[Scope] = COMMON
    #: Seconds until it ends by itself.
    lifetime: int | None = None
    #: Millionths of a US dollar that all its jobs may ever cost together.
    max_cost: int | None = None
    #: The same for its jobs of a day.
    max_cost_per_day: int | None = None

    def __post_init__(self) -> None:
        check_tenant(self.tenant)
        if len(self.name) > _MAX_NAME or not self.name.isprintable():
            raise InvalidRequest(
                f"name must have at most {_MAX_NAME} characters, on one line", param="name"
            )
        if not self.scopes:
            raise InvalidRequest(
                f"scopes must name at least one of {', '.join(Scope)}", param="scopes"
            )
        if self.lifetime is not None and not 1 <= self.lifetime <= _MAX_DAYS * DAY:
            raise InvalidRequest(
                f"a key can last from a second to {_MAX_DAYS} days", param="expires_in_seconds"
            )
        self._check_costs()

    def _check_costs(self) -> None:
        for param in ("max_cost", "max_cost_per_day"):
            if getattr(self, param) is not None and Scope.ADMIN in self.scopes:
                raise InvalidRequest(
                    "a key with the scope admin can make keys, so a limit would not hold; "
                    f"leave out {param} or admin",
                    param=param,
                )


@dataclass(frozen=True, slots=True)
class Key:
    """An API key, without its secret."""

    id: str
    tenant: str
    name: str
    scopes: frozenset[Scope]
    #: Milliseconds since 1970 by the clock of Redis, as all times here.
    created_at: int
    expires_at: int | None = None
    #: Right to a minute or so.
    last_used: int | None = None
    revoked_at: int | None = None
    #: Millionths of a US dollar that its jobs may cost: all together, and those of a day.
    max_cost: int | None = None
    max_cost_per_day: int | None = None
    #: What they have cost or may yet, with those of the keys that it was rotated from and to:
    #: these share its limits.
    spent: int = 0

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Key:
        """Read the record in Redis."""

        def number(name: str) -> int | None:
            return int(fields[name]) if name in fields else None

        return cls(
            id=fields["id"],
            tenant=fields["tenant"],
            name=fields["name"],
            # A scope that a later version has given allows nothing here.
            scopes=frozenset(Scope(s) for s in fields["scopes"].split() if s in set(Scope)),
            created_at=int(fields["created_at"]),
            expires_at=number("expires_at"),
            last_used=number("last_used"),
            revoked_at=number("revoked_at"),
            max_cost=number("max_cost"),
            max_cost_per_day=number("max_cost_per_day"),
            spent=number("spent") or 0,
        )

    def live(self, now: int) -> bool:
        """Tell whether it lets anybody in."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Issued:
    """A key that was just made, and the only time that its secret is seen."""

    key: Key
    secret: str = field(repr=False)
