"""Put a request into the words and the pictures that a remote model takes."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from pathlib import Path
from typing import Final

from ttv.errors import InvalidRequest, NotFound
from ttv.generators._port import SegmentRequest

#: Requests that carry pictures of some MiB and are on their way at the same time.
SUBMITS_AT_ONCE: Final = 8


def worded(request: SegmentRequest) -> SegmentRequest:
    """Say framing and camera in the prompt, for a model that knows nothing but a prompt."""
    camera = f"Camera: {request.camera}." if request.camera else None
    framing = f"{request.framing.capitalize()}." if request.framing else None
    words = " ".join(filter(None, (framing, request.prompt, camera)))
    return replace(request, prompt=words)


async def picture(path: Path, *, name: str, most_bytes: int) -> str:
    """Give a picture of a request in base64. Raises NotFound, InvalidRequest for a large one."""
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except FileNotFoundError as error:
        raise NotFound(f"{path.name} does not exist") from error
    if len(content) > most_bytes:
        raise InvalidRequest(
            f"{name} has {len(content) / (1 << 20):.1f} MiB; the engine takes at most "
            f"{most_bytes / (1 << 20):.1f}: choose a smaller size",
            param="size",
        )
    return base64.b64encode(content).decode()
