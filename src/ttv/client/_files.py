"""Files: the images and audio that your films are made with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from ttv.client._changes import body, remove
from ttv.client._document import Document
from ttv.client._http import Http
from ttv.errors import InvalidRequest

_FILES: Final = "/v1/files"
_MOST_BYTES: Final = 64 << 20
_RAW: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class File(Document):
    """An uploaded file as the service keeps it."""

    id: str
    #: "image" or "audio".
    kind: str
    size: int
    sha256: str
    content_type: str
    created_at: datetime
    filename: str | None
    #: Of an image, in pixels.
    width: int | None
    height: int | None
    #: Of audio.
    seconds: float | None


@dataclass(frozen=True, slots=True)
class FilePage(Document):
    """Files in the order of their ids."""

    files: tuple[File, ...]
    next_cursor: str | None


class Files:
    """The files of your tenant; calls raise what those of ``Client`` do."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def upload(self, path: Path, *, purpose: str | None = None) -> File:
        """Send an image or audio; the same bytes sent again are the same file.

        ``purpose`` is "first_frame" or "soundtrack", which it is refused for if it cannot be that.
        """
        content = await asyncio.to_thread(_read, path)
        params: Mapping[str, str] = body(purpose=purpose, filename=path.name)
        return File.of(await self._http.upload(_FILES, content, params=params, media_type=_RAW))

    async def get(self, file_id: str) -> File:
        """Tell what a file is."""
        return File.of(await self._http.get(_path(file_id)))

    async def list(self, *, limit: int = 20, cursor: str | None = None) -> FilePage:
        """Give a page of files; ``cursor`` is the ``next_cursor`` of the last one."""
        query = {"limit": str(limit), **body(cursor=cursor)}
        return FilePage.of(await self._http.get(_FILES, params=query))

    async def delete(self, file_id: str) -> None:
        """Delete a file. Films that are made with it stay; those that still need it fail."""
        await remove(self._http, _path(file_id))


def _read(path: Path) -> bytes:
    """Read a file that a service may take; a larger one it refuses anyway."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or error
        raise InvalidRequest(f"{path} cannot be read: {reason}", param="file") from error
    if len(content) > _MOST_BYTES:
        raise InvalidRequest(f"{path} has more than {_MOST_BYTES >> 20} MiB", param="file")
    return content


def _path(file_id: str) -> str:
    return f"{_FILES}/{quote(file_id, safe='')}"
