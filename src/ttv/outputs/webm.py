"""The film as WebM, VP9 with Opus: free of patents, played by all browsers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ttv.media import Recoding, recode
from ttv.outputs._port import Output, Report, Source

_RECODING: Final = Recoding(
    "libvpx-vp9",
    {"crf": "32", "b": "0", "deadline": "good", "cpu-used": "5", "tile-columns": "1"},
    sound="libopus",
    container="webm",
)


def build(_options: Mapping[str, object]) -> Output:
    """Describe it."""
    return Output("webm", version=1, files={"webm": "film.webm"}, make=_make, weight=1.0)


def _make(source: Source, folder: Path, report: Report) -> None:
    recode(source.film, folder / "film.webm", _RECODING, tags=source.tags, progress=report)
