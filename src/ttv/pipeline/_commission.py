"""A Commission: for whom a film is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ttv.pipeline._purse import Pocket, Purse


@dataclass(frozen=True, slots=True)
class Commission:
    """Where a film goes, who pays for it, and what its manifest says of that.

    Its steps end when they are cancelled. What a provider is making then goes on, for whoever
    runs the step next; only with the message ``Cancelled.code`` it is called off, too.
    """

    #: Key prefix of the finished film in the store.
    destination: str
    #: Names who pays; what two buyers want of one provider at a time is bought once.
    buyer: str = "local"
    purse: Purse = field(default_factory=Pocket)
    #: Facts for the manifest, plain JSON.
    record: Mapping[str, Any] = field(default_factory=dict)
    #: Where in the store the files are that the order names, by their ids.
    files: Mapping[str, str] = field(default_factory=dict)
