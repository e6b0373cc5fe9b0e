from __future__ import annotations

import json
from hashlib import sha256

import pytest

from tests.integration.api.conftest import FILM, Service
from tests.integration.api.works import PLAN
from ttv.planning import to_document

pytestmark = pytest.mark.anyio

DIGEST = sha256(FILM).hexdigest()
TAG = f'"{DIGEST}"'


@pytest.fixture
async def url(service: Service) -> str:
    """The address of a finished job."""
    job = await service.create()
    await service.finish(job["id"])
    address: str = job["links"]["self"]
    return address


async def test_the_film_is_there_while_a_shot_of_it_is_made_anew_and_when_that_is_called_off(
    service: Service,
) -> None:
    links = (await service.create())["links"]
    await service.film(links["self"].rpartition("/")[2])
    again = await service.http.post(f"{links['segments']}/2/regenerate", json={"seed": 9})
    assert again.status_code == 202
    assert (await service.http.get(links["video"])).content == FILM
    await service.http.post(links["cancel"])
    assert (await service.http.get(links["video"])).content == FILM


async def test_the_video_is_the_film(service: Service, url: str) -> None:
    answer = await service.http.get(f"{url}/video")
    assert answer.status_code == 200
    assert answer.content == FILM
    headers = answer.headers
    assert headers["content-type"] == "video/mp4"
    assert headers["content-length"] == str(len(FILM))
    assert headers["accept-ranges"] == "bytes"
    assert headers["etag"] == TAG
    name = url.rpartition("/")[2]
    assert headers["content-disposition"] == f'inline; filename="{name}-film.mp4"'


async def test_head_tells_of_the_video_without_sending_it(service: Service, url: str) -> None:
    answer = await service.http.head(f"{url}/video", headers={"Range": "bytes=0-1"})
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["content-length"] == str(len(FILM))
    assert answer.headers["content-type"] == "video/mp4"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-0", 0, 1), ("bytes=100-199", 100, 200), ("bytes=-10", -10, None)],
)
async def test_a_range_gives_a_part(
    asked: str, start: int, end: int | None, service: Service, url: str
) -> None:
    answer = await service.http.get(f"{url}/video", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == FILM[start:end]
    assert answer.headers["content-range"].endswith(f"/{len(FILM)}")
    assert answer.headers["content-length"] == str(len(answer.content))


async def test_a_range_behind_the_end_cannot_be_had(service: Service, url: str) -> None:
    answer = await service.http.get(f"{url}/video", headers={"Range": f"bytes={len(FILM)}-"})
    assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(FILM)}"


@pytest.mark.parametrize(("if_range", "status"), [(TAG, 206), ('"other"', 200)])
async def test_a_range_of_another_file_gives_the_whole(
    if_range: str, status: int, service: Service, url: str
) -> None:
    headers = {"Range": "bytes=0-1", "If-Range": if_range}
    assert (await service.http.get(f"{url}/video", headers=headers)).status_code == status


async def test_a_known_film_is_not_sent_again(service: Service, url: str) -> None:
    answer = await service.http.get(f"{url}/video", headers={"If-None-Match": TAG})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    ("part", "media_type", "content"),
    [
        ("poster", "image/png", b"png"),
        ("manifest", "application/json", b"{}"),
        ("plan", "application/json", json.dumps(to_document(PLAN)).encode()),
    ],
)
async def test_the_other_files_are_served_too(
    part: str, media_type: str, content: bytes, service: Service, url: str
) -> None:
    answer = await service.http.get(f"{url}/{part}")
    assert answer.headers["content-type"] == media_type
    assert answer.content == content


async def test_a_client_that_takes_no_video_is_told(service: Service, url: str) -> None:
    answer = await service.http.get(f"{url}/video", headers={"Accept": "text/html"})
    assert answer.status_code == 406


@pytest.mark.parametrize("part", ["artifact", "video", "poster", "manifest", "plan"])
async def test_what_is_not_made_yet_is_told_apart(part: str, service: Service) -> None:
    job = await service.create()
    answer = await service.http.get(job["links"][part])
    assert (answer.status_code, answer.json()["code"]) == (404, "not_ready")
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["retryable"]


async def test_the_plan_is_there_before_the_film(service: Service) -> None:
    job = await service.create()
    await service.plan(job["id"], plan=b"{}")
    assert (await service.http.get(job["links"]["plan"])).content == b"{}"


async def test_a_canceled_job_has_no_film(service: Service) -> None:
    job = await service.create()
    await service.http.post(job["links"]["cancel"])
    answer = await service.http.get(job["links"]["video"])
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["detail"] == "the job is canceled; it has no film; a retry makes it."


async def test_a_film_that_was_removed_is_gone(service: Service, url: str) -> None:
    job = await service.jobs.store.get(url.rpartition("/")[2])
    assert job.result
    await service.store.delete(job.result["files"]["film"]["key"])
    for part in ("video", "artifact"):
        answer = await service.http.get(f"{url}/{part}")
        assert (answer.status_code, answer.json()["code"]) == (410, "gone")
