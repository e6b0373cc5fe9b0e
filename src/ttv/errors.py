"""The few errors of the pipeline, by what the caller should do about them.

* TtvError
  x InvalidRequest      refuse: the request can never work; fix the named field
  x Transient           retry: the same call may work later
    - LeaseLost         stop this attempt: another worker owns the step now
    - Unavailable       a service we depend on does not answer
  x OnHold              pause: nothing is lost, and a person must decide how to go on
  x Permanent           give up: trying again changes nothing
    - StorageFull       the disk or quota is full
    - StorageUnwritable the folder cannot be written
    - NotFound          what was named does not exist
    - Conflict          the state of the thing does not allow it
  x Cancelled           stop: the user asked for it

A room derives its own errors from one of the families.
Errors of libraries are mapped where they enter, with ``from``.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Final


class TtvError(Exception):
    """Something went wrong in the pipeline."""

    #: Stable machine-readable name, the ``code`` of an HTTP problem.
    code: ClassVar[str] = "internal"
    #: Exit status of the CLI.
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str | None = None) -> None:
        self.message = message or (self.__doc__ or "").splitlines()[0]
        super().__init__(self.message)


class InvalidRequest(TtvError):
    """The request cannot be carried out as it was written."""

    code = "invalid_request"
    exit_code = 2

    def __init__(self, message: str | None = None, *, param: str | None = None) -> None:
        super().__init__(message)
        #: The field to fix, in the words of the request (``prompt``, ``shots[2].seconds``).
        self.param = param


class Transient(TtvError):
    """A temporary fault; the same call may work later."""

    code = "temporarily_unavailable"
    exit_code = 75

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        #: Seconds before which it is of no use, where the other side has said so.
        self.retry_after = retry_after


class LeaseLost(Transient):
    """Another worker owns this step now."""

    code = "lease_lost"


class Unavailable(Transient):
    """A service that the pipeline depends on does not answer."""

    code = "unavailable"


class OnHold(TtvError):
    """The work stands still until a person decides; what was made is kept."""

    code = "on_hold"
    exit_code = 75


class OutcomeUnknown(OnHold):
    """It is not known whether a paid request was taken, so it is not sent again by itself."""

    code = "outcome_unknown"


class OverBudget(OnHold):
    """The next purchase would cost more than is allowed."""

    code = "over_budget"


class Unfunded(OnHold):
    """The account at the provider has no credit left."""

    code = "unfunded"


class Permanent(TtvError):
    """This cannot succeed, however often it is tried."""

    code = "failed"


class StorageFull(Permanent):
    """The disk is full; free some space and run it again: finished work is kept."""

    code = "storage_full"
    exit_code = 74


class StorageUnwritable(Permanent):
    """The folder cannot be written; choose another or change its permissions."""

    code = "storage_unwritable"
    exit_code = 73


class ContentRejected(Permanent):
    """The provider refuses to show this; change the prompt or the picture."""

    code = "content_rejected"


class NotFound(Permanent):
    """What was named does not exist."""

    code = "not_found"


class Conflict(Permanent):
    """The present state does not allow this."""

    code = "conflict"


class Cancelled(TtvError):
    """The work was cancelled."""

    code = "cancelled"
    exit_code = 130


_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_UNWRITABLE: Final = frozenset(
    {
        *(errno.EACCES, errno.EPERM, errno.EROFS),
        *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST),
        *(errno.ENAMETOOLONG, errno.ELOOP),
    }
)


@contextmanager
def storage_errors(place: Path | None = None) -> Iterator[None]:
    """Raise what the system says of a write as StorageFull, StorageUnwritable or Transient.

    The sentence names ``place`` where it is given. Wrap writes only: a missing file that
    should be read means something else.
    """
    try:
        yield
    except OSError as error:
        where, reason = place or "the folder", (error.strerror or str(error)).lower()
        if error.errno in _FULL:
            raise StorageFull(
                f"no space left in {where}; free some and run it again: finished work is kept"
            ) from error
        if error.errno in _UNWRITABLE:
            raise StorageUnwritable(
                f"cannot write {where} ({reason}); choose another or change its permissions"
            ) from error
        raise Transient(f"writing {where} failed: {reason}") from error
