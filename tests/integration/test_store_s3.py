"""The S3 store against a server that fails in the ways that networks and S3 do."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import httpx
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from tests.bucket import Bucket
from tests.integration.waiting import eventually
from ttv.artifacts import Artifact, KeyTaken
from ttv.artifacts._tries import Tries
from ttv.artifacts.s3 import S3, Options
from ttv.errors import NotFound, StorageFull, StorageUnwritable, Unavailable

_Result = TypeVar("_Result")

_MIB = 1 << 20
#: Three parts, the last of them short.
_LARGE = b"".join(bytes([number]) * _MIB for number in range(17)) + b"end"
_DAY = 24 * 3600.0


class _Sleeps:
    """Waits for nothing and keeps how long it should have."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def _store(bucket: Bucket, *, sleep: _Sleeps | None = None, **more: Any) -> S3:
    options = {**bucket.options, **more.pop("options", {})}
    tries = Tries(sleep=sleep or _Sleeps(), chance=lambda: 0.5)
    return S3(Options.model_validate(options), tries=tries, **more)


def _used(store: S3, use: Callable[[S3], Awaitable[_Result]]) -> _Result:
    async def scenario() -> _Result:
        async with store:
            return await use(store)

    return asyncio.run(scenario())


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.bin"
    path.write_bytes(_LARGE)
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.bin"
    path.write_bytes(b"small")
    return path


def _put(path: Path, *, if_absent: bool = False) -> Callable[[S3], Awaitable[Artifact]]:
    return lambda store: store.put("a/b", path, content_type="video/mp4", if_absent=if_absent)


async def _read_hash(store: S3) -> str:
    digest = hashlib.sha256()
    async for chunk in store.read("a/b"):
        digest.update(chunk)
    return digest.hexdigest()


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _open_uploads(bucket: Bucket) -> int:
    return httpx.get(f"{bucket.endpoint}/{bucket.name}?uploads").text.count("<UploadId>")


def _foreign(bucket: Bucket, name: str, content: bytes, **headers: str) -> None:
    url = f"{bucket.endpoint}/{bucket.name}/{name}"
    assert httpx.put(url, content=content, headers=headers).status_code == 200


def test_a_large_file_is_sent_in_parts_and_comes_back_whole(
    bucket: Bucket, large: Path, tmp_path: Path
) -> None:
    async def use(store: S3) -> tuple[Artifact, Artifact | None, Artifact]:
        put = await _put(large)(store)
        return put, await store.stat("a/b"), await store.fetch("a/b", tmp_path / "copy")

    put, stat, fetched = _used(_store(bucket), use)

    digest = hashlib.sha256(_LARGE).hexdigest()
    assert put == stat == fetched == Artifact("a/b", len(_LARGE), digest, "video/mp4")
    assert _hash(tmp_path / "copy") == _hash(large)
    assert bucket.count(r"PUT .*partNumber=\d") == 3


@pytest.mark.parametrize(
    "what",
    [
        {"status": 503, "code": "SlowDown"},
        {"status": 500},
        {"status": 429, "code": "TooManyRequests"},
        {"status": 400, "code": "RequestTimeout"},
        {"after": _MIB},
        {"after": None},
        {"done": True},
    ],
    ids=["503", "500", "429", "timeout", "reset", "reset at the end", "answer lost"],
)
def test_a_part_that_fails_five_times_is_sent_again_alone(
    bucket: Bucket, large: Path, what: dict[str, Any]
) -> None:
    sleep = _Sleeps()
    bucket.fault("PUT .*partNumber=2", 5, **what)

    _used(_store(bucket, sleep=sleep), _put(large))

    assert [bucket.count(f"PUT .*partNumber={number}") for number in (1, 2, 3)] == [1, 6, 1]
    assert bucket.count("POST .*uploads") == 1
    assert sleep.seconds == [0.2, 0.4, 0.8, 1.6, 3.2]
    assert _used(_store(bucket), _read_hash) == _hash(large)


def test_a_server_that_falls_silent_is_asked_again(bucket: Bucket, large: Path) -> None:
    over = Event()
    bucket.fault("PUT .*partNumber=2", stall=over)
    try:
        _used(_store(bucket, options={"timeout_seconds": 0.5}), _put(large))
    finally:
        over.set()

    assert bucket.count("PUT .*partNumber=2") == 2
    assert _used(_store(bucket), _read_hash) == _hash(large)


def test_what_goes_on_failing_ends_as_unavailable_and_leaves_no_parts(
    bucket: Bucket, large: Path
) -> None:
    bucket.fault("PUT .*partNumber=2", 100, status=503)

    with pytest.raises(Unavailable, match=bucket.name):
        _used(_store(bucket), _put(large))

    assert bucket.count("PUT .*partNumber=2") == 6
    assert _open_uploads(bucket) == 0
    assert _used(_store(bucket), lambda store: store.stat("a/b")) is None


