"""Read the image of a user and write its picture anew.

Skia reads it: its decoders are those of a browser, look at the header alone until pixels are
asked for, shrink while they decode and turn colour profiles into sRGB.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Final
from zipfile import is_zipfile

import av
import numpy as np
import skia
from av.video.reformatter import Interpolation

from ttv.errors import InvalidRequest
from ttv.media._admit_png import png_fault
from ttv.media._format import MAX_SIDE
from ttv.media._planes import Pixels
from ttv.media._png import save_png
from ttv.media._sniff import image_format

#: What the header may say; beyond it nothing is decoded.
MAX_PIXELS: Final = 50_000_000
MAX_IMAGE_SIDE: Final = 16_384
MIN_IMAGE_SIDE: Final = 16

_FORMATS: Final = {
    skia.EncodedImageFormat.kPNG: "PNG",
    skia.EncodedImageFormat.kJPEG: "JPEG",
    skia.EncodedImageFormat.kWEBP: "WebP",
}
#: The flag of a WebP that moves.
_MOVES: Final = 0x02
#: What begins a pass over a JPEG; common programs make about 10.
_SCAN: Final = b"\xff\xda"
_MOST_SCANS: Final = 500

#: How a stored picture is turned upright.
_UPRIGHT: Final[Mapping[skia.EncodedOrigin, Callable[[Pixels], Pixels]]] = MappingProxyType(
    {
        skia.kTopLeft_EncodedOrigin: lambda picture: picture,
        skia.kTopRight_EncodedOrigin: lambda picture: picture[:, ::-1],
        skia.kBottomRight_EncodedOrigin: lambda picture: picture[::-1, ::-1],
        skia.kBottomLeft_EncodedOrigin: lambda picture: picture[::-1],
        skia.kLeftTop_EncodedOrigin: lambda picture: picture.swapaxes(0, 1),
        skia.kRightTop_EncodedOrigin: lambda picture: picture[::-1].swapaxes(0, 1),
        skia.kRightBottom_EncodedOrigin: lambda picture: picture[::-1, ::-1].swapaxes(0, 1),
        skia.kLeftBottom_EncodedOrigin: lambda picture: picture[:, ::-1].swapaxes(0, 1),
    }
)


def repaint(path: Path, to: Path) -> tuple[int, int]:
    """Write an image anew as an upright PNG and give its size.

    Transparent parts become black. What is larger than a film may be is scaled down. Raises
    InvalidRequest (``file``).
    """
    stored, upright = _read(path.read_bytes())
    picture = upright(_shrunk(stored))
    save_png(to, np.ascontiguousarray(picture), {})
    height, width = picture.shape[:2]
    return width, height


def _read(data: bytes) -> tuple[Pixels, Callable[[Pixels], Pixels]]:
    """Decode an image, and tell how it is turned upright; the decoder is gone at the end.

    The decoder reads the bytes of its caller and does not hold them.
    """
    codec = _opened(data)
    return _decoded(codec), _UPRIGHT[codec.getOrigin()]


def _opened(data: bytes) -> skia.Codec:
    """Read the header, and refuse by it."""
    name = image_format(data[:12])
    if name is None:
        raise _refusal("is no PNG, JPEG or WebP; send one of these")
    if fault := _fault(name, data):
        raise _refusal(fault)
    try:
        codec = skia.Codec.MakeFromData(data)
    except RuntimeError as error:
        raise _refusal(f"is a damaged {name}; save it anew") from error
    if _FORMATS.get(codec.getEncodedFormat()) != name:
        raise _refusal(f"is a damaged {name}; save it anew")
    width, height = codec.dimensions().width(), codec.dimensions().height()
    if max(width, height) > MAX_IMAGE_SIDE or width * height > MAX_PIXELS:
        raise _refusal(
            f"is {width}x{height}; an image may have {MAX_PIXELS // 1_000_000} million pixels "
            f"and sides of {MAX_IMAGE_SIDE:,}; send a smaller one"
        )
    if min(width, height) < MIN_IMAGE_SIDE:
        raise _refusal(f"is {width}x{height}; no side may be shorter than {MIN_IMAGE_SIDE} pixels")
    if codec.getFrameCount() > 1:
        raise _refusal("moves; send a single picture")
    return codec


def _fault(name: str, data: bytes) -> str | None:
    """Say what is wrong with a file before anything decodes it; None when nothing shows."""
    if is_zipfile(BytesIO(data)):
        return "is an archive too; save the picture anew"
    if name == "PNG":
        return png_fault(data)
    if name == "WebP" and data[12:16] == b"VP8X" and data[20:21] > b"" and data[20] & _MOVES:
        return "moves; send a single picture"
    if data.count(_SCAN) > _MOST_SCANS:
        return "is drawn in far more passes than a picture needs; save it anew"
    return None


def _decoded(codec: skia.Codec) -> Pixels:
    """Decode to BGRA, no larger than needed where the format allows it."""
    size = codec.dimensions()
    scale = min(1.0, MAX_SIDE / max(size.width(), size.height()))
    near = codec.getScaledDimensions(scale)
    info = skia.ImageInfo.Make(
        near.width(),
        near.height(),
        skia.kBGRA_8888_ColorType,
        skia.kPremul_AlphaType,
        skia.ColorSpace.MakeSRGB(),
    )
    picture = np.empty((near.height(), near.width(), 4), np.uint8)
    result = codec.getPixels(info, picture, picture.strides[0])
    if result != skia.Codec.kSuccess:
        raise _refusal("is damaged or cut short; save it anew")
    return picture


def _shrunk(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    scale = MAX_SIDE / max(width, height)
    if scale >= 1:
        return picture
    frame = av.VideoFrame.from_numpy_buffer(picture, format="bgra").reformat(
        max(1, round(width * scale)),
        max(1, round(height * scale)),
        interpolation=Interpolation.AREA,
    )
    return np.asarray(frame.to_ndarray())


def _refusal(what: str) -> InvalidRequest:
    return InvalidRequest(f"file {what}", param="file")
