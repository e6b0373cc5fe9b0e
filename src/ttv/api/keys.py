"""API keys over HTTP: make, list, revoke, rotate.

An admin manages the keys of his tenant. An operator (an admin of the tenant ``local``) manages
those of all tenants.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ttv.access import OVERLAP_SECONDS, By, Caller, Forbidden, Issued
from ttv.api import key_schemas
from ttv.api.auth import Who
from ttv.api.body import read_json
from ttv.api.key_schemas import KEY, KEYS
from ttv.api.openapi import body, document, refusals
from ttv.api.problems import REQUEST_ID
from ttv.api.routing import MANAGES, change, get, shown
from ttv.api.services import Here
from ttv.observability import log

router = APIRouter(tags=["keys"])

_KeyId = Annotated[str, Path(description="Id of a key.", examples=["7g3kq0xz"])]


class _Listing(BaseModel):
    """Which keys to list."""

    model_config = ConfigDict(extra="forbid")

    tenant: str | None = Field(
        default=None, max_length=63, description="Only keys of this tenant; for operators."
    )


class _Rotation(BaseModel):
    """How to rotate a key."""

    model_config = ConfigDict(extra="forbid")

    overlap_seconds: int = Field(
        default=OVERLAP_SECONDS, description="How long the old key goes on beside the new one."
    )


@change(
    router,
    KEYS,
    name="createKey",
    guard=MANAGES,
    extra=body(key_schemas.KeyRequest),
    responses={
        201: document(key_schemas.NewKey, "The key, with its secret.", Location="Its address."),
        **refusals(
            *("invalid_json", "conflict", "body_too_slow", "body_too_large"),
            "unsupported_media_type",
        ),
    },
)
async def create_key(request: Request, here: Here, who: Who) -> Response:
    """Make an API key. Its secret is in this answer and nowhere else, ever."""
    settings = here.settings
    asked = key_schemas.KeyRequest.read(
        await read_json(request, limit=settings.max_body_bytes, seconds=settings.body_seconds)
    )
    tenant = _tenant(who, asked.tenant)
    grant = asked.grant(who.tenant if tenant is None else tenant)
    issued = await here.access.keys.create(grant, by=_by(request, who))
    log.info("Key made", action="key.created", target=issued.key.id, tenant=grant.tenant)
    return _issued(issued)


@get(
    router,
    KEYS,
    name="listKeys",
    guard=MANAGES,
    responses={200: document(key_schemas.KeyList, "The keys.")},
)
async def list_keys(here: Here, who: Who, asked: Annotated[_Listing, Query()]) -> Response:
    """List the keys of your tenant, for operators those of all; no secret is among it."""
    keys = await here.access.keys.list(_tenant(who, asked.tenant))
    return shown(key_schemas.KeyList(keys=[key_schemas.Key.of(key) for key in keys]))


@change(
    router,
    KEY,
    name="revokeKey",
    guard=MANAGES,
    method="DELETE",
    responses={200: document(key_schemas.Key, "The key, now ended."), **refusals("not_found")},
)
async def revoke_key(request: Request, here: Here, who: Who, key_id: _KeyId) -> Response:
    """End a key for good; within a second it lets nobody in. Ending it twice is no error."""
    key = await here.access.keys.revoke(key_id, tenant=_tenant(who), by=_by(request, who))
    log.info("Key revoked", action="key.revoked", target=key.id, tenant=key.tenant)
    return shown(key_schemas.Key.of(key))


@change(
    router,
    f"{KEY}/rotate",
    name="rotateKey",
    guard=MANAGES,
    responses={
        201: document(key_schemas.NewKey, "The new key, with its secret.", Location="Its address."),
        **refusals("invalid_request", "not_found", "conflict"),
    },
)
async def rotate_key(
    request: Request, here: Here, who: Who, key_id: _KeyId, asked: Annotated[_Rotation, Query()]
) -> Response:
    """Make a key that allows the same as another one, which ends after the overlap."""
    issued = await here.access.keys.rotate(
        key_id,
        tenant=_tenant(who),
        overlap_seconds=asked.overlap_seconds,
        by=_by(request, who),
    )
    log.info("Key rotated", action="key.rotated", target=key_id, tenant=issued.key.tenant)
    return _issued(issued)


def _tenant(who: Caller, asked: str | None = None) -> str | None:
    """Give the tenant whose keys are meant; None for those of all. Raises Forbidden."""
    if who.operator:
        return asked
    if asked not in {None, who.tenant}:
        raise Forbidden("the keys of other tenants are for operators")
    return who.tenant


def _by(request: Request, who: Caller) -> By:
    return By(who.name, request.scope[REQUEST_ID])


def _issued(issued: Issued) -> Response:
    answer = shown(key_schemas.NewKey.issued(issued))
    answer.status_code = 201
    answer.headers["Location"] = KEY.format(key_id=issued.key.id)
    answer.headers["Cache-Control"] = "no-store"
    return answer
