"""Conform a clip in a child process: it may come from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ttv import children
from ttv.children import Message, Report
from ttv.media import MAX_SIDE, Clip, Coding, Encoder, Format, Unreadable, fitted, probe


def work(request: Message, report: Report) -> Message:
    """Write ``to``: the clip ``raw`` in the format and with the frames that were asked for."""
    raw, to, fmt = Path(request["raw"]), Path(request["to"]), Format(**request["format"])
    frames, leave_out = request["frames"], request["leave_out"]
    clip = probe(raw)
    if max(clip.width, clip.height) > MAX_SIDE:
        raise Unreadable(f"the clip is {clip.size}; no side may exceed {MAX_SIDE}")
    for sentence in _told(clip, fmt, frames + leave_out):
        report.warn(sentence)
    if not leave_out and _is_exact(clip, fmt, frames):
        raw.rename(to)
        return {}
    pictures = islice(fitted(raw, fmt, leave_out + frames), leave_out, None)
    with Encoder(to, fmt, coding=Coding(**request["coding"])) as encoder:
        for number, picture in enumerate(pictures, start=1):
            encoder.write(picture)
            report.progress(number / frames)
    return {}


def _is_exact(clip: Clip, fmt: Format, frames: int) -> bool:
    """Tell whether a clip is as it should be; then its own encoding is the best there is."""
    kind = (clip.codec, clip.pixel_format, clip.size, clip.fps, clip.frames)
    return clip.steady and kind == ("h264", "yuv420p", fmt.size, fmt.fps, frames)


def _told(clip: Clip, fmt: Format, frames: int) -> Iterator[str]:
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
