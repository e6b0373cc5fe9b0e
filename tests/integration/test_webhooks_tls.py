"""Webhooks over TLS: to the address that was checked, and to the host that was named."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.integration.receiver import Receiver
from ttv.webhooks import Guard, Sender

pytestmark = pytest.mark.anyio

NAME = "hook.example"


def certificate(folder: Path) -> Path:
    """Make a certificate for the name, signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@dataclass
class Secure:
    receiver: Receiver
    certificate: Path
    #: The names that were asked for in the handshakes.
    names: list[str | None] = field(default_factory=list)

    def sender(self, *, trusting: bool = True) -> Sender:
        async def resolve(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        trust = ssl.create_default_context()
        if trusting:
            trust.load_verify_locations(self.certificate)
        guard = Guard((ip_network("127.0.0.0/8"),), resolve)
        return Sender(guard, context=trust)


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[Secure]:
    secure = Secure(Receiver(), certificate(tmp_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(secure.certificate)
    context.sni_callback = lambda _socket, name, _context: secure.names.append(name)
    server = await asyncio.start_server(secure.receiver.serve, "127.0.0.1", 0, ssl=context)
    secure.receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield secure


async def test_the_receiver_is_asked_for_by_its_name_at_the_address_of_the_lookup(
    secure: Secure,
) -> None:
    port = secure.receiver.port
    reply = await secure.sender().send(f"https://{NAME}:{port}/", b"{}", {})
    assert reply.error is None
    assert secure.names == [NAME]
    assert secure.receiver.requests[0].headers["host"] == f"{NAME}:{port}"


@pytest.mark.parametrize(("name", "trusting"), [("other.example", True), (NAME, False)])
async def test_nothing_is_sent_to_who_cannot_prove_the_name(
    secure: Secure, name: str, trusting: bool
) -> None:
    sender = secure.sender(trusting=trusting)
    reply = await sender.send(f"https://{name}:{secure.receiver.port}/", b"{}", {})
    assert reply.error == "its TLS certificate or handshake is not accepted"
    assert secure.receiver.requests == []
