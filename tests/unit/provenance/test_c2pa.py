from __future__ import annotations

import asyncio
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import av
import pytest
from c2pa import Reader
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.unit.media.pictures import write_clip
from tests.unit.provenance.authority import Key, Signing, new_key, signing
from ttv import backends
from ttv.errors import InvalidRequest, Permanent, StorageUnwritable
from ttv.provenance import Claim, Provenance, Unsignable

_TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_ALGORITHMIC = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
_CLAIM = Claim("job_1", trained=True)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "film.mp4", frames=12)


def _sign(known: Signing, film: Path, to: Path, claim: Claim = _CLAIM) -> Path:
    async def scenario() -> None:
        async with backends.build("ttv.provenance", "c2pa", known.options) as opened:
            provenance: Provenance = opened
            await provenance.sign(film, to, claim)

    asyncio.run(scenario())
    return to


def _open(known: Signing) -> None:
    async def scenario() -> None:
        async with backends.build("ttv.provenance", "c2pa", known.options):
            pass

    asyncio.run(scenario())


def _read(film: bytes) -> dict[str, Any]:
    with Reader("video/mp4", io.BytesIO(film)) as reader:
        read: dict[str, Any] = json.loads(reader.json())
    return read


def _codes(read: dict[str, Any]) -> set[str]:
    return {status["code"] for status in read.get("validation_status", ())}


def _packets(film: Path) -> str:
    digest = hashlib.sha256()
    with av.open(film) as container:
        for packet in container.demux():
            digest.update(bytes(packet))
    return digest.hexdigest()


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (new_key(), "Es256"),
        (ec.generate_private_key(ec.SECP384R1()), "Es384"),
        (rsa.generate_private_key(65_537, 2_048), "Ps256"),
        (ed25519.Ed25519PrivateKey.generate(), "Ed25519"),
    ],
)
def test_a_signed_film_says_where_it_comes_from(
    tmp_path: Path, film: Path, key: Key, algorithm: str
) -> None:
    signed = _sign(signing(tmp_path, key), film, tmp_path / "signed.mp4")

    read = _read(signed.read_bytes())
    assert read["validation_state"] == "Valid"
    assert _codes(read) == {"signingCredential.untrusted"}  # nobody knows this authority
    manifest = read["manifests"][read["active_manifest"]]
    assert manifest["title"] == "job_1"
    assert manifest["signature_info"]["alg"] == algorithm
    assert manifest["claim_generator_info"][0]["name"] == "ttv-pipeline"
    assert not manifest.get("ingredients")
    (actions,) = [one for one in manifest["assertions"] if one["label"].startswith("c2pa.actions")]
    (action,) = actions["data"]["actions"]
    assert (action["action"], action["digitalSourceType"]) == ("c2pa.created", _TRAINED)


def test_what_an_algorithm_drew_is_not_called_a_models_work(tmp_path: Path, film: Path) -> None:
    known = signing(tmp_path)
    signed = _sign(known, film, tmp_path / "signed.mp4", Claim("job_1", trained=False))

    text = json.dumps(_read(signed.read_bytes()))
    assert _ALGORITHMIC in text
    assert _TRAINED not in text


def test_pictures_and_sound_stay_as_they_are(tmp_path: Path, film: Path) -> None:
    before = film.read_bytes()
    signed = _sign(signing(tmp_path), film, tmp_path / "signed.mp4")

    assert _packets(signed) == _packets(film)
    assert film.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {
        *("film.mp4", "signed.mp4", "chain.pem", "key.pem")
    }


def test_a_film_that_was_changed_by_one_bit_is_not_valid(tmp_path: Path, film: Path) -> None:
    signed = bytearray(_sign(signing(tmp_path), film, tmp_path / "signed.mp4").read_bytes())
    signed[-1_000] ^= 1

    read = _read(bytes(signed))
    assert read["validation_state"] == "Invalid"
    assert "assertion.bmffHash.mismatch" in _codes(read)


@pytest.mark.parametrize(
    ("days", "words"),
    [((-30, -1), "renew it"), ((1, 30), "renew it")],
    ids=["expired", "not valid yet"],
)
def test_a_certificate_that_is_not_valid_now_does_not_open(
    tmp_path: Path, days: tuple[int, int], words: str
) -> None:
    with pytest.raises(Unsignable, match=words):
        _open(signing(tmp_path, days=days))


def test_a_certificate_for_something_else_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(Unsignable, match="the certificate needs"):
        _open(signing(tmp_path, usage=ExtendedKeyUsageOID.SERVER_AUTH))


def test_a_key_of_another_certificate_does_not_open(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    known = Signing(signing(tmp_path).certificate, signing(other).key)

    with pytest.raises(Unsignable, match="does not belong"):
        _open(known)


def test_a_key_of_a_curve_that_c2pa_does_not_take_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(Unsignable, match="EC P-256"):
        _open(signing(tmp_path, ec.generate_private_key(ec.SECP256K1())))


def test_a_key_in_the_older_form_of_openssl_works_too(tmp_path: Path, film: Path) -> None:
    known = signing(tmp_path, form=PrivateFormat.TraditionalOpenSSL)
    signed = _sign(known, film, tmp_path / "signed.mp4")
    assert _read(signed.read_bytes())["validation_state"] == "Valid"


@pytest.mark.parametrize("file", ["chain.pem", "key.pem"])
@pytest.mark.parametrize("content", [b"nothing of the kind", b"", None])
def test_a_file_that_holds_nothing_of_the_kind_is_named(
    tmp_path: Path, file: str, content: bytes | None
) -> None:
    known = signing(tmp_path)
    if content is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_bytes(content)

    with pytest.raises(Unsignable, match=file):
        _open(known)


def test_a_certificate_that_runs_out_at_work_holds_the_film(tmp_path: Path, film: Path) -> None:
    known = signing(tmp_path)

    async def scenario() -> None:
        async with backends.build("ttv.provenance", "c2pa", known.options) as provenance:
            signing(tmp_path, days=(-2, -1))
            await provenance.sign(film, tmp_path / "signed.mp4", _CLAIM)

    with pytest.raises(Unsignable, match="renew it"):
        asyncio.run(scenario())
    assert not (tmp_path / "signed.mp4").exists()


def test_what_is_no_film_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film")

    with pytest.raises(Permanent, match="cannot hold"):
        _sign(signing(tmp_path), tmp_path / "film.mp4", tmp_path / "signed.mp4")
    assert not list(tmp_path.glob("*signed*"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, film: Path) -> None:
    with pytest.raises(StorageUnwritable):
        _sign(signing(tmp_path), film, tmp_path / "none" / "signed.mp4")


def test_options_are_both_needed(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="key_file"):
        backends.build("ttv.provenance", "c2pa", {"certificate_file": tmp_path / "chain.pem"})
