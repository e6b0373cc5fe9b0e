"""The emulator, proved with the official client library."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import requests
from google.api_core.exceptions import (
    BadRequest,
    GoogleAPICallError,
    NotFound,
    PreconditionFailed,
    ServiceUnavailable,
)
from google.auth.credentials import AnonymousCredentials, Credentials
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.cloud import storage
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
from google.oauth2 import service_account

from ttv.testing.gcs import Emulator

_BYTES = bytes(range(256)) * 4_000
_GRAIN = 256 * 1024
_SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"


@pytest.fixture(autouse=True)
def _no_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")


@pytest.fixture
def key(google: Emulator, tmp_path: Path) -> Credentials:
    path = str(google.key_file(tmp_path))
    found: Credentials = service_account.Credentials.from_service_account_file(
        path, scopes=[_SCOPE]
    )
    return found


@pytest.fixture
def bucket(google: Emulator, key: Credentials) -> Iterator[storage.Bucket]:
    options = {"api_endpoint": google.url}
    with storage.Client("p", credentials=key, client_options=options) as client:
        yield client.bucket("films")


def _upload(blob: storage.Blob, data: bytes = _BYTES, **options: object) -> None:
    """Upload piece by piece where the blob says how large a piece is, else at once."""
    blob.upload_from_file(
        io.BytesIO(data),
        size=None if blob.chunk_size else len(data),
        content_type="video/mp4",
        retry=None,
        **options,
    )


@pytest.mark.parametrize("chunk_size", [None, _GRAIN])
def test_bytes_are_described_and_come_back_whole(
    bucket: storage.Bucket, chunk_size: int | None
) -> None:
    blob = bucket.blob("a/b c", chunk_size=chunk_size)
    blob.metadata = {"sha256": "x"}

    _upload(blob)

    again = bucket.get_blob("a/b c")
    assert again.size == len(_BYTES)
    assert (again.content_type, again.metadata) == ("video/mp4", {"sha256": "x"})
    assert again.generation == blob.generation
    assert again.download_as_bytes() == _BYTES
    assert again.download_as_bytes(start=5, end=9) == _BYTES[5:10]


def test_an_upload_at_once_needs_no_description(google: Emulator) -> None:
    url = f"{google.url}/upload/storage/v1/b/films/o?uploadType=media&name=a"
    made = httpx.post(url, content=b"hello", headers={"Content-Type": "text/plain"}).json()

    assert (made["size"], made["contentType"]) == ("5", "text/plain")
    assert httpx.get(f"{google.url}/storage/v1/b/films/o/a?alt=media").content == b"hello"


def test_a_missing_object_or_bucket_is_not_found(bucket: storage.Bucket) -> None:
    assert bucket.get_blob("none") is None
    assert bucket.client.lookup_bucket("films") is not None
    assert bucket.client.lookup_bucket("none") is None
    with pytest.raises(NotFound):
        bucket.blob("none").delete()


def test_an_object_is_made_only_over_the_generation_that_is_expected(
    bucket: storage.Bucket,
) -> None:
    blob = bucket.blob("a")
    _upload(blob, if_generation_match=0)
    first = blob.generation

    for again in (bucket.blob("a"), bucket.blob("a", chunk_size=_GRAIN)):
        with pytest.raises(PreconditionFailed):
            _upload(again, if_generation_match=0)
    _upload(bucket.blob("a"), b"second", if_generation_match=first)

    with pytest.raises(NotFound):
        bucket.blob("a", generation=first).download_as_bytes()
    with pytest.raises(PreconditionFailed):
        bucket.blob("a").delete(if_generation_match=first)
    with pytest.raises(PreconditionFailed):
        bucket.blob("a").reload(if_generation_match=first)


def test_an_upload_that_began_first_and_ends_second_loses(bucket: storage.Bucket) -> None:
    session = bucket.blob("a").create_resumable_upload_session(if_generation_match=0)
    _upload(bucket.blob("a"), if_generation_match=0)

    assert requests.put(session, data=b"late", timeout=10).status_code == 412


def test_notes_can_be_changed_and_change_no_bytes(bucket: storage.Bucket) -> None:
    _upload(bucket.blob("a"))
    blob = bucket.blob("a")
    blob.metadata = {"b": "c"}
    blob.patch()

    again = bucket.get_blob("a")
    assert (again.metadata, again.metageneration) == ({"b": "c"}, 2)
    assert again.download_as_bytes() == _BYTES


def test_a_listing_comes_in_pages_in_the_order_of_names(bucket: storage.Bucket) -> None:
    for name in ("x/3", "x/1", "y/1", "x/2"):
        _upload(bucket.blob(name), b"a")

    found = bucket.client.list_blobs("films", prefix="x/", page_size=2)

    assert [[blob.name for blob in page] for page in found.pages] == [["x/1", "x/2"], ["x/3"]]


def test_an_upload_says_how_far_it_got_and_goes_on(google: Emulator) -> None:
    start = f"{google.url}/upload/storage/v1/b/films/o?uploadType=resumable&name=a"
    session = httpx.post(start, json={}).headers["Location"]

    def put(data: bytes, span: str) -> httpx.Response:
        return httpx.put(session, content=data, headers={"Content-Range": span})

    assert put(b"", "bytes */300000").headers.get("Range") is None
    first = put(_BYTES[:_GRAIN], f"bytes 0-{_GRAIN - 1}/300000")
    assert (first.status_code, first.headers["Range"]) == (308, f"bytes=0-{_GRAIN - 1}")
    assert put(_BYTES[:5], f"bytes {_GRAIN}-{_GRAIN + 4}/300000").status_code == 400
    assert put(_BYTES[299_000:300_000], "bytes 299000-299999/300000").status_code == 400
    made = put(_BYTES[_GRAIN:300_000], f"bytes {_GRAIN}-299999/300000")
    assert (made.status_code, made.json()["size"]) == (200, "300000")
    assert put(b"", "bytes */300000").json() == made.json()
    assert httpx.delete(session).status_code == 499
    assert put(b"", "bytes */300000").status_code == 404


@pytest.mark.parametrize("kind", ["crc32c", "md5"])
def test_bytes_of_another_hash_make_no_object(bucket: storage.Bucket, kind: str) -> None:
    session = bucket.blob("a").create_resumable_upload_session()

    refused = requests.put(
        session, data=_BYTES, headers={"x-goog-hash": f"{kind}=AAAAAA=="}, timeout=10
    )

    assert refused.status_code == 400
    assert "doesn't match" in refused.json()["error"]["message"]
    assert bucket.get_blob("a") is None


def test_a_piece_that_is_damaged_on_the_way_is_refused(
    google: Emulator, bucket: storage.Bucket
) -> None:
    google.faults(damage_chunks=1)

    with pytest.raises((BadRequest, InvalidResponse)):
        _upload(bucket.blob("a", chunk_size=_GRAIN), checksum="crc32c")

    google.faults(damage_chunks=1, ignore_hashes=True)
    with pytest.raises(DataCorruption):
        _upload(bucket.blob("a", chunk_size=_GRAIN), checksum="crc32c")


def test_damage_on_the_way_back_shows_by_the_hash(google: Emulator, bucket: storage.Bucket) -> None:
    _upload(bucket.blob("a"))
    google.faults(damage_downloads=1)

    with pytest.raises(DataCorruption):
        bucket.blob("a").download_as_bytes(checksum="crc32c", retry=None)


@pytest.mark.parametrize("fault", ["break_downloads", "stall_downloads"])
def test_a_download_can_break_off(google: Emulator, bucket: storage.Bucket, fault: str) -> None:
    _upload(bucket.blob("a"))
    google.faults(**{fault: 1})

    with pytest.raises((requests.RequestException, OSError)):
        bucket.blob("a").download_as_bytes(timeout=0.3, retry=None, raw_download=False)

    assert bucket.blob("a").download_as_bytes() == _BYTES


@pytest.mark.parametrize("fault", ["break_chunks", "stall_chunks"])
def test_of_a_piece_that_breaks_off_whole_grains_are_kept(
    google: Emulator, bucket: storage.Bucket, fault: str
) -> None:
    session = bucket.blob("a").create_resumable_upload_session()
    google.faults(**{fault: 1})

    with pytest.raises(requests.RequestException):
        requests.put(session, data=_BYTES, timeout=0.3)

    asked = {"Content-Range": f"bytes */{len(_BYTES)}"}
    told = requests.put(session, headers=asked, timeout=10)
    assert told.headers["Range"] == f"bytes=0-{600_000 // _GRAIN * _GRAIN - 1}"


def test_a_lost_answer_is_lost_after_the_deed(google: Emulator, bucket: storage.Bucket) -> None:
    google.faults(lose_answers=1)

    with pytest.raises(requests.RequestException):
        _upload(bucket.blob("a"))

    assert bucket.get_blob("a") is not None


def test_calls_are_refused_for_as_long_as_was_said(
    google: Emulator, bucket: storage.Bucket
) -> None:
    google.faults(refuse_calls=1)

    with pytest.raises(ServiceUnavailable):
        bucket.blob("a").reload(retry=None)
    assert bucket.get_blob("a") is None


def _link(bucket: storage.Bucket, **options: object) -> str:
    url: str = bucket.blob("a/b c").generate_signed_url(
        version="v4",
        expiration=timedelta(seconds=60),
        response_type="video/webm",
        response_disposition='inline; filename="a b"',
        **options,
    )
    return url


def test_a_signed_link_gives_the_object_as_it_says(bucket: storage.Bucket) -> None:
    _upload(bucket.blob("a/b c"))

    whole = httpx.get(_link(bucket))
    part = httpx.get(_link(bucket), headers={"Range": "bytes=5-9"})

    assert whole.content == _BYTES
    assert whole.headers["Content-Type"] == "video/webm"
    assert whole.headers["Content-Disposition"] == 'inline; filename="a b"'
    assert (part.status_code, part.content) == (206, _BYTES[5:10])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/a/b", "/a/c"),
        ("video%2Fwebm", "text%2Fhtml"),
        ("X-Goog-Expires=60", "X-Goog-Expires=61"),
        ("X-Goog-Signature=", "X-Goog-Signature=00"),
        ("auto", "here"),
        ("films%40", "other%40"),
        ("GOOG4-RSA-SHA256", "GOOG4-HMAC-SHA256"),
    ],
)
def test_a_link_that_was_tampered_with_is_refused(
    bucket: storage.Bucket, old: str, new: str
) -> None:
    _upload(bucket.blob("a/b c"))
    _upload(bucket.blob("a/c c"))
    url = _link(bucket)
    assert old in url

    assert httpx.get(url.replace(old, new)).status_code == 403


def test_a_link_for_one_method_is_none_for_another(bucket: storage.Bucket) -> None:
    _upload(bucket.blob("a/b c"))
    assert httpx.head(_link(bucket)).status_code == 403
    assert httpx.head(_link(bucket, method="HEAD")).status_code == 200


def test_an_object_without_a_signature_is_refused(google: Emulator, bucket: storage.Bucket) -> None:
    _upload(bucket.blob("a"))
    assert httpx.get(f"{google.url}/films/a").status_code == 403


def test_only_who_signs_with_the_key_is_given_a_token(
    google: Emulator, key: Credentials, tmp_path: Path
) -> None:
    assert not key.token
    key.refresh(Request())
    assert key.token

    stolen = google.key_file(tmp_path).read_text()
    with Emulator() as other:
        path = other.key_file(tmp_path)
        path.write_text(path.read_text().replace(other.url, google.url))
        assert path.read_text() != stolen
        stranger = service_account.Credentials.from_service_account_file(str(path), scopes=[_SCOPE])
        with pytest.raises(RefreshError):
            stranger.refresh(Request())


def test_a_wrong_token_is_refused_and_none_at_all_is_taken(google: Emulator) -> None:
    url = f"{google.url}/storage/v1/b/films"
    assert httpx.get(url, headers={"Authorization": "Bearer x"}).status_code == 401
    assert httpx.get(url).status_code == 200


def test_nobody_signs_without_a_token(google: Emulator) -> None:
    account = f"{google.url}/v1/projects/-/serviceAccounts/{google.service_account}"
    assert httpx.post(f"{account}:signBlob", json={"payload": "AA=="}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/-/none"),
        ("POST", "/-/faults"),
        ("GET", "/storage/v1/b/films/o?maxResults=x"),
        ("GET", "/storage/v1/b/films/o/a?generation=x"),
        ("POST", "/upload/storage/v1/b/films/o?uploadType=none"),
        ("POST", "/upload/storage/v1/b/films/o?uploadType=resumable"),
        ("POST", "/upload/storage/v1/b/films/o?uploadType=multipart&name=a"),
        ("PUT", "/upload/storage/v1/b/films/o?upload_id=none"),
        ("GET", "/films/a?X-Goog-Algorithm=GOOG4-RSA-SHA256"),
    ],
)
def test_a_call_that_is_wrong_is_refused_in_order(google: Emulator, method: str, path: str) -> None:
    answer = httpx.request(method, f"{google.url}{path}", json={"none": 1})
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == answer.status_code


def test_it_tells_what_was_asked(google: Emulator) -> None:
    options = {"api_endpoint": google.url}
    with (
        storage.Client("p", credentials=AnonymousCredentials(), client_options=options) as client,
        pytest.raises(GoogleAPICallError),
    ):
        client.bucket("films").blob("a").reload(retry=None)

    (call,) = google.calls()
    assert (call["method"], call["path"], call["status"]) == (
        "GET",
        "/storage/v1/b/films/o/a",
        404,
    )
