"""Cut a picture to the shape of a film, in a child process."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Interpolation

from ttv import children
from ttv.children import Message, Report
from ttv.media._format import Format
from ttv.media._planes import Pixels
from ttv.media._png import load_png, save_png


def work(request: Message, _report: Report) -> Message:
    """Write the middle of ``picture`` to ``to``, without tags."""
    picture, _ = load_png(Path(request["picture"]))
    save_png(Path(request["to"]), covered(picture, Format(**request["format"])), {})
    return {}


def covered(picture: Pixels, fmt: Format) -> Pixels:
    """Give the largest middle part of a picture that has a film's shape, in its size."""
    height, width = picture.shape[:2]
    scale = max(fmt.width / width, fmt.height / height)
    wide = min(width, max(1, round(fmt.width / scale)))
    high = min(height, max(1, round(fmt.height / scale)))
    left, top = (width - wide) // 2, (height - high) // 2
    middle = np.ascontiguousarray(picture[top : top + high, left : left + wide])
    frame = av.VideoFrame.from_numpy_buffer(middle, format="bgra").reformat(
        fmt.width, fmt.height, interpolation=Interpolation.LANCZOS
    )
    return np.asarray(frame.to_ndarray())


if __name__ == "__main__":
    children.serve(work)
