"""Tell what a file is by its first bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["image", "audio"]

#: As many bytes as tell it.
_HEAD: Final = 12
_ID3: Final = b"ID3"


def kind_of(path: Path) -> Kind | None:
    """Tell an image from audio; None for what is neither, as far as the head shows."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if image_format(head):
        return "image"
    return "audio" if audio_format(head) else None


def image_format(head: bytes) -> Literal["PNG", "JPEG", "WebP"] | None:
    """Name the image format that starts like this."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    return "WebP" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def audio_format(head: bytes) -> str | None:
    """Give libav's name of the audio format that starts like this."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] in _BY_MAGIC:
        return _BY_MAGIC[head[:4]]
    if head[4:8] == b"ftyp":
        return "mov"
    if head.startswith(_ID3):
        return "mp3"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "mp3" if head[1] & 0x06 else "aac"
    return None


_BY_MAGIC: Final = {b"fLaC": "flac", b"OggS": "ogg"}
