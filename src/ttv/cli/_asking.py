"""Ask before something is done that costs money or cannot be undone."""

from __future__ import annotations

import sys

import typer

from ttv.errors import Cancelled, InvalidRequest


def ensure(question: str, *, yes: bool) -> None:
    """Go on when the user agrees; ``yes`` means he has.

    Raises InvalidRequest where there is nobody to ask, and Cancelled for a no.
    """
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InvalidRequest("nobody is here to ask; --yes does it unasked", param="--yes")
    if not typer.confirm(question, err=True):
        raise Cancelled("nothing was done")
