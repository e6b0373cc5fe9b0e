"""Says inside a finished film where it comes from; each file without an underscore is one way."""

from __future__ import annotations

from ttv.provenance._port import Claim, Provenance, Unsignable

__all__ = ["Claim", "Provenance", "Unsignable"]
