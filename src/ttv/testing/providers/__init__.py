"""Emulators of paid providers: their wire formats, their charges, and their faults on demand.

``python -m ttv.testing.providers kling`` runs one; tests start one with ``Emulator``.
"""

from __future__ import annotations

from ttv.testing.providers._faults import Faults
from ttv.testing.providers._launch import Emulator
from ttv.testing.providers._studio import Charge, Studio

__all__ = ["Charge", "Emulator", "Faults", "Studio"]
