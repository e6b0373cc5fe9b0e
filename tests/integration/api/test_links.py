"""Links to the files of a film, which need no API key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from coredis import Redis

from tests.integration.api.conftest import FILM, Service, running
from tests.integration.conftest import Valkey
from ttv import access
from ttv.access import By, Grant, Scope
from ttv.api.signing import Signer
from ttv.artifacts import Store
from ttv.settings import Settings

pytestmark = pytest.mark.anyio

DIGEST = sha256(FILM).hexdigest()
TAG = f'"{DIGEST}"'
#: An address of a client that is not the machine of the service.
ELSEWHERE = "192.0.2.7"


@dataclass(frozen=True)
class House:
    """A service that asks for keys, with a finished film of acme's."""

    service: Service
    job_id: str
    headers: dict[str, str]

    async def artifact(self, query: str = "", **headers: str) -> httpx.Response:
        """Ask for a link as who may."""
        return await self.service.http.get(
            f"/v1/jobs/{self.job_id}/artifact{query}", headers=self.headers | headers
        )

    async def link(self, query: str = "") -> str:
        """Give a link."""
        answer = await self.artifact(query)
        assert answer.status_code == 200, answer.text
        url: str = answer.json()["url"]
        return url

    async def open(self, url: str, method: str = "GET", **headers: str) -> httpx.Response:
        """Open a link as anybody may."""
        return await self.service.http.request(method, url, headers=headers)


@pytest.fixture
async def house(
    shared_valkey: Valkey, redis: Redis[str], store: Store, tmp_path: Path
) -> AsyncIterator[House]:
    settings = Settings(data_dir=tmp_path, auth="keys", requests_per_minute=0)
    async with running(shared_valkey, store, settings, client=ELSEWHERE) as service:
        grant = Grant("acme", scopes=frozenset(set(Scope) - {Scope.ADMIN}))
        key = await service.access.keys.create(grant, by=By("test"))
        headers = {"X-API-Key": key.secret}
        asked = {"prompt": "a red fox"}
        made = await service.http.post("/v1/jobs", json=asked, headers=headers)
        job_id: str = made.json()["id"]
        await service.finish(job_id)
        yield House(service, job_id, headers)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_a_link_gives_the_film_to_who_has_no_key(house: House) -> None:
    before = datetime.now(UTC)
    told = (await house.artifact()).json()
    url = told.pop("url")
    expires = datetime.fromisoformat(told.pop("expires_at"))
    assert told == {
        "file": "film.mp4",
        "size": len(FILM),
        "sha256": DIGEST,
        "content_type": "video/mp4",
    }
    assert 3_590 < (expires - before).total_seconds() <= 3_600
    assert (await house.open(f"/v1/jobs/{house.job_id}/video")).status_code == 401
    answer = await house.open(url)
    assert answer.status_code == 200
    assert answer.content == FILM
    headers = answer.headers
    assert headers["content-type"] == "video/mp4"
    assert headers["content-length"] == str(len(FILM))
    assert headers["etag"] == TAG
    assert headers["accept-ranges"] == "bytes"
    assert headers["content-disposition"] == f'inline; filename="{house.job_id}-film.mp4"'
    assert headers["cache-control"].startswith("private, max-age=3")
    assert headers["cross-origin-resource-policy"] == "cross-origin"


async def test_a_redirect_leads_to_the_file(house: House) -> None:
    answer = await house.artifact("?redirect=1")
    assert answer.status_code == 302
    assert (await house.open(answer.headers["location"])).content == FILM


@pytest.mark.parametrize("output", ["film", "poster", "plan", "manifest"])
async def test_every_file_of_a_film_can_be_linked(output: str, house: House) -> None:
    told = (await house.artifact(f"?output={output}")).json()
    answer = await house.open(told["url"])
    assert sha256(answer.content).hexdigest() == told["sha256"]
    assert answer.headers["content-type"] == told["content_type"]


async def test_a_link_may_be_for_saving(house: House) -> None:
    answer = await house.open(await house.link("?download=1"))
    saved_as = f'attachment; filename="{house.job_id}-film.mp4"'
    assert answer.headers["content-disposition"] == saved_as


async def test_the_head_of_a_link_tells_of_the_file(house: House) -> None:
    answer = await house.open(await house.link(), "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(FILM))


async def test_a_link_gives_parts(house: House) -> None:
    url = await house.link()
    part = await house.open(url, Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, FILM[100:200])
    same = await house.open(url, Range="bytes=0-1", **{"If-Range": TAG})
    assert same.status_code == 206
    other = await house.open(url, Range="bytes=0-1", **{"If-Range": '"other"'})
    assert other.status_code == 200
    known = await house.open(url, **{"If-None-Match": TAG})
    assert (known.status_code, known.content) == (304, b"")
    behind = await house.open(url, Range=f"bytes={len(FILM)}-")
    assert code(behind) == (416, "range_not_satisfiable")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("film.mp4?", "manifest.json?"),
        ("expires=1", "expires=2"),
        ("video%2Fmp4", "text%2Fhtml"),
        ("inline", "attachment"),
        ("signature=", "signature=0"),
    ],
)
async def test_a_link_that_was_changed_opens_nothing(old: str, new: str, house: House) -> None:
    url = await house.link()
    assert old in url
    for method in ("GET", "HEAD"):
        assert (await house.open(url.replace(old, new), method)).status_code == 403
    answer = await house.open(url.replace(old, new))
    assert code(answer) == (403, "bad_link")
    assert "/artifact" in answer.json()["detail"]


