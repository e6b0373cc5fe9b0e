"""Find the uploaded files that a film is to be made with."""

from __future__ import annotations

from collections.abc import Mapping

from ttv.api.services import Services
from ttv.errors import InvalidRequest, NotFound
from ttv.pipeline import Given, Order
from ttv.uploads import Purpose


async def find_given(
    here: Services, tenant: str, ids: Mapping[Purpose, str | None]
) -> dict[Purpose, Given]:
    """Give the files that a request names. Raises InvalidRequest naming the field of one."""
    return {
        purpose: await _found(here, tenant, purpose, upload_id)
        for purpose, upload_id in ids.items()
        if upload_id is not None
    }


async def check_given(here: Services, tenant: str, order: Order) -> None:
    """Check that the files of an order from elsewhere are here, and the same.

    Raises InvalidRequest naming the field.
    """
    for name, given in order.given.items():
        if await _found(here, tenant, Purpose(name), given.id) != given:
            raise InvalidRequest(f"the file that {name} names has changed", param=name)


async def _found(here: Services, tenant: str, purpose: Purpose, upload_id: str) -> Given:
    try:
        upload = await here.uploads.get(tenant, upload_id)
    except NotFound as error:
        raise InvalidRequest(
            f"{purpose.value} names no file that is here; upload it with POST /v1/files and send "
            "its id",
            param=purpose.value,
        ) from error
    if upload.kind is not purpose.kind:
        raise InvalidRequest(
            f"{purpose.value} names {upload.kind.value}; it must be {purpose.kind.value}",
            param=purpose.value,
        )
    return Given(upload.id, upload.sha256)
