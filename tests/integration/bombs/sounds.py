"""Bombs that call themselves recordings."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import av
import numpy as np

from tests.integration.bombs._bomb import Bait, Bomb, Builder, inflating
from tests.integration.bombs._boxes import FTYP, alias, box, elsewhere, full, nested, remade
from tests.integration.bombs._texts import texts
from tests.unit.media.sounds import write_sound


def sounds() -> Iterator[Bomb]:
    """Give the bombs for the gate of audio."""
    for name, build in (_WAVS | _FLACS | _OGGS | _MP3S | _M4AS | texts("mp3")).items():
        yield Bomb(name, "audio", build)
    for name, build in _GOOD.items():
        yield Bomb(name, "audio", build, harmless=True)


def _good(bait: Bait, form: str, seconds: float = 1) -> bytes:
    return write_sound(bait.file.with_name(f"good.{form}"), form, seconds=seconds).read_bytes()


def _wav(
    *,
    tag: int = 1,
    channels: int = 2,
    rate: int = 48_000,
    bits: int = 16,
    before: bytes = b"",
    data: bytes = bytes(9_600),
    size: int | None = None,
) -> bytes:
    frame = channels * bits // 8
    fmt = struct.pack(
        "<HHIIHH", tag, channels, rate, rate * frame & 0xFFFFFFFF, frame & 0xFFFF, bits
    )
    told = len(data) if size is None else size
    body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + before
    body += b"data" + struct.pack("<I", told) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


_WAVS: Final[dict[str, Builder]] = {
    "WAV of 65,535 channels": lambda _: _wav(channels=65_535),
    "WAV of no channel": lambda _: _wav(channels=0),
    "WAV of 2^31 samples a second": lambda _: _wav(rate=2**31),
    "WAV of 0 samples a second": lambda _: _wav(rate=0),
    "WAV of 1 sample a second": lambda _: _wav(rate=1),
    "WAV of 65,535 bits": lambda _: _wav(bits=65_535),
    "WAV in a codec of games": lambda _: _wav(tag=0x11, bits=4),
    "WAV of 40 MB at 8,000 samples": lambda _: _wav(
        channels=1, rate=8_000, bits=8, data=bytes(40_000_000)
    ),
    "WAV with a note of 4 GiB": lambda _: _wav(before=b"LIST" + struct.pack("<I", 2**32 - 1)),
    "WAV without data": lambda _: _wav(data=b""),
    "WAV cut short in its header": lambda _: _wav()[:30],
}


def _block(kind: int, body: bytes, *, last: bool = False, size: int | None = None) -> bytes:
    told = len(body) if size is None else size
    return struct.pack(">I", (kind | 0x80 * last) << 24 | told) + body


def _flac(*blocks: bytes, least: int = 4_096, most: int = 4_096, rate: int = 48_000) -> bytes:
    """Give the head of a FLAC of 2^36 samples."""
    about = struct.pack(">HH", least, most) + bytes(6)
    about += (rate << 44 | 1 << 41 | 15 << 36 | (1 << 36) - 1).to_bytes(8, "big") + bytes(16)
    return b"fLaC" + _block(0, about) + b"".join(blocks) + _block(1, b"", last=True)


def _cover(link: bytes, data: bytes, *, kind: bytes = b"image/png") -> bytes:
    numbers = struct.pack(">IIII", 2**32 - 1, 2**32 - 1, 32, 0)
    body = struct.pack(">II", 3, len(kind)) + kind + struct.pack(">I", len(link)) + link
    return _block(6, body + numbers + struct.pack(">I", len(data)) + data)


def _silence(bait: Bait) -> bytes:
    """Repeat a block of silence: a few bytes last a tenth of a second each."""
    quiet = _quiet_flac(bait)
    return quiet * (9_000_000 // len(quiet))


def _quiet_flac(bait: Bait) -> bytes:
    path = bait.file.with_name("quiet.flac")
    with av.open(str(path), "w", format="flac") as file:
        stream = file.add_stream("flac", rate=48_000, layout="mono")
        quiet = np.zeros((1, 480_000), np.int16)
        frame = av.AudioFrame.from_ndarray(quiet, format="s16", layout="mono")
        frame.sample_rate = 48_000
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path.read_bytes()


_FLACS: Final[dict[str, Builder]] = {
    "FLAC of 2^36 samples in blocks of 65,535": lambda _: _flac(least=16, most=65_535) + bytes(99),
    "FLAC of 655,350 samples a second": lambda _: _flac(rate=655_350) + bytes(99),
    "FLAC with blocks of no sample": lambda _: _flac(least=0, most=0) + bytes(99),
    "FLAC whose cover is elsewhere": lambda bait: _flac(
        _cover(b"", bait.file.as_uri().encode(), kind=b"-->")
    ),
    "FLAC whose cover is 2^32 x 2^32": lambda _: _flac(_cover(b"", bytes(64))),
    "FLAC with a block of 16 MiB that is not there": lambda _: _flac(
        _block(4, b"", size=2**24 - 1)
    ),
    "FLAC with 500,000 blocks of nothing": lambda _: _flac(_block(1, b"") * 500_000),
    "FLAC of silence for hours": _silence,
    "FLAC cut short in its header": lambda _: _flac()[:20],
}


def _page(serial: int, body: bytes, *, flags: int = 2, at: int = 0) -> bytes:
    """Give an Ogg page of one packet; its sum is left out, as of a page that was changed."""
    laced = bytes([255] * (len(body) // 255) + [len(body) % 255])
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, at, serial, 0, 0, len(laced))
    page = head + laced + body
    return page[:22] + struct.pack("<I", _crc(page)) + page[26:]


def _crc(page: bytes) -> int:
    crc = 0
    for byte in page:
        crc = crc << 8 & 0xFFFFFFFF ^ _CRCS[crc >> 24 ^ byte]
    return crc


def _crc_of(byte: int) -> int:
    crc = byte << 24
    for _ in range(8):
        crc = crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)
    return crc & 0xFFFFFFFF


_CRCS: Final = tuple(_crc_of(byte) for byte in range(256))
_OPUS: Final = b"OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0"

_OGGS: Final[dict[str, Builder]] = {
    "Ogg of 10,000 streams side by side": lambda _: b"".join(
        _page(serial, _OPUS) for serial in range(10_000)
    ),
    "Ogg of 10,000 streams in a chain": lambda _: b"".join(
        _page(serial, _OPUS)
        + _page(serial, b"OpusTags" + bytes(8), flags=0)
        + _page(serial, b"\xfc", flags=4, at=960)
        for serial in range(10_000)
    ),
    "Ogg with tags of 4 GiB": lambda _: (
        _page(1, _OPUS) + _page(1, b"OpusTags" + struct.pack("<I", 2**32 - 1) + bytes(64), flags=0)
    ),
    "Ogg of 300,000 empty pages": lambda _: _page(1, _OPUS) + _page(1, b"", flags=0) * 300_000,
    "Ogg of Theora": lambda _: _page(1, b"\x80theora\x03\x02\x01" + bytes(32)),
    "Ogg cut short": lambda _: _page(1, _OPUS)[:30],
}


def _id3(body: bytes, *, size: int | None = None) -> bytes:
    told = len(body) if size is None else size
    parts = bytes(told >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + parts + body


def _frame(kind: bytes, body: bytes, *, flags: int = 0) -> bytes:
    return kind + struct.pack(">IH", len(body), flags) + body


_MP3S: Final[dict[str, Builder]] = {
    "MP3 with tags of 256 MiB": lambda _: _id3(bytes(64), size=2**28 - 1),
    "MP3 with tags of 40 MB": lambda _: _id3(bytes(40_000_000)),
    "MP3 with 1 GiB of compressed tag": lambda _: _id3(
        _frame(b"TXXX", struct.pack(">I", 1 << 30) + inflating(1 << 30), flags=0x80)
    ),
    "MP3 with tags behind 100,000 tags": lambda _: _id3(b"") * 100_000,
    "MP3 whose cover is elsewhere": lambda bait: _id3(
        _frame(b"APIC", b"\0-->\0\x03\0" + bait.file.as_uri().encode())
    ),
    "MP3 of noise": lambda _: b"\xff\xfb\x90\x00" + bytes(range(256)) * 8_000,
    "AAC of noise": lambda _: b"\xff\xf1\x50\x80" + bytes(range(256)) * 8_000,
}


def _m4a(bait: Bait) -> bytes:
    return _good(bait, "m4a")


_M4AS: Final[dict[str, Builder]] = {
    "M4A whose sound is in a file of ours by an alias": lambda bait: remade(
        _m4a(bait), {b"dref": alias(str(bait.file))}
    ),
    "M4A of 2^32 samples in its table of times": lambda bait: remade(
        _m4a(bait), {b"stts": lambda _: full(b"stts", "III", 1, 2**32 - 1, 1)}
    ),
    "M4A of 2^32 samples of one byte": lambda bait: remade(
        _m4a(bait), {b"stsz": lambda _: full(b"stsz", "II", 1, 2**32 - 1)}
    ),
    "M4A of 5,000 tracks": lambda bait: remade(
        _m4a(bait), {b"trak": lambda body: box(b"trak", body) * 5_000}
    ),
    "M4A of boxes 100,000 deep": lambda _: FTYP + nested((b"moov", b"trak"), 100_000),
}

#: Good recordings, but for something that does no harm to who leaves it alone.
_GOOD: Final[dict[str, Builder]] = {
    "M4A whose sound is on a server": lambda bait: remade(
        _m4a(bait), {b"dref": elsewhere(bait.url)}
    ),
    "M4A whose sound is a file of ours": lambda bait: remade(
        _m4a(bait), {b"dref": elsewhere(bait.file.as_uri())}
    ),
    "WAV of 4 GiB by its header": lambda _: _wav(size=2**32 - 1),
    "MP3 whose cover is a server": lambda bait: (
        _id3(_frame(b"APIC", b"\0-->\0\x03\0" + bait.url.encode())) + _good(bait, "mp3")
    ),
}
