"""The Lua scripts of this room, each with the state tables and what all of them know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from ttv.jobs._state import MOVES, STEP_MOVES
from ttv.redis import Connection

#: What stands in front of every script, in this order.
_SHARED: Final = ("_shared.lua", "_queueing.lua", "_steps.lua")


def connect(url: str) -> Connection:
    """Give a connection that knows the scripts of this room; the caller opens it."""
    connection = Connection(url)
    connection.learn(dict(_texts()))
    return connection


def _texts() -> Iterator[tuple[str, str]]:
    folder = files("ttv.jobs") / "scripts"
    tables = f"local MOVES = {_lua(MOVES)}\nlocal STEP_MOVES = {_lua(STEP_MOVES)}\n"
    shared = tables + "".join((folder / name).read_text() for name in _SHARED)
    for file in folder.iterdir():
        if file.name.endswith(".lua") and not file.name.startswith("_"):
            yield file.name.removesuffix(".lua"), shared + file.read_text()


def _lua(moves: Mapping[Any, frozenset[Any]]) -> str:
    rows = (
        f"{state} = {{{', '.join(f'{following} = true' for following in sorted(after))}}}"
        for state, after in moves.items()
    )
    return f"{{{', '.join(rows)}}}"