@pytest.mark.parametrize("line", ["PUT .*partNumber=2", "POST .*uploads", "POST .*uploadId"])
def test_a_refusal_is_never_tried_again(bucket: Bucket, large: Path, line: str) -> None:
    bucket.fault(line, 100, status=403, code="AccessDenied")

    with pytest.raises(StorageUnwritable, match="permissions"):
        _used(_store(bucket), _put(large))

    assert bucket.count(line) == 1
    assert _open_uploads(bucket) == 0


@pytest.mark.parametrize(
    ("status", "code", "family", "words"),
    [
        (403, "InvalidAccessKeyId", StorageUnwritable, "does not know the access key"),
        (403, "SignatureDoesNotMatch", StorageUnwritable, "secret key"),
        (403, "RequestTimeTooSkewed", StorageUnwritable, "clock"),
        (301, "PermanentRedirect", StorageUnwritable, "another region"),
        (507, "XMinioStorageFull", StorageFull, "is full"),
    ],
)
def test_a_refusal_says_what_to_do(
    bucket: Bucket, small: Path, status: int, code: str, family: type[Exception], words: str
) -> None:
    bucket.fault("PUT .*/a/b", 100, status=status, code=code)

    with pytest.raises(family, match=words):
        _used(_store(bucket), _put(small))


def test_a_bucket_that_is_not_there_is_named(bucket: Bucket, small: Path, tmp_path: Path) -> None:
    def store() -> S3:
        return _store(bucket, options={"bucket": "no-such-bucket"})

    uses: list[Callable[[S3], Awaitable[object]]] = [
        _put(small),
        lambda store: store.fetch("a/b", tmp_path / "copy"),
        lambda store: store.ping(),
        lambda store: store.sweep(),
    ]
    for use in uses:
        with pytest.raises(StorageUnwritable, match="no-such-bucket"):
            _used(store(), use)


def test_a_ping_that_may_not_write_says_so_and_a_good_one_leaves_nothing(bucket: Bucket) -> None:
    _used(_store(bucket), lambda store: store.ping())
    assert _open_uploads(bucket) == 0

    bucket.fault("POST .*uploads", status=403, code="AccessDenied")
    with pytest.raises(StorageUnwritable):
        _used(_store(bucket), lambda store: store.ping())


@pytest.mark.parametrize(("size", "line"), [("small", "PUT .*/a/b"), ("large", "POST .*uploadId")])
def test_a_commit_whose_answer_was_lost_is_known_as_our_own(
    bucket: Bucket, size: str, line: str, request: pytest.FixtureRequest
) -> None:
    source: Path = request.getfixturevalue(size)
    bucket.fault(line, done=True)

    put = _used(_store(bucket), _put(source, if_absent=True))

    assert bucket.count(line) == 2
    assert put == _used(_store(bucket), lambda store: store.stat("a/b"))
    assert _open_uploads(bucket) == 0


@pytest.mark.parametrize("size", ["small", "large"])
def test_equal_bytes_of_another_writer_are_not_taken_for_our_own(
    bucket: Bucket, size: str, request: pytest.FixtureRequest
) -> None:
    source: Path = request.getfixturevalue(size)
    _used(_store(bucket), _put(source, if_absent=True))

    with pytest.raises(KeyTaken):
        _used(_store(bucket), _put(source, if_absent=True))


def test_of_many_writers_of_a_large_file_one_wins_and_no_parts_are_left(
    bucket: Bucket, tmp_path: Path
) -> None:
    sources = [tmp_path / f"{number}" for number in range(4)]
    for number, path in enumerate(sources):
        path.write_bytes(bytes([number]) * 9 * _MIB)

    async def use(store: S3) -> list[Artifact | BaseException]:
        puts = (_put(path, if_absent=True)(store) for path in sources)
        return await asyncio.gather(*puts, return_exceptions=True)

    ends = _used(_store(bucket), use)

    won = [end for end in ends if isinstance(end, Artifact)]
    assert len(won) == 1
    assert sum(isinstance(end, KeyTaken) for end in ends) == 3
    assert _used(_store(bucket), _read_hash) == won[0].sha256
    assert _open_uploads(bucket) == 0


@pytest.mark.parametrize(("size", "line"), [("small", "PUT .*/a/b"), ("large", "POST .*uploadId")])
def test_an_upload_that_another_got_in_the_way_of_is_made_anew(
    bucket: Bucket, size: str, line: str, request: pytest.FixtureRequest
) -> None:
    source: Path = request.getfixturevalue(size)
    bucket.fault(line, 2, status=409, code="ConditionalRequestConflict")

    _used(_store(bucket), _put(source, if_absent=True))

    assert bucket.count(line) == 3
    assert _used(_store(bucket), _read_hash) == _hash(source)
    assert _open_uploads(bucket) == 0


def test_a_put_that_is_cancelled_leaves_no_parts(bucket: Bucket, large: Path) -> None:
    over = Event()
    fault = bucket.fault("PUT .*partNumber=2", 100, stall=over)

    async def use(store: S3) -> None:
        put = asyncio.ensure_future(_put(large)(store))
        await eventually(lambda: fault.met > 0)
        put.cancel()
        await asyncio.sleep(0)
        over.set()
        await asyncio.wait({put})
        assert put.cancelled()

    _used(_store(bucket), use)

    assert _open_uploads(bucket) == 0


