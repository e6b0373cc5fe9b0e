"""Still pictures: PNG with text tags, and JPEG."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Literal

import av
import numpy as np

from ttv.errors import storage_errors
from ttv.media._errors import Unreadable, reading, writing
from ttv.media._planes import Pixels

_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
#: Bytes of the magic and the IHDR chunk, after which text may follow.
_HEAD: Final = len(_MAGIC) + 25


def save_png(path: Path, bgra: Pixels, tags: Mapping[str, str]) -> None:
    """Write an opaque picture as PNG with ``tags`` as its Latin-1 text."""
    plain = _encode(bgra, "png", "rgb24")
    text = b"".join(_chunk(b"tEXt", f"{k}\0{v}".encode("latin-1")) for k, v in tags.items())
    _write(path, plain[:_HEAD] + text + plain[_HEAD:])


def load_png(path: Path) -> tuple[Pixels, dict[str, str]]:
    """Read a PNG as BGRA and its text tags. Raises NotFound or Unreadable."""
    with reading(path):
        data = path.read_bytes()
        if not data.startswith(_MAGIC):
            raise Unreadable(f"{path.name} is no PNG")
        with av.open(str(path), format="png_pipe") as file:
            for frame in file.decode(video=0):
                return np.asarray(frame.to_ndarray(format="bgra")), dict(_texts(data))
    raise Unreadable(f"{path.name} holds no picture")


def save_jpeg(path: Path, bgra: Pixels) -> None:
    """Write a picture as JPEG of good quality."""
    _write(path, _encode(bgra, "mjpeg", "yuvj420p"))


def _encode(bgra: Pixels, codec_name: Literal["png", "mjpeg"], pixel_format: str) -> bytes:
    codec = av.VideoCodecContext.create(codec_name, "w")
    codec.height, codec.width = bgra.shape[:2]
    codec.pix_fmt = pixel_format
    codec.options = {"qmin": "2", "qmax": "3"} if codec_name == "mjpeg" else {}
    frame = av.VideoFrame.from_numpy_buffer(bgra, format="bgra")
    with writing():
        packets = [*codec.encode(frame.reformat(format=pixel_format)), *codec.encode(None)]
    return b"".join(bytes(packet) for packet in packets)


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.part")
    with storage_errors(path.parent):
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _texts(data: bytes) -> Iterator[tuple[str, str]]:
    at = len(_MAGIC)
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"tEXt":
            key, _, value = data[at + 8 : at + 8 + length].decode("latin-1").partition("\0")
            yield key, value
        at += length + 12
