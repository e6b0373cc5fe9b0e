"""Signed tokens of short life, as Kling asks for them: JWT with HS256."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Final

_LIFE_SECONDS: Final = 1_800
#: Clocks differ: it is good already a little before it is made.
_LEEWAY_SECONDS: Final = 5


def signed(access_key: str, secret_key: str, *, now: float) -> str:
    """Sign a token for the next half hour."""
    claims = {
        "iss": access_key,
        "exp": int(now) + _LIFE_SECONDS,
        "nbf": int(now) - _LEEWAY_SECONDS,
    }
    content = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    signature = hmac.new(secret_key.encode(), content.encode(), hashlib.sha256).digest()
    return f"{content}.{_text(signature)}"


def _part(value: Mapping[str, object]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
