"""Animated GIFs: few pictures, few pixels, and the best colours for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.codec.context import Flags
from av.filter import Graph
from av.video.stream import VideoStream

from ttv.files import whole
from ttv.media._clip import open_clip, picture_of, probe
from ttv.media._errors import reading, writing
from ttv.media._frames import drained

#: GIF counts time in hundredths of a second.
_TICK: Final = Fraction(1, 100)


def save_gif(
    source: Path,
    to: Path,
    *,
    width: int,
    fps: int,
    seconds: float,
    progress: Callable[[float], None],
) -> None:
    """Write the beginning of a clip as a GIF that plays for ever.

    It is at most so wide, so quick and so long. Raises NotFound, Unreadable and the storage
    errors.
    """
    clip = probe(source)
    wanted = round(min(seconds, clip.seconds) * clip.fps)
    wide = min(width, clip.width) // 2 * 2
    high = max(2, round(wide * clip.height / clip.width / 2) * 2)
    rate = min(Fraction(fps), clip.rate)
    with reading(source), open_clip(source) as file:
        picture = picture_of(file)
        graph = _graph(picture, f"{wide}:{high}", rate)
        for count, frame in zip(range(wanted), file.decode(picture), strict=False):
            graph.push(frame)
            progress(0.5 * (count + 1) / wanted)
        graph.push(None)
        with writing(), whole(to) as part:
            _write(part, drained(graph), (wide, high), rate)
    progress(1.0)


def _graph(stream: VideoStream, size: str, rate: Fraction) -> Graph:
    """Build: thin out, shrink, choose the colours of all pictures together, and paint with them.

    A pattern of dots instead of error diffusion stands still where the picture does.
    """
    graph = Graph()
    shared = graph.add("split")
    palette = graph.add("palettegen", "stats_mode=diff")
    painted = graph.add("paletteuse", "dither=bayer:bayer_scale=3:diff_mode=rectangle")
    graph.link_nodes(
        graph.add_buffer(template=stream),
        graph.add("fps", f"{rate}"),
        graph.add("scale", f"{size}:flags=lanczos+accurate_rnd"),
        shared,
    )
    shared.link_to(painted, 0, 0)
    shared.link_to(palette, 1, 0)
    palette.link_to(painted, 0, 1)
    graph.link_nodes(painted, graph.add("buffersink")).configure()
    return graph


def _write(
    path: Path, pictures: Iterator[av.VideoFrame], size: tuple[int, int], rate: Fraction
) -> None:
    with av.open(str(path), "w", format="gif", container_options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream("gif", rate=rate, pix_fmt="pal8", time_base=_TICK)
        stream.width, stream.height = size
        stream.codec_context.flags |= Flags.bitexact
        for number, picture in enumerate(pictures):
            picture.pts = round(number / rate / _TICK)
            picture.time_base = _TICK
            file.mux(stream.encode(picture))
        file.mux(stream.encode(None))
