"""Bombs that call themselves pictures."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import skia

from tests.integration.bombs._bomb import Bait, Bomb, Builder, inflating

_GIB: Final = 1 << 30
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SIDE: Final = 64


def pictures() -> Iterator[Bomb]:
    """Give the bombs for the gate of images."""
    for name, build in (_PNGS | _JPEGS | _WEBPS | _OTHERS).items():
        yield Bomb(name, "image", build)
    for name, build in _GOOD.items():
        yield Bomb(name, "image", build, harmless=True)


def _chunk(kind: bytes, body: bytes, *, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return struct.pack(">I", size) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(
    *chunks: bytes, width: int = _SIDE, height: int = _SIDE, idat: bytes | None = None
) -> bytes:
    """Give a PNG in grey; ``chunks`` come before its picture, which is right when none is given."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress(bytes(_SIDE * (_SIDE + 1))) if idat is None else idat
    return _PNG + head + b"".join(chunks) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _frames(number: int) -> bytes:
    """Give the frames of an animated PNG after the first."""
    return b"".join(
        _chunk(b"fcTL", struct.pack(">IIIIIHHBB", at, _SIDE, _SIDE, 0, 0, 1, 100, 0, 0))
        + _chunk(b"fdAT", struct.pack(">I", at + 1) + b"x")
        for at in range(0, 2 * number, 2)
    )


def _moving(*before: bytes) -> bytes:
    animated = _chunk(b"acTL", struct.pack(">II", 5_000, 0))
    return _png(*before, animated)[:-12] + _frames(5_000) + _chunk(b"IEND", b"")


def _in_shreds(_bait: Bait) -> bytes:
    """Cut the picture into chunks of nothing."""
    return _png()[:-12] + _chunk(b"IDAT", b"") * 800_000 + _chunk(b"IEND", b"")


_PNGS: Final[dict[str, Builder]] = {
    "PNG of 50,000 x 50,000": lambda _: _png(width=50_000, height=50_000),
    "PNG of 2^31 x 2^31": lambda _: _png(width=2**31 - 1, height=2**31 - 1),
    "PNG of 0 x 0": lambda _: _png(width=0, height=0),
    "PNG with little for its 7,000 x 7,000": lambda _: _png(width=7_000, height=7_000, idat=b"x"),
    "PNG with 1 GiB of zTXt": lambda _: _png(_chunk(b"zTXt", b"Comment\0\0" + inflating(_GIB))),
    "PNG with 1 GiB of iTXt": lambda _: _png(
        _chunk(b"iTXt", b"Comment\0\1\0\0\0" + inflating(_GIB))
    ),
    "PNG with 1 GiB of iCCP": lambda _: _png(_chunk(b"iCCP", b"sRGB\0\0" + inflating(_GIB))),
    "PNG with 900 times 1 MiB of zTXt": lambda _: _png(
        _chunk(b"zTXt", b"Comment\0\0" + inflating(1 << 20)) * 900
    ),
    "PNG with 1 GiB of zTXt behind the picture": lambda _: (
        _png()[:-12] + _chunk(b"zTXt", b"Comment\0\0" + inflating(_GIB)) + _chunk(b"IEND", b"")
    ),
    "PNG of 5,000 frames": lambda _: _moving(),
    "PNG of 5,000 frames behind 2,000 other chunks": lambda _: _moving(
        _chunk(b"tEXt", b"a\0b") * 2_000
    ),
    "PNG in 800,000 shreds": _in_shreds,
    "PNG with a chunk of 4 GiB": lambda _: _png(_chunk(b"tEXt", b"a\0b", length=2**32 - 1)),
    "PNG cut short": lambda _: _png()[:50],
    "PNG that is its first bytes": lambda _: _PNG,
}


