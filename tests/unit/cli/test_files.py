from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from ttv.cli import _files
from ttv.client import Client, File
from ttv.errors import InvalidRequest

ID = "file_" + "3" * 26


def document(**changes: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "kind": "image",
        "size": 2_048,
        "sha256": "a" * 64,
        "content_type": "image/png",
        "width": 640,
        "height": 360,
        "seconds": None,
        "created_at": "2026-11-24T12:00:00Z",
        "filename": "harbour.jpg",
        **changes,
    }


class Service:
    """Takes files."""

    def __init__(self, status: int = 201) -> None:
        self.status = status
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.status >= 400:
            told = {"status": self.status, "code": "invalid_request", "detail": "file is a video."}
            return httpx.Response(
                self.status, json=told, headers={"Content-Type": "application/problem+json"}
            )
        if request.method == "GET":
            start = int(request.url.params.get("cursor", "0"))
            ids = range(start, start + int(request.url.params["limit"]))
            page = [document(id=f"file_{number}") for number in ids]
            return httpx.Response(200, json={"files": page, "next_cursor": str(start + len(page))})
        return httpx.Response(self.status, json=document())

    def sent(self, **files: str | None) -> Any:
        async def scenario() -> Any:
            async with Client("http://ttv.test", transport=httpx.MockTransport(self)) as client:
                return await _files.sent(client, files)

        return asyncio.run(scenario())


def test_a_path_is_uploaded_for_its_purpose_and_an_id_is_taken_as_it_is(tmp_path: Path) -> None:
    service = Service()
    (tmp_path / "a.jpg").write_bytes(b"picture")

    ids = service.sent(first_frame=str(tmp_path / "a.jpg"), soundtrack="file_known")

    (request,) = service.requests
    assert ids == {"first_frame": ID, "soundtrack": "file_known"}
    assert request.content == b"picture"
    assert dict(request.url.params) == {"purpose": "first_frame", "filename": "a.jpg"}


def test_nothing_is_uploaded_where_nothing_is_named() -> None:
    assert Service().sent(first_frame=None, soundtrack=None) == {}


@pytest.mark.parametrize("there", [True, False])
def test_a_file_that_is_not_taken_is_told_by_its_option(tmp_path: Path, *, there: bool) -> None:
    path = tmp_path / "a.mp4"
    if there:
        path.write_bytes(b"video")

    with pytest.raises(InvalidRequest) as caught:
        Service(400).sent(soundtrack=str(path))

    assert caught.value.param == "--soundtrack"
    assert ("is a video" if there else "cannot be read") in caught.value.message


def test_a_listing_goes_on_page_by_page() -> None:
    service = Service()

    async def scenario() -> list[File]:
        async with Client("http://ttv.test", transport=httpx.MockTransport(service)) as client:
            return await _files.find(client.files, 250)

    found = asyncio.run(scenario())

    assert len({file.id for file in found}) == 250
    assert [request.url.params["limit"] for request in service.requests] == ["100", "100", "50"]


def test_files_are_shown_in_rows(capsys: pytest.CaptureFixture[str]) -> None:
    image = File.read(document())
    sound = File.read(document(kind="audio", width=None, height=None, seconds=2.5, filename=None))

    _files.show_all([image, sound], as_json=False)

    _, first, second = capsys.readouterr().out.splitlines()
    assert first.split()[:3] == [ID, "image", "640x360"]
    assert first.split()[-1] == "harbour.jpg"
    assert second.split()[1:4] == ["audio", "2.5", "s"]


def test_a_file_is_shown_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    _files.show(File.read(document()), as_json=True)

    shown = json.loads(capsys.readouterr().out)
    assert (shown["id"], shown["width"], shown["filename"]) == (ID, 640, "harbour.jpg")


def test_a_file_is_shown_a_fact_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    _files.show(File.read(document()), as_json=False)

    assert "kind     image, 640x360" in capsys.readouterr().out
