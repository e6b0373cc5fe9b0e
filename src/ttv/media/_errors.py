"""Errors of the media room, and where libav's own errors become them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av

from ttv.errors import NotFound, Permanent, storage_errors


class Unreadable(Permanent):
    """The file cannot be read; it is damaged or of another kind."""

    code = "unreadable_media"


class EncodingFailed(Permanent):
    """The video encoder failed."""

    code = "encoding_failed"


class WrongLength(Permanent):
    """The clip does not hold the number of frames that it should."""

    code = "wrong_length"

    @classmethod
    def of(cls, what: str, *, frames: int, expected: int) -> WrongLength:
        """Say what was counted and what was expected."""
        return cls(f"{what} holds {frames} frames where {expected} were expected")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raise a missing file as NotFound and everything libav says of it as Unreadable."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(f"{path.name} does not exist") from error
    except (av.FFmpegError, OSError) as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror or error}") from error


@contextmanager
def writing() -> Iterator[None]:
    """Raise a full or unwritable disk as such and other words of libav as EncodingFailed."""
    try:
        with storage_errors():
            yield
    except av.FFmpegError as error:
        raise EncodingFailed(f"the video encoder failed: {error.strerror}") from error
