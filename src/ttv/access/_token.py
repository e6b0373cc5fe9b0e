"""What a client sends: an API key, in a form that finds its record and betrays a leak."""

from __future__ import annotations

import hmac
import re
import zlib
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes, token_urlsafe
from typing import Final, Self

PREFIX: Final = "ttv_live_"
#: Bytes of chance in a key.
_STRENGTH: Final = 32
_ID_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_SUM_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SUM_LENGTH: Final = 6
_FORM: Final = re.compile(rf"({PREFIX}([0-9a-z]{{8}})_[A-Za-z0-9_-]{{43}})([0-9A-Za-z]{{6}})")
_ID: Final = re.compile(r"[0-9a-z]{8}")


@dataclass(frozen=True, slots=True)
class Token:
    """The text of an API key: ``ttv_live_<id>_<43 of chance><check sum>``.

    The check sum (CRC-32 of all before it, in base 62) tells a key from what only looks like
    one: to scanners for leaked secrets, and to us before anything is looked up.
    """

    #: Names the key in listings and logs; no secret.
    id: str
    text: str = field(repr=False)

    @classmethod
    def mint(cls) -> Self:
        """Make a new key."""
        key_id = "".join(_ID_ALPHABET[byte % len(_ID_ALPHABET)] for byte in token_bytes(8))
        text = f"{PREFIX}{key_id}_{token_urlsafe(_STRENGTH)}"
        return cls(key_id, text + _sum(text))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read what a client sent; None when it is no key."""
        match = _FORM.fullmatch(text)
        if match is None or _sum(match[1]) != match[3]:
            return None
        return cls(match[2], text)

    def digest(self, secret: bytes) -> bytes:
        """Give what may be kept of it: a hash that nobody can try keys against."""
        return hmac.digest(secret, self.text.encode("ascii"), sha256)


def is_key_id(text: str) -> bool:
    """Tell whether a text has the form of a key's id."""
    return _ID.fullmatch(text) is not None


def _sum(text: str) -> str:
    rest, digits = zlib.crc32(text.encode("ascii")), ""
    for _ in range(_SUM_LENGTH):
        rest, digit = divmod(rest, len(_SUM_ALPHABET))
        digits = _SUM_ALPHABET[digit] + digits
    return digits
