"""Films that are kept in a bucket: links of the store itself, and bytes through the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from coredis import Redis

from tests.bucket import Bucket
from tests.integration.api.conftest import FILM, PIECE_SECONDS, Service, running
from tests.integration.conftest import Valkey
from ttv import backends
from ttv.settings import Settings
from ttv.testing import gcs

pytestmark = pytest.mark.anyio

PLAYLIST = f"#EXTM3U\n#EXTINF:{PIECE_SECONDS},\nhls-media.mp4\n#EXT-X-ENDLIST\n"


def options(name: str, request: pytest.FixtureRequest, folder: Path) -> dict[str, object]:
    """Give the options of a store that signs links."""
    if name == "s3":
        bucket: Bucket = request.getfixturevalue("bucket")
        return bucket.options
    emulator: gcs.Emulator = request.getfixturevalue("google")
    return {**emulator.store_options, "credentials_file": emulator.key_file(folder)}


@pytest.fixture(params=["gcs", "s3"])
async def kept(
    request: pytest.FixtureRequest, shared_valkey: Valkey, redis: Redis[str], tmp_path: Path
) -> AsyncIterator[Service]:
    """A service that keeps its films in a bucket."""
    name: str = request.param
    store = backends.build("ttv.artifacts", name, options(name, request, tmp_path))
    async with (
        store as opened,
        running(shared_valkey, opened, Settings(data_dir=tmp_path)) as service,
    ):
        yield service


@pytest.fixture
async def links(kept: Service) -> dict[str, str]:
    """The addresses of a finished film."""
    job = await kept.create()
    await kept.plan(job["id"], plan=b"{}")
    forms = {"hls": PLAYLIST.encode(), "hls-media": FILM[:2_000]}
    await kept.work(
        job["id"], "delivery", film=FILM, poster=b"png", plan=b"{}", manifest=b"{}", **forms
    )
    addresses: dict[str, str] = job["links"]
    return addresses


async def anybody(url: str, **headers: str) -> httpx.Response:
    """Open a link as who knows nothing else."""
    assert "/v1/" not in url
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.get(url, headers=headers)


async def artifact(kept: Service, links: dict[str, str], query: str = "") -> dict[str, Any]:
    answer = await kept.http.get(f"{links['artifact']}{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_link_leads_to_the_bucket(kept: Service, links: dict[str, str]) -> None:
    told = await artifact(kept, links)
    answer = await anybody(told["url"])
    assert answer.content == FILM
    assert told["size"] == len(FILM)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-disposition"].startswith("inline; filename=")
    part = await anybody(told["url"], Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, FILM[10:20])


async def test_a_link_to_a_bucket_may_be_for_saving_and_a_redirect(
    kept: Service, links: dict[str, str]
) -> None:
    moved = await kept.http.get(f"{links['artifact']}?redirect=1&download=1&expires_seconds=60")
    assert moved.status_code == 302
    answer = await anybody(moved.headers["location"])
    assert answer.content == FILM
    assert answer.headers["content-disposition"].startswith("attachment; filename=")


async def test_a_playlist_plays_from_the_bucket(kept: Service, links: dict[str, str]) -> None:
    told = await artifact(kept, links, "?output=hls")
    playlist = (await kept.http.get(told["url"])).text
    assert (await anybody(playlist.splitlines()[2])).content == FILM[:2_000]


async def test_the_bytes_come_through_the_service_too(kept: Service, links: dict[str, str]) -> None:
    for url in (links["video"], f"{links['outputs']}/film"):
        whole = await kept.http.get(url)
        assert whole.content == FILM
        head = await kept.http.head(url)
        assert head.headers["content-length"] == str(len(FILM))
        part = await kept.http.get(
            url, headers={"Range": "bytes=-10", "If-Range": whole.headers["etag"]}
        )
        assert (part.status_code, part.content) == (206, FILM[-10:])
        other = await kept.http.get(url, headers={"Range": "bytes=-10", "If-Range": '"x"'})
        assert other.status_code == 200


async def test_a_film_that_was_removed_from_its_bucket_is_gone(
    kept: Service, links: dict[str, str]
) -> None:
    job = await kept.jobs.store.get(links["self"].rpartition("/")[2])
    assert job.result
    for file in job.result["files"].values():
        await kept.store.delete(file["key"])
    for address in (links["video"], links["artifact"], links["outputs"]):
        answer = await kept.http.get(address)
        assert (answer.status_code, answer.json()["code"]) == (410, "gone")
