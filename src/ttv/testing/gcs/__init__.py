"""Google Cloud Storage in small: the published JSON API, signatures checked, faults on demand.

``python -m ttv.testing.gcs`` runs it; tests start one with ``Emulator``.
"""

from __future__ import annotations

from ttv.testing.gcs._faults import Faults
from ttv.testing.gcs._launch import Emulator

__all__ = ["Emulator", "Faults"]
