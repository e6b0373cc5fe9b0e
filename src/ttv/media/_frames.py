"""Read pictures out of clips, one at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import av
from av.filter import Graph
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream

from ttv.media._clip import Clip, open_clip, picture_of, probe
from ttv.media._errors import Unreadable, WrongLength, reading
from ttv.media._format import Format
from ttv.media._planes import Pixels, planes_of, to_bgra

#: How far a picture is stretched at most; a greater difference of shape is padded.
_MOST_STRETCH: Final = 0.01
#: Seconds that a clip of an engine may be too short; its last frame is held so long.
_HOLD_SECONDS: Final = 0.5


def read_frame(path: Path, index: int) -> Pixels:
    """Decode one frame, counted from 0 in order of display, to BGRA.

    Raises NotFound, Unreadable, or WrongLength when the clip ends before it.
    """
    return frame_of(probe(path), index)


def frame_of(clip: Clip, index: int) -> Pixels:
    """Decode one frame of a clip that was probed, as ``read_frame`` does."""
    if not 0 <= index < clip.frames:
        raise WrongLength.of(clip.path.name, frames=clip.frames, expected=index + 1)
    for frame in _decode(clip, index):
        return to_bgra(frame)
    raise Unreadable(f"{clip.path.name} breaks off before frame {index}")


def thumbnails(
    path: Path, indexes: Collection[int], *, width: int, height: int
) -> Iterator[Pixels]:
    """Decode the frames of these numbers, in their order, to small BGRA pictures.

    Raises NotFound and Unreadable.
    """
    clip = probe(path)
    last = max(indexes)
    for number, frame in enumerate(islice(_decode(clip, 0), last + 1)):
        if number in indexes:
            yield to_bgra(
                frame.reformat(width, height, interpolation=Interpolation.AREA, threads=1)
            )
        if number == last:
            return
    raise Unreadable(f"{path.name} breaks off before frame {last}")


def planes(clip: Clip, start: int, stop: int) -> Iterator[Pixels]:
    """Decode frames ``start`` to ``stop`` (exclusive) of a clip as they are, to I420."""
    wanted = islice(_decode(clip, start), stop - start)
    count = 0
    for frame in wanted:
        count += 1
        yield planes_of(frame)
    if count < stop - start:
        raise Unreadable(f"{clip.path.name} breaks off at frame {start + count}")


def fitted(path: Path, fmt: Format, frames: int) -> Iterator[Pixels]:
    """Decode any clip to exactly ``frames`` I420 pictures of a format.

    Another size is scaled and another shape padded with black, another frame rate converted by
    repeating and dropping frames. What is too long is cut; what is slightly too short holds its
    last frame. Raises WrongLength when it is shorter than that.
    """
    count = 0
    picture: Pixels | None = None
    for picture in islice(_filtered(path, fmt), frames):
        count += 1
        yield picture
    missing = frames - count
    if picture is None or missing > fmt.frames(_HOLD_SECONDS):
        raise WrongLength.of(path.name, frames=count, expected=frames)
    for _ in range(missing):
        yield picture


def _decode(clip: Clip, start: int) -> Iterator[av.VideoFrame]:
    """Decode from one frame on, without decoding the groups of pictures before it."""
    key = max((key for key in clip.keyframes if key <= start), default=0) if clip.steady else 0
    with reading(clip.path), open_clip(clip.path) as file:
        stream = picture_of(file)
        tick = float(stream.time_base or 0) * clip.fps
        ready = key == 0
        count = 0
        for packet in file.demux(stream):
            ready = ready or (packet.is_keyframe and round((packet.pts or 0) * tick) == key)
            for frame in packet.decode() if ready else ():
                number = round((frame.pts or 0) * tick) if clip.steady else count
                count += 1
                if number >= start:
                    yield frame


def _filtered(path: Path, fmt: Format) -> Iterator[Pixels]:
    """Decode a clip through the scaler and the frame rate converter of libav."""
    with reading(path), open_clip(path) as file:
        stream = picture_of(file)
        graph = _graph(stream, fmt)
        for frame in file.decode(stream):
            graph.push(frame)
            yield from map(planes_of, drained(graph))
        graph.push(None)
        yield from map(planes_of, drained(graph))


def _graph(stream: VideoStream, fmt: Format) -> Graph:
    """Build: from time zero, at the frame rate, fitted into the size, in square pixels."""
    size = f"{fmt.width}:{fmt.height}"
    shape = stream.width * float(stream.sample_aspect_ratio or 1) / stream.height
    stretch = abs(shape * fmt.height / fmt.width - 1) <= _MOST_STRETCH
    keep = "disable" if stretch else "decrease"
    graph = Graph()
    graph.link_nodes(
        graph.add_buffer(template=stream),
        graph.add("setpts", "PTS-STARTPTS"),
        graph.add("fps", f"{fmt.fps}"),
        graph.add("scale", "iw*sar:ih"),
        graph.add(
            "scale",
            f"{size}:force_original_aspect_ratio={keep}:force_divisible_by=2"
            ":out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd",
        ),
        graph.add("pad", f"{size}:-1:-1:black"),
        graph.add("setsar", "1"),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ).configure()
    return graph


def drained(graph: Graph) -> Iterator[av.VideoFrame]:
    """Give the pictures that a graph of filters has ready."""
    while True:
        try:
            yield graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return
