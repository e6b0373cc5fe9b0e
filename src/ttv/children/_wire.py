"""What parent and child say to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ttv.errors import Cancelled, InvalidRequest, Permanent, Transient, TtvError

Message: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use; None is no limit."""

    #: Address space, which is more than the memory in use; macOS knows no such limit.
    memory_bytes: int | None = None
    cpu_seconds: int | None = None


def told(error: TtvError) -> Message:
    """Put an error into words that cross the boundary."""
    families = (InvalidRequest, Transient, Permanent, Cancelled)
    codes = (kind.code for kind in families if isinstance(error, kind))
    return {
        "code": error.code,
        "family": next(codes, TtvError.code),
        "message": error.message,
        "param": error.param if isinstance(error, InvalidRequest) else None,
    }


def revived(error: Message) -> TtvError:
    """Build the error that was told, or one of its family when its class is not loaded here."""
    kinds = {kind.code: kind for kind in _kinds(TtvError)}
    kind = kinds.get(error["code"], kinds[error["family"]])
    if issubclass(kind, InvalidRequest):
        return kind(error["message"], param=error["param"])
    return kind(error["message"])


def _kinds(kind: type[TtvError]) -> Iterator[type[TtvError]]:
    for derived in kind.__subclasses__():
        yield from _kinds(derived)
    yield kind
