"""Refuse, before any work, what an engine cannot do."""

from __future__ import annotations

from typing import Final

from ttv.errors import InvalidRequest
from ttv.generators._port import Capabilities, SegmentRequest
from ttv.media import Format

#: How much the shapes of two pictures may differ and still be the same, as 854x480 and 16:9.
_SAME_SHAPE: Final = 0.01


def check(request: SegmentRequest, engine: Capabilities) -> None:
    """Raise InvalidRequest naming the field that lies beyond the engine's capabilities."""
    check_size(request.format, engine)
    _check_length(request, engine)
    _check_pictures(request, engine)
    if _length(request.prompt, engine) > engine.max_prompt:
        raise InvalidRequest(
            f"{engine.model} takes at most {engine.max_prompt} {engine.prompt_unit}",
            param="prompt",
        )


def check_size(picture: Format, engine: Capabilities) -> None:
    """Raise InvalidRequest for a picture that the engine does not make."""
    native_size(picture, engine)


def native_size(picture: Format, engine: Capabilities) -> tuple[int, int]:
    """Choose the size in which the engine makes a picture: the smallest that loses nothing.

    Raises InvalidRequest for a picture that is larger, or of another shape.
    """
    if picture.width > engine.max_width or picture.height > engine.max_height:
        raise InvalidRequest(
            f"{engine.model} makes at most {engine.max_width}x{engine.max_height}, "
            f"not {picture.size}",
            param="size",
        )
    if not engine.sizes:
        return picture.width, picture.height
    fitting = [
        (width, height)
        for width, height in engine.sizes
        if width >= picture.width
        and height >= picture.height
        and abs(width * picture.height / (height * picture.width) - 1) <= _SAME_SHAPE
    ]
    if not fitting:
        choice = ", ".join(f"{width}x{height}" for width, height in engine.sizes)
        raise InvalidRequest(
            f"{engine.model} makes {choice}, and smaller ones of these shapes, not {picture.size}",
            param="size",
        )
    return min(fitting)


def _length(prompt: str, engine: Capabilities) -> int:
    if engine.prompt_unit == "characters":
        return len(prompt)
    return len(prompt.encode("utf-16-le")) // 2


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