@pytest.mark.parametrize("more", ["&user=me", "&type=text/html", "&expires=9999999999", "&"])
async def test_a_parameter_more_is_no_link(more: str, house: House) -> None:
    assert code(await house.open(await house.link() + more)) == (400, "invalid_request")


async def test_a_link_for_one_file_is_not_one_for_a_playlist(house: House) -> None:
    url = urlsplit(await house.link())
    answer = await house.open(f"/v1/playback/{house.job_id}/live.m3u8?{url.query}")
    assert code(answer) == (400, "invalid_request")


async def test_a_link_ends(house: House) -> None:
    signer = Signer.of(house.service.access)
    job = await house.service.jobs.store.get(house.job_id)
    assert job.result
    key = job.result["files"]["film"]["key"]
    old = signer.sign(f"/v1/artifacts/{key}", expires=1, type="a/b", disposition="inline")
    answer = await house.open(old)
    assert code(answer) == (410, "link_expired")
    assert "ask for another" in answer.json()["detail"]
    played = signer.sign(f"/v1/playback/{house.job_id}/live.m3u8", expires=1)
    assert code(await house.open(played)) == (410, "link_expired")


async def test_a_link_to_a_file_that_was_removed_is_gone(house: House) -> None:
    url = await house.link()
    job = await house.service.jobs.store.get(house.job_id)
    assert job.result
    await house.service.store.delete(job.result["files"]["film"]["key"])
    answer = await house.open(url)
    assert code(answer) == (410, "gone")
    assert "ask for the film again" in answer.json()["detail"]
    for query in ("", "?redirect=1", "?download=1"):
        assert code(await house.artifact(query)) == (410, "gone")


@pytest.mark.parametrize("seconds", ["60", "604800"])
async def test_a_link_works_as_long_as_is_asked_for(seconds: str, house: House) -> None:
    now = datetime.now(UTC)
    told = (await house.artifact(f"?expires_seconds={seconds}")).json()
    ends = datetime.fromisoformat(told["expires_at"])
    assert abs((ends - now).total_seconds() - int(seconds)) < 5
    assert (await house.open(told["url"])).status_code == 200


@pytest.mark.parametrize("seconds", ["59", "604801", "0", "-1", "1.5", "x", "9" * 30])
async def test_a_time_that_no_link_works_is_refused(seconds: str, house: House) -> None:
    answer = await house.artifact(f"?expires_seconds={seconds}")
    assert code(answer) == (400, "invalid_request")
    assert answer.json()["param"] == "expires_seconds"


async def test_a_form_that_was_not_asked_for_is_told_without_repeating_it(house: House) -> None:
    answer = await house.artifact("?output=webm%0d%0aX")
    assert code(answer) == (404, "not_found")
    assert answer.json()["detail"] == (
        "the film was not asked for in this form; it has film, poster, plan, manifest."
    )


async def test_every_process_of_a_service_knows_the_links_of_the_others(
    house: House, store: Store, shared_valkey: Valkey
) -> None:
    url = await house.link()
    settings = Settings(data_dir=house.service.folder, auth="keys")
    async with running(shared_valkey, store, settings, client=ELSEWHERE) as other:
        assert (await other.http.get(url)).content == FILM
    stranger = access.over(
        house.service.jobs.connection,
        Settings(data_dir=house.service.folder / "other"),
        host="127.0.0.1",
    )
    parts = urlsplit(url)
    forged = Signer.of(stranger).sign(
        parts.path, expires=9_999_999_999, type="video/mp4", disposition="inline"
    )
    assert code(await house.open(forged)) == (403, "bad_link")


async def test_a_link_is_a_path_where_the_address_of_the_service_is_not_sure(house: House) -> None:
    assert (await house.link()).startswith("http://localhost/v1/artifacts/")
    behind = await house.artifact(**{"X-Forwarded-For": "198.51.100.1"})
    url: str = behind.json()["url"]
    assert url.startswith("/v1/artifacts/")
    assert (await house.open(url)).content == FILM


@pytest.mark.parametrize("path", ["../x", "%2e%2e/x", "a//b", "%00", "", ".facts/x", "a" * 2_000])
async def test_no_path_leads_out_of_the_store(path: str, house: House) -> None:
    signer = Signer.of(house.service.access)
    url = signer.sign(f"/v1/artifacts/{path}", expires=9_999_999_999, type="a/b", disposition="x")
    answer = await house.open(url)
    assert answer.status_code in {400, 403, 404, 410}, answer.text


async def test_what_is_not_made_yet_has_no_link(house: House) -> None:
    http = house.service.http
    job = await http.post("/v1/jobs", json={"prompt": "a den"}, headers=house.headers)
    for output in ("film", "webm", "live", "hls"):
        answer = await http.get(
            f"{job.json()['links']['artifact']}?output={output}", headers=house.headers
        )
        assert code(answer) == (404, "not_ready")
        assert answer.headers["retry-after"] == "2"
