"""Still pictures where size matters more than every pixel."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

import av
from av.codec.context import Flags
from av.video.reformatter import ColorRange, Colorspace

from ttv.errors import storage_errors
from ttv.files import whole
from ttv.media._errors import writing
from ttv.media._planes import Pixels

#: From 2, hardly to be told from the original, to 31.
_QUALITY: Final = "4"


def save_jpeg(path: Path, bgra: Pixels) -> None:
    """Write a picture as JPEG without a word about itself; its sides must be even."""
    codec = av.VideoCodecContext.create("mjpeg", "w")
    codec.height, codec.width = bgra.shape[:2]
    codec.pix_fmt = "yuvj420p"
    codec.color_range = ColorRange.JPEG
    codec.sample_aspect_ratio = Fraction(1)
    codec.flags |= Flags.bitexact | Flags.qscale
    codec.options = {"qmin": _QUALITY, "qmax": _QUALITY}
    codec.thread_count = 1
    picture = av.VideoFrame.from_numpy_buffer(bgra, format="bgra").reformat(
        format="yuvj420p", dst_colorspace=Colorspace.ITU601, dst_color_range=ColorRange.JPEG
    )
    with writing():
        packets = [*codec.encode(picture), *codec.encode(None)]
    with storage_errors(path.parent), whole(path) as part:
        part.write_bytes(b"".join(bytes(packet) for packet in packets))
