"""Files of the user's own that a film is made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ttv.errors import InvalidRequest
from ttv.pipeline import Given, Order
from ttv.uploads import Purpose, Uploads


@dataclass(frozen=True, slots=True)
class Own:
    """The files that ``ttv render`` was given."""

    files: Mapping[Purpose, Path | None]

    async def admitted(self, order: Order, uploads: Uploads, *, tenant: str) -> Order:
        """Give the order with the files, admitted like those that come over HTTP.

        Raises InvalidRequest naming the option.
        """
        given = {
            purpose: await _admitted(uploads, tenant, purpose, path)
            for purpose, path in self.files.items()
            if path is not None
        }
        return replace(
            order,
            first_frame=given.get(Purpose.FIRST_FRAME, order.first_frame),
            soundtrack=given.get(Purpose.SOUNDTRACK, order.soundtrack),
        )


async def _admitted(uploads: Uploads, tenant: str, purpose: Purpose, path: Path) -> Given:
    option = "--" + purpose.value.replace("_", "-")
    try:
        upload = await uploads.put(tenant, path, purpose=purpose, filename=path.name)
    except InvalidRequest as error:
        raise InvalidRequest(f"{option}: {error.message}", param=option) from error
    return Given(upload.id, upload.sha256)
