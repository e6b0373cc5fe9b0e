"""Faults of emulators that happen so many times, and then no more."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

_Counted = TypeVar("_Counted", bound=str)


class CountedFaults(BaseModel, Generic[_Counted]):
    """Faults in force; those that are counted, by the names of the fields, use themselves up."""

    model_config = ConfigDict(extra="forbid")

    def take(self, fault: _Counted) -> bool:
        """Tell whether a fault happens now, and count it."""
        left: int = getattr(self, fault)
        if left:
            setattr(self, fault, left - 1)
        return bool(left)
