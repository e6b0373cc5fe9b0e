"""Sign addresses of this service, so that they open without an API key until they expire.

What is signed is the path and every parameter; what is not signed is not taken: a parameter more,
one twice, one less is no link. Every process of a service signs with the same secret.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar, Final, Self
from urllib.parse import parse_qsl, urlencode

from ttv.access import Access
from ttv.errors import InvalidRequest, NotFound, Permanent

#: The parameters of every link.
EXPIRES: Final = "expires"
SIGNATURE: Final = "signature"
_LABEL: Final = "links"
#: Stands before what is signed; another form of it would be another number.
_FORM: Final = "ttv link 1"
_MOST_PARAMETERS: Final = 8
_SECONDS: Final = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)
_WAY_OUT: Final = "ask for another at /v1/jobs/JOB/artifact"


class BadLink(Permanent):
    """This link is not one that the service has given."""

    code: ClassVar[str] = "bad_link"


class LinkExpired(NotFound):
    """This link has expired."""

    code: ClassVar[str] = "link_expired"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs addresses, and knows its own again."""

    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, access: Access) -> Self:
        """Give the signer of a service."""
        return cls(access.derived(_LABEL))

    def sign(self, path: str, *, expires: int, **words: str) -> str:
        """Give the address of a path, with these words as its parameters."""
        told = {EXPIRES: str(expires), **words}
        return f"{path}?{urlencode({**told, SIGNATURE: self._signature(path, told)})}"

    def check(
        self, path: str, query: bytes, *, names: Collection[str] = (), now: float
    ) -> Mapping[str, str]:
        """Give the parameters of a link; ``names`` are those beside expiry and signature.

        Raises InvalidRequest for what is not whole, BadLink, LinkExpired.
        """
        told = _read(query, {EXPIRES, SIGNATURE, *names})
        shown = told.pop(SIGNATURE)
        if not hmac.compare_digest(self._signature(path, told).encode(), shown.encode()):
            raise BadLink(f"this link was changed, or is of another service; {_WAY_OUT}")
        if not _SECONDS.fullmatch(told[EXPIRES]) or now >= int(told[EXPIRES]):
            raise LinkExpired(f"this link has expired; {_WAY_OUT}")
        return told

    def _signature(self, path: str, told: Mapping[str, str]) -> str:
        # JSON, since no two addresses have the same: a word cannot run into the next.
        text = json.dumps([_FORM, path, sorted(told.items())], separators=(",", ":"))
        return hmac.new(self.secret, text.encode(), sha256).hexdigest()


def _read(query: bytes, names: Collection[str]) -> dict[str, str]:
    """Read a query that has every one of these names once, and nothing else."""
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError:
        pairs = []
    if sorted(name for name, _ in pairs) != sorted(names):
        once = ", ".join(sorted(names))
        raise InvalidRequest(f"this link is not whole: it has {once}, each once; {_WAY_OUT}")
    return dict(pairs)
