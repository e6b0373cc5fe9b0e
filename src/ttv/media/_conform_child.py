"""Conform a clip in a child process: it may come from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from ttv import children
from ttv.children import Message, Report
from ttv.errors import storage_errors
from ttv.media._clip import Clip, probe
from ttv.media._encoder import Encoder
from ttv.media._format import Format
from ttv.media._frames import fitted
from ttv.media._mp4 import Coding
from ttv.media._told import told

#: Frames of a clip of an engine: a quarter of an hour at 120 a second. No engine makes as many.
_MOST_FRAMES: Final = 15 * 60 * 120


def work(request: Message, report: Report) -> Message:
    """Write ``to``: the clip ``source`` in the format and with the frames that were asked for."""
    source, to = Path(request["source"]), Path(request["to"])
    fmt, frames, leave_out = Format(**request["format"]), request["frames"], request["leave_out"]
    clip = probe(source, most_frames=_MOST_FRAMES)
    for sentence in _sentences(clip, fmt, frames + leave_out):
        report.warn(sentence)
    if not leave_out and _is_exact(clip, fmt, frames):
        with storage_errors(to.parent):
            source.rename(to)
        return told(clip)
    pictures = islice(fitted(source, fmt, leave_out + frames), leave_out, None)
    with Encoder(to, fmt, coding=Coding(**request["coding"])) as encoder:
        for number, picture in enumerate(pictures, start=1):
            encoder.write(picture)
            report.progress(number / frames)
    return told(clip)


def _is_exact(clip: Clip, fmt: Format, frames: int) -> bool:
    """Tell whether a clip is as it should be; then its own encoding is the best there is."""
    kind = (clip.codec, clip.pixel_format, clip.size, clip.fps, clip.frames)
    return clip.steady and kind == ("h264", "yuv420p", fmt.size, fmt.fps, frames)


def _sentences(clip: Clip, fmt: Format, frames: int) -> Iterator[str]:
    """Say what is done to a clip that should show so many frames."""
    if clip.size != fmt.size:
        yield f"made at {clip.size} and scaled to {fmt.size}"
    if clip.fps != fmt.fps:
        yield f"made at {clip.fps:g} frames per second and converted to {fmt.fps}"
    surplus = round(clip.seconds * fmt.fps) - frames
    if surplus > 0:
        yield f"made {_frames(surplus)} longer and cut"
    if surplus < 0:
        yield f"made {_frames(-surplus)} shorter; its last frame is held so long"


def _frames(number: int) -> str:
    return "1 frame" if number == 1 else f"{number} frames"


if __name__ == "__main__":
    children.serve(work)
