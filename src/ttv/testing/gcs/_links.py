"""Check signed URLs: the V4 process of the documentation, computed from what arrived."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, quote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from ttv.testing.gcs._http import Call, Refused

_ALGORITHM: Final = "GOOG4-RSA-SHA256"
_LONGEST: Final = 7 * 24 * 3600
#: How far the clock of a signer may be ahead.
_SKEW: Final = timedelta(minutes=15)
_CREDENTIAL: Final = re.compile(
    r"(?P<email>[^/]+)/(?P<scope>(?P<day>\d{8})/[^/]+/storage/goog4_request)"
)


def check(call: Call, keys: Mapping[str, RSAPublicKey], now: datetime) -> None:
    """Raise Refused unless the URL of a call was signed with one of the keys and is valid now."""
    query = call.query
    credential = _CREDENTIAL.fullmatch(query.get("X-Goog-Credential", ""))
    if query.get("X-Goog-Algorithm") != _ALGORITHM or not credential:
        raise Refused(403, "Anonymous caller does not have storage.objects.get access.")
    key = keys.get(credential["email"])
    if key is None:
        raise Refused(403, "The service account is not known.")
    _in_time(query, credential["day"], now)
    hashed = hashlib.sha256(_canonical(call).encode()).hexdigest()
    text = "\n".join((_ALGORITHM, query["X-Goog-Date"], credential["scope"], hashed))
    try:
        signature = bytes.fromhex(query.get("X-Goog-Signature", ""))
        key.verify(signature, text.encode(), PKCS1v15(), SHA256())
    except (ValueError, InvalidSignature) as error:
        raise Refused(403, "SignatureDoesNotMatch") from error


def _in_time(query: Mapping[str, str], day: str, now: datetime) -> None:
    try:
        begins = datetime.strptime(query.get("X-Goog-Date", "") + "+0000", "%Y%m%dT%H%M%SZ%z")
        seconds = int(query.get("X-Goog-Expires", ""))
    except ValueError as error:
        raise Refused(400, "Invalid date or expiration") from error
    if not 1 <= seconds <= _LONGEST or f"{begins:%Y%m%d}" != day:
        raise Refused(400, "Invalid date or expiration")
    if not begins - _SKEW <= now < begins + timedelta(seconds=seconds):
        raise Refused(400, "ExpiredToken")


def _canonical(call: Call) -> str:
    """Write down a request as both sides sign it."""
    pairs = parse_qsl(call.search, keep_blank_values=True)
    signed = sorted(
        f"{quote(name, safe='~')}={quote(value, safe='~')}"
        for name, value in pairs
        if name != "X-Goog-Signature"
    )
    names = call.query.get("X-Goog-SignedHeaders", "")
    if "host" not in names.split(";"):
        raise Refused(400, "The host must be signed")
    headers = [f"{name}:{call.headers.get(name, '').strip()}" for name in names.split(";")]
    return "\n".join(
        (call.method, call.path, "&".join(signed), *headers, "", names, "UNSIGNED-PAYLOAD")
    )
