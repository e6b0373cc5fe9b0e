"""Write claims into files by C2PA; nothing here speaks over a network."""

from __future__ import annotations

import io
import struct
import zlib
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Final

from c2pa import Builder, C2paError, Signer

from ttv.errors import Permanent, Transient, storage_errors
from ttv.provenance._c2pa_credentials import credentials
from ttv.provenance._port import Claim, Unsignable

#: IPTC's words for where pictures come from.
_SOURCE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_TRAINED: Final = "trainedAlgorithmicMedia"
_ALGORITHMIC: Final = "algorithmicMedia"


def sign(film: Path, to: Path, claim: Claim, *, certificate: Path, key: Path) -> None:
    """Write a film once more with a claim inside."""
    with storage_errors(to.parent), film.open("rb") as source, to.open("w+b") as signed:
        try:
            _sign("video/mp4", source, signed, claim, certificate=certificate, key=key)
        except C2paError.Io as error:
            raise Transient("the signed film could not be written") from error
        except C2paError as error:
            raise Permanent("the film cannot hold a C2PA claim") from error


def try_out(*, certificate: Path, key: Path) -> None:
    """Sign a picture of one pixel, and forget it; raises Unsignable."""
    source, to, claim = io.BytesIO(_png()), io.BytesIO(), Claim("trial", trained=False)
    try:
        _sign("image/png", source, to, claim, certificate=certificate, key=key)
    except C2paError as error:
        raise _refused(error) from error


def _sign(
    form: str,
    source: BinaryIO,
    to: BinaryIO,
    claim: Claim,
    *,
    certificate: Path,
    key: Path,
) -> None:
    known = credentials(certificate, key)
    try:
        signer = Signer.from_info(known)
    except C2paError as error:
        raise _refused(error) from error
    with signer, Builder(_document(claim, form)) as builder:
        builder.sign(signer, form, source, to)


def _refused(error: C2paError) -> Unsignable:
    said = str(error).splitlines()[0]
    return Unsignable(
        f"C2PA does not sign with this certificate and key ({said}); the certificate needs an "
        "issuer, the key usage digitalSignature and an extended one such as emailProtection"
    )


def _document(claim: Claim, form: str) -> dict[str, object]:
    """Say what is claimed in the words of C2PA."""
    source = _TRAINED if claim.trained else _ALGORITHMIC
    created = {"action": "c2pa.created", "digitalSourceType": f"{_SOURCE}{source}"}
    return {
        "claim_generator_info": [{"name": "ttv-pipeline", "version": version("ttv-pipeline")}],
        "title": claim.title,
        "format": form,
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [created]}}],
    }


def _png() -> bytes:
    """Draw one black pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
