"""The version of the pictures."""

from __future__ import annotations

from typing import Final

#: Changes whenever the same scene and seed would give other pictures.
VERSION: Final = "10"
