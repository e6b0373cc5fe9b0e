"""Leave out of H.264 what its encoder noted of itself: name, version and all of its settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.video.stream import VideoStream

#: Gives what is left of a packet.
Strainer: TypeAlias = "Callable[[Packet[Any]], Sequence[Packet[Any]]]"

#: Units of type 6 lie beside the pictures (SEI); none is needed to decode them.
_FILTER: Final = "filter_units=remove_types=6"


def strainer(source: VideoStream, *, notes: bool) -> Strainer:
    """Make what lets the packets of a stream through, with their notes or without."""
    if notes or source.codec_context.name != "h264":
        return lambda packet: (packet,)
    return BitStreamFilterContext(_FILTER, source).filter
