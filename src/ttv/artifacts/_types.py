"""What the files are that are made here, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

_ANY: Final = "application/octet-stream"
_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".json": "application/json",
        ".mp4": "video/mp4",
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".gif": "image/gif",
        ".webm": "video/webm",
        ".ts": "video/mp2t",
        ".m3u8": "application/vnd.apple.mpegurl",
        ".m4s": "video/iso.segment",
        ".vtt": "text/vtt",
        ".srt": "application/x-subrip",
        ".otio": "application/json",
        ".zip": "application/zip",
        ".flac": "audio/flac",
    }
)


def content_type(name: str) -> str:
    """Name the media type of a file by the suffix of its name or key."""
    return _TYPES.get(PurePosixPath(name).suffix, _ANY)
