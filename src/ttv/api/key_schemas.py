"""The JSON documents about API keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from ttv import access
from ttv.access import Scope
from ttv.api import fields
from ttv.api.dollars import amount, dollars
from ttv.moments import moment

#: The address of keys is here and nowhere else.
KEYS: Final = "/v1/keys"
KEY: Final = f"{KEYS}/{{key_id}}"
_IN_ALL: Final = "US dollars that all jobs of it may ever cost together."
_PER_DAY: Final = "US dollars that the jobs of it may cost in a day."
_SPENT: Final = (
    "US dollars that were spent or set aside by all jobs of it, and of the keys that it was "
    "rotated from and to: these share its limits."
)


class KeyRequest(BaseModel):
    """Ask for an API key."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"name": "the editing desk"},
                {"name": "nightly", "scopes": ["jobs:read"], "expires_in_seconds": 86400},
                {"tenant": "acme", "max_cost": 250, "max_cost_per_day": 20},
            ]
        },
    )

    tenant: str | None = Field(
        default=None,
        strict=True,
        description="Whose jobs it is for: your own tenant, or any for operators.",
    )
    name: str = Field(default="", strict=True, description="What it is for, for people.")
    scopes: list[Scope] | None = Field(
        default=None, description="What it allows; all but `webhooks:write` and `admin` if unset."
    )
    expires_in_seconds: int | None = Field(
        default=None, strict=True, description="When it ends by itself; never if unset."
    )
    max_cost: float | None = Field(default=None, strict=True, description=_IN_ALL)
    max_cost_per_day: float | None = Field(default=None, strict=True, description=_PER_DAY)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Check types and names of the fields. Raises InvalidRequest naming them."""
        return fields.read(cls, document)

    def grant(self, tenant: str) -> access.Grant:
        """Give what the key is to allow. Raises InvalidRequest naming the field."""
        return access.Grant(
            tenant=tenant,
            name=self.name,
            scopes=access.COMMON if self.scopes is None else frozenset(self.scopes),
            lifetime=self.expires_in_seconds,
            max_cost=amount(self.max_cost, "max_cost"),
            max_cost_per_day=amount(self.max_cost_per_day, "max_cost_per_day"),
        )


class Key(BaseModel):
    """An API key, without its secret."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(examples=["7g3kq0xz"])
    tenant: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used: datetime | None = Field(description="Right to a minute.")
    max_cost: float | None = Field(description=_IN_ALL)
    max_cost_per_day: float | None = Field(description=_PER_DAY)
    spent: float = Field(description=_SPENT)

    @classmethod
    def of(cls, key: access.Key) -> Self:
        """Show a key."""
        return cls(**_facts(key))


class NewKey(Key):
    """A key that was just made."""

    secret: str = Field(
        description="What to send with requests; shown this once.",
        examples=["ttv_live_7g3kq0xz_..."],
    )

    @classmethod
    def issued(cls, issued: access.Issued) -> Self:
        """Show a new key with its secret."""
        return cls(**_facts(issued.key), secret=issued.secret)


class KeyList(BaseModel):
    """Keys, newest first; ended ones are kept for a month."""

    keys: list[Key]


def _facts(key: access.Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "tenant": key.tenant,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": moment(key.created_at),
        "expires_at": moment(key.expires_at),
        "revoked_at": moment(key.revoked_at),
        "last_used": moment(key.last_used),
        "max_cost": dollars(key.max_cost),
        "max_cost_per_day": dollars(key.max_cost_per_day),
        "spent": dollars(key.spent),
    }
