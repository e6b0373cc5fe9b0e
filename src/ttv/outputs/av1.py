"""The film in AV1, which browsers play: the fewest bytes for the look."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ttv.media import Recoding, recode
from ttv.outputs._port import Output, Report, Source

_RECODING: Final = Recoding(
    "libsvtav1", {"preset": "8", "crf": "30", "svtav1-params": "lp=2"}, mark="av01"
)


def build(_options: Mapping[str, object]) -> Output:
    """Describe it."""
    return Output("av1", version=1, files={"av1": "film.av1.mp4"}, make=_make, weight=0.5)


def _make(source: Source, folder: Path, report: Report) -> None:
    recode(source.film, folder / "film.av1.mp4", _RECODING, tags=source.tags, progress=report)
