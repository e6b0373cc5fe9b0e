"""Read a mapping that somebody wrote by hand; every refusal names the field by its path."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, Self, TypeVar

from ttv.errors import InvalidRequest
from ttv.hints import did_you_mean

#: Half of a surrogate pair, or a control character other than tab and newline.
_UNPRINTABLE: Final = re.compile(r"[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f]")
#: No number of a plan comes near; beyond it even printing one is work.
_HUGE: Final = 2**63

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)


class Fields:
    """The fields of one mapping; each is taken once, and ``finish`` refuses what is left."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, Mapping):
            raise InvalidRequest(f"{path or 'a plan'} must be a mapping", param=path or "plan")
        self._path = path
        self._left = {str(key): entry for key, entry in value.items()}
        self._known: list[str] = []

    def at(self, name: str) -> str:
        """Give the path of a field, such as ``shots[2].seconds``."""
        return f"{self._path}.{name}" if self._path else name

    def refuse(self, name: str, reason: str) -> InvalidRequest:
        """Make the error that refuses one field."""
        return InvalidRequest(f"{self.at(name)} {reason}", param=self.at(name))

    def has(self, name: str) -> bool:
        """Tell whether a field is given and not yet taken; null counts as not given."""
        return self._left.get(name) is not None

    def text(self, name: str, *, limit: int | None = None) -> str | None:
        """Take a text as it stands, of at most ``limit`` characters."""
        value = self._take(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.refuse(name, "must be text; put it in quotes")
        if _UNPRINTABLE.search(value):
            raise self.refuse(name, "holds a control character or half of a surrogate pair")
        if limit is not None and len(value) > limit:
            raise self.refuse(name, f"has {len(value):,} characters; the limit is {limit:,}")
        return value

    def whole(self, name: str, *, least: int = 0, most: int = _HUGE) -> int | None:
        """Take a whole number."""
        value = self._take(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.refuse(name, f"must be a whole number {_span(least, most)}")
        return value

    def number(self, name: str, *, least: float, most: float) -> float | None:
        """Take a finite number."""
        value = self._take(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(name, "must be a number")
        if not math.isfinite(value) or not least <= value <= most:
            raise self.refuse(name, f"must be a number {_span(least, most)}")
        return float(value)

    def choice(self, name: str, kind: type[Choice]) -> Choice | None:
        """Take one member of an enumeration by its value."""
        value = self._take(name)
        if value is None:
            return None
        if not isinstance(value, str) or value not in set(kind):
            hint = did_you_mean(str(value), kind)
            raise self.refuse(name, f"must be one of {', '.join(kind)}{hint}")
        return kind(value)

    def items(self, name: str, *, limit: int | None = None) -> Sequence[object]:
        """Take a list of at most ``limit`` entries; empty when it is not given."""
        value = self._take(name)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            raise self.refuse(name, "must be a list")
        if limit is not None and len(value) > limit:
            raise self.refuse(name, f"has {len(value):,} entries; the limit is {limit:,}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Take a list of texts."""
        entries = {f"{name}[{index}]": text for index, text in enumerate(self.items(name))}
        inside = Fields(entries, self._path)
        return tuple(inside.must(entry, inside.text(entry)) for entry in entries)

    def must(self, name: str, value: Value | None) -> Value:
        """Return a value that has to be there."""
        if value is None:
            raise self.refuse(name, "is missing")
        return value

    def mapping(self, name: str) -> Self:
        """Take a mapping that has to be there, as its own fields."""
        return type(self)(self._take(name), self.at(name))

    def finish(self) -> None:
        """Refuse any field that nobody took, with the nearest known name."""
        for name in self._left:
            raise self.refuse(name, f"is not a known field{did_you_mean(name, self._known)}")

    def _take(self, name: str) -> object:
        self._known.append(name)
        return self._left.pop(name, None)


def _span(least: float, most: float) -> str:
    return f"of at least {least:g}" if most == _HUGE else f"from {least:.10g} to {most:.10g}"
