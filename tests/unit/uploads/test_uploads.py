from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import skia

from tests.unit.media.sounds import write_sound
from ttv.artifacts import Store
from ttv.artifacts.disk import build
from ttv.errors import InvalidRequest, NotFound, Unavailable
from ttv.uploads import NoRoom, Purpose, Quota, Upload, UploadKind, Uploads, content_key

pytestmark = pytest.mark.anyio

QUOTA = Quota(bytes=1 << 20, files=20, audio_seconds=30)
NOWHERE = "file_" + "0" * 26


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with build({"folder": str(tmp_path / "store")}) as opened:
        yield opened


def over(store: Store, quota: Quota = QUOTA) -> Uploads:
    return Uploads(store, quota, clock=lambda: 1_700_000_000.0)


@pytest.fixture
def uploads(store: Store) -> Uploads:
    return over(store)


def picture(path: Path, *, colour: int = 0xFF3366CC) -> Path:
    surface = skia.Surface(64, 48)
    surface.getCanvas().clear(colour)
    path.write_bytes(bytes(surface.makeImageSnapshot().encodeToData(skia.kPNG, 100)))
    return path


async def keys(store: Store) -> list[str]:
    return [listed.key async for listed in store.listed("files")]


async def test_an_image_is_kept_with_what_is_known_of_it(
    uploads: Uploads, store: Store, tmp_path: Path
) -> None:
    made = await uploads.put("acme", picture(tmp_path / "a.png"), filename="../fox.png")

    kept = b"".join(
        [part async for part in store.read(content_key("acme", made.id, UploadKind.IMAGE))]
    )
    assert made == Upload(
        id=made.id,
        kind=UploadKind.IMAGE,
        size=len(kept),
        sha256=hashlib.sha256(kept).hexdigest(),
        content_type="image/png",
        created_at=1_700_000_000.0,
        filename="fox.png",
        width=64,
        height=48,
    )
    assert await uploads.get("acme", made.id) == made
    assert (await uploads.content("acme", made.id)).sha256 == made.sha256


async def test_audio_is_kept_with_its_length(uploads: Uploads, tmp_path: Path) -> None:
    made = await uploads.put("acme", write_sound(tmp_path / "a", "mp3", seconds=2))

    assert (made.kind, made.content_type) == (UploadKind.AUDIO, "audio/flac")
    assert made.seconds == pytest.approx(2, abs=0.1)


async def test_the_same_bytes_are_one_upload_however_often_they_come(
    uploads: Uploads, store: Store, tmp_path: Path
) -> None:
    path = picture(tmp_path / "a.png")

    made = await asyncio.gather(
        *(uploads.put("acme", path, filename=f"{number}.png") for number in range(5))
    )

    assert len(set(made)) == 1
    assert len(await keys(store)) == 2
    assert await uploads.put("acme", path, filename="later.png") == made[0]


async def test_the_same_bytes_of_two_tenants_are_two_uploads(
    uploads: Uploads, store: Store, tmp_path: Path
) -> None:
    path = picture(tmp_path / "a.png")
    ours, theirs = await uploads.put("acme", path), await uploads.put("globex", path)

    assert ours.id != theirs.id
    assert len(await keys(store)) == 4
    with pytest.raises(NotFound):
        await uploads.get("globex", ours.id)
    with pytest.raises(NotFound):
        await uploads.delete("globex", ours.id)
    await uploads.delete("acme", ours.id)
    assert await uploads.get("globex", theirs.id) == theirs


async def test_a_deleted_upload_leaves_nothing_and_can_come_again(
    uploads: Uploads, store: Store, tmp_path: Path
) -> None:
    path = picture(tmp_path / "a.png")
    made = await uploads.put("acme", path)

    await uploads.delete("acme", made.id)

    assert await keys(store) == []
    with pytest.raises(NotFound):
        await uploads.get("acme", made.id)
    assert (await uploads.put("acme", path)).id == made.id


