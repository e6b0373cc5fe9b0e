"""The film for streaming over HTTP: a playlist of byte ranges of one fragmented MP4."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ttv.media import Fragmented, fragment
from ttv.outputs._port import Output, Report, Source

_PLAYLIST: Final = "film.m3u8"
_MEDIA: Final = "film.m4s"
_SECONDS: Final = 4.0


def build(_options: Mapping[str, object]) -> Output:
    """Describe it."""
    return Output(
        "hls",
        version=1,
        files={"hls": _PLAYLIST, "hls-media": _MEDIA},
        make=_make,
        texts=frozenset({"hls"}),
        weight=0.01,
    )


def _make(source: Source, folder: Path, _report: Report) -> None:
    """Copy the packets of the film; nothing is encoded."""
    media = fragment(source.film, folder / _MEDIA, seconds=_SECONDS)
    playlist = "".join(f"{line}\n" for line in _lines(media))
    (folder / _PLAYLIST).write_text(playlist, encoding="utf-8")


def _lines(media: Fragmented) -> Iterator[str]:
    longest = max(part.seconds for part in media.fragments)
    yield "#EXTM3U"
    yield "#EXT-X-VERSION:7"
    yield f"#EXT-X-TARGETDURATION:{math.ceil(longest)}"
    yield "#EXT-X-PLAYLIST-TYPE:VOD"
    yield "#EXT-X-INDEPENDENT-SEGMENTS"
    yield f'#EXT-X-MAP:URI="{_MEDIA}",BYTERANGE="{media.head}@0"'
    for part in media.fragments:
        yield f"#EXTINF:{part.seconds:.6f},"
        yield f"#EXT-X-BYTERANGE:{part.size}@{part.offset}"
        yield _MEDIA
    yield "#EXT-X-ENDLIST"
