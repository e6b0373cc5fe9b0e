"""The shots one by one, as they were before they became a film, in one archive."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ttv.files import whole
from ttv.media import copy
from ttv.outputs._names import clip_name
from ttv.outputs._port import Output, Report, Source

#: The earliest time that an archive can hold: equal clips give equal bytes.
_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o644 << 16
_CHUNK: Final = 1 << 20


def build(_options: Mapping[str, object]) -> Output:
    """Describe it."""
    return Output(
        "clips",
        version=2,
        files={"clips": "clips.zip"},
        make=_make,
        reads_clips=True,
        weight=0.02,
    )


def _make(source: Source, folder: Path, report: Report) -> None:
    """Store the clips as they are; where the film tells nothing of itself they do not either."""
    count = len(source.clips)
    with whole(folder / "clips.zip") as part, zipfile.ZipFile(part, "w") as archive:
        for number, clip in enumerate(source.clips, start=1):
            told = clip if source.tags else _untagged(clip, folder)
            _add(archive, told, clip_name(number, count))
            if told is not clip:
                told.unlink()
            report(number / count)


def _untagged(clip: Path, folder: Path) -> Path:
    path = folder / f"untagged-{clip.name}"
    copy(clip, path)
    return path


def _add(archive: zipfile.ZipFile, clip: Path, name: str) -> None:
    """Add a file that is not compressed: video gains nothing by it."""
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.external_attr = _MODE
    entry.create_system = 3
    entry.file_size = clip.stat().st_size
    with archive.open(entry, "w") as to, clip.open("rb") as file:
        while chunk := file.read(_CHUNK):
            to.write(chunk)
