"""Open the room of uploads over the store of the films."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ttv.artifacts import Store
from ttv.pipeline import Order
from ttv.settings import Settings
from ttv.uploads import Purpose, Quota, Uploads, content_key


def uploads_in(store: Store, settings: Settings) -> Uploads:
    """Give the uploads that a store keeps, within what the settings allow."""
    quota = Quota(
        bytes=settings.max_upload_bytes_per_tenant,
        files=settings.max_uploads_per_tenant,
        audio_seconds=settings.max_film_seconds,
    )
    return Uploads(store, quota, clock=time.time)


def files_of(order: Order, tenant: str) -> Mapping[str, str]:
    """Say where the files that an order names are kept: among those of its tenant, nowhere else.

    Raises NotFound for what is no id.
    """
    return {
        given.id: content_key(tenant, given.id, Purpose(name).kind)
        for name, given in order.given.items()
    }
