"""The finished film in other forms; each file without an underscore is one.

An output is a file here with a function ``build`` that gives an ``Output``, or an entry point of
the group ``ttv.outputs``. All of them pass ``ttv.testing.outputs``.
"""

from __future__ import annotations

from ttv.outputs._making import make
from ttv.outputs._port import Make, Output, Report, Shot, Source
from ttv.outputs._room import ALL, chosen, find, names

__all__ = ["ALL", "Make", "Output", "Report", "Shot", "Source", "chosen", "find", "make", "names"]
