"""The words of the shots as captions in WebVTT, the track format of browsers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ttv.outputs._cues import captions, webvtt
from ttv.outputs._port import Output, Report, Source


def build(_options: Mapping[str, object]) -> Output:
    """Describe it."""
    return Output("vtt", version=1, files={"vtt": "film.vtt"}, make=_make, reads_shots=True)


def _make(source: Source, folder: Path, _report: Report) -> None:
    (folder / "film.vtt").write_text(webvtt(captions(source)), encoding="utf-8")
