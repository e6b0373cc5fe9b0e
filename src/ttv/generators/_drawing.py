"""Draw frames on several cores, a few ahead of whoever takes them.

A frame depends on nothing but its number, so processes can draw every n-th frame each. They
are forked, which shares the finished stage, and hand their pictures over in shared memory, as
I420: a third of the size, and converted where it was drawn.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from multiprocessing.process import BaseProcess
from typing import Final, TypeAlias

import numpy as np

from ttv.media import Format, Pixels, ToPlanes

#: Pictures that each process may be ahead.
_AHEAD: Final = 2
#: How often a process looks whether the other side is still there.
_WATCH_SECONDS: Final = 0.5

Draw: TypeAlias = Callable[[int], Pixels]
Pictures: TypeAlias = Generator[Pixels, None, None]


def drawn(draw: Draw, frames: range, fmt: Format, *, processes: int) -> Pictures:
    """Draw BGRA frames and give them in order as I420; one is good until the next is taken.

    Only Linux forks safely; elsewhere this process draws. Closing the generator ends the others.
    """
    processes = min(processes, len(frames))
    if processes == 1 or sys.platform != "linux":
        return _drawn_here(draw, frames)
    return _drawn_by_others(draw, frames, fmt, processes)


def _drawn_here(draw: Draw, frames: range) -> Pictures:
    convert = ToPlanes()
    for number in frames:
        yield convert(draw(number))


class _Slot:
    """A place for one picture in memory that is shared with forked processes."""

    def __init__(self, fmt: Format) -> None:
        context = multiprocessing.get_context("fork")
        shape = (fmt.height * 3 // 2, fmt.width)
        shared = mmap.mmap(-1, shape[0] * shape[1])
        self.picture = np.frombuffer(shared, np.uint8).reshape(shape)
        self.free = context.Semaphore(1)
        self.ready = context.Semaphore(0)


def _drawn_by_others(draw: Draw, frames: range, fmt: Format, processes: int) -> Pictures:
    slots = [_Slot(fmt) for _ in range(processes * _AHEAD)]
    others = [
        multiprocessing.get_context("fork").Process(
            target=_draw_all,
            args=(draw, frames[first::processes], slots[first::processes], os.getpid()),
            daemon=True,  # an error elsewhere must not wait for them when the process ends
        )
        for first in range(processes)
    ]
    try:
        for other in others:
            other.start()
        for turn in range(len(frames)):
            slot = slots[turn % len(slots)]
            _wait(slot, others[turn % processes])
            yield slot.picture
            slot.free.release()
    finally:
        for other in others:
            other.kill()
            other.join()


def _wait(slot: _Slot, other: BaseProcess) -> None:
    while not slot.ready.acquire(timeout=_WATCH_SECONDS):
        if other.exitcode:
            raise RuntimeError(f"a drawing process ended with status {other.exitcode}")


def _draw_all(draw: Draw, frames: range, slots: Sequence[_Slot], parent: int) -> None:
    """Fill the slots in turn, as fast as they become free."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for turn, picture in enumerate(_drawn_here(draw, frames)):
        slot = slots[turn % len(slots)]
        while not slot.free.acquire(timeout=_WATCH_SECONDS):
            if os.getppid() != parent:
                return
        slot.picture[:] = picture
        slot.ready.release()
