"""Load a YAML or JSON file that may be hostile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.events import AliasEvent

from ttv.errors import InvalidRequest

MAX_BYTES: Final = 1 << 20
MAX_DEPTH: Final = 16


def load(path: Path) -> Mapping[str, Any]:
    """Load the one mapping of a file: JSON by the suffix ``.json``, else YAML.

    Refuses with InvalidRequest whatever has no single meaning or costs more than it says:
    a file over 1 MiB, deep nesting, aliases, duplicate keys, NaN and infinity.
    """
    text = _read(path)
    try:
        loaded = _json(text) if path.suffix.lower() == ".json" else _yaml(text)
    except yaml.MarkedYAMLError as error:
        where = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise _refusal(path, f"{error.problem}{where}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise _refusal(path, str(error)) from error
    except RecursionError as error:
        raise _refusal(path, f"nested deeper than {MAX_DEPTH}") from error
    if not isinstance(loaded, Mapping):
        raise _refusal(path, "it must hold a mapping with 'shots'")
    return loaded


def _refusal(path: Path, reason: str) -> InvalidRequest:
    return InvalidRequest(f"{path.name} is not a plan: {reason}", param="plan")


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidRequest(
            f"{path} cannot be read: {error.strerror or error}", param="plan"
        ) from error
    if len(raw) > MAX_BYTES:
        raise _refusal(path, f"it is larger than {MAX_BYTES:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(path, "it is not UTF-8 text") from error


def _json(text: str) -> object:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key, value in pairs:
            if key in mapping:
                raise ValueError(f"the key {key!r} is given twice")
            mapping[key] = value
        return mapping

    def refuse(constant: str) -> object:
        raise ValueError(f"{constant} is not a number that can be used")

    return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)


def _yaml(text: str) -> object:
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader is a stricter SafeLoader


class _Loader(yaml.SafeLoader):
    """A safe loader without aliases, duplicate keys or deep nesting."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node, refusing aliases and deep nesting."""
        if self.check_event(AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not allowed")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RecursionError
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """Compose a mapping, refusing a key that is given twice."""
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise yaml.composer.ComposerError(
                    None, None, f"the key {key.value!r} is given twice", key.start_mark
                )
            seen.add(key.value)
        return node
