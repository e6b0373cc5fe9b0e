"""Refuse, before any work, what an engine cannot do."""

from __future__ import annotations

from ttv.errors import InvalidRequest
from ttv.generators._port import Capabilities, SegmentRequest
from ttv.media import Format


def check(request: SegmentRequest, engine: Capabilities) -> None:
    """Raise InvalidRequest naming the field that lies beyond the engine's capabilities."""
    check_size(request.format, engine)
    _check_length(request, engine)
    _check_pictures(request, engine)
    if len(request.prompt) > engine.max_prompt:
        raise InvalidRequest(
            f"{engine.model} takes at most {engine.max_prompt} characters", param="prompt"
        )


def check_size(picture: Format, engine: Capabilities) -> None:
    """Raise InvalidRequest for a picture that is larger than the engine makes."""
    if picture.width > engine.max_width or picture.height > engine.max_height:
        raise InvalidRequest(
            f"{engine.model} makes at most {engine.max_width}x{engine.max_height}, "
            f"not {picture.size}",
            param="size",
        )


def _check_length(request: SegmentRequest, engine: Capabilities) -> None:
    frames = request.format.frames
    legal = [frames(seconds) for seconds in engine.allowed_seconds]
    if legal and request.frames not in legal:
        choice = ", ".join(f"{seconds:g}" for seconds in engine.allowed_seconds)
        raise InvalidRequest(f"{engine.model} makes segments of {choice} seconds", param="seconds")
    if not frames(engine.min_seconds) <= request.frames <= frames(engine.max_seconds):
        raise InvalidRequest(
            f"{engine.model} makes segments of {engine.min_seconds:g} to "
            f"{engine.max_seconds:g} seconds, not {request.frames} frames",
            param="seconds",
        )


def _check_pictures(request: SegmentRequest, engine: Capabilities) -> None:
    for name, given, able in (
        ("first_frame", request.first_frame, engine.first_frame),
        ("last_frame", request.last_frame, engine.last_frame),
        ("follows", request.follows, engine.follows),
    ):
        if given and not able:
            raise InvalidRequest(f"{engine.model} takes no {name}", param=name)