def test_parts_that_nobody_can_call_back_do_not_keep_an_upload(bucket: Bucket, large: Path) -> None:
    over = Event()
    fault = bucket.fault("PUT .*partNumber=2", 100, stall=over)

    async def use(store: S3) -> int:
        put = asyncio.ensure_future(_put(large)(store))
        await eventually(lambda: fault.met > 0)
        put.cancel()
        await asyncio.wait({put})
        return await asyncio.to_thread(_open_uploads, bucket)

    try:
        assert _used(_store(bucket), use) == 0
    finally:
        over.set()


def test_a_file_that_changes_while_it_is_sent_is_not_stored(bucket: Bucket, large: Path) -> None:
    def scribble() -> str:
        with large.open("r+b") as file:
            file.seek(9 * _MIB)
            file.write(b"other")
        return "put"

    with pytest.raises(Unavailable):
        _used(_store(bucket, draw=scribble), _put(large))

    assert _used(_store(bucket), lambda store: store.stat("a/b")) is None
    assert _open_uploads(bucket) == 0


def test_a_reading_that_breaks_off_goes_on_where_it_was(
    bucket: Bucket, large: Path, tmp_path: Path
) -> None:
    _used(_store(bucket), _put(large))
    for to in (3 * _MIB + 7, 2 * _MIB):
        bucket.fault("GET .*/a/b", answered=to)

    fetched = _used(_store(bucket), lambda store: store.fetch("a/b", tmp_path / "copy"))

    assert _hash(tmp_path / "copy") == _hash(large)
    assert fetched.size == len(_LARGE)
    assert bucket.count("GET .*/a/b") == 3


def test_a_reading_never_gives_the_bytes_of_two_files(
    bucket: Bucket, large: Path, tmp_path: Path
) -> None:
    _used(_store(bucket), _put(large))
    bucket.fault("GET .*/a/b", answered=3 * _MIB)

    async def use(store: S3) -> bytes:
        read = b""
        async for chunk in store.read("a/b"):
            if not read:
                await asyncio.to_thread(large.write_bytes, bytes(len(_LARGE)))
                await _put(large)(store)
            read += chunk
        return read

    with pytest.raises(Unavailable, match="replaced"):
        _used(_store(bucket), use)


def test_bytes_that_do_not_fit_their_hash_are_not_given(bucket: Bucket, tmp_path: Path) -> None:
    _foreign(bucket, "ttv/a/b", b"rotten", **{"x-amz-meta-sha256": "0" * 64})

    with pytest.raises(Unavailable, match="other bytes"):
        _used(_store(bucket), lambda store: store.fetch("a/b", tmp_path / "copy"))

    assert not list(tmp_path.iterdir())


def test_an_object_that_another_program_put_there_is_described_by_its_bytes(
    bucket: Bucket, tmp_path: Path
) -> None:
    _foreign(bucket, "ttv/a/b", b"foreign", **{"content-type": "video/mp4"})

    async def use(store: S3) -> tuple[Artifact | None, Artifact]:
        return await store.stat("a/b"), await store.fetch("a/b", tmp_path / "copy")

    stat, fetched = _used(_store(bucket), use)

    digest = hashlib.sha256(b"foreign").hexdigest()
    assert stat == fetched == Artifact("a/b", 7, digest, "video/mp4")


def test_a_listing_has_every_page_and_no_name_that_is_no_key(bucket: Bucket) -> None:
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for number in range(1_005):
        backend.put_object(bucket.name, f"ttv/films/{number:04}", b"")
    for foreign in ("ttv/films/", "ttv/films/a b", "ttv/films/.hidden", "films/0000"):
        backend.put_object(bucket.name, foreign, b"")

    async def use(store: S3) -> list[str]:
        return [listed.key async for listed in store.listed("films")]

    assert _used(_store(bucket), use) == [f"films/{number:04}" for number in range(1_005)]


def test_a_sweep_gives_up_what_broke_more_than_a_day_ago(bucket: Bucket, large: Path) -> None:
    bucket.fault("POST .*uploadId", 100, status=403)
    bucket.fault("DELETE .*uploadId", 1, status=403)
    with pytest.raises(StorageUnwritable):
        _used(_store(bucket), _put(large))
    httpx.post(f"{bucket.endpoint}/{bucket.name}/another/program?uploads")
    assert _open_uploads(bucket) == 2

    def sweep(after: float) -> int:
        store = _store(bucket, clock=lambda: time.time() + after)
        return _used(store, lambda store: store.sweep())

    assert sweep(_DAY - 60) == 0
    assert sweep(_DAY + 60) == 1
    assert sweep(_DAY + 60) == 0
    assert _open_uploads(bucket) == 1


def test_a_file_that_is_not_there_is_named(bucket: Bucket, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="a/b"):
        _used(_store(bucket), lambda store: store.fetch("a/b", tmp_path / "copy"))


def test_without_credentials_a_sentence_says_how_to_give_them(
    bucket: Bucket, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    store = _store(bucket, options={"access_key": None, "secret_key": None})

    with pytest.raises(StorageUnwritable, match="access_key and secret_key"):
        _used(store, _put(small))
