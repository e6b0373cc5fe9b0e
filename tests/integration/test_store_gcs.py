"""The store in Google Cloud Storage, where the service or the way to it fails."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.integration.waiting import eventually
from ttv.artifacts import KeyTaken, Offer
from ttv.artifacts._gcs_upload import PIECE
from ttv.artifacts._tries import Tries
from ttv.artifacts.gcs import Gcs, Options
from ttv.errors import Conflict, NotFound, StorageUnwritable, Unavailable
from ttv.testing.gcs import Emulator

pytestmark = pytest.mark.anyio

_TRIES = Tries(first_wait_seconds=0.001)
_BYTES = bytes(range(256)) * 70_000  # two whole pieces and a part
_SHA256 = hashlib.sha256(_BYTES).hexdigest()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(_BYTES)
    return path


def _store(google: Emulator, **options: object) -> Gcs:
    given = {**google.store_options, "silent_seconds": 0.5, **options}
    return Gcs(Options.model_validate(given), tries=_TRIES)


@pytest.fixture
async def store(google: Emulator) -> AsyncIterator[Gcs]:
    async with _store(google) as opened:
        yield opened


async def _all(store: Gcs, key: str) -> bytes:
    return b"".join([piece async for piece in store.read(key)])


def _sent(google: Emulator) -> int:
    """Count the bytes of the file that reached the service, twice what came twice."""
    return sum(call["bytes"] for call in google.calls("PUT"))


def _write(google: Emulator, name: str, data: bytes) -> None:
    """Write an object as another program does."""
    httpx.post(
        f"{google.url}/upload/storage/v1/b/films/o",
        params={"uploadType": "media", "name": name},
        headers={"Content-Type": "video/mp4"},
        content=data,
    ).raise_for_status()


def _get(url: str) -> httpx.Response:
    return httpx.get(url)


async def test_an_upload_survives_five_refusals_at_any_point(
    google: Emulator, store: Gcs, source: Path
) -> None:
    google.faults(refuse_calls=5)
    await store.put("a", source, content_type="video/mp4")
    google.faults(refuse_chunks=5)
    put = await store.put("b", source, content_type="video/mp4")

    assert put.sha256 == _SHA256
    assert await _all(store, "a") == await _all(store, "b") == _BYTES


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
async def test_what_passes_is_tried_again(
    google: Emulator, store: Gcs, source: Path, status: int
) -> None:
    google.faults(refuse_calls=1, refusal=status)
    await store.put("a", source, content_type="video/mp4")
    assert await _all(store, "a") == _BYTES


async def test_a_service_that_stays_away_is_unavailable_after_a_bounded_number_of_tries(
    google: Emulator, store: Gcs, source: Path
) -> None:
    google.faults(refuse_calls=1_000)

    with pytest.raises(Unavailable, match="the bucket films now"):
        await store.put("a", source, content_type="video/mp4")

    assert len(google.calls()) == _TRIES.attempts


@pytest.mark.parametrize("fault", ["break_chunks", "stall_chunks"])
async def test_an_upload_that_broke_goes_on_where_it_was(
    google: Emulator, store: Gcs, source: Path, fault: str
) -> None:
    google.faults(**{fault: 1, "taken_bytes": PIECE - 1})

    put = await store.put("a", source, content_type="video/mp4")

    assert put.sha256 == _SHA256
    assert await _all(store, "a") == _BYTES
    # Of the broken piece less than a quarter of a MiB was sent twice.
    assert _sent(google) - len(_BYTES) < 256 * 1024
    assert len(google.calls("POST")) == 1


async def test_an_upload_that_breaks_all_the_time_goes_on_while_it_gets_forward(
    google: Emulator, store: Gcs, source: Path
) -> None:
    google.faults(break_chunks=20, taken_bytes=600_000)

    await store.put("a", source, content_type="video/mp4")

    assert await _all(store, "a") == _BYTES
    assert len(google.calls("POST")) == 1


async def test_a_slow_service_is_waited_for(google: Emulator, store: Gcs, source: Path) -> None:
    google.faults(delay_seconds=0.2)

    await store.put("a", source, content_type="video/mp4")

    assert len(google.calls("PUT")) == 3


async def test_an_upload_that_gets_no_further_ends(
    google: Emulator, store: Gcs, source: Path
) -> None:
    google.faults(break_chunks=1_000, taken_bytes=1_000)

    with pytest.raises(Unavailable, match="broke off"):
        await store.put("a", source, content_type="video/mp4")

    assert await store.stat("a") is None


async def test_an_upload_that_the_service_forgot_begins_again(
    google: Emulator, store: Gcs, source: Path
) -> None:
    google.faults(lose_sessions=1)
    await store.put("a", source, content_type="video/mp4", if_absent=True)

    assert await _all(store, "a") == _BYTES
    assert len(google.calls("POST")) == 2

    google.faults(lose_sessions=1_000)
    with pytest.raises(Unavailable, match="forgetting"):
        await store.put("b", source, content_type="video/mp4")


async def test_a_refusal_for_good_is_not_asked_twice(
    google: Emulator, store: Gcs, source: Path
) -> None:
    google.faults(refuse_calls=1_000, refusal=403)

    with pytest.raises(StorageUnwritable, match="Storage Object User"):
        await store.put("a", source, content_type="video/mp4")

    assert len(google.calls()) == 1


async def test_a_token_that_is_not_taken_is_asked_anew_and_no_more(
    google: Emulator, source: Path, tmp_path: Path
) -> None:
    google.faults(refuse_calls=1_000, refusal=401)

    async with _store(google, credentials_file=google.key_file(tmp_path)) as store:
        with pytest.raises(StorageUnwritable, match="Storage Object User"):
            await store.put("a", source, content_type="video/mp4")

    refused = [call for call in google.calls() if call["path"] != "/token"]
    assert len(refused) == 3  # the library asks for a new token twice


async def test_a_refusal_in_the_midst_of_an_upload_ends_it(
    google: Emulator, store: Gcs, source: Path
) -> None:
    google.faults(refuse_chunks=1_000, refusal=403)

    with pytest.raises(StorageUnwritable):
        await store.put("a", source, content_type="video/mp4")

    assert len(google.calls("PUT")) == 1


async def test_a_bucket_that_is_not_there_is_named(google: Emulator, source: Path) -> None:
    async with _store(google, bucket="none") as store:
        for use in (
            store.put("a", source, content_type="video/mp4"),
            store.stat("a"),
            store.delete("a"),
            store.ping(),
        ):
            with pytest.raises(StorageUnwritable, match="there is no bucket none"):
                await use


@pytest.mark.parametrize("if_absent", [True, False])
async def test_an_upload_whose_answer_was_lost_is_known_as_done(
    google: Emulator, store: Gcs, source: Path, if_absent: bool
) -> None:
    google.faults(lose_answers=1)

    put = await store.put("a", source, content_type="video/mp4", if_absent=if_absent)

    assert put == await store.stat("a")
    assert _sent(google) == len(_BYTES)


async def test_an_own_object_is_known_though_the_upload_that_made_it_is_forgotten(
    google: Emulator, store: Gcs, tmp_path: Path
) -> None:
    source = tmp_path / "small"
    source.write_bytes(b"small")
    google.faults(lose_answers=1, lose_finished=1)

    put = await store.put("a", source, content_type="video/mp4", if_absent=True)

    assert put == await store.stat("a")
    with pytest.raises(KeyTaken):
        await store.put("a", source, content_type="video/mp4", if_absent=True)


async def test_bytes_that_are_damaged_on_the_way_make_no_object(
    google: Emulator, store: Gcs, source: Path
) -> None:
    google.faults(damage_chunks=1)

    with pytest.raises(Unavailable, match="damaged"):
        await store.put("a", source, content_type="video/mp4")

    assert len(google.calls("PUT")) == 3
    assert await store.stat("a") is None


async def test_an_object_that_was_made_of_damaged_bytes_is_removed(
    google: Emulator, store: Gcs, source: Path
) -> None:
    google.faults(damage_chunks=1, ignore_hashes=True)

    with pytest.raises(Unavailable, match="damaged"):
        await store.put("a", source, content_type="video/mp4")

    assert await store.stat("a") is None


async def test_a_file_that_changes_while_it_is_stored_makes_no_object(
    google: Emulator, store: Gcs, source: Path
) -> None:
    google.faults(stall_chunks=1, taken_bytes=1_000)
    putting = asyncio.create_task(store.put("a", source, content_type="video/mp4"))
    await eventually(lambda: bool(google.calls("PUT")))
    source.write_bytes(b"short")

    with pytest.raises(Conflict, match="was changed while"):
        await putting

    assert await store.stat("a") is None


async def test_of_eight_creators_one_wins_while_the_service_fails(
    google: Emulator, tmp_path: Path
) -> None:
    sources = [tmp_path / str(number) for number in range(8)]
    for path in sources:
        path.write_bytes(path.name.encode() * 500_000)
    google.faults(refuse_calls=4, break_chunks=3, lose_answers=1)

    async with _store(google) as store:

        async def put(path: Path) -> str | None:
            try:
                return (await store.put("a", path, content_type="video/mp4", if_absent=True)).sha256
            except KeyTaken:
                return None

        won = [sha256 for sha256 in await asyncio.gather(*map(put, sources)) if sha256]
        read = await _all(store, "a")

    assert won == [hashlib.sha256(read).hexdigest()]


@pytest.mark.parametrize("fault", ["break_downloads", "stall_downloads", "refuse_calls"])
async def test_a_reading_that_breaks_off_goes_on(
    google: Emulator, store: Gcs, source: Path, tmp_path: Path, fault: str
) -> None:
    await store.put("a", source, content_type="video/mp4")

    google.faults(**{fault: 2})
    assert await _all(store, "a") == _BYTES
    google.faults(**{fault: 2})
    await store.fetch("a", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == _BYTES


async def test_a_copy_that_arrives_damaged_is_none(
    google: Emulator, store: Gcs, source: Path, tmp_path: Path
) -> None:
    await store.put("a", source, content_type="video/mp4")
    google.faults(damage_downloads=1)

    with pytest.raises(Unavailable, match="arrived damaged"):
        await store.fetch("a", tmp_path / "copy")

    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


async def test_a_file_that_is_replaced_while_it_is_read_never_mixes(
    store: Gcs, source: Path
) -> None:
    await store.put("a", source, content_type="video/mp4")
    reading = aiter(store.read("a"))
    await anext(reading)
    source.write_bytes(b"x" * len(_BYTES))
    await store.put("a", source, content_type="video/mp4")

    with pytest.raises(Unavailable, match="replaced"):
        await anext(reading)


async def test_a_deletion_whose_answer_was_lost_is_done(
    google: Emulator, store: Gcs, source: Path
) -> None:
    await store.put("a", source, content_type="video/mp4")
    google.faults(lose_answers=1)

    await store.delete("a")

    assert await store.stat("a") is None


async def test_a_put_that_is_cancelled_sends_no_further_piece(
    google: Emulator, store: Gcs, source: Path
) -> None:
    google.faults(stall_chunks=1, taken_bytes=1_000)
    putting = asyncio.create_task(store.put("a", source, content_type="video/mp4"))
    await eventually(lambda: bool(google.calls("PUT")))
    putting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await putting

    await store.ping()
    assert len(google.calls("PUT")) == 1
    assert await store.stat("a") is None


async def test_what_another_program_wrote_is_hashed_once(
    google: Emulator, store: Gcs, tmp_path: Path
) -> None:
    _write(google, "ttv/a", _BYTES)

    first = await store.stat("a")
    asked = len(google.calls())
    second = await store.stat("a")

    assert first
    assert (first.sha256, first.content_type) == (_SHA256, "video/mp4")
    assert second == first
    assert len(google.calls()) == asked + 1
    assert (await store.fetch("a", tmp_path / "copy")).sha256 == _SHA256


async def test_what_may_not_be_noted_is_hashed_all_the_same(google: Emulator, store: Gcs) -> None:
    _write(google, "ttv/a", b"hello")
    google.faults(refuse_patches=1, refusal=403)

    found = await store.stat("a")

    assert found
    assert found.sha256 == hashlib.sha256(b"hello").hexdigest()


async def test_a_listing_goes_over_pages_and_past_what_is_no_file(
    google: Emulator, store: Gcs, tmp_path: Path
) -> None:
    google.faults(most_listed=2)
    names = ["ttv/x/3", "ttv/x/1", "ttv/x/a folder/", "ttv/x/2", "x/4"]
    for name in names:
        _write(google, name, b"a")

    assert [listed.key async for listed in store.listed("x")] == ["x/1", "x/2", "x/3"]


async def test_a_ping_leaves_nothing(google: Emulator, store: Gcs) -> None:
    await store.ping()
    assert [call["method"] for call in google.calls()] == ["POST", "DELETE"]

    google.faults(refuse_calls=1, refusal=403)
    with pytest.raises(StorageUnwritable):
        await store.ping()
    google.faults(refuse_calls=1, refusal=503)
    with pytest.raises(Unavailable):
        await store.ping()


async def test_a_key_signs_in_and_signs_links_that_work(
    google: Emulator, source: Path, tmp_path: Path
) -> None:
    async with _store(google, credentials_file=google.key_file(tmp_path)) as store:
        await store.put("a", source, content_type="video/mp4")
        url = await store.link("a", Offer(60, "video/webm", 'attachment; filename="a b.webm"'))
        missing = await store.link("none", Offer(60, "video/webm", "inline"))

    assert url
    assert missing
    answer = _get(url)
    assert answer.content == _BYTES
    assert answer.headers["Content-Type"] == "video/webm"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="a b.webm"'
    assert _get(url.replace("attachment", "inline")).status_code == 403
    assert _get(missing).status_code == 404


async def test_a_workload_without_a_key_signs_links_by_the_service(
    google: Emulator, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.workload_file(tmp_path)))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p")
    async with _store(google, service_account=google.service_account) as store:
        await store.put("a", source, content_type="video/mp4")
        google.faults(refuse_calls=2)
        url = await store.link("a", Offer(60, "video/mp4", "inline"))

    assert url
    assert _get(url).content == _BYTES
    assert any(call["path"].endswith(":signBlob") for call in google.calls())


async def test_a_workload_that_may_not_sign_is_told_the_role(
    google: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.workload_file(tmp_path)))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p")
    async with _store(google, service_account="other@example.com") as store:
        with pytest.raises(StorageUnwritable, match="Service Account Token Creator"):
            await store.link("a", Offer(60, "video/mp4", "inline"))


async def test_a_key_of_nobody_is_refused_with_a_sentence(
    google: Emulator, source: Path, tmp_path: Path
) -> None:
    with Emulator() as other:
        key = other.key_file(tmp_path)
        key.write_text(key.read_text().replace(other.url, google.url))
    async with _store(google, credentials_file=key) as store:
        with pytest.raises(StorageUnwritable, match="refuses the credentials"):
            await store.put("a", source, content_type="video/mp4")


async def test_where_nobody_is_signed_in_the_store_does_not_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(StorageUnwritable, match="GCS_CREDENTIALS_FILE"):
        async with Gcs(Options(bucket="films")):
            pass


async def test_a_service_that_is_not_there_is_unavailable(source: Path) -> None:
    options = Options(bucket="films", endpoint="http://127.0.0.1:9")
    async with Gcs(options, tries=_TRIES) as store:
        with pytest.raises(Unavailable, match="broke off"):
            await store.put("a", source, content_type="video/mp4")
        with pytest.raises(Unavailable):
            await store.stat("a")
        with pytest.raises(NotFound):
            await store.put("a", source.with_name("none"), content_type="video/mp4")
