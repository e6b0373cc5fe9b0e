"""Have a segment made by an engine whose work ends with this process."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ttv.errors import Permanent, TtvError
from ttv.files import sha256_of
from ttv.generators import SegmentRequest, State
from ttv.pipeline._obtained import Obtained
from ttv.pipeline._work import Work


async def generate(work: Work, request: SegmentRequest, to: Path, *, key: str) -> Obtained:
    """Submit a segment, wait for it and download it; cancel it when we are cancelled."""
    generator = work.tools.generator
    handle = await generator.submit(request, key=key)
    try:
        while (status := await generator.poll(handle)).state is State.RUNNING:
            work.report(status.fraction or 0.0, f"shot {work.step.shot}")
            await asyncio.sleep(work.tools.engine.poll_seconds)
        if status.state is State.FAILED:
            raise status.failure or Permanent("the engine could not make this segment")
        await generator.download(handle, to)
        return Obtained(status.warnings, 0, *await asyncio.to_thread(_measured, to))
    except (asyncio.CancelledError, TtvError):
        await asyncio.shield(generator.cancel(handle))
        raise


def _measured(clip: Path) -> tuple[str, int]:
    return sha256_of(clip), clip.stat().st_size
