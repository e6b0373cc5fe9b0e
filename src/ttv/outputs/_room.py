"""Find the outputs of this room by their names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from ttv import backends
from ttv.errors import InvalidRequest
from ttv.hints import did_you_mean
from ttv.outputs._port import Output

_ROOM: Final = "ttv.outputs"
#: Stands for all of them.
ALL: Final = "all"


@cache
def names() -> tuple[str, ...]:
    """List all outputs, in alphabetical order."""
    return backends.names(_ROOM)


def chosen(wanted: Iterable[str]) -> tuple[str, ...]:
    """Give the named outputs in alphabetical order, each once; ``all`` stands for every one.

    Raises InvalidRequest (``outputs``) for one that there is none of.
    """
    asked = set(wanted)
    if ALL in asked:
        return names()
    for name in sorted(asked - set(names())):
        known = ", ".join((*names(), ALL))
        hint = did_you_mean(name, names())
        raise InvalidRequest(f"outputs must be some of {known}{hint}", param="outputs")
    return tuple(sorted(asked))


@cache
def find(name: str) -> Output:
    """Give an output by its name; raises InvalidRequest."""
    chosen([name])
    output: Output = backends.build(_ROOM, name, {})
    return output
