from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import pytest
from coredis import Redis

from tests.integration.api.conftest import Service, running, serving
from tests.integration.api.pictures import PNG, png
from tests.integration.conftest import Valkey
from tests.unit.media.sounds import write_sound
from ttv.artifacts import Store
from ttv.settings import Settings
from ttv.uploads import _uploads

pytestmark = pytest.mark.anyio

FILES = "/v1/files"
BOUNDARY = b"--x\r\n"


async def uploaded(service: Service, data: bytes = PNG, **more: Any) -> dict[str, Any]:
    answer = await service.http.post(
        FILES, content=data, headers={"Content-Type": "image/png"}, params=more
    )
    assert answer.status_code == 201, answer.text
    file: dict[str, Any] = answer.json()
    return file


async def formed(service: Service, body: bytes, boundary: str = "x") -> Any:
    kind = f"multipart/form-data; boundary={boundary}"
    return await service.http.post(FILES, content=body, headers={"Content-Type": kind})


async def test_an_image_sent_as_a_form_is_kept(service: Service) -> None:
    answer = await service.http.post(
        FILES, files={"file": ("fox.png", PNG, "image/png")}, data={"purpose": "first_frame"}
    )

    assert answer.status_code == 201
    file = answer.json()
    assert answer.headers["location"] == f"{FILES}/{file['id']}"
    shown = {name: file[name] for name in ("kind", "content_type", "width", "height", "filename")}
    assert shown == {
        "kind": "image",
        "content_type": "image/png",
        "width": 64,
        "height": 48,
        "filename": "fox.png",
    }
    assert (await service.http.get(answer.headers["location"])).json() == file


async def test_audio_sent_as_it_is_is_kept(service: Service, tmp_path: Path) -> None:
    sound = write_sound(tmp_path / "a.mp3", "mp3", seconds=1).read_bytes()
    answer = await service.http.post(
        f"{FILES}?filename=a.mp3", content=sound, headers={"Content-Type": "audio/mpeg"}
    )

    assert answer.status_code == 201
    file = answer.json()
    assert (file["kind"], file["content_type"], file["filename"]) == (
        "audio",
        "audio/flac",
        "a.mp3",
    )
    assert file["seconds"] == pytest.approx(1, abs=0.1)


async def test_the_bytes_of_a_file_can_be_had_and_are_those_that_it_tells(service: Service) -> None:
    file = await uploaded(service)

    content = await service.http.get(f"{FILES}/{file['id']}/content")
    part = await service.http.get(f"{FILES}/{file['id']}/content", headers={"Range": "bytes=0-7"})

    assert hashlib.sha256(content.content).hexdigest() == file["sha256"]
    assert len(content.content) == file["size"]
    assert content.headers["content-type"] == "image/png"
    assert (part.status_code, part.content) == (206, content.content[:8])


async def test_the_same_bytes_sent_twice_are_one_file(service: Service) -> None:
    first = await uploaded(service, filename="a.png")

    assert await uploaded(service, filename="b.png") == first
    listed = (await service.http.get(FILES)).json()
    assert listed == {"files": [first], "next_cursor": None}


async def test_files_are_listed_by_page(service: Service) -> None:
    ids = {(await uploaded(service, png(0xFF000000 + n)))["id"] for n in range(3)}

    page = await service.http.get(f"{FILES}?limit=2")
    rest = await service.http.get(page.links["next"]["url"])

    listed = [file["id"] for file in (*page.json()["files"], *rest.json()["files"])]
    assert listed == sorted(ids)


