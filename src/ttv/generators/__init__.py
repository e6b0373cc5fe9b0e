"""Engines that make a segment out of a shot; each file without an underscore is one."""

from __future__ import annotations

from ttv.generators._check import check, check_size
from ttv.generators._errors import HandleLost
from ttv.generators._port import Capabilities, Generator, SegmentRequest, State, Status

__all__ = [
    "Capabilities",
    "Generator",
    "HandleLost",
    "SegmentRequest",
    "State",
    "Status",
    "check",
    "check_size",
]
