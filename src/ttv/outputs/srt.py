"""The words of the shots as captions in SubRip, which every editor and player reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ttv.outputs._cues import captions, subrip
from ttv.outputs._port import Output, Report, Source


def build(_options: Mapping[str, object]) -> Output:
    """Describe it."""
    return Output("srt", version=1, files={"srt": "film.srt"}, make=_make, reads_shots=True)


def _make(source: Source, folder: Path, _report: Report) -> None:
    (folder / "film.srt").write_text(subrip(captions(source)), encoding="utf-8")
