"""Make the film: copy what can be copied, encode the rest, join it, add sound and a poster."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ttv.animatic import compose
from ttv.animatic.sound import Section, soundtrack
from ttv.assembly._cut import Cut
from ttv.assembly._pictures import Exact, Fitted, Reel, about_shot, pictures
from ttv.assembly._schedule import Copy, Encode, Run, schedule
from ttv.assembly._timeline import Keep, Piece, sections, timeline
from ttv.errors import storage_errors
from ttv.media import (
    Clip,
    Coding,
    Encoder,
    Format,
    Part,
    WrongLength,
    frame_of,
    join,
    probe,
    recorded,
    save_png,
    signature,
)

#: How the frames that cannot be copied are encoded; clips encoded like this can be copied.
CODING: Final = Coding()
#: Work of joining one frame, counted in frames of encoding.
_JOIN_WEIGHT: Final = 0.1


@dataclass(frozen=True, slots=True)
class Spliced:
    """What was done to make a film."""

    frames: int
    #: Frames that are, bit by bit, those of the clips.
    copied_frames: int


def splice(
    cuts: Sequence[Cut],
    fmt: Format,
    *,
    film: Path,
    poster: Path,
    seed: int,
    tags: Mapping[str, str],
    recording: Path | None = None,
    progress: Callable[[float], None],
) -> Spliced:
    """Write the film, and a poster from the middle of its first shot.

    Raises InvalidRequest for transitions that do not fit, and Unreadable or WrongLength
    naming the shot whose clip is not what it should be.
    """
    pieces = timeline(cuts)
    clips = list(_probed(cuts))
    copyable = _copyable(cuts, clips, pieces, fmt)
    reels = [
        Exact(clip) if able else Fitted(clip, fmt, cut.frames)
        for cut, clip, able in zip(cuts, clips, copyable, strict=True)
    ]
    runs = tuple(schedule(pieces, copyable))
    frames = sum(piece.frames for piece in pieces)
    encoded = sum(run.frames for run in runs if isinstance(run, Encode))
    step = 1 / (encoded + _JOIN_WEIGHT * frames)
    with storage_errors(film.parent), tempfile.TemporaryDirectory(dir=film.parent) as folder:
        bench = _Bench(Path(folder), fmt, clips, reels, lambda done: progress(done * step))
        if recording:
            sound = recorded(recording, seconds=fmt.seconds(frames))
        else:
            sound = soundtrack(_sections(cuts, seed), fps=fmt.fps, seed=seed)
        parts = [bench.part(run) for run in runs]
        made = join(parts, film, sound=sound, tags=tags, notes=bool(tags))
    if made.frames != frames:
        raise WrongLength.of("the film", frames=made.frames, expected=frames)
    save_png(poster, frame_of(made, _poster_frame(pieces)), {})
    return Spliced(frames, copied_frames=frames - encoded)


class _Bench:
    """Where runs become parts of the film."""

    def __init__(
        self,
        folder: Path,
        fmt: Format,
        clips: Sequence[Clip],
        reels: Sequence[Reel],
        progress: Callable[[int], None],
    ) -> None:
        self._folder = folder
        self._format = fmt
        self._clips = clips
        self._reels = reels
        self._progress = progress
        self._encoded = 0

    def part(self, run: Run) -> Part:
        """Name what is to be copied, or encode it first."""
        if isinstance(run, Copy):
            return Part(self._clips[run.part.cut], run.part.start, run.part.stop)
        path = self._folder / f"{self._encoded}.mp4"
        with Encoder(path, self._format, coding=CODING) as encoder:
            for piece in run.pieces:
                for picture in pictures(piece, self._reels, self._format):
                    encoder.write(picture)
                    self._encoded += 1
                    self._progress(self._encoded)
        return Part(probe(path), 0, run.frames)


def _probed(cuts: Sequence[Cut]) -> Iterator[Clip]:
    clip = None
    for at, cut in enumerate(cuts):
        with about_shot(at):
            clip = probe(cut.clip, like=clip)
        yield clip


def _copyable(
    cuts: Sequence[Cut], clips: Sequence[Clip], pieces: Sequence[Piece], fmt: Format
) -> list[Clip | None]:
    """Pick the clips whose packets can be in the film as they are.

    They must be of one signature: that of the frames encoded here, or their own if nothing
    has to be encoded.
    """
    signatures = {clip.signature for clip in clips}
    untouched = len(signatures) == 1 and all(
        clip.frames == cut.frames and _fits(clip, fmt)
        for cut, clip in zip(cuts, clips, strict=True)
    )
    if untouched and all(isinstance(piece, Keep) for piece in pieces):
        return list(clips)
    own = signature(fmt, CODING)
    return [
        clip if clip.signature == own and clip.steady and clip.frames >= cut.frames else None
        for cut, clip in zip(cuts, clips, strict=True)
    ]


def _fits(clip: Clip, fmt: Format) -> bool:
    """Tell whether a clip is what a film of that format may hold."""
    return (
        (clip.width, clip.height, clip.fps) == (fmt.width, fmt.height, fmt.fps)
        and (clip.codec, clip.pixel_format) == ("h264", "yuv420p")
        and clip.steady
    )


def _sections(cuts: Sequence[Cut], seed: int) -> list[Section]:
    return [
        Section(compose(cut.prompt, seed=seed), frames)
        for cut, frames in zip(cuts, sections(cuts), strict=True)
    ]


def _poster_frame(pieces: Sequence[Piece]) -> int:
    """Choose the middle of the first frames that no transition touches, else the first."""
    start = 0
    for piece in pieces:
        if isinstance(piece, Keep):
            return start + piece.frames // 2
        start += piece.frames
    return 0
