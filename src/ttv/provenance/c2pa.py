"""Sign films by C2PA (Content Credentials), with a certificate of the operator.

The films are MP4, and the claim lies inside them. No timestamp authority is asked, so a claim is
good for as long as its certificate.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pydantic import BaseModel, ConfigDict

from ttv import children
from ttv.backends import checked
from ttv.children import Limits
from ttv.errors import storage_errors
from ttv.files import whole
from ttv.provenance._c2pa_sign import try_out
from ttv.provenance._port import Claim

_MIB: Final = 1 << 20
#: C2PA holds a film in memory, its hashes and the signed one.
_COPIES: Final = 4
#: A slow disk writes so much in a second.
_BYTES_PER_SECOND: Final = 8 * _MIB


class Options(BaseModel):
    """Options of C2PA."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: The chain in PEM, first the certificate of the key.
    certificate_file: Path
    #: The private key in PEM, without a password: EC P-256 or P-384, RSA, Ed25519.
    key_file: Path


def build(options: Mapping[str, object]) -> C2pa:
    """Build the signer from its options."""
    return C2pa(checked(Options, options))


class C2pa:
    """C2PA as Provenance."""

    def __init__(self, options: Options) -> None:
        self._options = options

    async def __aenter__(self) -> Self:
        trial = partial(
            try_out, certificate=self._options.certificate_file, key=self._options.key_file
        )
        await asyncio.to_thread(trial)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close nothing: the files are read anew for every film."""

    async def sign(self, film: Path, to: Path, claim: Claim) -> None:
        size = (await asyncio.to_thread(film.stat)).st_size
        with storage_errors(to.parent), whole(to) as part:
            await children.run(
                "ttv.provenance._c2pa_child",
                {
                    "film": str(film),
                    "to": str(part),
                    "claim": asdict(claim),
                    "certificate": str(self._options.certificate_file),
                    "key": str(self._options.key_file),
                },
                limits=Limits(
                    memory_bytes=512 * _MIB + _COPIES * size,
                    wall_seconds=60 + size / _BYTES_PER_SECOND,
                    output_bytes=size + 16 * _MIB,
                ),
            )
