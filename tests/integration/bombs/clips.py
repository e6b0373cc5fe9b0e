"""Bombs that call themselves clips."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

import av
import numpy as np

from tests.integration.bombs._bomb import Bait, Bomb, Builder, inflating
from tests.integration.bombs._boxes import (
    FTYP,
    Swap,
    alias,
    box,
    elsewhere,
    full,
    nested,
    remade,
)
from tests.integration.bombs._texts import texts
from tests.integration.bombs.pictures import pictures

_MOST: Final = 2**32 - 1


def clips() -> Iterator[Bomb]:
    """Give the bombs for the gate of clips."""
    named = _MP4S | _CODED | _MKVS | _OTHERS | texts("mp4")
    for name, build in named.items():
        yield Bomb(name, "clip", build)
    for name, build in _GOOD.items():
        yield Bomb(name, "clip", build, harmless=True)


def _with(**swaps: Swap) -> Builder:
    """Give the good clip with other boxes."""
    by_kind = {kind.encode(): swap for kind, swap in swaps.items()}
    return lambda bait: remade(bait.clip, by_kind)


def _patched(kind: bytes, offset: int, fmt: str, *values: int) -> Builder:
    """Give the good clip with other numbers in its first box of a kind."""

    def build(bait: Bait) -> bytes:
        data = bytearray(bait.clip)
        struct.pack_into(f">{fmt}", data, data.index(kind) + 4 + offset, *values)
        return bytes(data)

    return build


_MP4S: Final[dict[str, Builder]] = {
    "MP4 of 2^32 times": _with(stts=lambda _: full(b"stts", "III", 1, _MOST, 1)),
    "MP4 with 2^32 entries of times": _with(stts=lambda _: box(b"stts", bytes(4) + b"\xff" * 4)),
    "MP4 of 2^32 samples of no byte": _with(stsz=lambda _: full(b"stsz", "II", 0, _MOST)),
    "MP4 of 2^32 samples of one byte": _with(
        stsz=lambda _: full(b"stsz", "II", 1, _MOST),
        stts=lambda _: full(b"stts", "III", 1, _MOST, 1),
        stsc=lambda _: full(b"stsc", "IIII", 1, 1, _MOST, 1),
    ),
    "MP4 of 20 million samples in one byte each": _with(
        stsz=lambda _: full(b"stsz", "II", 1, 20_000_000),
        stts=lambda _: full(b"stts", "III", 1, 20_000_000, 1),
        stsc=lambda _: full(b"stsc", "IIII", 1, 1, 20_000_000, 1),
    ),
    "MP4 of 2^32 chunks": _with(stco=lambda _: full(b"stco", "I", _MOST)),
    "MP4 whose chunks all lie at one place": _with(
        stco=lambda _: full(b"stco", "I" + "I" * 1_000_000, 1_000_000, *[48] * 1_000_000),
        stsz=lambda _: full(b"stsz", "II", 9, 1_000_000),
        stts=lambda _: full(b"stts", "III", 1, 1_000_000, 512),
        stsc=lambda _: full(b"stsc", "IIII", 1, 1, 1, 1),
    ),
    "MP4 of an index of 4 GiB": lambda _: FTYP + box(b"moov", bytes(64), size=0xFFFFFFF0),
    "MP4 of a box of 2^63": lambda _: FTYP + box(b"moov", struct.pack(">Q", 2**63 - 1), size=1),
    "MP4 of boxes of no size": lambda _: FTYP + box(b"moov", bytes(8)) * 100_000,
    "MP4 of boxes 100,000 deep": lambda _: FTYP + nested((b"moov", b"trak", b"mdia"), 100_000),
    "MP4 of boxes 5,000 deep in notes": lambda _: (
        FTYP + box(b"moov", nested((b"udta", b"meta", b"ilst"), 5_000))
    ),
    "MP4 of 10,000 tracks": _with(trak=lambda body: box(b"trak", body) * 10_000),
    "MP4 of an index that inflates to 1 GiB": lambda _: (
        FTYP
        + box(
            b"moov",
            box(
                b"cmov",
                box(b"dcom", b"zlib")
                + box(b"cmvd", struct.pack(">I", 1 << 30) + inflating(1 << 30)),
            ),
        )
    ),
    "MP4 of an index that says it inflates to 4 GiB": lambda _: (
        FTYP
        + box(
            b"moov",
            box(
                b"cmov",
                box(b"dcom", b"zlib") + box(b"cmvd", struct.pack(">I", _MOST) + inflating(1 << 20)),
            ),
        )
    ),
    "MP4 whose picture is in a file of ours by an alias": lambda bait: remade(
        bait.clip, {b"dref": alias(str(bait.file))}
    ),
    "MP4 of 4,000,000 fragments": lambda bait: bait.clip + box(b"moof") * 4_000_000,
    "MP4 without an index": lambda _: FTYP + box(b"mdat", bytes(999)),
    "MP4 with an empty index": lambda _: FTYP + box(b"moov"),
    "MP4 cut short": lambda bait: bait.clip[: len(bait.clip) // 2],
    "MP4 of 10^9 frames a second": _patched(b"mdhd", 12, "I", 10**9),
    "MP4 of 1 frame in years": _with(stts=lambda _: full(b"stts", "III", 1, 48, 2**31 - 1)),
    "MP4 whose picture is in no known codec": lambda bait: bait.clip.replace(b"avc1", b"SVQ3"),
    "MP4 of sound alone": _with(hdlr=lambda body: box(b"hdlr", body.replace(b"vide", b"soun"))),
}


def _coded(
    codec: str,
    form: str,
    *,
    sides: tuple[tuple[int, int], ...] = ((64, 64),),
    frames: int = 4,
    rate: int = 24,
) -> bytes:
    """Encode grey pictures, some of each size, into one stream."""
    made = io.BytesIO()
    with av.open(made, "w", format=form) as file:
        stream: Any = file.add_stream(codec, rate=rate, width=sides[0][0], height=sides[0][1])
        stream.pix_fmt = "yuv420p"
        file.start_encoding()
        at = 0
        for width, height in sides:
            for packet in _packets(codec, width, height, frames=frames, rate=rate):
                packet.pts = packet.dts = at
                packet.stream = stream
                file.mux(packet)
                at += 1
    return made.getvalue()


def _packets(codec: str, width: int, height: int, *, frames: int, rate: int) -> list[Any]:
    context: Any = av.CodecContext.create(codec, "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, rate), Fraction(rate)
    context.options = {"preset": "ultrafast", "tune": "zerolatency"} if "264" in codec else {}
    grey = np.full((height * 3 // 2, width), 127, np.uint8)
    packets = []
    for number in range(frames):
        frame = av.VideoFrame.from_ndarray(grey, format="yuv420p")
        frame.pts = number
        packets += context.encode(frame)
    return [*packets, *context.encode(None)]


def _grown(bait: Bait) -> bytes:
    """Give a VP8 clip in which a later frame says that it is 16,383 x 16,383."""
    data = bytearray(_coded("libvpx", "webm", frames=1, sides=((64, 64),) * 48))
    start = b"\x9d\x01\x2a"
    last = data.rindex(start)
    struct.pack_into("<HH", data, last + 3, 16_383, 16_383)
    return bytes(data)


def _framed(fourcc: bytes, name: str) -> Builder:
    """Give the good clip as one whose frames are each a bomb of the other gate."""
    still = next(bomb for bomb in pictures() if bomb.name == name)

    def build(bait: Bait) -> bytes:
        picture, place = still.build(bait), len(bait.clip) + 8
        tables: dict[bytes, Swap] = {
            b"stsd": lambda body: box(b"stsd", body[:8] + box(fourcc, body[16:94])),
            b"stsz": lambda _: full(b"stsz", "II", len(picture), 48),
            b"stsc": lambda _: full(b"stsc", "IIII", 1, 1, 1, 1),
            b"stco": lambda _: full(b"stco", "I" + "I" * 48, 48, *[place] * 48),
            b"stss": lambda _: b"",
            b"ctts": lambda _: b"",
        }
        return remade(bait.clip + box(b"mdat", picture), tables)

    return build


_CODED: Final[dict[str, Builder]] = {
    "clip of 8,192 x 64": lambda _: _coded("libx264", "mp4", sides=((8_192, 64),), frames=1),
    "clip of 2 x 2": lambda _: _coded("libx264", "mp4", sides=((2, 2),)),
    "clip that grows to 8,192 x 8,192": lambda _: _coded(
        "libx264", "matroska", sides=((64, 64), (8_192, 8_192)), frames=2
    ),
    "clip that says in its midst that it is 16,383 x 16,383": _grown,
    "clip of JPEGs of 65,500 x 65,500": _framed(b"jpeg", "JPEG of 65,500 x 65,500"),
    "clip of PNGs that inflate to 1 GiB": _framed(
        b"png ", "PNG whose header says less than the 1 GiB of its rows"
    ),
    "clip of PNGs of 50,000 x 50,000": _framed(b"png ", "PNG of 50,000 x 50,000"),
    "clip of 200,000 frames": lambda _: _mkv(_track(1), frames=200_000),
}


def _vint(number: int, width: int = 8) -> bytes:
    return (number | 1 << 7 * width).to_bytes(width, "big")


def _ebml(kind: int, body: bytes, *, size: int | None = None) -> bytes:
    head = kind.to_bytes((kind.bit_length() + 7) // 8, "big")
    return head + _vint(len(body) if size is None else size) + body


def _number(kind: int, number: int) -> bytes:
    return _ebml(kind, number.to_bytes(8, "big"))


def _track(number: int, *more: bytes, side: int = 64) -> bytes:
    picture = _number(0xB0, side) + _number(0xBA, side)
    body = _number(0xD7, number) + _number(0x73C5, number) + _number(0x83, 1)
    return _ebml(0xAE, body + _ebml(0x86, b"V_VP8") + _ebml(0xE0, picture) + b"".join(more))


_EBML: Final = _ebml(0x1A45DFA3, _ebml(0x4282, b"matroska"))
_UNKNOWN: Final = 2**56 - 1


def _mkv(*tracks: bytes, frames: int = 2, more: bytes = b"", size: int | None = None) -> bytes:
    """Give a Matroska of such tracks, with pictures in its first."""
    info = _ebml(0x1549A966, _number(0x2AD7B1, 1_000_000))
    frame = _ebml(0xA3, b"\x81\0\0\x80" + _vp8())
    clusters = b"".join(
        _ebml(0x1F43B675, _number(0xE7, at * 40) + frame) for at in range(min(frames, 2))
    )
    if frames > 2:
        block = _ebml(0xA3, b"\x81\0\0\x80\x10\x02\x00\x9d\x01\x2a\x40\x00\x40\x00")
        clusters += _ebml(0x1F43B675, _number(0xE7, 80) + block * frames)
    body = info + _ebml(0x1654AE6B, b"".join(tracks)) + more + clusters
    return _EBML + _ebml(0x18538067, body, size=size)


def _vp8() -> bytes:
    return bytes(_packets("libvpx", 64, 64, frames=1, rate=24)[0])


def _deep(kind: int, deep: int) -> bytes:
    """Give elements in elements, each of which has no known end."""
    return (kind.to_bytes(2, "big") + _vint(_UNKNOWN)) * deep


_PACKED: Final = _ebml(
    0x6D80, _ebml(0x6240, _number(0x5032, 3) + _ebml(0x5034, _number(0x4254, 0)))
)

_MKVS: Final[dict[str, Builder]] = {
    "MKV of 10,000 streams": lambda _: _mkv(*(_track(at) for at in range(1, 10_001))),
    "MKV of 16,383 x 16,383": lambda _: _mkv(_track(1, side=16_383)),
    "MKV whose element is longer than the world": lambda _: (
        _EBML + _ebml(0x18538067, b"", size=2**55)
    ),
    "MKV whose header is longer than the file": lambda _: _ebml(0x1A45DFA3, b"", size=2**40),
    "MKV of tags 100,000 deep": lambda _: _mkv(
        _track(1), more=_ebml(0x1254C367, _ebml(0x7373, _deep(0x67C8, 100_000)))
    ),
    "MKV of 300,000 chapters": lambda _: _mkv(
        _track(1),
        more=_ebml(0x1043A770, _ebml(0x45B9, _ebml(0xB6, _number(0x73C4, 1)) * 300_000)),
    ),
    "MKV whose pictures inflate to 1 GiB": lambda _: _mkv(
        _track(1, _PACKED),
        more=_ebml(
            0x1F43B675, _number(0xE7, 0) + _ebml(0xA3, b"\x81\0\0\x80" + inflating(1 << 30))
        ),
    ),
    "MKV with a picture of 2 GiB that is not there": lambda _: _mkv(
        _track(1),
        more=_ebml(
            0x1F43B675,
            _number(0xE7, 0) + b"\xa3" + _vint(2**31 - 64) + b"\x81\0\0\x80",
            size=_UNKNOWN,
        ),
    ),
    "MKV without a track": lambda _: _mkv(),
    "MKV cut short": lambda _: _mkv(_track(1))[:60],
}

_OTHERS: Final[dict[str, Builder]] = {
    "nothing as mp4": lambda _: b"",
    "zeros as mp4": lambda _: bytes(4_096),
    "noise as mp4": lambda _: np.random.default_rng(1).bytes(100_000),
    "AVI that is not taken": lambda _: _coded("mpeg4", "avi"),
    "GIF as mp4": lambda _: b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + bytes(99),
    "pictures by number as mp4": lambda bait: str(bait.file.with_name("%d.png")).encode(),
}


def _comment(text: bytes) -> bytes:
    """Give the box in which players look for a comment."""
    told = box(b"\xa9cmt", box(b"data", struct.pack(">II", 1, 0) + text))
    kind = full(b"hdlr", "II12x", 0, int.from_bytes(b"mdir"))
    return box(b"udta", box(b"meta", bytes(4) + kind + box(b"ilst", told)))


#: Good clips, but for something that does no harm to who leaves it alone.
_GOOD: Final[dict[str, Builder]] = {
    "clip that ends with 8,192 x 8,192": lambda _: _coded(
        "libx264", "matroska", sides=(*[(64, 64)] * 47, (8_192, 8_192)), frames=1
    ),
    "MP4 whose picture is on a server": lambda bait: remade(
        bait.clip, {b"dref": elsewhere(bait.url)}
    ),
    "MP4 whose picture is a file of ours": lambda bait: remade(
        bait.clip, {b"dref": elsewhere(bait.file.as_uri())}
    ),
    "MP4 whose names are no text": lambda bait: bait.clip.replace(
        b"VideoHandler", b"\xff\xfe\x80" * 4
    ),
    "MP4 with a comment in many scripts": lambda bait: remade(
        bait.clip, {b"udta": lambda _: _comment("\u72d0\u72f8 \U0001f98a".encode())}
    ),
    "MP4 with a comment that is no text": lambda bait: remade(
        bait.clip, {b"udta": lambda _: _comment(b"\xff\xfe\x80")}
    ),
    "MP4 with 1,000,000 edits": _with(
        edts=lambda _: box(
            b"edts", full(b"elst", "I", 1_000_000) + struct.pack(">IiI", 1, 0, 1 << 16) * 1_000_000
        )
    ),
}
