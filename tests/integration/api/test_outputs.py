"""All forms in which a film was delivered."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from tests.integration.api.conftest import FILM, Service

pytestmark = pytest.mark.anyio

WEBM = b"webm" * 100
MEDIA = b"media" * 200
PLAYLIST = """\
#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MAP:URI="hls-media.mp4",BYTERANGE="10@0"
#EXTINF:2.000000,
#EXT-X-BYTERANGE:90@10
hls-media.mp4
#EXT-X-ENDLIST
"""


@pytest.fixture
async def job(service: Service) -> dict[str, Any]:
    """A finished film in several forms."""
    made = await service.create()
    await service.plan(made["id"], plan=b"{}")
    forms = {"webm": WEBM, "hls": PLAYLIST.encode(), "hls-media": MEDIA}
    await service.work(
        made["id"], "delivery", poster=b"png", plan=b"{}", film=FILM, manifest=b"{}", **forms
    )
    return made


async def test_all_forms_are_listed_with_a_link_to_each(
    service: Service, job: dict[str, Any]
) -> None:
    answer = await service.http.get(job["links"]["outputs"])
    outputs = {output["name"]: output for output in answer.json()["outputs"]}
    assert list(outputs) == ["film", "poster", "plan", "manifest", "webm", "hls", "hls-media"]
    assert outputs["film"]["size"] == len(FILM)
    assert outputs["webm"]["content_type"] == "video/webm"
    assert (outputs["hls"]["size"], outputs["hls"]["sha256"]) == (None, None)
    for output in outputs.values():
        got = await service.http.get(output["url"])
        assert got.status_code == 200
        if output["sha256"]:
            assert sha256(got.content).hexdigest() == output["sha256"]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("film", FILM, "video/mp4"),
        ("webm", WEBM, "video/webm"),
        ("plan", b"{}", "application/json"),
    ],
)
async def test_each_form_is_served(
    name: str, content: bytes, kind: str, service: Service, job: dict[str, Any]
) -> None:
    url = f"{job['links']['outputs']}/{name}"
    answer = await service.http.get(url)
    assert answer.content == content
    assert answer.headers["content-type"] == kind
    head = await service.http.head(url)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(content)))
    part = await service.http.get(url, headers={"Range": "bytes=1-1"})
    assert (part.status_code, part.content) == (206, content[1:2])


async def test_a_form_may_be_saved(service: Service, job: dict[str, Any]) -> None:
    answer = await service.http.get(f"{job['links']['outputs']}/webm?download=1")
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="{job["id"]}-webm.webm"'
    )


@pytest.mark.parametrize("name", ["gif", "FILM", "film.mp4", "%2e%2e", "x" * 1_000, "%00"])
async def test_a_form_that_is_none_is_not_found(
    name: str, service: Service, job: dict[str, Any]
) -> None:
    answer = await service.http.get(f"{job['links']['outputs']}/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_playlist_is_served_with_links_to_its_media(
    service: Service, job: dict[str, Any]
) -> None:
    linked = await service.http.get(f"{job['links']['artifact']}?output=hls")
    urls = (f"{job['links']['outputs']}/hls", linked.json()["url"])
    for url in urls:
        answer = await service.http.get(url)
        assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
        lines = answer.text.splitlines()
        assert lines[4:6] == ["#EXTINF:2.000000,", "#EXT-X-BYTERANGE:90@10"]
        media = lines[6]
        assert f'URI="{media}"' in lines[3]
        part = await service.http.get(media, headers={"Range": "bytes=10-99"})
        assert (part.status_code, part.content) == (206, MEDIA[10:100])
        head = await service.http.head(url)
        assert (head.status_code, head.content) == (200, b"")


async def test_a_playlist_that_is_saved_names_the_files_beside_it(
    service: Service, job: dict[str, Any]
) -> None:
    saved = await service.http.get(f"{job['links']['outputs']}/hls?download=1")
    assert saved.text == PLAYLIST
    linked = await service.http.get(f"{job['links']['artifact']}?output=hls&download=1")
    told = linked.json()
    assert (told["file"], told["sha256"]) == ("hls.m3u8", sha256(saved.content).hexdigest())
    assert (await service.http.get(told["url"])).text == PLAYLIST


async def test_the_track_of_a_seek_bar_leads_to_its_stills(service: Service) -> None:
    made = await service.create()
    await service.plan(made["id"], plan=b"{}")
    track = b"WEBVTT\n\n00:00.000 --> 00:01.000\nsprites.jpg#xywh=0,0,160,90\n"
    forms = {"film": FILM, "sprites": b"jpeg", "sprites-vtt": track}
    await service.work(made["id"], "delivery", **forms)
    linked = await service.http.get(f"{made['links']['artifact']}?output=sprites-vtt")
    for url in (f"{made['links']['outputs']}/sprites-vtt", linked.json()["url"]):
        answer = await service.http.get(url)
        assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
        still, _, place = answer.text.splitlines()[3].partition("#")
        assert place == "xywh=0,0,160,90"
        assert (await service.http.get(still)).content == b"jpeg"


async def test_a_changed_link_to_a_playlist_is_refused(
    service: Service, job: dict[str, Any]
) -> None:
    linked = await service.http.get(f"{job['links']['artifact']}?output=hls")
    url = linked.json()["url"]
    for old, new in (("hls.m3u8", "live.m3u8"), (job["id"], (await service.create())["id"])):
        answer = await service.http.get(url.replace(old, new))
        assert (answer.status_code, answer.json()["code"]) == (403, "bad_link")


async def test_forms_that_are_not_made_yet_are_told_apart(service: Service) -> None:
    made = await service.create()
    for address in ("", "/film", "/webm", "/hls"):
        answer = await service.http.get(f"{made['links']['outputs']}{address}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_ready")
    await service.http.post(made["links"]["cancel"])
    for address in ("", "/film", "/webm", "/hls"):
        answer = await service.http.get(f"{made['links']['outputs']}{address}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_forms_that_were_removed_are_gone(service: Service, job: dict[str, Any]) -> None:
    stored = await service.jobs.store.get(job["id"])
    assert stored.result
    playlist = await service.http.get(f"{job['links']['artifact']}?output=hls")
    for file in stored.result["files"].values():
        await service.store.delete(file["key"])
    links = job["links"]
    for address in (
        links["outputs"],
        *(f"{links['outputs']}/{name}" for name in ("film", "webm", "hls", "hls?download=1")),
        *(f"{links['artifact']}?output={name}" for name in ("film", "webm", "hls")),
        playlist.json()["url"],
    ):
        answer = await service.http.get(address)
        assert (answer.status_code, answer.json()["code"]) == (410, "gone"), address


async def test_what_a_film_was_before_it_is_made_anew_stays_listed(service: Service) -> None:
    made = await service.create()
    await service.film(made["id"])
    again = await service.http.post(f"{made['links']['segments']}/2/regenerate", json={"seed": 9})
    assert again.status_code == 202
    answer = await service.http.get(made["links"]["outputs"])
    assert next(output["name"] for output in answer.json()["outputs"]) == "film"


async def test_a_deleted_job_has_no_forms(service: Service, job: dict[str, Any]) -> None:
    linked = await service.http.get(f"{job['links']['artifact']}?output=hls")
    assert (await service.http.delete(job["links"]["self"])).status_code == 204
    for name in ("outputs", "artifact", "live", "video"):
        answer = await service.http.get(job["links"][name])
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = await service.http.get(linked.json()["url"])
    assert (answer.status_code, answer.json()["code"]) == (410, "gone")
