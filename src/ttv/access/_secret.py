"""The secret that keys are hashed with: configured, or made once for a data folder."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from hashlib import sha256
from pathlib import Path
from typing import Final

from ttv.errors import InvalidRequest, storage_errors
from ttv.settings import Settings

FILE: Final = "key_secret"
#: Characters; fewer could be guessed by who has a copy of the hashes.
SHORTEST: Final = 32


def key_secret(settings: Settings) -> bytes:
    """Give the key secret of the settings, or the one of the data folder, made at first use.

    Raises InvalidRequest for a file that others may read or that holds too little, and
    StorageFull or StorageUnwritable.
    """
    if settings.key_secret is not None:
        return settings.key_secret.get_secret_value().encode()
    path = settings.data_dir / FILE
    if not path.exists():
        with storage_errors(path):
            _make(path)
    return _read(path)


def derived(secret: bytes, label: str) -> bytes:
    """Derive the secret of one use (HKDF with SHA-256, RFC 5869): no use can tell another's."""
    extracted = hmac.digest(b"ttv", secret, sha256)
    return hmac.digest(extracted, label.encode() + b"\x01", sha256)


def _make(path: Path) -> None:
    """Put a new secret there, unless another process is quicker; it is there whole or not."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(SHORTEST) + "\n")
            file.flush()
            os.fsync(descriptor)
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise InvalidRequest(
                f"{path} can be read by others; run: chmod 600 {path}", param="key_secret"
            )
        secret = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest(
            f"{path} cannot be read; make it readable, or set TTV_KEY_SECRET", param="key_secret"
        ) from error
    if len(secret) < SHORTEST:
        raise InvalidRequest(
            f"{path} must hold at least {SHORTEST} characters; restore it from a backup, or "
            "remove it and make all keys anew",
            param="key_secret",
        )
    return secret.encode()