def _encoded(kind: skia.EncodedImageFormat) -> bytes:
    grey = np.full((_SIDE, _SIDE, 4), 127, np.uint8)
    return bytes(skia.Image.fromarray(grey).encodeToData(kind, 90))


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _jpeg(width: int, height: int, *, scans: int = 0, before: bytes = b"") -> bytes:
    """Give a grey progressive JPEG by hand; a scan of a few bytes passes over all of it."""
    blocks = -(-width // 8) * -(-height // 8)
    one_code = b"\x01" + bytes(15)
    head = (
        _segment(0xDB, b"\x00" + b"\x01" * 64)
        + _segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
        + _segment(0xC4, b"\x00" + one_code + b"\x00" + b"\x10" + one_code + b"\xe0")
    )
    first = _segment(0xDA, b"\x01\x01\x00\x00\x00\x00") + bytes(min(blocks, 1 << 20) // 8 + 1)
    runs = int(("0" + "1" * 14) * (blocks // 32_767 + 1) + "1" * 7, 2)
    passed = runs.to_bytes((runs.bit_length() + 8) // 8, "big").replace(b"\xff", b"\xff\0")
    more = _segment(0xDA, b"\x01\x01\x00\x01\x3f\x00") + passed
    return b"\xff\xd8" + before + head + first + more * scans + b"\xff\xd9"


def _noted(*entries: bytes, next_at: int = 0) -> bytes:
    """Give a JPEG with what a camera notes in it."""
    notes = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries)
    whole = _segment(0xE1, notes + struct.pack("<I", next_at))
    jpeg = _encoded(skia.EncodedImageFormat.kJPEG)
    return jpeg[:2] + whole + jpeg[2:]


_JPEGS: Final[dict[str, Builder]] = {
    "JPEG of 65,500 x 65,500": lambda _: _jpeg(65_500, 65_500),
    "JPEG of 65,500 x 1": lambda _: _jpeg(65_500, 1),
    "JPEG without a height": lambda _: _jpeg(4_000, 0),
    "JPEG of 50,000 passes": lambda _: _jpeg(7_000, 7_000, scans=50_000),
    "JPEG of 400 passes": lambda _: _jpeg(7_000, 7_000, scans=400),
    "JPEG of 65,500 x 65,500 behind 9 MB of notes": lambda _: _jpeg(
        65_500, 65_500, before=_segment(0xE1, b"Exif\0\0" + bytes(65_000)) * 140
    ),
    "JPEG cut short": lambda _: _jpeg(512, 512, scans=2)[:600],
    "JPEG that is its first bytes": lambda _: b"\xff\xd8\xff\xe0",
}


def _webp(kind: bytes, body: bytes, *, size: int | None = None) -> bytes:
    whole = b"WEBP" + kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(whole) if size is None else size) + whole


def _canvas(flags: int, side: int) -> bytes:
    return bytes([flags, 0, 0, 0]) + 2 * (side - 1).to_bytes(3, "little")


def _moving_webp(_bait: Bait) -> bytes:
    still = _encoded(skia.EncodedImageFormat.kWEBP)[12:]
    place = bytes(6) + 2 * (_SIDE - 1).to_bytes(3, "little") + b"\1\0\0\0"
    frame = b"ANMF" + struct.pack("<I", len(place) + len(still)) + place + still
    head = b"VP8X" + struct.pack("<I", 10) + _canvas(2, _SIDE)
    whole = b"WEBP" + head + b"ANIM" + struct.pack("<IIH", 6, 0, 0) + frame * 2_000
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


_WEBPS: Final[dict[str, Builder]] = {
    "WebP of 16,383 x 16,383": lambda _: _webp(
        b"VP8L", b"\x2f" + (16_382 | 16_382 << 14).to_bytes(4, "little") + bytes(64)
    ),
    "WebP on a canvas of 2^24": lambda _: _webp(b"VP8X", _canvas(0, 2**24) + bytes(64)),
    "WebP of 2,000 frames": _moving_webp,
    "WebP of 4 GiB by its header": lambda _: _webp(b"VP8L", bytes(64), size=2**32 - 2),
    "WebP cut short": lambda _: _encoded(skia.EncodedImageFormat.kWEBP)[:60],
}


def _laughs(_bait: Bait) -> bytes:
    names = "abcdefghij"
    lines = ['<!ENTITY a "ha">'] + [
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names)
    ]
    return f"<?xml version='1.0'?><!DOCTYPE svg [{''.join(lines)}]><svg>&j;</svg>".encode()


def _svg(bait: Bait) -> bytes:
    links = "".join(f'<image href="{link}"/>' for link in (bait.file.as_uri(), bait.url))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">{links}</svg>'.encode()


def _archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.html", "SECRET")
    return packed.getvalue()


_OTHERS: Final[dict[str, Builder]] = {
    "GIF": lambda _: b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + bytes(99),
    "GIF that is JavaScript": lambda _: b"GIF89a=1;alert(document.cookie);//" + bytes(64),
    "BMP of 2^31": lambda _: b"BM" + struct.pack("<IIIIii", 54, 0, 54, 40, 2**31 - 1, 2**31 - 1),
    "TIFF whose folder leads to itself": lambda _: b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
    "ICO that holds a PNG": lambda _: struct.pack("<HHH", 0, 1, 1) + bytes(16) + _png(),
    "PSD of 300,000 x 300,000": lambda _: (
        b"8BPS" + struct.pack(">H6xHIIHH", 1, 56, 300_000, 300_000, 16, 3)
    ),
    "PDF": lambda bait: (
        f"%PDF-1.7\n1 0 obj<</S/URI/URI({bait.url})>>endobj trailer<</Root 1 0 R>>".encode()
    ),
    "HTML": lambda bait: f'<!doctype html><img src="{bait.url}">'.encode(),
    "HTML before a JPEG": lambda _: b"<script>1</script>" + _encoded(skia.EncodedImageFormat.kJPEG),
    "SVG that links to files and servers": _svg,
    "SVG of a billion laughs": _laughs,
    "AVIF": lambda _: struct.pack(">I", 28) + b"ftypavif" + bytes(64),
    "playlist": lambda bait: f"#EXTM3U\n#EXTINF:1,\n{bait.file.as_uri()}\n".encode(),
    "list of files": lambda bait: f"ffconcat version 1.0\nfile {bait.file}\n".encode(),
    "PNG that is a ZIP": lambda _: _png() + _archive(),
    "JPEG that is a ZIP": lambda _: _encoded(skia.EncodedImageFormat.kJPEG) + _archive(),
    "nothing": lambda _: b"",
    "zeros": lambda _: bytes(4_096),
}


#: Good pictures too. They are let in, made anew without what they hide.
_GOOD: Final[dict[str, Builder]] = {
    "PNG whose header says less than the 1 GiB of its rows": lambda _: _png(idat=inflating(_GIB)),
    "JPEG that is HTML": lambda _: (
        _encoded(skia.EncodedImageFormat.kJPEG)[:2]
        + _segment(0xFE, b"<script>SECRET</script>")
        + _encoded(skia.EncodedImageFormat.kJPEG)[2:]
    ),
    "JPEG whose notes lead to themselves": lambda _: _noted(
        struct.pack("<HHII", 0x8769, 4, 1, 8), struct.pack("<HHII", 0x010E, 2, 6, 8), next_at=8
    ),
    "JPEG whose notes are 4 GiB long": lambda _: _noted(
        *[struct.pack("<HHII", tag, 2, 2**32 - 1, 8) for tag in range(0x010E, 0x010E + 5_000)]
    ),
}
