"""Put a request into the words and the pictures that a remote model takes."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from pathlib import Path
from typing import Final

from ttv.errors import InvalidRequest
from ttv.generators._port import SegmentRequest
from ttv.media import scaled_png

#: Requests that carry pictures of some MiB and are on their way at the same time.
SUBMITS_AT_ONCE: Final = 8


def worded(request: SegmentRequest) -> SegmentRequest:
    """Say framing and camera in the prompt, for a model that knows nothing but a prompt."""
    camera = f"Camera: {request.camera}." if request.camera else None
    framing = f"{request.framing.capitalize()}." if request.framing else None
    words = " ".join(filter(None, (framing, request.prompt, camera)))
    return replace(request, prompt=words)


async def picture(path: Path, size: tuple[int, int], *, name: str, most_bytes: int) -> str:
    """Give a picture in the size of the clip and in base64, without what we noted in it.

    Raises NotFound, Unreadable, or InvalidRequest for one that is too large to send.
    """
    content = await asyncio.to_thread(scaled_png, path, *size)
    if len(content) > most_bytes:
        raise InvalidRequest(
            f"{name} has {len(content) / (1 << 20):.1f} MiB; the engine takes at most "
            f"{most_bytes / (1 << 20):.1f}: choose a smaller size",
            param="size",
        )
    return base64.b64encode(content).decode()
