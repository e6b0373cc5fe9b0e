"""Stores for finished files; each file without an underscore is one."""

from __future__ import annotations

from ttv.artifacts._key import checked_key
from ttv.artifacts._port import Artifact, KeyTaken, Store

__all__ = ["Artifact", "KeyTaken", "Store", "checked_key"]
