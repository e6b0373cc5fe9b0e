"""Read all that every film needs, once, for processes that are forked later."""

from __future__ import annotations

from functools import cache

from ttv.animatic import rigs
from ttv.animatic._stage import Stage
from ttv.animatic.language import compose
from ttv.media import Format


@cache
def warm() -> None:
    """Fill the caches: what any picture reads, and the tables of every species."""
    rigs.species()
    Stage(compose("a dog", seed=0), Format(64, 64, 24), seed=0).frame(0)
