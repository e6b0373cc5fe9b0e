"""The gate for files that users send: measured, bounded and made anew in a limited child.

What a file is is told by its bytes, never by its name. Nothing of the original is kept: a
picture becomes a plain PNG and a recording a plain FLAC, without tags, previews or anything
that follows the end of the data. Everything refused is InvalidRequest (``file``).
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ttv import children
from ttv.children import Crashed, Limits, Message, OverLimit
from ttv.errors import InvalidRequest

_MIB: Final = 1 << 20
#: The largest files that are looked at.
MAX_IMAGE_BYTES: Final = 10 * _MIB
MAX_AUDIO_BYTES: Final = 50 * _MIB

#: Beside what every child is born with this keeps the memory in use below 512 MB.
_MEMORY_BYTES: Final = 416 * _MIB
_OPEN_FILES: Final = 32
#: An uncompressed picture of the largest size that is kept is smaller.
_IMAGE_LIMITS: Final = Limits(
    memory_bytes=_MEMORY_BYTES,
    cpu_seconds=2,
    wall_seconds=10,
    output_bytes=64 * _MIB,
    open_files=_OPEN_FILES,
)
#: What encoding takes at most, as a share of the length.
_WORK_PER_SECOND: Final = 1 / 20
_BYTES_PER_SECOND: Final = 48_000 * 2 * 2
#: What kills a process that was led astray, and not by somebody else.
_FAULTS: Final = frozenset(
    {
        *(signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS),
        *(signal.SIGFPE, signal.SIGILL, signal.SIGTRAP),
    }
)


@dataclass(frozen=True, slots=True)
class Picture:
    """An admitted image: an upright PNG in sRGB, no side longer than that of a film may be."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Recording:
    """Admitted audio: FLAC of 48 kHz in stereo."""

    seconds: float


async def admit_image(path: Path, to: Path) -> Picture:
    """Write a PNG, JPEG or WebP anew as PNG.

    Raises InvalidRequest (``file``), StorageFull, StorageUnwritable, Transient.
    """
    _check_size(path, MAX_IMAGE_BYTES, "an image")
    found = await _admit("image", path, to, limits=_IMAGE_LIMITS)
    return Picture(found["width"], found["height"])


async def admit_audio(path: Path, to: Path, *, most_seconds: float) -> Recording:
    """Write a WAV, FLAC, MP3, Ogg, M4A or AAC anew as FLAC.

    Raises InvalidRequest (``file``), StorageFull, StorageUnwritable, Transient.
    """
    _check_size(path, MAX_AUDIO_BYTES, "audio")
    work = 2 + round(most_seconds * _WORK_PER_SECOND)
    limits = Limits(
        memory_bytes=_MEMORY_BYTES,
        cpu_seconds=work,
        wall_seconds=8 + 2 * work,
        output_bytes=_MIB + round(most_seconds * _BYTES_PER_SECOND),
        open_files=_OPEN_FILES,
    )
    found = await _admit("audio", path, to, limits=limits, most_seconds=most_seconds)
    return Recording(found["seconds"])


def _check_size(path: Path, most: int, what: str) -> None:
    if not path.is_file():
        raise InvalidRequest("file does not exist; name one that does", param="file")
    size = path.stat().st_size
    if size == 0:
        raise InvalidRequest("file is empty; send the bytes of an image or audio", param="file")
    if size > most:
        raise InvalidRequest(
            f"file has {size:,} bytes; {what} may have {most:,}; send a smaller one", param="file"
        )


async def _admit(kind: str, path: Path, to: Path, *, limits: Limits, **more: float) -> Message:
    request = {"kind": kind, "path": str(path), "to": str(to), **more}
    try:
        found, _ = await children.run("ttv.media._admit_child", request, limits=limits)
    except OverLimit as error:
        raise InvalidRequest(
            f"file cannot be read: {error.message}; save it anew with a common program",
            param="file",
        ) from error
    except Crashed as error:
        if error.signal not in _FAULTS:
            raise
        raise InvalidRequest(
            "file cannot be read: it breaks what reads it; save it anew with a common program",
            param="file",
        ) from error
    return found
