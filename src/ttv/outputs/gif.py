"""The beginning of the film as an animated GIF, for places that show nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ttv.media import save_gif
from ttv.outputs._port import Output, Report, Source

_WIDTH: Final = 480
_FPS: Final = 12
#: About 5 MB; what goes on for longer is what the film is for.
_SECONDS: Final = 10.0


def build(_options: Mapping[str, object]) -> Output:
    """Describe it."""
    return Output("gif", version=1, files={"gif": "film.gif"}, make=_make)


def _make(source: Source, folder: Path, report: Report) -> None:
    save_gif(
        source.film,
        folder / "film.gif",
        width=_WIDTH,
        fps=_FPS,
        seconds=_SECONDS,
        progress=report,
    )
