"""The documents of the service, read into frozen values; fields that it may add are ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self

import httpx
from pydantic import TypeAdapter, ValidationError

from ttv.errors import Permanent

#: Making one takes longer than reading a document with it.
_READERS: Final[dict[type[Document], TypeAdapter[Any]]] = {}


class Document:
    """What a dataclass needs to be read from JSON."""

    __slots__ = ()

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read the JSON form. Raises Permanent for something else."""
        try:
            value: Self = _reader(cls).validate_python(document)
        except ValidationError as error:
            raise _strange() from error
        return value

    @classmethod
    def of(cls, answer: httpx.Response) -> Self:
        """Read the body of an answer. Raises Permanent for something else."""
        try:
            value: Self = _reader(cls).validate_json(answer.content)
        except ValidationError as error:
            raise _strange() from error
        return value


def _reader(kind: type[Document]) -> TypeAdapter[Any]:
    if kind not in _READERS:
        _READERS[kind] = TypeAdapter(kind)
    return _READERS[kind]


def _strange() -> Permanent:
    return Permanent(
        "the service answered something that this client cannot read; "
        "is it a TTV service of the same version?"
    )
