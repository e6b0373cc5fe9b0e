"""The film as an editable timeline in the format of the OpenTimelineIO library.

Its video track refers to the clips of ``clips.zip``, unpacked into a folder ``clips`` beside it;
its audio track to the sound of the film.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, ExternalReference, Marker, Timeline, Track, Transition

from ttv import media
from ttv.outputs._names import clip_name
from ttv.outputs._port import Output, Report, Shot, Source

_FILE: Final = "film.otio"
_CLIPS: Final = "clips"
_FILM: Final = "film.mp4"


def build(_options: Mapping[str, object]) -> Output:
    """Describe it."""
    return Output(
        "otio",
        version=1,
        files={"otio": _FILE},
        make=_make,
        reads_shots=True,
        texts=frozenset({"otio"}),
        weight=0.01,
    )


def _make(source: Source, folder: Path, _report: Report) -> None:
    timeline = Timeline(source.tags.get("title", "film"))
    timeline.global_start_time = RationalTime(0, source.fps)
    timeline.metadata.update({"ttv": dict(source.tags)} if source.tags else {})
    picture = Track("picture", kind=otio.schema.TrackKind.Video)
    picture.extend(list(_items(source)))
    timeline.tracks.append(picture)
    if media.probe(source.film).has_audio:
        sound = Track("sound", kind=otio.schema.TrackKind.Audio)
        sound.append(_sound(source))
        timeline.tracks.append(sound)
    text = otio.adapters.write_to_string(timeline, "otio_json")
    (folder / _FILE).write_text(f"{text}\n", encoding="utf-8")


def _items(source: Source) -> Iterator[Clip | Transition]:
    """Give clips, and before each the transition into it where it takes time."""
    for number, shot in enumerate(source.shots, start=1):
        if shot.transition.takes_time:
            yield _transition(shot, number, source.fps)
        yield _clip(shot, number, source)


def _transition(shot: Shot, number: int, fps: int) -> Transition:
    """Describe a transition around the cut before a shot.

    A cross-fade lies on both sides of it. A fade goes down to black before the cut and comes up
    after it; the first shot of a film has nothing before it.
    """
    frames = shot.transition_frames
    if shot.transition is media.Transition.CROSSFADE:
        before, after, kind = frames // 2, frames - frames // 2, "SMPTE_Dissolve"
    else:
        before, after, kind = 0 if number == 1 else frames, frames, "Custom_Transition"
    return Transition(
        name="cross-fade" if kind == "SMPTE_Dissolve" else "fade through black",
        transition_type=kind,
        in_offset=RationalTime(before, fps),
        out_offset=RationalTime(after, fps),
    )


def _clip(shot: Shot, number: int, source: Source) -> Clip:
    used = _range(shot.clip_start, shot.frames, source.fps)
    name = clip_name(number, len(source.shots))
    clip = Clip(
        name=f"shot {number}",
        media_reference=ExternalReference(
            f"{_CLIPS}/{name}", _range(0, shot.clip_frames, source.fps)
        ),
        source_range=used,
    )
    clip.markers.append(
        Marker(
            name=shot.words,
            marked_range=_range(shot.clip_start, 1, source.fps),
            color=otio.schema.MarkerColor.GREEN,
        )
    )
    return clip


def _sound(source: Source) -> Clip:
    whole = _range(0, source.frames, source.fps)
    return Clip(name="sound", media_reference=ExternalReference(_FILM, whole), source_range=whole)


def _range(start: int, frames: int, fps: int) -> TimeRange:
    return TimeRange(RationalTime(start, fps), RationalTime(frames, fps))
