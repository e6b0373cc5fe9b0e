"""What messages are signed with."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from secrets import token_bytes
from typing import Final

from standardwebhooks.webhooks import Webhook

PREFIX: Final = "whsec_"
#: Bytes of chance in a secret.
_STRENGTH: Final = 32


def mint() -> str:
    """Make a new secret."""
    return PREFIX + b64encode(token_bytes(_STRENGTH)).decode("ascii")


def signed(message: str, body: str, *, at: float, secrets: Iterable[str]) -> dict[str, str]:
    """Give the headers that prove a message, with a signature for each secret."""
    moment = datetime.fromtimestamp(int(at), UTC)
    signatures = (Webhook(secret).sign(message, moment, body) for secret in secrets)
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": " ".join(signatures),
    }
