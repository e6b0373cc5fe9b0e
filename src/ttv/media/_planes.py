"""Pictures between codecs: BGRA as drawn, I420 planes as encoded.

I420 here is one ``numpy.uint8`` array of shape ``(height * 3 // 2, width)``: the luma rows,
then both quarter-size chroma planes. Colours are BT.709 in the limited range.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]

#: Chroma is the mean of each 2x2 block: within one step of a floating-point reference, and
#: faster than the bilinear and bicubic filters of swscale.
_TO_PLANES: Final = Interpolation.AREA | Interpolation.FULL_CHR_H_INP
_TO_PIXELS: Final = (
    Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
)
_UNSPECIFIED: Final = 2
_HD_HEIGHT: Final = 720


class ToPlanes:
    """Converts BGRA pictures to I420; one instance serves one size and one thread."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def __call__(self, bgra: Pixels) -> Pixels:
        """Convert one picture; the result shares no memory with it."""
        picture = self._scaler.reformat(
            av.VideoFrame.from_numpy_buffer(bgra, format="bgra"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=_TO_PLANES,
            threads=1,
        )
        return planes_of(picture)


def planes_of(frame: av.VideoFrame) -> Pixels:
    """Copy a yuv420p picture into one I420 array."""
    return np.asarray(frame.to_ndarray(), dtype=np.uint8)


def to_bgra(frame: av.VideoFrame) -> Pixels:
    """Convert a decoded picture to BGRA by its colour tags; untagged ones as players do."""
    matrix = frame.colorspace
    if matrix == _UNSPECIFIED:
        matrix = Colorspace.ITU709 if frame.height >= _HD_HEIGHT else Colorspace.ITU601
    picture = VideoReformatter().reformat(
        frame,
        format="bgra",
        src_colorspace=matrix,
        src_color_range=frame.color_range or ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=_TO_PIXELS,
    )
    return np.asarray(picture.to_ndarray(), dtype=np.uint8)


def black(width: int, height: int) -> Pixels:
    """Give a black I420 picture."""
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    picture[:height] = 16
    return picture


def blend(a: Pixels, b: Pixels, weight: float) -> Pixels:
    """Mix two I420 pictures; weight 0 gives ``a``, 1 gives ``b``."""
    share = round(weight * 256)
    mixed = a * np.uint16(256 - share)
    mixed += b * np.uint16(share)
    mixed += 128
    mixed >>= 8
    return mixed.astype(np.uint8)
