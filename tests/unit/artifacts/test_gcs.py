from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.auth.credentials import AnonymousCredentials, Credentials

from ttv.artifacts import Offer
from ttv.artifacts._gcs_errors import Damaged, meaning
from ttv.artifacts._gcs_signing import account_of
from ttv.artifacts.gcs import Gcs, build
from ttv.errors import InvalidRequest, Permanent, StorageUnwritable, TtvError, Unavailable

pytestmark = pytest.mark.anyio

_EMAIL = "films@example.iam.gserviceaccount.com"
_OFFER = Offer(3_600, "video/mp4", 'attachment; filename="film 1.mp4"')


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(frozen=True)
class Key:
    """The key of a service account, as an operator has it."""

    path: Path
    public: RSAPublicKey


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    private = generate_private_key(public_exponent=65_537, key_size=2_048)
    document = {
        "type": "service_account",
        "client_email": _EMAIL,
        "private_key_id": "1",
        "private_key": private.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode(),
        "token_uri": "https://127.0.0.1:9/token",
    }
    path = tmp_path_factory.mktemp("key") / "key.json"
    path.write_text(json.dumps(document))
    return Key(path, private.public_key())


@pytest.fixture
async def store(key: Key) -> AsyncIterator[Gcs]:
    async with build({"bucket": "films", "credentials_file": key.path}) as opened:
        yield opened


async def test_a_link_carries_the_signature_of_the_documented_process(store: Gcs, key: Key) -> None:
    url = await store.link("2026-11/job/film.mp4", _OFFER)

    assert url
    parts = urlsplit(url)
    given, _, signature = parts.query.partition("&X-Goog-Signature=")
    names = {name: values[0] for name, values in parse_qs(given).items()}
    assert (parts.scheme, parts.netloc) == ("https", "storage.googleapis.com")
    assert parts.path == "/films/ttv/2026-11/job/film.mp4"
    assert names["X-Goog-Algorithm"] == "GOOG4-RSA-SHA256"
    assert names["X-Goog-Expires"] == "3600"
    assert names["X-Goog-SignedHeaders"] == "host"
    assert names["response-content-type"] == "video/mp4"
    assert names["response-content-disposition"] == 'attachment; filename="film 1.mp4"'
    scope = f"{names['X-Goog-Date'][:8]}/auto/storage/goog4_request"
    assert names["X-Goog-Credential"] == f"{_EMAIL}/{scope}"
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(names.items())
    )
    request = f"GET\n{parts.path}\n{query}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"GOOG4-RSA-SHA256\n{names['X-Goog-Date']}\n{scope}\n{digest}"
    key.public.verify(bytes.fromhex(unquote(signature)), text.encode(), PKCS1v15(), SHA256())


@pytest.mark.parametrize("seconds", [0, -1, 604_801])
async def test_a_link_for_longer_than_google_signs_is_refused(store: Gcs, seconds: int) -> None:
    with pytest.raises(InvalidRequest, match="1 to 604800 seconds") as caught:
        await store.link("a", Offer(seconds, "video/mp4", "inline"))
    assert caught.value.param == "seconds"


async def test_the_longest_link_is_given(store: Gcs) -> None:
    assert "X-Goog-Expires=604800" in str(
        await store.link("a", Offer(604_800, "video/mp4", "inline"))
    )


async def test_where_nobody_can_sign_there_is_no_link() -> None:
    async with build({"bucket": "films", "endpoint": "http://127.0.0.1:9"}) as store:
        assert await store.link("a", _OFFER) is None


@pytest.mark.parametrize(
    ("prefix", "uri"),
    [("ttv", "gs://films/ttv/a/b"), ("", "gs://films/a/b"), ("x/y", "gs://films/x/y/a/b")],
)
def test_files_are_named_below_the_prefix(prefix: str, uri: str) -> None:
    options = {"bucket": "films", "prefix": prefix, "endpoint": "http://127.0.0.1:9"}
    assert build(options).uri("a/b") == uri


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"bucket": "UPPER"}, "bucket"),
        ({"bucket": "films", "prefix": "../x"}, "prefix"),
        ({"bucket": "films", "prefix": "x/"}, "prefix"),
        ({"bucket": "films", "endpoint": "127.0.0.1"}, "endpoint"),
        ({"bucket": "films", "service_account": "nobody"}, "service_account"),
        ({"bucket": "films", "buckets": "x"}, "buckets"),
        ({}, "bucket"),
    ],
)
def test_wrong_options_are_refused_by_name(wrong: dict[str, object], param: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        build(wrong)
    assert caught.value.param == param


@pytest.mark.parametrize("text", [None, "{}", "no json", '{"type": "authorized_user"}'])
def test_a_key_file_that_is_none_is_refused_without_a_word_of_it(
    tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "key.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(InvalidRequest, match="credentials_file names") as caught:
        build({"bucket": "films", "credentials_file": path})

    assert caught.value.param == "credentials_file"
    assert text is None or text not in caught.value.message


def test_a_key_does_not_show_in_the_description_of_the_store(key: Key) -> None:
    store = build({"bucket": "films", "credentials_file": key.path})
    assert "PRIVATE" not in repr(store) + repr(vars(store))


@pytest.mark.parametrize(
    ("status", "text", "family", "sentence"),
    [
        (503, "", Unavailable, "cannot serve the bucket films now"),
        (429, "", Unavailable, "cannot serve the bucket films now"),
        (408, "", Unavailable, "cannot serve the bucket films now"),
        (401, "secret words", StorageUnwritable, "Storage Object User"),
        (403, "secret words", StorageUnwritable, "Storage Object User"),
        (404, "The specified bucket does not exist.", StorageUnwritable, "no bucket films"),
        (400, "Provided CRC32C 'x' doesn't match", Damaged, "not those whose hash"),
        (400, "secret words", Permanent, "does not take a call"),
    ],
)
def test_an_answer_becomes_an_error_of_ours(
    status: int, text: str, family: type[TtvError], sentence: str
) -> None:
    error = meaning(status, text, {}, "films")

    assert type(error) is family
    assert sentence in error.message
    assert "secret" not in error.message


def test_the_wish_of_the_service_to_wait_is_kept() -> None:
    error = meaning(503, "", {"Retry-After": "7"}, "films")
    assert isinstance(error, Unavailable)
    assert error.retry_after == 7


class Machine:
    """The credentials of a machine, which learn their name when they are first asked for."""

    service_account_email = "default"

    def refresh(self, _request: object) -> None:
        self.service_account_email = _EMAIL


def test_the_account_of_a_machine_is_found() -> None:
    assert account_of(cast(Credentials, Machine())) == _EMAIL
    assert account_of(AnonymousCredentials()) is None
