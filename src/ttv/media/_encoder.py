"""Write pictures to an H.264 file, drawing and encoding at the same time."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av

from ttv.files import unfinished
from ttv.media._errors import WrongLength, writing
from ttv.media._format import Format
from ttv.media._mp4 import Coding, add_h264, open_mp4
from ttv.media._planes import Pixels

#: Pictures that may wait for the encoder while the next one is drawn.
_WAITING: Final = 3


class Encoder:
    """Encodes pictures to an MP4 that is there whole or not at all.

    A context manager: leaving it without an error finishes the file and moves it to its path;
    an error leaves nothing behind. Equal pictures and settings give equal bytes. Encoding runs
    on a thread of its own, a few pictures behind the caller, who meets its errors
    (StorageFull, StorageUnwritable, EncodingFailed) in a later call.
    """

    def __init__(
        self, path: Path, fmt: Format, *, coding: Coding | None = None, comment: str = ""
    ) -> None:
        #: Pictures written so far.
        self.frames = 0
        self._path = path
        self._format = fmt
        self._part = unfinished(path)
        self._file = open_mp4(self._part, {"comment": comment} if comment else {})
        self._stream = add_h264(self._file, fmt, coding or Coding())
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encoder")
        self._waiting: deque[Future[int]] = deque()
        self._packets = 0
        self._failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            self._thread.shutdown(cancel_futures=True)
            with suppress(av.FFmpegError):  # what went wrong has been raised already
                self._file.close()
            self._part.unlink(missing_ok=True)

    def write(self, planes: Pixels) -> None:
        """Add an I420 picture of the format's size; the array may be reused afterwards."""
        picture = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        if (picture.width, picture.height) != (self._format.width, self._format.height):
            raise ValueError(f"a {picture.width}x{picture.height} picture for {self._format.size}")
        picture.pts = self.frames
        picture.time_base = Fraction(1, self._format.fps)
        self.frames += 1
        self._submit(picture)

    def _submit(self, picture: av.VideoFrame | None) -> None:
        if len(self._waiting) == _WAITING:
            self._packets += self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._encode, picture))

    def _encode(self, picture: av.VideoFrame | None) -> int:
        """Encode one picture, or flush the encoder with None; count the packets written."""
        if self._failed:  # libav crashes when it writes on after an error
            return 0
        self._failed = True
        with writing():
            packets = self._stream.encode(picture)
            self._file.mux(packets)
        self._failed = False
        return len(packets)

    def _finish(self) -> None:
        self._submit(None)
        self._packets += sum(job.result() for job in self._waiting)
        if self._packets != self.frames:
            raise WrongLength.of(self._path.name, frames=self._packets, expected=self.frames)
        with writing():
            self._file.close()
            self._part.replace(self._path)