async def test_a_deleted_file_is_not_found(service: Service) -> None:
    file = await uploaded(service)
    where = f"{FILES}/{file['id']}"

    assert (await service.http.delete(where)).status_code == 204

    for path in (where, f"{where}/content"):
        assert (await service.http.get(path)).status_code == 404
    assert (await service.http.delete(where)).status_code == 404


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        ("application/json", None),
        ("text/plain", None),
        ("multipart/form-data", None),
        ("multipart/form-data; boundary=" + "x" * 999, None),
        ("image/png", "gzip"),
        ("", None),
    ],
)
async def test_a_body_of_another_kind_is_refused(
    service: Service, content_type: str, encoding: str | None
) -> None:
    headers = {"Content-Type": content_type} | ({"Content-Encoding": encoding} if encoding else {})
    answer = await service.http.post(FILES, content=PNG, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"", "file"),
        (b"--x--\r\n", "file"),
        (b"garbage", "file"),
        (BOUNDARY + b'Content-Disposition: form-data; name="file"\r\n\r\nabc', "file"),
        (BOUNDARY + b'Content-Disposition: form-data; name="other"\r\n\r\nabc\r\n--x--', "other"),
        (BOUNDARY + b"A: b\r\n\r\nabc\r\n--x--", "file"),
        (BOUNDARY + b"A: " + b"b" * 9_000 + b"\r\n\r\nabc\r\n--x--", "file"),
        (
            BOUNDARY
            + b'Content-Disposition: form-data; name="purpose"\r\n\r\nfirst_frame\r\n--x--',
            "file",
        ),
        (
            BOUNDARY
            + b'Content-Disposition: form-data; name="file"\r\n\r\n1\r\n'
            + BOUNDARY
            + b'Content-Disposition: form-data; name="file"\r\n\r\n2\r\n--x--',
            "file",
        ),
        (
            BOUNDARY
            + b'Content-Disposition: form-data; name="file"\r\n\r\n'
            + PNG
            + b"\r\n"
            + BOUNDARY
            + b'Content-Disposition: form-data; name="purpose"\r\n\r\nposter\r\n--x--',
            "purpose",
        ),
    ],
)
async def test_a_form_that_is_none_is_refused_by_its_field(
    service: Service, body: bytes, param: str
) -> None:
    answer = await formed(service, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert answer.json()["errors"][0]["param"] == param


async def test_what_is_no_image_or_audio_is_refused_and_leaves_nothing(service: Service) -> None:
    answer = await service.http.post(
        FILES, files={"file": ("../../fox.png", b"<svg/>", "image/png")}
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["param"] == "file"
    assert (await service.http.get(FILES)).json()["files"] == []


async def test_a_file_that_does_not_fit_its_purpose_is_refused(service: Service) -> None:
    answer = await service.http.post(
        f"{FILES}?purpose=soundtrack", content=PNG, headers={"Content-Type": "image/png"}
    )

    assert answer.status_code == 400
    assert "soundtrack needs audio" in answer.json()["detail"]


async def test_a_file_that_is_too_large_is_refused_while_it_comes(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    async with (
        serving(shared_valkey, store, Settings(data_dir=tmp_path)) as server,
        server.connection() as (reader, writer),
    ):
        head = b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n"
        writer.write(head + b"Content-Type: application/octet-stream\r\n\r\n")
        sent = 0
        status = asyncio.create_task(reader.readline())
        while not status.done() and sent < 200 << 20:
            writer.write(bytes(1 << 20))
            sent += 1 << 20
            await writer.drain()  # no faster than it is read

        assert b"413" in await status

    assert sent < 70 << 20


async def test_a_file_that_stops_coming_is_given_up(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, body_seconds=1)
    async with (
        serving(shared_valkey, store, settings) as server,
        server.connection() as (
            reader,
            writer,
        ),
    ):
        head = b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n"
        writer.write(head + b"Content-Type: image/png\r\n\r\n" + PNG[:20])

        status = await asyncio.wait_for(reader.readline(), 10)

    assert b"408" in status


async def test_a_tenant_over_its_quota_is_told_to_delete_some(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, max_uploads_per_tenant=1)
    async with running(shared_valkey, store, settings) as service:
        await uploaded(service)
        answer = await service.http.post(
            FILES, content=png(0xFF000000), headers={"Content-Type": "image/png"}
        )

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert "delete some" in answer.json()["detail"]


async def test_more_files_at_once_than_there_are_places_are_sent_away(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The limit of a process, made small: filling the real one would take 32 slow clients.
    monkeypatch.setattr(_uploads, "_MOST_ARRIVING", 0)

    answer = await service.http.post(FILES, content=PNG, headers={"Content-Type": "image/png"})

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.json()["retryable"] is True


async def test_a_film_is_ordered_with_an_image_and_audio(service: Service, tmp_path: Path) -> None:
    image = await uploaded(service)
    sound = await uploaded(service, write_sound(tmp_path / "a.wav", "wav", seconds=1).read_bytes())

    job = await service.create(first_frame=image["id"], soundtrack=sound["id"])

    assert job["order"]["first_frame"] == {"id": image["id"], "sha256": image["sha256"]}
    assert job["order"]["soundtrack"] == {"id": sound["id"], "sha256": sound["sha256"]}


@pytest.mark.parametrize("field", ["first_frame", "soundtrack"])
@pytest.mark.parametrize(
    "name", ["file_00000000000000000000000000", "../../etc/passwd", "", "file_/../x"]
)
async def test_a_film_with_a_file_that_is_not_there_is_refused_by_its_field(
    service: Service, field: str, name: str
) -> None:
    answer = await service.http.post("/v1/jobs", json={"prompt": "a fox", field: name})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert answer.json()["errors"][0]["param"] == field


async def test_a_film_cannot_sound_like_an_image(service: Service) -> None:
    image = await uploaded(service)

    answer = await service.http.post(
        "/v1/jobs", json={"prompt": "a fox", "soundtrack": image["id"]}
    )

    assert answer.status_code == 400
    assert "soundtrack names image; it must be audio" in answer.json()["detail"]
