"""Reading the tables of species: YAML with inheritance, checked against frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter

Table = TypeVar("Table")

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(package: str, name: str, shape: type[Table]) -> Table:
    """Read a data file of a package as a typed table."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    return TypeAdapter(shape).validate_python(yaml.load(text, Loader=_LOADER))  # noqa: S506 - both are safe loaders


def read_species(package: str, name: str, shape: type[Table]) -> Mapping[str, Table]:
    """Read a table whose entries may build on another with ``like``.

    Mappings are merged key by key, anything else is replaced. Entries whose name starts with
    an underscore only serve as patterns.
    """
    raw: Mapping[str, Mapping[str, Any]] = read(package, name, dict[str, dict[str, Any]])
    species = {key: _resolve(key, raw) for key in raw if not key.startswith("_")}
    return TypeAdapter(dict[str, shape]).validate_python(species)  # type: ignore[valid-type]  # the element type is a value here


def _resolve(key: str, raw: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    entry = dict(raw[key])
    parent = entry.pop("like", None)
    return entry if parent is None else _merge(_resolve(parent, raw), entry)


def _merge(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for key, value in new.items():
        known = merged.get(key)
        if isinstance(value, Mapping) and isinstance(known, Mapping):
            merged[key] = _merge(known, value)
        else:
            merged[key] = value
    return merged
