"""Open the room of uploads over the store of the films."""

from __future__ import annotations

import time

from ttv.artifacts import Store
from ttv.settings import Settings
from ttv.uploads import Quota, Uploads


def uploads_in(store: Store, settings: Settings) -> Uploads:
    """Give the uploads that a store keeps, within what the settings allow."""
    quota = Quota(
        bytes=settings.max_upload_bytes_per_tenant,
        files=settings.max_uploads_per_tenant,
        audio_seconds=settings.max_film_seconds,
    )
    return Uploads(store, quota, clock=time.time)
