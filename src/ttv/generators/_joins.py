"""Join a segment of the animatic to the pictures it is asked to start from and arrive at.

A picture that the animatic made says which frame of which take it is, and the segment simply
goes on from there: the seam is exact. One of another take is dissolved into the scene. A picture
from elsewhere with which a segment is to begin is what the segment shows: it is filmed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ttv.animatic import Place
from ttv.children import Message
from ttv.errors import InvalidRequest
from ttv.media import Format, Pixels, ToPlanes, load_png

#: Frames that a picture of another origin takes to become the scene.
DISSOLVE_FRAMES: Final = 12
_FILMED: Final = (
    "the camera moves over the picture that the shot begins with; nothing else is drawn"
)


@dataclass(frozen=True, slots=True)
class Mix:
    """A picture of another origin as I420, and the share of the scene mixed into it."""

    picture: Pixels
    share: float


@dataclass(frozen=True, slots=True)
class Joined:
    """How a segment lies in its take."""

    #: Frame of the take that frame 0 of the segment shows.
    start: int = 0
    #: A picture from elsewhere as BGRA, which is filmed instead of the scene.
    filmed: Pixels | None = None
    #: What is mixed into which frames of the segment.
    mixes: Mapping[int, Mix] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def joined(request: Message, take: Place, fmt: Format) -> Joined:
    """Read the pictures of a request and find where the segment starts.

    Raises InvalidRequest for a picture of another size, NotFound, Unreadable.
    """
    if request["first_frame"]:
        picture, place = _picture(request, "first_frame", fmt)
        if place is None:
            closing, more = _closed(request, None, fmt)
            return Joined(0, picture, closing, (_FILMED, *more))
    start, opening, warnings = _opened(request, take, fmt)
    closing, more = _closed(request, take.later(start + request["frames"] - 1), fmt)
    return Joined(start, None, {**opening, **closing}, (*warnings, *more))


def _opened(
    request: Message, take: Place, fmt: Format
) -> tuple[int, dict[int, Mix], tuple[str, ...]]:
    """Start at ``first_frame`` itself, or one frame after the picture that ``follows`` names."""
    name = "first_frame" if request["first_frame"] else "follows"
    if not request[name]:
        return 0, {}, ()
    ahead = 0 if name == "first_frame" else 1
    picture, place = _picture(request, name, fmt)
    if place and place.take == take.take:
        return place.frame + ahead, {}, ()
    length, planes = _length(request), ToPlanes()(picture)
    mixes = {at: Mix(planes, (at + ahead) / (length + ahead)) for at in range(length)}
    return (
        0,
        mixes,
        (f"the first picture is of another scene: it dissolves over {length} frames",),
    )


def _closed(
    request: Message, end: Place | None, fmt: Format
) -> tuple[dict[int, Mix], tuple[str, ...]]:
    """Arrive at ``last_frame``, which may be where the take comes to anyway."""
    if not request["last_frame"]:
        return {}, ()
    picture, place = _picture(request, "last_frame", fmt)
    if place and place == end:
        return {}, ()
    length, last, planes = _length(request), request["frames"] - 1, ToPlanes()(picture)
    mixes = {last - left: Mix(planes, left / length) for left in range(length)}
    return mixes, (f"the last picture is of another scene: it dissolves over {length} frames",)


def _length(request: Message) -> int:
    """Leave at least half of a short segment to each end."""
    return max(1, min(DISSOLVE_FRAMES, int(request["frames"]) // 2))


def _picture(request: Message, name: str, fmt: Format) -> tuple[Pixels, Place | None]:
    picture, tags = load_png(Path(request[name]))
    height, width = picture.shape[:2]
    if (width, height) != (fmt.width, fmt.height):
        raise InvalidRequest(f"{name} is {width}x{height}, not {fmt.size}", param=name)
    place = Place.read(tags.get("comment", ""))
    number = tags.get("frame", "0")
    return picture, place.later(int(number)) if place and number.isdecimal() else None
