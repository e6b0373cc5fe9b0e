"""The Lua scripts of this room, each with the state tables and what all of them know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any, Final

from ttv.jobs._job import POOLS
from ttv.jobs._limits import Limits
from ttv.jobs._state import MOVES, STEP_MOVES, State
from ttv.redis import Connection

_USUAL: Final = Limits()
#: What stands in front of every script, in this order.
_SHARED: Final = (
    "_shared.lua",
    "_told.lua",
    "_queueing.lua",
    "_paces.lua",
    "_letters.lua",
    "_spend.lua",
    "_steps.lua",
    "_calls.lua",
)


def connect(url: str, *, limits: Limits = _USUAL) -> Connection:
    """Give a connection that knows the scripts of this room; the caller opens it."""
    connection = Connection(url)
    connection.learn(dict(_texts(limits)))
    return connection


def _texts(limits: Limits) -> Iterator[tuple[str, str]]:
    folder = files("ttv.jobs") / "scripts"
    tables = {
        "MOVES": _moves(MOVES),
        "STEP_MOVES": _moves(STEP_MOVES),
        "OVER": _set(state for state in State if state.terminal),
        "POOLS": f"{{{', '.join(f'{pool!r}' for pool in POOLS)}}}",
        "LIMITS": f"{{{', '.join(f'{name} = {most}' for name, most in asdict(limits).items())}}}",
    }
    shared = "".join(f"local {name} = {table}\n" for name, table in tables.items())
    shared += "".join((folder / name).read_text() for name in _SHARED)
    for file in folder.iterdir():
        if file.name.endswith(".lua") and not file.name.startswith("_"):
            yield file.name.removesuffix(".lua"), shared + file.read_text()


def _moves(table: Mapping[Any, frozenset[Any]]) -> str:
    rows = (f"{state} = {_set(following)}" for state, following in table.items())
    return f"{{{', '.join(rows)}}}"


def _set(states: Iterable[Any]) -> str:
    return f"{{{', '.join(f'{state} = true' for state in sorted(states))}}}"
