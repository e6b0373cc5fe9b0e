"""The built-in painter: any frame of the animatic of a shot.

It paints in a child process, like the engine: setting up the stage holds the interpreter for a
quarter of a second or more, in which a worker could renew no lease, and a crash in the drawing
library ends the child alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pydantic import BaseModel, ConfigDict

from ttv import children
from ttv.animatic import VERSION
from ttv.backends import checked
from ttv.children import Limits
from ttv.keyframes._port import KeyframeRequest

_LIMITS: Final = Limits(memory_bytes=8 << 30, cpu_seconds=120)


class Options(BaseModel):
    """The painter has no options: what it paints is the scene."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def build(options: Mapping[str, object]) -> Animatic:
    """Build the painter from its options."""
    checked(Options, options)
    return Animatic()


class Animatic:
    """The animatic as Painter."""

    model: str = f"animatic-{VERSION}"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close nothing: every still is painted and ended by its own call."""

    async def paint(self, request: KeyframeRequest, to: Path) -> tuple[str, ...]:
        message = {**asdict(request), "to": str(to)}
        _, warnings = await children.run("ttv.keyframes._animatic_child", message, limits=_LIMITS)
        return warnings
