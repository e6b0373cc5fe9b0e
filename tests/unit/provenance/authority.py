"""A certificate authority for one test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Signing:
    """The two files of who signs."""

    certificate: Path
    key: Path

    @property
    def options(self) -> dict[str, object]:
        return {"certificate_file": self.certificate, "key_file": self.key}


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def signing(
    folder: Path,
    key: Key | None = None,
    *,
    days: tuple[int, int] = (-1, 30),
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.EMAIL_PROTECTION,
    form: PrivateFormat = PrivateFormat.PKCS8,
) -> Signing:
    """Certify a key for some days from now, by an authority that nobody knows."""
    authority, key, now = new_key(), key or new_key(), datetime.now(UTC)
    root = (
        _certificate("authority", "authority", now - 60 * _DAY, now + 60 * _DAY)
        .public_key(authority.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .sign(authority, hashes.SHA256())
    )
    leaf = (
        _certificate("signer", "authority", now + days[0] * _DAY, now + days[1] * _DAY)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),
            critical=False,
        )
        .sign(authority, hashes.SHA256())
    )
    made = Signing(folder / "chain.pem", folder / "key.pem")
    made.certificate.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in (leaf, root)))
    made.key.write_bytes(key.private_bytes(Encoding.PEM, form, NoEncryption()))
    return made


def _certificate(name: str, issuer: str, begin: datetime, end: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _name(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tests"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )
