"""Find and build the back ends of a room: one file, one back end.

A room with back ends is a package whose files without a leading underscore each define
``build(options)``. Plug-ins outside the tree join through the entry-point group of the
same name (``ttv.generators``).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from importlib.metadata import entry_points, metadata
from types import ModuleType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ttv.errors import InvalidRequest
from ttv.hints import did_you_mean

_Options = TypeVar("_Options", bound=BaseModel)


def names(room: str) -> tuple[str, ...]:
    """List the back ends of a room such as ``ttv.generators``, in alphabetical order."""
    package = importlib.import_module(room)
    inside = {
        module.name
        for module in pkgutil.iter_modules(package.__path__)
        if not module.name.startswith("_")
    }
    return tuple(sorted(inside | {entry.name for entry in entry_points(group=room)}))


def build(room: str, name: str, options: Mapping[str, object]) -> Any:
    """Build one back end by its name; its own options model validates ``options``.

    Raises InvalidRequest when the room has no such back end, or its libraries are not installed.
    """
    known = names(room)
    if name not in known:
        hint = did_you_mean(name, known) or f"; choose one of {', '.join(known)}"
        noun = room.rpartition(".")[2]
        raise InvalidRequest(f"{noun} has no back end {name!r}{hint}", param=noun)
    for entry in entry_points(group=room, name=name):
        return entry.load()(options)
    return _module(room, name).build(options)


def _module(room: str, name: str) -> ModuleType:
    """Import a back end; one with libraries of its own has an extra of its name."""
    try:
        return importlib.import_module(f"{room}.{name}")
    except ModuleNotFoundError as error:
        if name not in (metadata("ttv-pipeline").get_all("Provides-Extra") or ()):
            raise
        noun = room.rpartition(".")[2]
        raise InvalidRequest(
            f"{noun}: the libraries of {name} are not installed; run "
            f"pip install 'ttv-pipeline[{name}]'",
            param=noun,
        ) from error


def checked(model: type[_Options], options: Mapping[str, object]) -> _Options:
    """Read a back end's options through its own model; a model should forbid unknown names.

    Raises InvalidRequest naming the first option that is wrong.
    """
    try:
        return model.model_validate(options)
    except ValidationError as error:
        first = error.errors()[0]
        option = ".".join(map(str, first["loc"]))
        raise InvalidRequest(f"option {option}: {first['msg']}", param=option) from error
