"""Who sends a request, and what he may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import Final

from ttv.access._errors import Forbidden

#: The tenant of who runs the service: of jobs asked for without a key, of keys made without a
#: tenant. Its admins are the operators: they see the keys of all tenants.
OPERATOR: Final = "local"


class Scope(StrEnum):
    """One thing that an API key may allow."""

    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    ARTIFACTS_READ = "artifacts:read"
    #: Who is told of the jobs of the own tenant, also when the key has ended.
    WEBHOOKS_WRITE = "webhooks:write"
    #: Keys of the own tenant.
    ADMIN = "admin"


#: What a key allows that nobody chose scopes for.
COMMON: Final = frozenset({Scope.JOBS_READ, Scope.JOBS_WRITE, Scope.ARTIFACTS_READ})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request."""

    tenant: str
    scopes: frozenset[Scope]
    #: Where he is, as far as it can be known.
    ip: str
    #: Id of his API key; None where none is needed.
    key: str | None = None
    #: False for who sits at this machine: he shares it with nobody.
    limited: bool = True

    @property
    def operator(self) -> bool:
        """Tell whether he runs the service."""
        return self.tenant == OPERATOR and Scope.ADMIN in self.scopes

    @property
    def name(self) -> str:
        """Give what the audit log calls him."""
        return f"key:{self.key}" if self.key else f"ip:{self.ip}"

    @property
    def counted_as(self) -> str:
        """Give what his requests are counted under; an IPv6 client owns 64 bits of addresses."""
        if self.key:
            return f"key:{self.key}"
        address = ip_address(self.ip)
        if address.version == 4:
            return f"ip:{address}"
        return f"ip:{int(address) >> 64:x}"

    def needs(self, scope: Scope) -> None:
        """Raise Forbidden unless he may do that."""
        if scope not in self.scopes:
            raise Forbidden(f"this needs an API key with the scope {scope}")
