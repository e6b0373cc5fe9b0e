"""Still pictures: PNG with text tags."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.video.reformatter import Interpolation

from ttv.errors import storage_errors
from ttv.files import whole
from ttv.media._errors import Unreadable, reading, writing
from ttv.media._format import MAX_SIDE
from ttv.media._planes import Pixels

_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
#: Bytes of the magic and the IHDR chunk, after which text may follow.
_HEAD: Final = len(_MAGIC) + 25
#: A sixth of the time of the usual level 6 for a fifth more bytes.
_COMPRESSION: Final = "1"
#: For pictures that travel.
_SMALL: Final = "6"
_MAX_BYTES: Final = 64 << 20


def save_png(path: Path, bgra: Pixels, tags: Mapping[str, str]) -> None:
    """Write an opaque picture as PNG with ``tags`` as its Latin-1 text; other letters become ?."""
    plain = _encode(bgra)
    text = b"".join(
        _chunk(b"tEXt", f"{k}\0{v}".encode("latin-1", "replace")) for k, v in tags.items()
    )
    with storage_errors(path.parent), whole(path) as part:
        part.write_bytes(plain[:_HEAD] + text + plain[_HEAD:])


def load_png(path: Path) -> tuple[Pixels, dict[str, str]]:
    """Read a PNG as BGRA and its text tags. Raises NotFound, or Unreadable also for a huge one."""
    with reading(path):
        if path.stat().st_size > _MAX_BYTES:
            raise Unreadable(f"{path.name} has more than {_MAX_BYTES >> 20} MiB")
        data = path.read_bytes()
        if not data.startswith(_MAGIC) or len(data) < _HEAD:
            raise Unreadable(f"{path.name} is no PNG")
        width, height = struct.unpack(">II", data[16:24])
        if max(width, height) > MAX_SIDE:
            raise Unreadable(f"{path.name} is {width}x{height}; no side may exceed {MAX_SIDE}")
        with av.open(str(path), format="png_pipe") as file:
            for frame in file.decode(video=0):
                return np.asarray(frame.to_ndarray(format="bgra")), dict(_texts(data))
    raise Unreadable(f"{path.name} holds no picture")


def scaled_png(path: Path, width: int, height: int) -> bytes:
    """Give a PNG in another size and without its tags. Raises like ``load_png``."""
    picture, _ = load_png(path)
    scaled = av.VideoFrame.from_numpy_buffer(picture, format="bgra").reformat(
        width, height, interpolation=Interpolation.LANCZOS
    )
    return _encode(np.asarray(scaled.to_ndarray()), compression=_SMALL)


def _encode(bgra: Pixels, *, compression: str = _COMPRESSION) -> bytes:
    codec = av.VideoCodecContext.create("png", "w")
    codec.height, codec.width = bgra.shape[:2]
    codec.pix_fmt = "rgb24"
    codec.options = {"compression_level": compression}
    frame = av.VideoFrame.from_numpy_buffer(bgra, format="bgra")
    with writing():
        packets = [*codec.encode(frame.reformat(format="rgb24")), *codec.encode(None)]
    return b"".join(bytes(packet) for packet in packets)


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
