from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.unit.client.documents import JOB_ID, job
from ttv.cli import _options
from ttv.cli._submitting import Film, Submission, Terms
from ttv.client import Client
from ttv.errors import InvalidRequest


class Service:
    """A service whose jobs are finished the second time that they are looked at."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.looks = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.asked.append(json.loads(request.content))
            return httpx.Response(202, json=job(status="queued", steps=[]))
        self.looks += 1
        status = "finished" if self.looks > 1 else "started"
        return httpx.Response(200, json=job(status=status, steps=[]), headers={"ETag": '"1"'})


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    """Answer every client that a command opens."""
    service = Service()

    def opened(_url: str | None) -> Client:
        return Client("http://ttv.test", transport=httpx.MockTransport(service))

    monkeypatch.setattr(_options, "open_client", opened)
    return service


def sent(*, wait: bool = False, as_json: bool = False, **terms: Any) -> None:
    submission = Submission(
        *(Film({"prompt": "a red fox"}), Terms(**terms)),
        path=None,
        force=False,
        wait=wait,
        json=as_json,
    )
    asyncio.run(submission.send(None))


def test_the_id_stands_alone_and_the_ways_on_beside_it(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    sent()

    printed = capsys.readouterr()
    assert printed.out == f"{JOB_ID}\n"
    assert f"ttv status {JOB_ID} --wait" in printed.err
    assert service.looks == 0


@pytest.mark.parametrize(("wait", "status"), [(False, "queued"), (True, "finished")])
def test_the_json_form_is_the_job_as_it_was_left(
    service: Service, capsys: pytest.CaptureFixture[str], wait: bool, status: str
) -> None:
    sent(wait=wait, as_json=True)

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["status"] == status


def test_the_terms_go_with_the_request(service: Service) -> None:
    sent(priority="low", start_at=timedelta(hours=2), max_cost=Decimal("2.50"))

    assert service.asked == [
        {"prompt": "a red fox", "priority": "low", "delay_seconds": 7200, "max_cost": 2.5}
    ]


def test_a_form_that_is_in_the_way_is_told_before_a_film_is_asked_for(
    service: Service, tmp_path: Path
) -> None:
    (tmp_path / "fox.webm").touch()
    film = Film({"prompt": "a red fox", "outputs": ["webm"]})
    submission = Submission(
        film, Terms(), tmp_path / "fox.mp4", force=False, wait=False, json=False
    )

    with pytest.raises(InvalidRequest, match=r"fox\.webm exists"):
        asyncio.run(submission.send(None))
    assert service.asked == []
