"""Playlists and tracks as text: one that grows (HLS, RFC 8216), and other names for their files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

#: The URI of a tag, such as that of ``EXT-X-MAP``.
_URI: Final = re.compile(r'(?<=URI=")[^"]+(?=")')


@dataclass(frozen=True, slots=True)
class Piece:
    """One shot of a live playlist."""

    url: str
    seconds: float


def write_live(pieces: Iterable[Piece], *, longest: float, over: bool) -> str:
    """Write a playlist that only grows; ``longest`` is the length of the film's longest shot.

    Every shot was encoded alone, so each begins anew: a discontinuity.
    """
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-PLAYLIST-TYPE:EVENT",
        f"#EXT-X-TARGETDURATION:{ceil(longest)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-START:TIME-OFFSET=0",
    ]
    for number, piece in enumerate(pieces):
        lines += ["#EXT-X-DISCONTINUITY"] if number else []
        lines += [f"#EXTINF:{piece.seconds:.6f},", piece.url]
    lines += ["#EXT-X-ENDLIST"] if over else []
    return "\n".join(lines) + "\n"


def named_media(written: str) -> tuple[str, ...]:
    """Name what may be a file that a playlist or track names, each once."""
    found = (uri for line in written.splitlines() for uri in _uris(line))
    return tuple(dict.fromkeys(found))


def with_media(written: str, urls: Mapping[str, str]) -> str:
    """Write a playlist or track with other addresses for the files that it names."""
    return "".join(f"{_with_urls(line, urls)}\n" for line in written.splitlines())


def _uris(line: str) -> list[str]:
    """Give what a line may name: in attributes of a tag, or alone, up to its fragment."""
    if line.startswith("#"):
        return _URI.findall(line)
    uri, _, _ = line.partition("#")
    return [uri] if uri else []


def _with_urls(line: str, urls: Mapping[str, str]) -> str:
    if line.startswith("#"):
        return _URI.sub(lambda match: urls.get(match[0], match[0]), line)
    uri, mark, fragment = line.partition("#")
    return urls.get(uri, uri) + mark + fragment
