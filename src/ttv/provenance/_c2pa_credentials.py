"""A certificate and its key, as C2PA wants them: what is wrong with them is said in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from c2pa import C2paSignerInfo
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ttv.provenance._port import Unsignable

_CURVES: Final[Mapping[str, str]] = {"secp256r1": "es256", "secp384r1": "es384"}


def credentials(certificate: Path, key: Path) -> C2paSignerInfo:
    """Read a chain of certificates and the key of the first; raises Unsignable."""
    chain, private = _chain(certificate), _key(key)
    if chain[0].public_key() != private.public_key():
        raise Unsignable(
            "the C2PA key does not belong to the certificate; the file of the certificate begins "
            "with that of the key"
        )
    begin, end = chain[0].not_valid_before_utc, chain[0].not_valid_after_utc
    if not begin <= datetime.now(UTC) <= end:
        raise Unsignable(
            f"the C2PA certificate is valid from {begin:%Y-%m-%d} to {end:%Y-%m-%d} only; renew it"
        )
    return C2paSignerInfo(
        alg=_algorithm(private).encode(),
        sign_cert=b"".join(one.public_bytes(Encoding.PEM) for one in chain),
        private_key=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        ta_url=None,  # a timestamp authority would be asked over the network
    )


def _chain(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_read(path, "certificate"))
    except ValueError as error:
        raise Unsignable(f"{path} holds no certificate in PEM for C2PA") from error


def _key(path: Path) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(_read(path, "key"), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Unsignable(
            f"{path} holds no private key in PEM for C2PA that needs no password"
        ) from error


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Unsignable(f"the C2PA {what} {path} cannot be read ({reason})") from error


def _algorithm(key: PrivateKeyTypes) -> str:
    """Choose how to sign by the kind of the key."""
    match key:
        case EllipticCurvePrivateKey() if key.curve.name in _CURVES:
            return _CURVES[key.curve.name]
        case RSAPrivateKey():
            return "ps256"
        case Ed25519PrivateKey():
            return "ed25519"
    raise Unsignable("C2PA signs with keys of the kinds EC P-256, EC P-384, RSA and Ed25519 only")
