"""The film in H.265, for devices that play it: half the bytes, many times the work."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ttv.media import Recoding, recode
from ttv.outputs._port import Output, Report, Source

_RECODING: Final = Recoding(
    "libx265",
    # Bytes that depend on no clock and no number of processors; no word about the encoder.
    {"preset": "veryfast", "crf": "23", "x265-params": "pools=2:frame-threads=1:info=0"},
    mark="hvc1",  # as Apple's players want it
)


def build(_options: Mapping[str, object]) -> Output:
    """Describe it."""
    return Output("h265", version=1, files={"h265": "film.h265.mp4"}, make=_make, weight=1.0)


def _make(source: Source, folder: Path, report: Report) -> None:
    recode(source.film, folder / "film.h265.mp4", _RECODING, tags=source.tags, progress=report)