async def test_what_a_crash_left_half_is_not_there_and_is_made_whole_by_the_next(
    uploads: Uploads, store: Store, tmp_path: Path
) -> None:
    path = picture(tmp_path / "a.png")
    made = await uploads.put("acme", path)
    await store.delete(content_key("acme", made.id, UploadKind.IMAGE))

    with pytest.raises(NotFound):
        await uploads.get("acme", made.id)
    await uploads.put("acme", path)

    assert await uploads.get("acme", made.id) == made


async def test_a_listing_has_pages(uploads: Uploads, tmp_path: Path) -> None:
    made = {
        (await uploads.put("acme", picture(tmp_path / "a.png", colour=0xFF000000 + n))).id
        for n in range(5)
    }
    await uploads.put("globex", picture(tmp_path / "a.png"))

    listed, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = await uploads.list("acme", limit=2, cursor=cursor)
        listed += [upload.id for upload in page.uploads]
        cursor, pages = page.cursor, pages + 1

    assert (listed, pages) == (sorted(made), 3)


async def test_a_cursor_from_elsewhere_is_refused(uploads: Uploads) -> None:
    with pytest.raises(InvalidRequest, match="cursor"):
        await uploads.list("acme", limit=2, cursor="../../acme")


async def test_a_tenant_that_sends_many_files_at_once_leaves_room_for_others(
    uploads: Uploads,
) -> None:
    with ExitStack() as places:
        for _ in range(16):
            places.enter_context(uploads.arriving("acme"))
        with pytest.raises(Unavailable):
            places.enter_context(uploads.arriving("acme"))
        places.enter_context(uploads.arriving("globex"))
    with uploads.arriving("acme"):  # its places are free again
        pass


async def test_a_tenant_keeps_no_more_files_than_it_may(store: Store, tmp_path: Path) -> None:
    uploads = over(store, replace(QUOTA, files=1))
    await uploads.put("acme", picture(tmp_path / "a.png"))

    with pytest.raises(NoRoom, match="no more than 1 files"):
        await uploads.put("acme", picture(tmp_path / "b.png", colour=0xFF000000))

    await uploads.put("globex", picture(tmp_path / "b.png", colour=0xFF000000))


async def test_a_tenant_keeps_no_more_bytes_than_it_may(store: Store, tmp_path: Path) -> None:
    await over(store).put("acme", picture(tmp_path / "a.png"))
    used = sum([listed.size async for listed in store.listed("files")])

    with pytest.raises(NoRoom, match="exceed the limit"):
        await over(store, replace(QUOTA, bytes=used)).put(
            "acme", picture(tmp_path / "b.png", colour=0xFF000000)
        )

    assert len(await keys(store)) == 2


async def test_a_file_that_is_there_needs_no_room(store: Store, tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    made = await over(store).put("acme", path)

    assert await over(store, replace(QUOTA, bytes=1)).put("acme", path) == made


async def test_what_is_refused_leaves_nothing(
    uploads: Uploads, store: Store, tmp_path: Path
) -> None:
    broken = tmp_path / "a.png"
    broken.write_bytes(picture(tmp_path / "b.png").read_bytes()[:60])

    with pytest.raises(InvalidRequest) as caught:
        await uploads.put("acme", broken)

    assert caught.value.param == "file"
    assert await keys(store) == []


async def test_an_empty_file_is_told_to_be_one(uploads: Uploads, tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()

    with pytest.raises(InvalidRequest, match="file is empty"):
        await uploads.put("acme", tmp_path / "a.png")


async def test_a_file_must_be_what_it_is_to_be_used_as(uploads: Uploads, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="soundtrack needs audio") as caught:
        await uploads.put("acme", picture(tmp_path / "a.png"), purpose=Purpose.SOUNDTRACK)

    assert caught.value.param == "purpose"


@pytest.mark.parametrize("name", ["..", "../acme", NOWHERE, NOWHERE + "/../x", "file_%2e%2e", ""])
async def test_an_id_that_is_none_is_not_found(uploads: Uploads, name: str) -> None:
    with pytest.raises(NotFound):
        await uploads.get("acme", name)
