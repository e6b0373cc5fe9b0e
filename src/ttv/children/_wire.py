"""What parent and child say to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ttv.errors import Cancelled, InvalidRequest, Permanent, Transient, TtvError

Message: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the work of a child may use; None is no limit.

    Work that crosses one ends as Permanent.
    """

    #: Address space beyond that of a child that has just begun; macOS knows no such limit.
    memory_bytes: int | None = None
    #: Processor time beyond that in which the child was born.
    cpu_seconds: int | None = None
    #: Time by the clock, from its birth.
    wall_seconds: float | None = None
    #: The largest file that it may write.
    output_bytes: int | None = None
    #: Files and pipes that it may have open at once.
    open_files: int | None = None


class Crashed(Transient):
    """The child process ended without a word."""

    def __init__(self, message: str | None = None, *, signal: int | None = None) -> None:
        super().__init__(message)
        #: What killed it; None when it left by itself.
        self.signal = signal


class OverLimit(Permanent):
    """The work needs more than it may."""

    code = "over_limit"


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
