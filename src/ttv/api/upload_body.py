"""Receive a file into a folder, as a form or as it is: counted as it comes, never held whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from ttv.api.problems import BodyTooLarge, BodyTooSlow, UnsupportedMediaType
from ttv.errors import InvalidRequest, storage_errors

if TYPE_CHECKING:  # there for the type checker only
    from python_multipart.multipart import MultipartCallbacks

FORM: Final = "multipart/form-data"
RAW: Final = "application/octet-stream"
#: The fields of a form.
FILE: Final = "file"
PURPOSE: Final = "purpose"
#: Beside the file: boundaries, heads of parts and the other field.
_FORM_BYTES: Final = 16_384
_MAX_TEXT: Final = 64
#: Who is slower than this for long is not waited for.
_BYTES_PER_SECOND: Final = 65_536
_TYPES: Final = ("image/", "audio/")
_WAYS: Final = (
    f"send a form ('Content-Type: {FORM}') with the field 'file', or the bytes themselves "
    f"with their media type or '{RAW}'"
)


@dataclass(frozen=True, slots=True)
class Received:
    """What came with a file."""

    filename: str | None = None
    purpose: str | None = None


async def receive(request: Request, to: Path, *, limit: int, seconds: float) -> Received:
    """Write the file of a request to ``to``.

    ``seconds`` is how long a body without a byte may take; each byte adds a little. Raises
    UnsupportedMediaType, BodyTooLarge, BodyTooSlow, InvalidRequest, StorageFull.
    """
    media_type, options = parse_options_header(request.headers.get("content-type"))
    if request.headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMediaType("the body must not be compressed")
    with storage_errors(), to.open("wb") as file:
        taker = _taker(media_type.decode("latin-1"), options.get(b"boundary"), file, limit)
        await _feed(request, taker, limit + _FORM_BYTES, seconds)
    return taker.received()


class _Raw:
    """Takes a body that is the file."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file = file
        self._left = limit
        self._limit = limit

    def take(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise _too_large(self._limit)
        self._file.write(data)

    def end(self) -> None:
        """Need nothing more."""

    def received(self) -> Received:
        return Received()


@dataclass(slots=True)
class _Part:
    """A part of a form as it comes."""

    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    #: What its Content-Disposition says.
    name: str = ""
    filename: str | None = None
    text: bytearray = field(default_factory=bytearray)


class _Form:
    """Takes a body that is a form."""

    def __init__(self, boundary: bytes, file: BinaryIO, limit: int) -> None:
        self._raw = _Raw(file, limit)
        self._part = _Part()
        self._parts: dict[str, _Part] = {}
        self._whole = False
        told: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._part.header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._part.value.extend(data[start:end]),
            "on_header_end": self._head,
            "on_headers_finished": self._name,
            "on_part_data": self._fill,
            "on_end": self._end,
        }
        self._parser = MultipartParser(boundary, told)

    def take(self, data: bytes) -> None:
        self._parser.write(data)

    def end(self) -> None:
        """Refuse a form that breaks off."""
        self._parser.finalize()
        if not self._whole:
            raise InvalidRequest("the form breaks off before its last boundary", param=FILE)

    def received(self) -> Received:
        if FILE not in self._parts:
            raise InvalidRequest("file is missing; send a form with this field", param=FILE)
        purpose = self._parts.get(PURPOSE)
        text = bytes(purpose.text).decode("utf-8", "replace") if purpose else None
        return Received(self._parts[FILE].filename, text)

    def _begin(self) -> None:
        self._part = _Part()

    def _head(self) -> None:
        if bytes(self._part.header).lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._part.value))
            self._part.name = options.get(b"name", b"").decode("utf-8", "replace")
            if b"filename" in options:
                self._part.filename = options[b"filename"].decode("utf-8", "replace")
        self._part.header.clear()
        self._part.value.clear()

    def _name(self) -> None:
        name = self._part.name
        if name not in (FILE, PURPOSE):
            raise InvalidRequest(
                f"the form has a field that is not known; it may have '{FILE}' and '{PURPOSE}'",
                param=name[:_MAX_TEXT] or FILE,
            )
        if name in self._parts:
            raise InvalidRequest(f"the form has the field {name} twice; send one", param=name)
        self._parts[name] = self._part

    def _fill(self, data: bytes, start: int, end: int) -> None:
        if self._part.name == FILE:
            self._raw.take(data[start:end])
            return
        self._part.text.extend(data[start:end])
        if len(self._part.text) > _MAX_TEXT:
            raise InvalidRequest(f"purpose has more than {_MAX_TEXT} bytes", param=PURPOSE)

    def _end(self) -> None:
        self._whole = True


def _taker(media_type: str, boundary: bytes | None, file: BinaryIO, limit: int) -> _Raw | _Form:
    if media_type == FORM and boundary:
        try:
            return _Form(boundary, file, limit)
        except FormParserError as error:
            raise UnsupportedMediaType("the boundary of the form cannot be used") from error
    if media_type == RAW or media_type.startswith(_TYPES):
        return _Raw(file, limit)
    raise UnsupportedMediaType(_WAYS)


async def _feed(request: Request, taker: _Raw | _Form, most: int, seconds: float) -> None:
    received = 0
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(seconds) as patience:
            async for chunk in request.stream():
                received += len(chunk)
                if received > most:
                    raise _too_large(most - _FORM_BYTES)
                taker.take(chunk)
                patience.reschedule(began + seconds + received / _BYTES_PER_SECOND)
        taker.end()
    except TimeoutError as error:
        raise BodyTooSlow(
            f"the file did not arrive within {seconds:g} seconds, and one more for each "
            f"{_BYTES_PER_SECOND:,} bytes"
        ) from error
    except FormParserError as error:
        raise InvalidRequest("the form cannot be read; send multipart/form-data", param=FILE) from (
            error
        )


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"the file is larger than the limit of {limit:,} bytes; send a smaller one")
